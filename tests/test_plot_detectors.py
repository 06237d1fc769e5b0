"""Pictures of detectors: where curves and marks lie, what axes say."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402
from scipy.stats import norm  # noqa: E402

import voicefeat as vf  # noqa: E402

RNG = np.random.default_rng(1)
PAIR = RNG.normal(2, 1, 3000), RNG.normal(0, 1, 9000)


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch):
    monkeypatch.setattr(pyplot, "show", lambda *a, **k: pytest.fail("something was shown"))
    yield
    pyplot.close("all")


def marks(ax):
    return {line.get_marker(): line.get_xydata()[0] for line in ax.lines if line.get_marker() in "ox"}


def test_roc():
    line = vf.plot.roc(*PAIR, label="a")
    x, y = line.get_data()
    found = vf.metrics.roc(*PAIR)
    np.testing.assert_allclose(x[::-1] / 100, found.false_alarm)
    np.testing.assert_allclose(y[::-1] / 100, found.accepted, atol=1e-12)
    equal = vf.metrics.eer(*PAIR)
    assert marks(line.axes)["o"] == pytest.approx([100 * equal.false_alarm, 100 - 100 * equal.miss])
    assert (line.axes.get_xlabel(), line.axes.get_ylabel()) == (
        "Spoofs accepted (%)",
        "Bona fide accepted (%)",
    )


def test_det_of_gaussians_is_a_straight_line():
    line = vf.plot.det(*PAIR)
    x, y = line.get_data()
    inside = (np.abs(x) < 2) & (np.abs(y) < 2)
    np.testing.assert_allclose(y[inside], -2 - x[inside], atol=0.15)


def test_det_has_ticks_in_per_cent_at_their_quantiles():
    ax = vf.plot.det(*PAIR).axes
    ax.figure.canvas.draw()
    named = {text.get_text(): text.get_position()[0] for text in ax.get_xticklabels()}
    assert named["5"] == pytest.approx(norm.ppf(0.05)) and named["40"] == pytest.approx(norm.ppf(0.4))
    assert ax.get_xlim() == ax.get_ylim()


def test_marks_of_a_det():
    ax = vf.plot.det(*PAIR).axes
    equal, cost = vf.metrics.eer(*PAIR), vf.metrics.min_dcf(*PAIR)
    found = marks(ax)
    assert found["o"] == pytest.approx(norm.ppf([equal.false_alarm, equal.miss]))
    assert found["x"] == pytest.approx(norm.ppf([cost.false_alarm, cost.miss]))
    low, high = ax.get_xlim()
    assert all(low < value < high for mark in found.values() for value in mark)


def test_a_second_detector_widens_the_axis_and_never_narrows_it():
    ax = vf.plot.det(*PAIR).axes
    before = ax.get_xlim()
    vf.plot.det(PAIR[0][:30], PAIR[1][:30] + 1.5, ax=ax)
    assert ax.get_xlim()[0] == before[0] and ax.get_xlim()[1] > before[1]


@pytest.mark.parametrize("pair", [([1.0], [1.0]), ([2.0, 3.0], [0.0, 1.0]), ([0.0], [1.0])])
def test_ends_of_quality(pair):
    """Scores that say nothing, perfect ones, inverted ones: everything is drawn at finite places."""
    for draw in (vf.plot.det, vf.plot.roc):
        line = draw(*pair)
        assert np.isfinite(line.get_xydata()).all() and np.isfinite(line.axes.get_xlim()).all()
        line.axes.figure.canvas.draw()


def test_scores():
    line = vf.plot.scores(*PAIR, bins=20)
    ax = line.axes
    assert line.get_xdata()[0] == vf.metrics.eer(*PAIR).threshold
    heights = [sum(bar.get_height() for bar in bars) for bars in ax.containers]
    assert heights == pytest.approx([100, 100]) and [len(bars) for bars in ax.containers] == [20, 20]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["spoof (9,000)", "bona fide (3,000)"]
    assert vf.plot.scores(*PAIR, threshold=0.25, ax=ax).get_xdata()[0] == 0.25


def test_what_cannot_be_drawn():
    for draw in (vf.plot.det, vf.plot.roc, vf.plot.scores):
        with pytest.raises(vf.ParameterError, match="not finite"):
            draw([float("nan")], [0.0])
    with pytest.raises(vf.ParameterError, match="bins=0"):
        vf.plot.scores(*PAIR, bins=0)
    with pytest.raises(vf.ParameterError, match="threshold"):
        vf.plot.scores(*PAIR, threshold=float("nan"))
    assert not pyplot.get_fignums()

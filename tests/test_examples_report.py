"""What reports and the page of results say of figures: sentences follow from the numbers."""

import numpy as np
import pytest
from detecting import need

need("sklearn", "matplotlib")

from detect import conclusions, figures, reading  # noqa: E402

import voicefeat as vf  # noqa: E402


def found_of(dev, ours, span=None, probes=(0.5, 0.5), leaks=False):
    """What metrics.json has of a run, as far as a verdict is concerned."""
    found = {"leaks": leaks, "dev": {"eer": {"mean": dev}}, "eval": {"eer": {"mean": ours}}}
    if span:
        found["eval"] |= {"eer_low": {"mean": span[0]}, "eer_high": {"mean": span[1]}}
    return found | {f"probe_{k}": {"eer": {"mean": v}} for k, v in zip(("dev", "eval"), probes, strict=True)}


@pytest.mark.parametrize(
    ("found", "said", "unsaid"),
    [
        (found_of(0.04, 0.045), "4.5 % on evaluation: few errors on this set.", "Development"),
        (found_of(0.04, 0.30), "Development has 4.0 %: what was learnt holds less", "probe"),
        (found_of(0.30, 0.20), "the evaluation set is the easier one", "probe"),
        (
            found_of(0.30, 0.31, (0.10, 0.52)),
            "cannot be told from guessing. The interval is wide (10 to 52",
            "few",
        ),
        (found_of(0.20, 0.20, probes=(0.2, 0.22)), "probe alone has 22.0 %: as good as the detector", "here"),
        (found_of(0.20, 0.20, probes=(0.1, 0.5)), "10.0 % on development and 50.0 % on evaluation", "good"),
        (found_of(0.01, 0.01, leaks=True), "hardly an error on this set. The protocol leaks", "probe"),
    ],
)
def test_a_verdict_follows_from_the_figures(found, said, unsaid):
    told = reading.verdict(found)
    assert said in told
    assert unsaid not in told


def test_what_figures_of_a_size_mean():
    assert "1 in 4.0 clips" in reading.eer(0.25)
    assert "no better than guessing" in reading.eer(0.5)
    assert "worse than guessing" in reading.eer(0.7)
    assert "75 times in 100" in reading.auc(0.75)
    assert "costs less than treating all clips alike" in reading.min_dcf(1.0)
    assert "40 % of the cost" in reading.min_dcf(0.4)
    assert "mislead" in reading.cllr(1.5, 0.6)
    assert "little is lost" in reading.cllr(0.42, 0.4)
    assert "0.30 above minDCF" in reading.act_dcf(0.7, 0.4)


def test_markers_at_the_edge_are_drawn_whole():
    """Scores without an error: the points of EER, probe and thresholds are in corners, and are not cut."""
    from matplotlib.figure import Figure

    values = np.concatenate([np.linspace(1, 2, 900), np.linspace(-2, -1, 900)])
    keys = ["bonafide"] * 900 + ["spoof"] * 900
    scores = vf.metrics.Scores([f"u{k}" for k in range(1800)], values, keys, ["-"] * 1800, ["-"] * 1800)
    for draw in (
        figures.roc([scores], {"eer": 0.0}),
        figures.det([scores], 0.0),
        figures.reliability(scores),
    ):
        ax = Figure().subplots()
        draw(ax)
        marked = [line for line in ax.get_lines() if line.get_marker() not in ("None", None, "")]
        assert marked
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        for line in marked:
            assert not line.get_clip_on()
            low, high = np.array([[x0, y0], [x1, y1]])
            inside = np.clip(line.get_xydata(), low, high)
            np.testing.assert_allclose(line.get_xydata(), inside, atol=1e-9)


@pytest.mark.parametrize("size", [1, 4, 300])
@pytest.mark.parametrize("step", [0.0, 0.25])
def test_rates_by_threshold_are_every_fifth_of_scikit_learn(size, step):
    """What `roc_curve(...)[::5]` has, and the last point; with ties where scores are rounded to `step`."""
    from sklearn.metrics import roc_curve

    rng = np.random.default_rng(size)
    values = np.concatenate([rng.normal(1, 1, size), rng.normal(0, 1, size)])
    values = np.round(values / step) * step if step else values
    keys = ["bonafide"] * size + ["spoof"] * size
    scores = vf.metrics.Scores([f"u{k}" for k in range(2 * size)], values, keys)
    fpr, tpr, at = roc_curve([key == "bonafide" for key in keys], values)
    chosen = np.unique([*range(0, len(at), 5), len(at) - 1])
    due = [[f"{at[k]:.3f}", f"{100 * tpr[k]:.1f} %", f"{100 * fpr[k]:.1f} %"] for k in chosen]
    assert figures.thresholds(scores, most=1000) == due
    few = figures.thresholds(scores, most=10)
    assert len(few) <= 11
    assert few[0] == due[0] and few[-1] == due[-1]
    assert all(one in due for one in few)


def row(title, dev, ours, low=0.0, **more):
    """A run as the page has it."""
    found = {
        "dev": {"eer": {"mean": dev}},
        "eval": {"eer": {"mean": ours}},
        "first": {"eval": {"eer_low": low}},
    }
    return title, found | {"seeds": [0], "best_epoch": [0], "monitor": "loss", "epochs": 9} | more


class TestConclusions:
    """No sentence of the page stands there whatever the figures are."""

    one, other = row("one", 0.10, 0.30, 0.25), row("other, mel", 0.30, 0.12, 0.05)

    def test_ranks(self):
        told = conclusions.ranked([self.one, self.other])
        assert "12.0 % (other, mel); 0 of the 1 others have an interval that reaches down to it." in told
        wide = row("one", 0.10, 0.30, 0.11)
        assert "1 of the 1 others" in conclusions.ranked([wide, self.other])
        assert "cannot be ranked" in conclusions.ranked([wide, self.other])
        assert conclusions.ranked([self.one]) == "One detector was run: one."

    def test_differences(self):
        told = conclusions.shown([self.one, self.other])
        assert "from 12.0 % (other, mel) to 30.0 % (one)" in told
        assert (
            "higher by more than 5 points for 1 of 2 and lower for 1; the median difference is +1.0" in told
        )
        assert "None has" not in told
        assert "None has an EER below 20 %" in conclusions.shown([self.one])

    def test_the_probe(self):
        probes = {"probe_dev": {"eer": {"mean": 0.2}}, "probe_eval": {"eer": {"mean": 0.5}}}
        told = conclusions.probed(probes)
        assert "20.0 % on dev and 50.0 % on eval" in told
        assert "separate a good part of dev and do not separate eval" in told
        assert "was not run" in conclusions.probed({})

    def test_epochs(self):
        networks = [
            row("a, mel", 0, 0, best_epoch=[1]),
            row("b", 0, 0, best_epoch=[7], monitor="eer", seeds=[0, 1]),
        ]
        told = conclusions.chosen(networks)
        assert "by EER for b; by the loss for a mel." in told
        assert "One seed alone have a mel:" in told
        assert "The best epoch of a mel is the first or second" in told
        assert "first or second" not in conclusions.chosen([row("a", 0, 0, best_epoch=[1], epochs=1)])
        assert conclusions.chosen([self.one]) == "No networks were run."

    def test_what_eval_shares(self, tmp_path):
        lines = ["split,speaker,attack", "train,s,A1", "dev,t,A1", "eval,s,A1", "eval,u,A2", "eval,u,-"]
        (tmp_path / "clips.csv").write_text("\n".join(lines))
        told = conclusions.apart(tmp_path / "clips.csv")
        assert "of its 2 speakers, 1 in train and none in dev (of the 1 of dev, none in train)" in told
        assert "of its 2 systems, 1 in train and 1 in dev (of the 1 of dev, 1 in train)" in told

    def test_two_protocols(self):
        told = conclusions.compared([self.one, self.other], [row("one", 0, 0.05), row("other, mel", 0, 0.4)])
        assert told.startswith("On eval 1 of 2 have a lower EER than above: one 5.0 % in place of 30.0 %;")
        assert "No system" in conclusions.compared([self.one], [self.other])
        assert conclusions.folded([self.one, self.other]).startswith(
            "0 of 2 models have an EER of at most 2 %"
        )

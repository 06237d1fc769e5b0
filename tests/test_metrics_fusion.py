"""Fusion of detectors: against scikit-learn's regression, and with detectors that ought not to spoil it."""

import math

import numpy as np
import pytest

import voicefeat as vf
from voicefeat import metrics as m


def detectors(means, seed=0, sizes=(300, 500), common=0.5):
    """Scores (detectors, n) of both classes: Gaussians at +-mean that share a part of their noise."""
    rng = np.random.default_rng(seed)
    centre = np.array(means)[:, None]
    shape = [(len(means), n) for n in sizes]
    parts = [rng.standard_normal(s) + common * rng.standard_normal(s[1]) for s in shape]
    return parts[0] + centre, parts[1] - centre


def regression(bonafide, spoof, ridge=1.0, prior=0.5):
    """scikit-learn's log-likelihood ratios as a function of scores, with the same weights and penalty."""
    linear = pytest.importorskip("sklearn.linear_model")
    x = np.concatenate([bonafide, spoof], axis=1).T
    sizes = bonafide.shape[1], spoof.shape[1]
    share = np.repeat([prior / sizes[0], (1 - prior) / sizes[1]], sizes)
    mean = share @ x
    scale = np.sqrt(share @ (x - mean) ** 2)
    fit = linear.LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=10000)
    fit.fit((x - mean) / scale, np.repeat([1, 0], sizes), share * len(x))
    return lambda at: fit.decision_function((at.T - mean) / scale) - math.log(prior / (1 - prior))


@pytest.mark.parametrize("ridge", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize("prior", [0.5, 0.1])
def test_it_is_scikit_learns_where_no_weight_is_negative(ridge, prior):
    pair = detectors([1.0, 0.6, 0.3])
    found = m.fit_fusion(*pair, ridge=ridge, prior=prior, trim=0.0)
    assert min(found.weights) > 0
    due = regression(*pair, ridge, prior)(pair[0])
    np.testing.assert_allclose(found.apply(pair[0]), due, atol=1e-5)


def test_a_negative_weight_is_0_and_the_others_are_those_without_the_detector():
    bonafide, spoof = detectors([1.0, 0.6, -0.4])
    found = m.fit_fusion(bonafide, spoof, trim=0.0)
    assert found.weights[2] == 0
    due = regression(bonafide[:2], spoof[:2])(bonafide[:2])
    np.testing.assert_allclose(found.apply(bonafide), due, atol=1e-5)


def test_of_gaussians_the_weights_are_the_true_ones():
    """Of independent Gaussians at +-mean, twice the mean times the score is the log-likelihood ratio."""
    means = [1.0, 0.5]
    found = m.fit_fusion(*detectors(means, sizes=(20000, 30000), common=0.0), trim=0.0)
    np.testing.assert_allclose(found.weights, [2.0, 1.0], atol=0.05)
    assert found.offset == pytest.approx(0, abs=0.05)


def test_the_unit_of_a_detector_does_not_count():
    bonafide, spoof = detectors([1.0, 0.6])
    unit = np.array([[1e6], [1.0]])
    one, other = m.fit_fusion(bonafide, spoof), m.fit_fusion(unit * bonafide, unit * spoof)
    np.testing.assert_allclose(other.apply(unit * spoof), one.apply(spoof), atol=1e-6)


def spoilt(kind, size, rng):
    """Held-out or development scores of a detector that is sure of itself and wrong."""
    sign = np.array([1.0, -1.0]).repeat(size)
    if kind == "noise":
        values = 1e4 * rng.standard_normal(2 * size)
    elif kind == "inverted":
        values = -1e4 * sign + rng.standard_normal(2 * size)
    else:  # right about seven in ten, always certain
        values = 1e4 * sign * np.where(rng.random(2 * size) < 0.7, 1, -1)
    return values[:size], values[size:]


@pytest.mark.parametrize("kind", ["noise", "inverted", "certain"])
def test_an_overconfident_detector_does_not_spoil_the_others(kind):
    """On held-out data the fusion is as good as without it; the plain mean of the scores is not."""
    worse, mean = [], []
    for seed in range(8):
        rng = np.random.default_rng([seed, 9])
        dev, held = (detectors([1.0, 0.8], 2 * seed + k, (400, 400), 0.0) for k in range(2))
        more = [
            tuple(np.vstack([part, row]) for part, row in zip(pair, spoilt(kind, 400, rng), strict=True))
            for pair in (dev, held)
        ]
        without, whole = m.fit_fusion(*dev), m.fit_fusion(*more[0])
        before = m.cllr(*(without.apply(part) for part in held))
        worse.append(m.cllr(*(whole.apply(part) for part in more[1])) - before)
        mean.append(m.cllr(*(part.mean(0) for part in more[1])) - before)
    assert np.mean(worse) < 0.005
    assert np.mean(mean) > 0.1, "which the plain mean fails"


def test_scores_beyond_the_range_of_development_do_not_overrule():
    """A detector whose scores grow a thousandfold on held-out data outvotes nobody for good."""
    dev, held = detectors([1.0, 1.0, 1.0], 0), detectors([1.5, 1.5, 0.0], 1)
    found = m.fit_fusion(*dev)
    wild = [np.vstack([part[:2], 1000 * part[2:]]) for part in held]
    pair = [found.apply(part) for part in wild]
    assert m.cllr(*pair) < 1
    assert m.cllr(*(part.mean(0) for part in wild)) > 10
    low, high = found.low[2], found.high[2]
    most = found.weights[2] * (1.2 * (high - low))
    steady = [found.apply(np.vstack([part[:2], 0 * part[2:] + low])) for part in held]
    change = np.abs(np.concatenate(pair) - np.concatenate(steady))
    assert change.max() <= most + 1e-9
    one = found.apply([[0.0] * 3, [0.0] * 3, [10.0, 100.0, 1e9]])
    assert one[0] < one[1] < one[2], "the order stays"


def test_a_detector_that_separates_does_not_silence_the_others():
    bonafide, spoof = detectors([1.0, 1.0])
    both = [
        np.vstack([part, np.full(part.shape[1], sign)]) for part, sign in ((bonafide, 1.0), (spoof, -1.0))
    ]
    found = m.fit_fusion(*both)
    assert np.isfinite(found.weights).all()
    assert min(found.weights[:2]) > 0.1


def test_there_and_back(tmp_path):
    found = m.fit_fusion(*detectors([1.0, 0.6]), names=["l\x7f \U0001f600", 'an "odd"\n name'])
    found.save(tmp_path / "fusion.toml")
    assert m.Fusion.load(tmp_path / "fusion.toml") == found
    assert found.apply(np.float32([[0], [1]])).dtype == np.float64


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("weights = [1.0]", "holds weights; give a file that save wrote"),
        (
            'names = ["a"]\nweights = []\nlow = []\nhigh = []\noffset = 0',
            "as many weights and ranges as names",
        ),
        (
            'names = ["a"]\nweights = ["b"]\nlow = [0]\nhigh = [1]\noffset = 0',
            r"path=.*fusion.toml': weights='b': must be a finite",
        ),
    ],
)
def test_a_file_that_is_none(text, told, tmp_path):
    (tmp_path / "fusion.toml").write_text(text)
    with pytest.raises(vf.ParameterError, match=told):
        m.Fusion.load(tmp_path / "fusion.toml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"bonafide": [[1.0, 2.0], [1.0]]}, "rows of 1 and of 2 scores; score the same utterances"),
        ({"bonafide": [[1.0, 2.0]]}, "1 detectors for bona fide speech and 2 for spoofs"),
        ({"bonafide": [1.0, 2.0]}, r"bonafide\[0\]=1.0: must be a vector of scores"),
        ({"bonafide": []}, "give a row of scores for each detector"),
        ({"spoof": [[1.0, np.nan], [0.0, 1.0]]}, r"spoof\[0\]=.*not finite: 1 scores"),
        ({"names": ["a"]}, "must be one for each detector, each once; give 2 names"),
        ({"names": ["a", "a"]}, "each once"),
        ({"bonafide": [[1, 1], [1, 2]], "spoof": [[1], [0]]}, "scores of detector 0 are 1; leave it out"),
        ({"bonafide": [[1e-200, 0]], "spoof": [[2e-200, 0]]}, "scores of detector 0 differ by less than"),
        ({"prior": 1.0}, "prior=1.0: must be a finite number, at least 0.01 and at most 0.99"),
        ({"ridge": 0}, "ridge=0: must be"),
        ({"trim": 0.5}, "trim=0.5: must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_fused(change, told):
    given = {"bonafide": [[1.0, 2.0], [0.0, 2.0]], "spoof": [[0.0, 1.5], [-1.0, 1.0]]} | change
    with pytest.raises(vf.ParameterError, match=told):
        m.fit_fusion(given.pop("bonafide"), given.pop("spoof"), **given)


def test_scores_of_another_number_of_detectors():
    found = m.fit_fusion(*detectors([1.0, 0.6]), names=["a", "b"])
    for scores in ([[1.0]], [[1.0], [2.0], [3.0]]):
        with pytest.raises(vf.ParameterError, match="2 detectors are fused; give one row for each of a, b"):
            found.apply(scores)


def test_detectors_that_are_all_inverted_are_told():
    bonafide, spoof = detectors([1.0, 0.6])
    with pytest.warns(UserWarning, match="every detector has the weight 0.*change their sign"):
        found = m.fit_fusion(spoof, bonafide)
    assert not any(found.weights)


@pytest.mark.parametrize("path", [3, None])
def test_what_is_no_path(path):
    with pytest.raises(vf.ParameterError, match=f"path={path}: must be a path"):
        m.Fusion.load(path)

"""Means and variances over a corpus, against scikit-learn's."""

import json

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

import voicefeat as vf
from voicefeat.presets.stages import Normalisation

FRONT_END = vf.frontend("asvspoof2019-lfcc")


@pytest.fixture(scope="module")
def clips():
    rng = np.random.default_rng(5)
    return [np.cumsum(rng.standard_normal(n)) / 100 for n in (4000, 16000, 9000)]


@pytest.fixture(scope="module")
def features(clips):
    return [FRONT_END(y, 16000) for y in clips]


@pytest.fixture(scope="module")
def gathered(features):
    return sum((vf.CorpusStatistics.of(x, FRONT_END.digest) for x in features), vf.CorpusStatistics())


def test_they_are_those_of_all_frames(features, gathered):
    want = StandardScaler().fit(np.concatenate(features, axis=1).T)
    assert gathered.frames == want.n_samples_seen_
    np.testing.assert_allclose(gathered.mean, want.mean_, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(gathered.variance, want.var_, rtol=1e-11)


def test_a_front_end_takes_them_off(clips, features, gathered):
    want = StandardScaler().fit(np.concatenate(features, axis=1).T)
    normalised = FRONT_END.replace(normalisation=gathered.normalisation())
    for y, x in zip(clips, features, strict=True):
        np.testing.assert_allclose(normalised(y, 16000), want.transform(x.T).T, atol=1e-11)
    means = FRONT_END.replace(normalisation=gathered.normalisation(variance=False))
    np.testing.assert_allclose(means(clips[0], 16000), features[0] - want.mean_[:, None], atol=1e-12)


def test_a_frame_stays_a_frame(clips, gathered):
    fe = FRONT_END.replace(normalisation=gathered.normalisation())
    both = fe(np.stack([clips[1][:4000], clips[2][:4000]]), 16000)
    np.testing.assert_array_equal(both[0], fe(clips[1][:4000], 16000))
    np.testing.assert_array_equal(both[1], fe(clips[2][:4000], 16000))


def test_far_from_zero_the_variance_keeps_its_digits():
    rng = np.random.default_rng(0)
    x = 1e8 + rng.standard_normal((3, 1000))
    gathered = vf.CorpusStatistics.of(x[:, :300]) + vf.CorpusStatistics.of(x[:, 300:])
    np.testing.assert_allclose(gathered.variance, x.var(axis=1), rtol=1e-7)


def test_a_batch_is_its_recordings():
    x = np.random.default_rng(0).standard_normal((2, 3, 50)).astype(np.float32)
    both = vf.CorpusStatistics.of(x[0]) + vf.CorpusStatistics.of(x[1])
    whole = vf.CorpusStatistics.of(x)
    assert whole.frames == both.frames == 100
    np.testing.assert_allclose(whole.mean, both.mean, atol=1e-15)
    np.testing.assert_allclose(whole.squares, both.squares, rtol=1e-13)


def test_nothing_adds_nothing(gathered):
    nothing = vf.CorpusStatistics()
    assert gathered + nothing == nothing + gathered == gathered
    assert nothing + nothing == nothing == vf.CorpusStatistics.of(np.empty((4, 0)))


def test_saved_is_loaded(gathered, tmp_path):
    gathered.save(tmp_path / "cmvn.json")
    assert vf.CorpusStatistics.load(tmp_path / "cmvn.json") == gathered
    assert [file.name for file in tmp_path.iterdir()] == ["cmvn.json"]


def test_a_front_end_with_them_is_read_back(gathered):
    fe = FRONT_END.replace(normalisation=gathered.normalisation())
    assert vf.FrontEnd.from_toml(fe.to_toml()) == fe
    assert vf.FrontEnd.from_toml(fe.to_toml()).digest == fe.digest != FRONT_END.digest


@pytest.mark.parametrize(
    "change",
    [{"form": "x"}, {"mean": [1.0]}, {"squares": "no"}, {"frames": 0}, {"frames": 1.5}, {"mean": None}],
    ids=str,
)
def test_another_file_is_refused(change, gathered, tmp_path):
    gathered.save(tmp_path / "cmvn.json")
    held = json.loads((tmp_path / "cmvn.json").read_text())
    (tmp_path / "cmvn.json").write_text(json.dumps({**held, **change}))
    with pytest.raises(vf.ParameterError, match=r"cmvn\.json"):
        vf.CorpusStatistics.load(tmp_path / "cmvn.json")
    (tmp_path / "cmvn.json").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(vf.ParameterError, match="is not JSON"):
        vf.CorpusStatistics.load(tmp_path / "cmvn.json")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: vf.CorpusStatistics().normalisation(), "there are no statistics"),
        (lambda g: vf.CorpusStatistics.of(np.zeros(5)), "not a real array"),
        (lambda g: vf.CorpusStatistics.of(np.zeros((2, 5), complex)), "not a real array"),
        (lambda g: vf.CorpusStatistics.of([[1.0, np.nan]]), "NaN or infinity"),
        (lambda g: g + vf.CorpusStatistics.of(np.ones((3, 4))), "60 and of 3 rows"),
        (lambda g: g + vf.CorpusStatistics.of(np.ones((60, 4)), "other"), "front ends .* and other"),
        (lambda g: Normalisation("corpus"), "one number for each row"),
        (lambda g: Normalisation("corpus", True, means=(1.0,)), "deviations"),
        (lambda g: Normalisation("corpus", True, means=(1.0,), deviations=(0.0,)), "above 0"),
        (lambda g: Normalisation(means=(1.0,)), "give none"),
        (lambda g: Normalisation("corpus", means=(np.nan,)), "finite"),
        (lambda g: g.normalisation().apply(np.ones((3, 4))), "3 rows"),
    ],
)
def test_errors(call, words, gathered):
    with pytest.raises(vf.ParameterError, match=words):
        call(gathered)

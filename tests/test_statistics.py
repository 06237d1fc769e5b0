"""Statistics of features: numpy's definitions, over clips and over windows."""

import warnings

import numpy as np
import pytest
from closeness import near
from signals import speech

import voicefeat as vf

WITH_NUMPY = {
    "mean": np.mean,
    "std": np.std,
    "median": np.median,
    "min": np.min,
    "max": np.max,
    "q0": np.min,
    "q0.05": lambda x, axis: np.quantile(x, 0.05, axis=axis),
    "q0.25": lambda x, axis: np.quantile(x, 0.25, axis=axis),
    "q1": np.max,
}


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def noise(*shape, dtype=np.float32):
    return np.random.default_rng(3).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "bool"])
@pytest.mark.parametrize("name", WITH_NUMPY)
def test_definitions_are_numpys(name, dtype):
    x = (100 * noise(4, 3, 157)).astype(dtype)
    got = vf.summarize(x, name)
    assert list(got) == [f"feature_{row}_{name}" for row in range(3)]
    for row in range(3):
        want = WITH_NUMPY[name](x[:, row].astype(np.float64), axis=-1)
        near(got[f"feature_{row}_{name}"], np.asarray(want, np.float64))


def test_one_clip_gives_numbers():
    got = vf.summarize(noise(2, 40), ["mean", "max"], name="mfcc")
    assert list(got) == ["mfcc_0_mean", "mfcc_0_max", "mfcc_1_mean", "mfcc_1_max"]
    assert all(isinstance(value, float) for value in got.values())


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize("frames, step", [(10, None), (10, 10), (10, 3), (10, 1), (7, 12), (50, 5), (60, 60)])
def test_windows_are_slices(frames, step, partial):
    x = noise(3, 2, 53)
    got = vf.summarize(x, ["mean", "q0.9"], frames=frames, step=step, partial=partial)
    hop = step or frames
    starts = [first for first in range(0, 53, hop) if first + frames <= 53]
    end = starts[-1] + frames if starts else 0
    rest = len(starts) * hop
    if partial and max(end, rest) < 53:
        starts.append(rest)
    assert got["feature_0_mean"].shape == (len(starts), 3)
    for k, first in enumerate(starts):
        alone = vf.summarize(x[..., first : first + frames], ["mean", "q0.9"])
        for name, value in alone.items():
            np.testing.assert_array_equal(got[name][k], value)


def test_a_clip_shorter_than_a_window():
    x = noise(1, 5)
    assert vf.summarize(x, "mean", frames=9)["feature_0_mean"] == [vf.summarize(x, "mean")["feature_0_mean"]]
    assert vf.summarize(x, "mean", frames=9, partial=False)["feature_0_mean"].shape == (0,)


def test_bits_do_not_depend_on_batch_or_layout():
    x = noise(5, 4, 3, 1234)
    names = list(WITH_NUMPY)
    whole = vf.summarize(x, names, frames=400, step=100)
    strided = vf.summarize(np.asfortranarray(x), names, frames=400, step=100)
    alone = vf.summarize(x[2, 1], names, frames=400, step=100)
    long = vf.summarize(np.concatenate([x] * 40), names)  # more than is computed at a time
    short = vf.summarize(x, names)
    for name in whole:
        np.testing.assert_array_equal(whole[name], strided[name])
        np.testing.assert_array_equal(whole[name][:, 2, 1], alone[name])
        np.testing.assert_array_equal(long[name][-5:], short[name])


def test_what_extract_returns():
    y, names = speech(16000), ["mfcc", "spectral_centroid"]
    apart = vf.summarize(vf.extract(y, 16000, names), ["mean", "q0.1"])
    stacked = vf.summarize(vf.extract(y, 16000, names, stack=True), ["mean", "q0.1"])
    assert list(apart)[-2:] == ["spectral_centroid_0_mean", "spectral_centroid_0_q0.1"] and len(apart) == 42
    assert apart == stacked and list(apart) == list(stacked)
    with pytest.raises(vf.ParameterError, match="name='mfcc': is for one array"):
        vf.summarize(vf.extract(y, 16000, names, stack=True), name="mfcc")


def test_the_input_is_left_alone():
    x = noise(2, 30)
    x.flags.writeable = False
    kept = x.copy()
    vf.summarize(x, list(WITH_NUMPY), frames=8)
    np.testing.assert_array_equal(x, kept)
    assert vf.summarize(x.tolist()) == vf.summarize(x.astype(np.float64))


def test_nan_and_infinity_stay():
    x = np.ones((2, 9))
    x[0, 3], x[1, 4] = np.nan, np.inf
    got = vf.summarize(x, ["mean", "std", "median", "min", "max", "q0.5"])
    assert all(np.isnan(got[f"feature_0_{name}"]) for name in ("mean", "std", "median", "min", "max", "q0.5"))
    assert got["feature_1_mean"] == np.inf and got["feature_1_median"] == 1


def test_features_of_different_lengths():
    features = {"a": noise(2, 30), "b": noise(1, 50)}
    assert list(vf.summarize(features, "max")) == ["a_0_max", "a_1_max", "b_0_max"]
    with pytest.raises(vf.ParameterError, match=r"^features\['b'\]=.*does not fit features\['a'\]"):
        vf.summarize(features, frames=10)
    with pytest.raises(vf.ParameterError, match=r"^features\['b'\]=.*leading dimensions"):
        vf.summarize({"a": noise(4, 2, 30), "b": noise(2, 30)})


@pytest.mark.parametrize(
    "name, hint",
    [("q5", "q0.05"), ("q1.5", "q0.05"), (0.05, "did you mean 'q0.05'"), ("Mean", "'mean'"), ("q", "q0.05")],
)
def test_statistics_that_are_none(name, hint):
    with pytest.raises(vf.ParameterError, match=hint):
        vf.summarize(noise(1, 9), ["mean", name])


@pytest.mark.parametrize("names", [["mean", "mean"], ["q0.5", "q0.50"], ["q.1", "q0.1"]])
def test_a_statistic_named_twice(names):
    with pytest.raises(vf.ParameterError, match="named twice"):
        vf.summarize(noise(1, 9), names)


def test_names_of_quantiles_are_short():
    assert list(vf.summarize(noise(1, 9), ["q0.50", "q.1", "q1.0"])) == [
        "feature_0_q0.5", "feature_0_q0.1", "feature_0_q1",
    ]  # fmt: skip


def test_rows_of_a_table():
    pandas = pytest.importorskip("pandas")
    y = speech(16000)
    features = {"mfcc": vf.mfcc(y, sr=16000, n_mfcc=3), "chroma_stft": vf.chroma_stft(y, sr=16000)}
    one = pandas.DataFrame([vf.summarize(features)])
    assert one.shape == (1, 2 * (3 + 12)) and one.dtypes.eq("float64").all()
    many = pandas.DataFrame(vf.summarize(features, frames=31))
    assert many.shape == (4, 2 * (3 + 12))  # 94 frames: three windows and one frame
    np.testing.assert_array_equal(many["mfcc_1_std"].iloc[-1], 0)

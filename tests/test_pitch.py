"""YIN, probabilistic YIN, autocorrelation and linear prediction, beyond the parity table."""

import hashlib
import os
import subprocess
import sys
import warnings
from importlib import import_module

import numpy as np
import pytest
import test_lanes
from closeness import near
from signals import signals, speech
from tables.pitch import differences, of_frames

import voicefeat as vf
from voicefeat.cache import forget
from voicefeat.chain.frames import Frames
from voicefeat.chain.pitch import lags as lag_loop, voicing
from voicefeat.chain.pitch.lags import Lags

SR = 16000
RANGE = {"sr": SR, "fmin": 65.0, "fmax": 2093.0}
DTYPES = ["float32", "float64"]


@pytest.fixture(scope="module")
def voice():
    return speech(SR).astype(np.float64)


def same(got, want):
    """Equal, bit for bit, with gaps in the same places."""
    if isinstance(want, tuple):
        return all(map(same, got, want))
    return got.dtype == want.dtype and got.tobytes() == want.tobytes()


def librosa():
    return (
        import_module("librosa.core.pitch")
        if os.environ.get("CI")
        else pytest.importorskip("librosa.core.pitch")
    )


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 2e-14), ("float32", 1e-5)])
@pytest.mark.parametrize("kind", ["speech", "noise", "tone", "silence", "dc"])
@pytest.mark.parametrize(
    ("length", "low", "high"), [(2048, 10, 340), (1000, 4, 998), (401, 40, 200), (64, 2, 40)]
)
def test_differences_are_librosas(kind, dtype, allowed, length, low, high):
    y = signals(SR, 0.5)[kind].astype(dtype)
    frames = np.lib.stride_tricks.sliding_window_view(y, length)[:: length // 2].T
    want = librosa()._cumulative_mean_normalized_difference(frames, low, high)
    got = of_frames(frames, low, high)
    assert got.shape == want.shape
    if kind == "dc":  # of which next to nothing is left at short lags
        allowed *= 10
    assert np.abs(got - want).max() <= allowed * np.abs(want).max()


def test_differences_by_hand():
    """The definition, lag by lag, on integers, which leave nothing to rounding but the transform."""
    y = np.random.default_rng(1).integers(-9, 10, 50).astype(np.float64)
    d = [2 * (y @ y - y[k:] @ y[:-k]) - (y[:k] @ y[:k] if k > 1 else 0.0) for k in range(1, 31)]
    want = np.array(d) * np.arange(1, 31) / np.cumsum(d)
    got = differences(y, Lags(Frames(50, 50, 50, "ones", False), 5, 30))[:, 0]
    np.testing.assert_allclose(got, want[4:], rtol=1e-12)


def test_single_precision_seldom_decides_otherwise():
    """Of a minute of speech, float32 gives the pitch of float64 but for a frame in a hundred."""
    y = speech(SR, 20.0)
    single, double = vf.yin(y, **RANGE), vf.yin(y.astype(np.float64), **RANGE)
    assert np.mean(np.abs(single / double - 1) > 1e-3) <= 0.01


@pytest.mark.parametrize("call", ["yin", "pyin"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tone_has_its_pitch(call, dtype):
    t = np.arange(SR) / SR
    for hz in (82.4, 220.0, 1000.0):
        y = np.sin(2 * np.pi * hz * t).astype(dtype)
        f0 = vf.yin(y, **RANGE) if call == "yin" else vf.pyin(y, **RANGE, fill_na=None)[0]
        assert abs(np.median(f0) / hz - 1) < 0.008


@pytest.mark.parametrize("dtype", DTYPES)
def test_silence(dtype):
    y = np.zeros(5000, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.all(vf.yin(y, **RANGE) == np.asarray(SR / (SR // 2093.0), dtype))
        f0, voiced, chance = vf.pyin(y, **RANGE)
        assert np.isnan(f0).all()
        assert not voiced.any()
        assert not chance.any()
        assert not vf.autocorrelate(y, max_size=9).any()
        assert vf.lpc(y, order=3).tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e3])
def test_very_soft_and_very_loud_stay_finite(dtype, scale):
    y = (speech(SR)[:8000] * scale).astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(vf.yin(y, **RANGE)).all()
        assert np.isfinite(vf.pyin(y, **RANGE)[2]).all()
        assert np.isfinite(vf.lpc(y, order=16)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_constants_and_tones_are_predicted_by_finite_numbers(dtype):
    for y in (np.full(3000, 0.3), np.sin(np.arange(3000) / 7), (-1.0) ** np.arange(3000), np.eye(1, 900)[0]):
        assert np.isfinite(vf.lpc(y.astype(dtype), order=20)).all()


class TestAFrameIsAFrame:
    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("options", [{}, {"frame_length": 600, "hop_length": 160, "fmin": 80.0}])
    def test_in_a_crop(self, voice, dtype, options):
        y, hop = voice.astype(dtype), options.get("hop_length", 512)
        whole = vf.yin(y, center=False, **{**RANGE, **options})
        for first in (1, 5, 17):
            part = vf.yin(y[first * hop :], center=False, **{**RANGE, **options})
            assert same(part, whole[first:])

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_in_a_batch(self, voice, dtype):
        y = np.stack([voice[:9000], -voice[5000:14000], voice[9000:18000] / 3]).astype(dtype)
        y = np.stack([y, y[::-1]])
        for call, options in [("yin", RANGE), ("pyin", RANGE), ("lpc", {"order": 16}), ("autocorrelate", {})]:
            together = getattr(vf, call)(y, **options)
            for i in np.ndindex(2, 3):
                alone = getattr(vf, call)(y[i], **options)
                if call == "pyin":
                    assert same(tuple(np.ascontiguousarray(part[i]) for part in together), alone)
                else:
                    assert same(np.ascontiguousarray(together[i]), alone)

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("items", [1, 5])
    def test_with_threads(self, dtype, items):
        y = speech(SR, 16.0).astype(dtype)
        y = np.stack([np.roll(y, 1000 * i) for i in range(items)])
        before, found = vf.get_num_threads(), []
        try:
            for n in (1, 3):
                vf.set_num_threads(n)
                found.append((vf.yin(y, **RANGE), *vf.pyin(y, **RANGE), vf.lpc(y.reshape(-1, 400), order=12)))
        finally:
            vf.set_num_threads(before)
        assert same(*found)

    @pytest.mark.processes
    def test_with_every_index_checked(self):
        """No index is out of range, and checks change no bit. `test_lanes.py` has the widths."""
        code = (
            "import hashlib, test_lanes\n"
            "for name, part in test_lanes.pitches():\n"
            "    print(name, hashlib.sha256(part.tobytes()).hexdigest())\n"
        )
        env = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-W", "ignore", "-c", code]
        said = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
        want = {name: hashlib.sha256(part.tobytes()).hexdigest() for name, part in test_lanes.pitches()}
        assert dict(line.rsplit(" ", 1) for line in said.splitlines()) == want


def test_tiles_and_segments_leave_no_trace(voice, monkeypatch):
    """The same bits, however few frames are compared, and best paths kept, at a time."""
    want = (vf.yin(voice, **RANGE), *vf.pyin(voice, **RANGE, hop_length=160))
    forget()
    monkeypatch.setattr(lag_loop, "TILE_BYTES", 1)
    monkeypatch.setattr(voicing, "SEGMENT_BYTES", 200_000)
    assert same((vf.yin(voice, **RANGE), *vf.pyin(voice, **RANGE, hop_length=160)), want)
    forget()


@pytest.mark.slow
def test_one_frame():
    y = speech(SR)[20000:22048]
    for center, frames in ((False, 1), (True, 5)):
        assert vf.yin(y, center=center, **RANGE).shape == (frames,)
        f0, voiced, chance = vf.pyin(y, center=center, **RANGE)
        assert f0.shape == voiced.shape == chance.shape == (frames,)
    want = librosa().pyin(y, center=False, **RANGE)
    for got, expected in zip(vf.pyin(y, center=False, **RANGE), want, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "options"),
    [
        *[("yin", o) for o in ({"trough_threshold": 0.5}, {"fmin": 300.0}, {"fmax": 150.0}, {"sr": 22050})],
        *[("yin", o) for o in ({"frame_length": 1024}, {"hop_length": 160}, {"center": False})],
        *[("yin", {"pad_mode": m}) for m in ("reflect", "edge")],
        *[("pyin", o) for o in ({"n_thresholds": 10}, {"beta_parameters": (1, 5)}, {"no_trough_prob": 0.9})],
        *[("pyin", o) for o in ({"boltzmann_parameter": 0.1}, {"resolution": 0.5}, {"fill_na": 1.0})],
        *[("pyin", o) for o in ({"max_transition_rate": 1.0}, {"switch_prob": 0.4}, {"pad_mode": "edge"})],
        ("lpc", {"order": 17}),
    ],
    ids=str,
)
def test_every_setting_does_something(voice, call, options):
    base = {"order": 16} if call == "lpc" else dict(RANGE)
    if call == "pyin" and "switch_prob" not in options and "max_transition_rate" not in options:
        base["fill_na"] = None
    function = getattr(vf, call)
    if call == "pyin":  # speech in noise, where beliefs matter
        voice = voice + 0.05 * np.random.default_rng(3).standard_normal(voice.size)
    assert not same(function(voice, **{**base, **options}), function(voice, **base))


@pytest.mark.slow
def test_paths_are_librosas_where_little_is_certain():
    """Noise around a wandering pitch: guesses of unvoiced frames included, over several segments."""
    rng = np.random.default_rng(11)
    pitch = 200 + 100 * np.sin(np.arange(3 * SR) / SR * 9)
    y = np.sin(2 * np.pi * np.cumsum(pitch) / SR) * (np.sin(np.arange(3 * SR) / 4000) > -0.3)
    y = y + 0.4 * rng.standard_normal(y.size)
    options = {"sr": SR, "fmin": 70.0, "fmax": 1000.0, "hop_length": 256, "fill_na": None}
    for more in (
        {},
        {"max_transition_rate": 60.0, "switch_prob": 0.2},
        {"resolution": 0.2, "hop_length": 200},
    ):
        got, want = vf.pyin(y, **{**options, **more}), librosa().pyin(y, **{**options, **more})
        np.testing.assert_allclose(got[0], want[0], rtol=1e-12)
        near(got[1], want[1])
        np.testing.assert_allclose(got[2], want[2], atol=1e-13)


def test_fewer_than_two_periods_are_warned_of():
    y = speech(SR)[:4000]
    with pytest.warns(UserWarning, match="frame_length=642 or more"):
        vf.yin(y, sr=SR, fmin=50.0, fmax=500.0, frame_length=400)
    with pytest.warns(FutureWarning, match="win_length"):
        vf.yin(y, **RANGE, win_length=512)


@pytest.mark.parametrize("call", ["yin", "pyin"])
def test_the_error_says_which_frame_length_would_do(call):
    y = speech(SR)[:4000]
    with pytest.raises(
        vf.ParameterError, match=r"^fmin=50\.0: .* frame_length=256; give frame_length=322 or"
    ):
        getattr(vf, call)(y, sr=SR, fmin=50.0, fmax=500.0, frame_length=256)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getattr(vf, call)(y, sr=SR, fmin=50.0, fmax=500.0, frame_length=322)


def test_the_error_says_which_transition_rate_would_do(voice):
    options = {"sr": SR, "fmin": 100.0, "fmax": 150.0}
    with pytest.raises(
        vf.ParameterError, match=r"max_transition_rate=35\.92: .*give at most ([0-9.]+)"
    ) as caught:
        vf.pyin(voice, **options)
    most = float(str(caught.value).split("at most ")[1].split(",")[0])
    vf.pyin(voice, **options, max_transition_rate=most)


def test_complex_autocorrelation():
    rng = np.random.default_rng(5)
    for n, count in ((700, None), (50_000, 300)):
        y = rng.standard_normal((2, n)) + 1j * rng.standard_normal((2, n))
        for kind in (np.complex64, np.complex128):
            z = y.astype(kind)
            got = vf.autocorrelate(z, max_size=count)
            want = import_module("librosa").autocorrelate(z, max_size=count)
            assert got.dtype == want.dtype == kind
            assert np.abs(got - want).max() <= 8 * np.finfo(kind).eps * np.abs(want).max()
    with pytest.raises(vf.ParameterError, match=r"^y=.*: sample 3 "):
        vf.autocorrelate(np.where(np.arange(9) == 3, np.nan, 1j))


def burg_by_definition(y, order):
    """Burg's method in extended precision, stage by stage."""
    f, b = y[1:].astype(np.longdouble), y[:-1].astype(np.longdouble)
    a = np.eye(1, order + 1, dtype=np.longdouble)[0]
    for m in range(order):
        k = -2 * (f @ b) / (f @ f + b @ b)
        a[: m + 2] = a[: m + 2] + k * a[: m + 2][::-1]
        f, b = (f + k * b)[1:], (b + k * f)[:-1]
    return a


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="no precision beyond double here")
@pytest.mark.parametrize("n", [40, 400, 1024, 1025, 1026, 2060, 5000])
@pytest.mark.parametrize("order", [1, 2, 7, 16, 31])
def test_prediction_by_definition(voice, n, order):
    y = voice[9000 : 9000 + n]
    want = burg_by_definition(y, order)
    scale = np.abs(want).max()
    assert np.abs(vf.lpc(y, order=order) - want).max() <= 1e-9 * scale
    assert np.abs(vf.lpc(y.astype(np.float32), order=order) - want).max() <= 1e-6 * scale

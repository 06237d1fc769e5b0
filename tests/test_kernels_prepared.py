"""Frames that are changed before their window, against numpy; and the banks of published front ends."""

import importlib

import numpy as np
import pytest
from tiles import both, lanes, random, tolerance

import voicefeat as vf
from voicefeat.chain.block_loop import run
from voicefeat.chain.frames import Frames
from voicefeat.chain.spectra import FramedSpectra, Work
from voicefeat.chain.stages import Chain, Spectrum


def framed(y, frames):
    """The frames of `y` as the definition has them, in double precision."""
    n, win, hop = y.size, frames.win_length, frames.hop_length
    at = np.arange(frames.count(n))[:, None] * hop - frames.pad + np.arange(win)
    if frames.partial == "mirror":
        at = np.where(at < 0, -1 - at, at)
        at = np.where(at >= n, 2 * n - 1 - at, at)
        x = y[at].astype(np.float64)
    else:
        x = np.where((at >= 0) & (at < n), y[np.clip(at, 0, n - 1)], 0).astype(np.float64)
    if frames.remove_dc:
        x = x - x.mean(axis=1, keepdims=True)
    energies = (x * x).sum(axis=1)
    before = np.concatenate([x[:, :1], x[:, :-1]], axis=1)
    return (x - frames.preemphasis * before) * frames.window_array()[:win], energies


@both
@pytest.mark.parametrize("partial", ["drop", "pad", "mirror"])
@pytest.mark.parametrize(("remove_dc", "share"), [(True, 0.97), (True, 0.0), (False, 0.97), (False, 0.0)])
@pytest.mark.parametrize(
    ("n_fft", "win", "hop"), [(512, 400, 160), (512, 401, 137), (48, 30, 7), (509, 400, 160)]
)
def test_bins(dtype, partial, remove_dc, share, n_fft, win, hop):
    """Powers and complex bins; lengths that the engine transforms and that it does not."""
    frames = Frames(
        n_fft, hop, win, "hamming_symmetric", False, "constant", "left", partial, 0, remove_dc, share
    )
    y = random(5003, dtype) + 1
    x, _ = framed(y, frames)
    want = np.fft.rfft(x, n_fft, axis=1).T
    got = run(Chain(frames, Spectrum(None)), y)
    assert got.shape == want.shape
    assert np.abs(got - want).max() < tolerance(dtype) * np.abs(want).max()
    powers = run(Chain(frames, Spectrum(2.0)), y)
    assert np.abs(powers - np.abs(want) ** 2).max() < 4 * tolerance(dtype) * np.abs(want).max() ** 2


@both
@pytest.mark.parametrize("n_fft", [512, 509])
def test_energies(dtype, n_fft):
    """Of the samples after the mean is taken off, before the pre-emphasis."""
    frames = Frames(n_fft, 160, 400, "povey", False, "constant", "left", "drop", 0, True, 0.97)
    y = random(5003, dtype) + 1
    source, work = FramedSpectra(frames, False, dtype), Work(lanes(dtype), dtype)
    count = frames.count(y.size)
    source.fill(work.array("bins", source.values(count)), work, source.open(y), 0, count)
    want = framed(y, frames)[1]
    assert np.abs(work.array("energies", count)[:count] / want - 1).max() < tolerance(dtype)


def test_a_signal_reflected_more_than_once():
    """Frames longer than the signal see it back and forth."""
    frames = Frames(512, 160, 400, "boxcar", False, "constant", "left", "mirror")
    y = np.arange(1.0, 101.0)
    made = run(Chain(frames, Spectrum(None)), y)
    wide = np.pad(y, 400, mode="symmetric")[400 - 120 :][:400]
    assert made.shape == (257, 1)
    assert np.abs(made[:, 0] - np.fft.rfft(wide, 512)).max() < 1e-9


class TestBank:
    """`filters.bank` is each of the banks that it stands for."""

    @pytest.mark.parametrize(("sr", "n_fft", "n"), [(16000, 512, 40), (22050, 2048, 80), (8000, 400, 23)])
    def test_of_librosa(self, sr, n_fft, n):
        mel = importlib.import_module("librosa").filters.mel
        for htk, norm in [(True, None), (False, "slaney"), (True, "slaney"), (False, None)]:
            settings = {"sr": sr, "n_fft": n_fft, "fmin": 60.0, "fmax": 3500.0, "norm": norm}
            want = mel(n_mels=n, htk=htk, dtype=np.float64, **settings)
            got = vf.filters.bank(n_filters=n, scale="htk" if htk else "slaney", **settings)
            assert np.abs(got - want).max() < 1e-12

    def test_linear(self):
        want = vf.filters.linear(sr=16000, n_fft=512, n_filters=20, dtype=np.float64)
        assert np.abs(vf.filters.bank(sr=16000, n_fft=512, n_filters=20, scale="hz") - want).max() < 1e-12

    def test_sides_on_the_scale(self):
        got = vf.filters.bank(sr=16000, n_fft=512, n_filters=23, fmin=20.0, slopes="scale", nyquist=False)
        mel = 1127 * np.log(1 + np.arange(257) * 16000 / 512 / 700)
        edges = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + 8000 / 700), 25)
        want = np.stack([np.interp(mel, edges[i : i + 3], [0, 1, 0]) for i in range(23)])
        want[:, -1] = 0
        assert np.abs(got - want).max() < 1e-12

    def test_whole_bins(self):
        got = vf.filters.bank(sr=16000, n_fft=512, n_filters=10, scale="hz", edges="floor")
        edges = np.floor(513 * np.linspace(0, 8000, 12) / 16000).astype(int)
        for row, (a, b, c) in zip(got, zip(edges, edges[1:], edges[2:], strict=False), strict=False):
            want = np.interp(np.arange(257), [a, b, c], [0, 1, 0])
            assert np.abs(row - want).max() < 1e-12

    def test_rectangles(self):
        got = vf.filters.bank(sr=16000, n_fft=512, n_filters=3, scale="hz", shape="rectangle")
        hertz = np.arange(257) * 31.25
        assert np.array_equal(got, [(hertz >= a) & (hertz <= a + 4000) for a in (0, 2000, 4000)])

    def test_labels_order_and_area(self):
        settings = {"sr": 16000, "n_fft": 512, "n_filters": 12}
        plain = vf.filters.bank(**settings)
        assert np.array_equal(vf.filters.bank(**settings, inverted=True), plain[:, ::-1])
        assert np.abs(vf.filters.bank(**settings, norm="area").sum(axis=1) - 1).max() < 1e-12
        peaked = vf.filters.bank(**settings, norm="peak")
        assert np.array_equal(peaked, plain / plain.max(axis=1)[:, None])
        bent = vf.filters.bank(**settings, straight=1000.0, dc=True)
        assert bent[0].tolist() == [1.0] + 256 * [0.0]
        htk = np.linspace(0, 2595 * np.log10(1 + 8000 / 700), bent.shape[0] + 1)
        edges = 700 * (10 ** (htk / 2595) - 1)
        first = np.flatnonzero(edges >= 1000.0)[0]
        edges[: first + 1] = np.linspace(0, edges[first], first + 1)
        for row, a, b, c in zip(bent[1:], edges[:-2], edges[1:-1], edges[2:], strict=True):
            assert np.abs(row - np.interp(np.arange(257) * 31.25, [a, b, c], [0, 1, 0])).max() < 1e-12
        labelled = vf.filters.bank(**settings, fmax=4000.0, scale="hz", labelled=128)
        assert not labelled[:, 128:].any() and labelled[:, 127].max() == 0 < labelled[:, 126].max()
        assert np.array_equal(
            vf.filters.bank(**settings, fmax=-400), vf.filters.bank(**settings, fmax=7600.0)
        )
        total = vf.filters.total(sr=16000, n_fft=8, gain=0.5, bins=3)
        assert total.tolist() == [[0.5, 0.5, 0.5, 0, 0]]

    @pytest.mark.parametrize(
        ("settings", "fault"),
        [
            ({"fmax": 9000.0}, "fmax=9000.0"),
            ({"fmin": -1.0}, "fmin=-1.0"),
            ({"fmin": 5000.0, "fmax": 4000.0}, "fmin=5000.0"),
            ({"scale": "bark?"}, "scale="),
            ({"shape": "bell"}, "shape="),
            ({"slopes": "mel"}, "slopes="),
            ({"edges": "round"}, "edges="),
            ({"norm": "l2"}, "norm="),
            ({"n_filters": 0}, "n_filters=0"),
            ({"dtype": np.int16}, "dtype="),
        ],
    )
    def test_bad_settings(self, settings, fault):
        with pytest.raises(vf.ParameterError, match=f"^{fault}"):
            vf.filters.bank(sr=16000, n_fft=512, **settings)

"""Octaves of constant-Q transforms: what halving does to the level, and short signals at low rates."""

import warnings

import librosa
import numpy as np
import pytest

import voicefeat as vf
from voicefeat.audio.resample import WAYS, resample
from voicefeat.chain.constantq import transform

SR = 22050
LOWEST = 65.406
RELATIVES = [("hybrid_cqt", 0.0), ("vqt", None), ("vqt", 30.0)]


def top(bins_per_octave, fmin=LOWEST):
    """As many bins as fit below half the rate."""
    with pytest.raises(vf.ParameterError, match="give at most") as caught:
        vf.cqt(np.ones(SR), sr=SR, fmin=fmin, n_bins=10 * bins_per_octave, bins_per_octave=bins_per_octave)
    return int(str(caught.value).split("at most ")[1].split(",")[0])


def tone(hertz, n):
    return np.sin(2 * np.pi * hertz * np.arange(n) / SR + 0.3)


def near_borders(n_bins, bins_per_octave):
    """The bins at both sides of each border between two octaves, counted from the highest bin."""
    return [k for b in range(n_bins - bins_per_octave, 0, -bins_per_octave) for k in (b - 2, b - 1, b, b + 1)]


def decibels(ratio):
    return 20 * np.log10(np.abs(ratio))


@pytest.mark.parametrize(
    ("call", "gamma", "bins_per_octave"),
    [
        *(("cqt", 0.0, n) for n in (12, 24, 36, 48, 60, 96)),
        *((call, gamma, n) for call, gamma in RELATIVES for n in (12, 60)),
    ],
)
def test_the_level_is_the_same_on_both_sides_of_a_border(call, gamma, bins_per_octave):
    """A tone at the centre of a bin has half the root of its wavelet's length, in whichever octave it is.

    librosa 0.11 halves into the slope of the resampler: 60 bins an octave, -5.95 dB at a border.
    """
    n_bins = top(bins_per_octave) if gamma == 0 else top(bins_per_octave) - bins_per_octave // 6
    hertz = LOWEST * 2 ** (np.arange(n_bins) / bins_per_octave)
    alpha = (2 ** (2 / bins_per_octave) - 1) / (2 ** (2 / bins_per_octave) + 1)
    lengths, _ = vf.filters.wavelet_lengths(freqs=hertz, sr=SR, alpha=alpha, gamma=gamma)
    settings = {"sr": SR, "fmin": LOWEST, "n_bins": n_bins, "bins_per_octave": bins_per_octave}
    settings |= {} if call != "vqt" else {"gamma": gamma}
    long = 2.0 ** np.ceil(np.log2(lengths)) >= 2 * 512 if call == "hybrid_cqt" else lengths > 0
    for k in near_borders(int(long.sum()), bins_per_octave):
        y = tone(hertz[k], int(2 * lengths[k]) + 4096)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # wavelets of bins that are not looked at are longer
            C = np.abs(getattr(vf, call)(y, **settings))
        off = decibels(C[k, C.shape[1] // 2] / (0.5 * np.sqrt(lengths[k])))
        assert abs(off) < 0.1, f"bin {k} of {n_bins}: {off:.2f} dB"


def test_a_tone_at_a_border_comes_back_at_its_level():
    n_bins, n = top(60), 3 * SR
    settings = {"sr": SR, "hop_length": 64, "fmin": LOWEST, "bins_per_octave": 60}
    levels = []
    for k in (n_bins - 90, n_bins - 61, n_bins - 62):  # the middle of an octave, and below its border
        y = tone(LOWEST * 2 ** (k / 60), n)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            back = vf.icqt(vf.cqt(y, n_bins=n_bins, **settings), length=n, **settings)
        middle = slice(n // 3, 2 * n // 3)
        levels.append(decibels(np.sqrt(np.mean(back[middle] ** 2) / np.mean(y[middle] ** 2))))
    assert np.ptp(levels) < 0.1, levels


@pytest.mark.parametrize("way", WAYS)
def test_what_the_table_calls_a_passband_is_let_pass(way):
    if way in ("fft", "scipy"):
        assert transform.PASSBAND[way] == 1.0  # all of the spectrum, by definition
        return
    n = 40000
    for factor in (2, 8):
        for share in np.linspace(0.05, min(transform.PASSBAND[way], 0.99), 7):
            hertz = share * 0.5 / factor
            y = np.sin(2 * np.pi * hertz * np.arange(n))
            halved = resample(y, orig_sr=factor, target_sr=1, res_type=way)
            middle = slice(len(halved) // 2 - 1000, len(halved) // 2 + 1000)
            turns = np.exp(-2j * np.pi * hertz * factor * np.arange(len(halved)))[middle]
            window = np.hanning(2000)
            level = decibels(2 * np.sum(window * halved[middle] * turns) / window.sum())
            assert abs(level) < 0.05, f"{way}, 1/{factor}, {share:.2f} of half the new rate: {level:.3f} dB"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["reflect", "symmetric", "edge", "linear_ramp"])
@pytest.mark.parametrize("call", ["cqt", "vqt", "hybrid_cqt", "pseudo_cqt"])
def test_a_signal_shorter_than_its_padding_is_mirrored_again(call, mode):
    y = np.random.default_rng(3).normal(size=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = getattr(vf, call)(y, sr=SR, n_bins=72, pad_mode=mode)
        want = getattr(librosa, call)(y, sr=SR, n_bins=72, pad_mode=mode, dtype=np.complex128)
    assert np.allclose(got, want, rtol=0, atol=1e-6 * np.abs(want).max())


@pytest.mark.parametrize("call", ["cqt", "vqt", "hybrid_cqt", "icqt"])
def test_no_way_of_resampling_is_the_usual_one(call):
    data = np.random.default_rng(3).normal(size=SR)
    data = vf.cqt(data, sr=SR, fmin=LOWEST, n_bins=48) if call == "icqt" else data
    rest = {"sr": SR, "fmin": LOWEST} | ({} if call == "icqt" else {"n_bins": 48})
    assert np.array_equal(
        getattr(vf, call)(data, res_type=None, **rest), getattr(vf, call)(data, res_type="soxr_hq", **rest)
    )

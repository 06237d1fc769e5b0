"""Calls that librosa's own suite makes of functions that are here as well."""

import librosa
import numpy as np
import pytest
import scipy.signal

import voicefeat as vf

Y = np.random.default_rng(5).normal(size=8000)
WHOLE = np.random.default_rng(6).integers(0, 1000, (129, 20))


@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
@pytest.mark.parametrize("order", ["C", "F"])
def test_stft_returns_the_array_that_it_was_given(kind, order):
    want = vf.stft(Y, n_fft=512)
    out = np.empty(want.shape, kind, order)
    assert vf.stft(Y, n_fft=512, out=out) is out
    assert np.array_equal(out, want.astype(kind))
    longer = np.full((257, want.shape[1] + 3), 9j)
    part = vf.stft(Y, n_fft=512, out=longer)
    assert part.base is longer and np.array_equal(part, want) and (longer[:, -3:] == 9j).all()
    back = np.empty(8000)
    assert vf.istft(out, length=8000, out=back) is back
    out.flags.writeable = False
    with pytest.raises(vf.ParameterError, match=r"^out=.*read-only"):
        vf.stft(Y, n_fft=512, out=out)


@pytest.mark.parametrize("name", ["hann", "hamming", "boxcar", "blackmanharris"])
def test_the_bandwidth_of_a_window_by_name_or_by_function(name):
    function = getattr(scipy.signal.windows, name)
    usual = librosa.filters.window_bandwidth(name)
    assert vf.filters.window_bandwidth(name) == pytest.approx(usual, rel=1e-13)
    assert vf.filters.window_bandwidth(function) == vf.filters.window_bandwidth(name)
    assert vf.filters.window_bandwidth(np.ones) == 1


def test_the_bandwidth_of_a_window_of_so_many_samples():
    """A symmetric Hann window of n samples has 1.5 n / (n - 1): `n` counts where it is given."""
    for n in (10, 1000):
        assert vf.filters.window_bandwidth("hann", n=n) == pytest.approx(1.5 * n / (n - 1), rel=1e-13)
        assert vf.filters.window_bandwidth("hann", n=n) == vf.filters.window_bandwidth(
            scipy.signal.windows.hann, n=n
        )


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.uint8, np.uint64])
@pytest.mark.parametrize(
    "call",
    ["melspectrogram", "mfcc", "chroma_stft", "spectral_centroid", "spectral_bandwidth", "spectral_rolloff",
     "spectral_contrast", "spectral_flatness", "poly_features", "piptrack", "estimate_tuning", "hpss", "pcen",
     "linear_spectrogram", "lfcc", "mel_to_stft"],
)  # fmt: skip
def test_spectra_of_whole_numbers_are_those_numbers(call, kind):
    S = (WHOLE % 100).astype(kind)
    S = S[:40] if call == "mel_to_stft" else S
    name = {"mel_to_stft": "M"}.get(call, "S")
    function, rest = getattr(vf, call), {"n_mels": 20} if call in ("melspectrogram", "mfcc") else {}
    assert np.array_equal(function(**{name: S}, **rest), function(**{name: S.astype(float)}, **rest))


def test_pcen_of_no_frames():
    for shape, axis in (((40, 0), -1), ((0, 40), 0), ((2, 40, 0), -1)):
        P, state = vf.pcen(np.zeros(shape), axis=axis, return_zf=True)
        _, start = vf.pcen(np.ones(shape)[...], axis=axis, b=1.0, return_zf=True)
        given = [1 if i == axis % len(shape) else n for i, n in enumerate(shape)]
        assert P.shape == shape and list(state.shape) == list(start.shape) == given
    levels = np.abs(np.random.default_rng(0).normal(size=(3, 9)))
    _, before = vf.pcen(levels[:, :5], return_zf=True)
    nothing, after = vf.pcen(levels[:, :0], zi=before, return_zf=True)
    assert nothing.shape == (3, 0) and np.array_equal(after, before)
    assert vf.pcen(np.zeros((4, 0), np.float32), max_size=3).dtype == np.float32


@pytest.mark.parametrize("call", [vf.hpss, lambda S: vf.softmask(S, np.ones_like(S))])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_spectrum_that_is_not_finite_is_told_what_helps(call, bad):
    """Advice that is followed must work: magnitudes of NaN are NaN."""
    S = np.ones((5, 7))
    S[2, 3] = bad
    with pytest.raises(vf.ParameterError, match=rf"^(S|X)=.*\[2, 3\] is {bad}; .*numpy.nan_to_num") as caught:
        call(S)
    assert "abs" not in str(caught.value)
    call(np.nan_to_num(S, posinf=1.0))
    with pytest.raises(vf.ParameterError, match=r"numpy\.abs"):
        call(-np.ones((5, 7)))

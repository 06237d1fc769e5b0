"""The inverse transform against librosa, and against what it inverts."""

import itertools
import tracemalloc

import librosa
import numpy as np
import pytest
from signals import RATES, signals, speech

import voicefeat as vf

# Single precision: librosa rounds at the same places, so that both are this far from the truth.
TOLERANCE = {np.float32: 2e-5, np.float64: 1e-13}


def covered(y, frames, options):
    """Where the squared windows add up to enough for the result not to be rounding noise."""
    n_fft = options["n_fft"]
    win_length = options.get("win_length") or n_fft
    total = librosa.filters.window_sumsquare(
        window=options.get("window", "hann"), n_frames=frames, n_fft=n_fft, win_length=win_length,
        hop_length=options.get("hop_length") or win_length // 4, dtype=np.float64,
    )  # fmt: skip
    total = total[n_fft // 2 if options.get("center", True) else 0 :]
    return librosa.util.fix_length(total, size=y.shape[-1]) > 1e-2


def agree(spectra, options, dtype):
    ours, theirs = vf.istft(spectra, **options), librosa.istft(spectra, **options)
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype == dtype
    assert np.isfinite(ours).all()
    known = covered(ours, spectra.shape[-1], options)
    assert known.any()
    # What is cut off at the ends may be louder than the rest.
    loudest = np.abs(np.fft.irfft(spectra, options["n_fft"], axis=-2)).max()
    scale = max(np.abs(theirs).max(), loudest) or 1
    np.testing.assert_allclose(ours[..., known], theirs[..., known], rtol=0, atol=TOLERANCE[dtype] * scale)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_fft", [512, 400, 1023])
@pytest.mark.parametrize("hop_length", [None, 160, 128, 100])
@pytest.mark.parametrize("center", [True, False])
def test_librosa(dtype, n_fft, hop_length, center):
    y = speech(16000)[16000:21000].astype(dtype)
    for win_length, window in itertools.product((None, 300), ("hann", "hamming", ("kaiser", 6.0))):
        frames = {"n_fft": n_fft, "hop_length": hop_length, "win_length": win_length}
        frames |= {"center": center, "window": window}
        spectra = librosa.stft(y, **frames)
        for length in (None, 3333, 5000, 9000):
            agree(spectra, {**frames, "length": length}, dtype)


@pytest.mark.parametrize("sr", RATES)
@pytest.mark.slow
def test_signals_at_all_rates(sr):
    for y in signals(sr, 1.0).values():
        spectra = librosa.stft(y)
        agree(spectra, {"n_fft": 2048}, np.float32)
        agree(spectra, {"n_fft": 2048, "length": sr}, np.float32)


@pytest.mark.parametrize(
    ("n_fft", "hop_length"), [(64, 1), (64, 7), (64, 16), (512, 512), (512, 400), (2, 1)]
)
def test_narrow_and_wide_hops(n_fft, hop_length):
    y = speech(16000)[16000:19000].astype(np.float64)
    options = {"n_fft": n_fft, "hop_length": hop_length}
    for window in ("hann", "ones"):
        agree(librosa.stft(y, window=window, **options), {"window": window, **options}, np.float64)


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize("center", [True, False])
def test_few_frames(frames, center):
    options = {"n_fft": 512, "hop_length": 128, "center": center}
    spectra = librosa.stft(speech(16000)[16000:], **options)[:, :frames].astype(np.complex128)
    ours = vf.istft(spectra, **options)
    n = 512 + 128 * (frames - 1) - (512 if center else 0)
    assert ours.shape == (n,)
    # Written out: the sum of windowed frames over the sum of squared windows.
    window = librosa.filters.get_window("hann", 512)
    total, divisor = np.zeros(512 + 128 * (frames - 1)), np.zeros(512 + 128 * (frames - 1))
    for t in range(frames):
        total[128 * t : 128 * t + 512] += np.fft.irfft(spectra[:, t]) * window
        divisor[128 * t : 128 * t + 512] += window**2
    expected = np.divide(total, divisor, where=divisor > 0, out=total)
    start = 256 if center else 0
    scale = np.abs(spectra).max()
    np.testing.assert_allclose(ours, expected[start : start + n], atol=1e-12 * scale)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_channels(order, dtype):
    y = np.stack([speech(8000)[k * 900 :][:8000] for k in range(6)]).reshape(2, 3, 8000).astype(dtype)
    spectra = np.array(librosa.stft(y, n_fft=256), order=order)
    agree(spectra, {"n_fft": 256}, dtype)
    ours = vf.istft(spectra)
    for index in np.ndindex(2, 3):
        np.testing.assert_array_equal(ours[index], vf.istft(spectra[index]))


@pytest.mark.parametrize("n_fft, hop", [(512, 100), (2048, 512), (64, 64)])
def test_blocks_do_not_show(n_fft, hop):
    """Without the first frames all blocks begin elsewhere; and a short piece is one block."""
    spectra = vf.stft(np.tile(speech(16000), 6), n_fft=n_fft, hop_length=hop)
    whole = vf.istft(spectra, hop_length=hop)
    for first, frames in [(1, None), (3, None), (130, None), (7, 40), (200, 40)]:
        piece = vf.istft(spectra[:, first:][:, :frames], hop_length=hop)
        inner = slice(n_fft, len(piece) - n_fft)
        np.testing.assert_array_equal(piece[inner], whole[first * hop :][inner])


@pytest.mark.parametrize("sr", RATES)
@pytest.mark.parametrize(
    "frames", [{}, {"n_fft": 512, "hop_length": 160, "win_length": 400}, {"n_fft": 1201}]
)
def test_it_inverts(sr, frames):
    y = speech(sr).astype(np.float64)
    np.testing.assert_allclose(vf.istft(vf.stft(y, **frames), **frames, length=len(y)), y, atol=1e-12)
    single = speech(sr)
    back = vf.istft(vf.stft(single, **frames), **frames, length=len(y))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, single, atol=2e-6)


@pytest.mark.parametrize("n_fft", [512, 501])
@pytest.mark.parametrize("center", [True, False])
def test_a_length_cuts(n_fft, center):
    """The first samples are those of the whole, up to where frames are left out."""
    spectra = vf.stft(speech(16000), n_fft=n_fft)
    whole = vf.istft(spectra, n_fft=n_fft, center=center)
    for length in (1, 77, 5000):
        part = vf.istft(spectra, n_fft=n_fft, center=center, length=length)
        assert part.shape == (length,)
        np.testing.assert_array_equal(part[: max(1, length - n_fft)], whole[: max(1, length - n_fft)])


def test_dtype():
    spectra = librosa.stft(speech(16000), n_fft=512)
    for dtype in (np.float32, np.float64, "float64"):
        ours = vf.istft(spectra, dtype=dtype)
        assert ours.dtype == np.dtype(dtype)
        np.testing.assert_allclose(ours, vf.istft(spectra), atol=1e-6)
    assert vf.istft(spectra.astype(np.complex128), dtype=np.float32).dtype == np.float32


def test_out():
    spectra = librosa.stft(np.stack([speech(16000)] * 2), n_fft=512)
    expected = vf.istft(spectra, length=48000)
    out = np.full((2, 48000), np.nan, np.float32)
    assert vf.istft(spectra, length=48000, out=out) is out
    np.testing.assert_array_equal(out, expected)
    strided = np.full((48000, 2), 9, np.float32).T
    vf.istft(spectra, length=48000, out=strided)
    np.testing.assert_array_equal(strided, expected)
    double = np.ones((2, 48000))
    assert vf.istft(spectra, length=48000, out=double) is double
    np.testing.assert_allclose(double, expected, atol=1e-6)


@pytest.mark.parametrize("n_fft", [512, 501])
@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
def test_mixed_precision(n_fft, kind):
    """Spectra of one precision and a result of the other: computed in double precision, then rounded."""
    spectra = librosa.stft(speech(16000), n_fft=n_fft).astype(kind)
    double = vf.istft(spectra.astype(np.complex128), n_fft=n_fft)
    other = np.float32 if kind == np.complex128 else np.float64
    ours = vf.istft(spectra, n_fft=n_fft, dtype=other)
    assert ours.dtype == other
    np.testing.assert_array_equal(ours, double.astype(other))


def test_views():
    """Spectra that are no contiguous rows are copied a block of frames at a time: the same numbers."""
    spectra = librosa.stft(np.tile(speech(16000), 4), n_fft=512)
    want = vf.istft(spectra)
    for view in (np.asfortranarray(spectra), np.stack([spectra] * 2, axis=-1)[..., 0], spectra[::-1][::-1]):
        np.testing.assert_array_equal(vf.istft(view), want)


@pytest.mark.parametrize("n_fft", [96, 240, 320, 480, 600, 882, 1000, 1536])
def test_pieces_of_any_spectra(n_fft):
    """Spectra that are taken in pieces, being no contiguous rows of the result's precision: as in one."""
    y = np.random.default_rng(5).standard_normal(48000)
    spectra = librosa.stft(y, n_fft=n_fft)
    want = vf.istft(spectra, n_fft=n_fft)
    np.testing.assert_allclose(want[:40000], y[:40000], atol=1e-12)
    np.testing.assert_array_equal(vf.istft(np.asfortranarray(spectra), n_fft=n_fft), want)
    np.testing.assert_array_equal(vf.istft(spectra[:, :-1], n_fft=n_fft)[:40000], want[:40000])
    single = vf.istft(spectra.astype(np.complex64), n_fft=n_fft, dtype=np.float64)
    np.testing.assert_allclose(single, want, atol=1e-5)


def test_input_is_left_alone():
    spectra = librosa.stft(speech(16000), n_fft=512)
    kept = spectra.copy()
    spectra.flags.writeable = False
    vf.istft(spectra)
    np.testing.assert_array_equal(spectra, kept)


def test_memory_stays_near_the_result():
    spectra = np.zeros((257, 30000), np.complex64)
    vf.istft(spectra)
    tracemalloc.start()
    y = vf.istft(spectra)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < y.nbytes + 8e6


SPECTRA = np.ones((257, 9), np.complex64)


@pytest.mark.parametrize(("options", "message"), [
    ({"hop_length": 513}, "hop_length=513: is larger than the window of 512 .*at most 512; 128 is usual"),
    ({"hop_length": 300, "win_length": 256}, "hop_length=300: is larger than the window of 256"),
    ({"hop_length": 0}, "hop_length=0: must be a positive whole number of samples"),
    ({"hop_length": 100.0}, "hop_length=100.0: "),
    ({"win_length": 600}, "win_length=600: is longer than the frame, n_fft=512"),
    ({"win_length": 0}, "win_length=0: "),
    ({"n_fft": 1024}, "n_fft=1024: has 513 bins, but stft_matrix has 257; .* belong to n_fft=512 or 513"),
    ({"n_fft": 0}, "n_fft=0: "),
    ({"length": 0}, "length=0: .*give None"),
    ({"length": 2.5}, "length=2.5: "),
    ({"window": "hanning_window"}, "window='hanning_window': "),
    ({"window": np.ones(9)}, r"window=.*holds \(9,\) values where 512 are needed"),
    ({"dtype": np.int16}, "dtype=.*floating-point"),
    ({"out": np.zeros(99, np.float32)}, r"out=.*: the result is an array of shape \(1024,\), float32"),
    ({"out": np.zeros(1024, int)}, "out=.*: the result is an array"),
    ({"out": [0.0] * 1024}, "out=.*: the result is an array"),
    ({"out": np.broadcast_to(np.float32(0), 1024)}, "out=.*read-only"),
    ({"stft_matrix": np.ones((257, 9))}, r"stft_matrix=.*must be complex; a magnitude needs a phase"),
    ({"stft_matrix": np.ones(257, complex)}, "stft_matrix=.*has no bins or no frames"),
    ({"stft_matrix": np.ones((257, 0), complex)}, "stft_matrix=.*holds no frames"),
    ({"stft_matrix": np.ones((1, 9), complex)}, "n_fft=None: one bin .*give n_fft=1"),
])  # fmt: skip
def test_errors(options, message):
    options = {"stft_matrix": SPECTRA, **options}
    with pytest.raises(vf.ParameterError, match=message):
        vf.istft(options.pop("stft_matrix"), **options)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(value):
    spectra = np.ones((2, 257, 9), np.complex64)
    spectra[1, 30, 4] = value
    with pytest.raises(vf.ParameterError, match=r"bin 30 of frame 4 of channel 1 is .*nan_to_num"):
        vf.istft(spectra)

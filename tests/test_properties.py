"""Laws that hold for any signal: Parseval, linearity, gain, shift, partition of unity, and back again."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings, strategies as st

import voicefeat as vf

#: CI draws the same examples every time; elsewhere each run looks at new ones.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=30)
settings.register_profile(
    "anew", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "anew")

EPS = {np.float32: 1.2e-7, np.float64: 2.3e-16}
precisions = st.sampled_from([np.float32, np.float64])
lengths = st.sampled_from([2, 3, 16, 98, 127, 256, 400, 401, 480, 512, 640, 1022, 1024, 1200, 2048])
seeds = st.integers(0, 2**32 - 1)
#: No tiny ones, whose products with samples underflow.
factors = st.integers(-300, 300).map(lambda x: x / 100)
gains = st.floats(-4, 4).map(lambda x: 10.0**x)


def noise(seed, n, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(n).astype(dtype)


def peak(x):
    return float(np.abs(x).max(initial=0.0)) or 1.0


def close(a, b, tolerance):
    """Equal to within `tolerance` of the peak."""
    assert a.shape == b.shape
    assert np.abs(a - b).max(initial=0.0) <= tolerance * peak(b)


@given(seeds, lengths, st.integers(1, 12), precisions)
def test_parseval(seed, n_fft, frames, dtype):
    """Without overlap or window, the power of the bins is the energy of the samples."""
    y = noise(seed, n_fft * frames, dtype)
    power = vf.spectrogram(y, n_fft=n_fft, hop_length=n_fft, window="boxcar", center=False, power=2.0)
    twice = np.full(len(power), 2.0)
    twice[0] = 1
    if n_fft % 2 == 0:
        twice[-1] = 1
    energy = (y.astype(np.float64).reshape(frames, n_fft) ** 2).sum(axis=1)
    close(twice @ power / n_fft, energy, 40 * EPS[dtype])


@given(seeds, lengths, factors, factors, precisions, st.booleans())
def test_stft_is_linear(seed, n_fft, a, b, dtype, center):
    y, z = noise(seed, 3000, dtype), noise(seed + 1, 3000, dtype)
    a, b = dtype(a), dtype(b)
    assume(n_fft <= 3000)
    frames = {"n_fft": n_fft, "hop_length": 211, "center": center}
    mixed = vf.stft(a * y + b * z, **frames)
    apart = a * vf.stft(y, **frames) + b * vf.stft(z, **frames)
    scale = abs(a) * peak(vf.stft(y, **frames)) + abs(b) * peak(vf.stft(z, **frames))
    assert np.abs(mixed - apart).max() <= 20 * EPS[dtype] * scale


@given(seeds, gains, precisions, st.sampled_from([1.0, 2.0, 1.7, 0.5]))
def test_a_gain_scales_the_spectrogram(seed, gain, dtype, power):
    y = noise(seed, 3000, dtype)
    gain = dtype(gain)
    loud = vf.spectrogram(gain * y, n_fft=512, power=power)
    close(loud, vf.spectrogram(y, n_fft=512, power=power) * gain**power, 60 * EPS[dtype])


@given(seeds, st.integers(-8, 8), precisions)
def test_a_gain_of_two_changes_exponents_only(seed, twos, dtype):
    """A power of two commutes with every rounding: the bits of the mantissas stay."""
    y = noise(seed, 3000, dtype)
    gain = dtype(2.0**twos)
    assert np.array_equal(vf.stft(gain * y), gain * vf.stft(y))
    assert np.array_equal(vf.melspectrogram(gain * y), gain * gain * vf.melspectrogram(y))


@given(seeds, st.floats(-1, 3).map(lambda x: 10.0**x), precisions, st.sampled_from(["mfcc", "lfcc"]))
def test_a_gain_moves_only_c0(seed, gain, dtype, call):
    """In decibels without floor a gain is a constant over bands, which the cosine transform puts into c0."""
    y = noise(seed, 6000, dtype)
    options = {"n_fft": 512, "top_db": None, "amin": 1e-30, "n_mels" if call == "mfcc" else "n_filters": 40}
    soft, loud = getattr(vf, call)(y, **options), getattr(vf, call)(dtype(gain) * y, **options)
    shift = np.zeros_like(soft)
    shift[0] = 20 * np.log10(dtype(gain)) * np.sqrt(40)
    assert np.abs(loud - (soft + shift)).max() <= 60 * EPS[dtype] * (peak(soft) + peak(shift))


@given(
    seeds, st.integers(1, 9), st.sampled_from([(512, 160), (2048, 512), (401, 100), (256, 300)]), precisions
)
def test_a_shift_by_hops_shifts_frames(seed, hops, sizes, dtype):
    """Bit for bit, for frames that lie within both signals."""
    n_fft, hop = sizes
    y = noise(seed, 8000, dtype)
    frames = {"n_fft": n_fft, "hop_length": hop, "center": False}
    whole, later = vf.stft(y, **frames), vf.stft(y[hops * hop :], **frames)
    assert np.array_equal(later, whole[:, hops:])


@given(
    seeds, st.sampled_from(["mfcc", "melspectrogram", "lfcc", "chroma_stft"]), st.integers(1, 7), precisions
)
def test_zeros_before_a_signal_move_its_frames(seed, call, hops, dtype):
    """Zero padding at the start is what silence before the signal is."""
    y = noise(seed, 8000, dtype)
    options = {"top_db": None} if call in ("mfcc", "lfcc") else {}
    options |= {"tuning": 0.0} if call == "chroma_stft" else {}
    function = getattr(vf, call)
    padded = function(np.concatenate([np.zeros(hops * 512, dtype), y]), **options)
    assert np.array_equal(padded[:, hops:], function(y, **options))


@given(
    st.sampled_from([8000, 16000, 22050, 44100]),
    st.sampled_from([256, 401, 512, 2048]),
    st.integers(1, 60),
    st.floats(0, 0.4),
    st.floats(0.6, 1),
)
@example(16000, 512, 20, 0.0, 1.0)
def test_linear_triangles_add_up_to_one(sr, n_fft, n_filters, low, high):
    """From the first peak to the last, the triangles of the linear bank are a partition of unity."""
    fmin, fmax = low * sr / 2, high * sr / 2
    bank = vf.filters.linear(sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, dtype=np.float64)
    peaks = np.linspace(fmin, fmax, n_filters + 2)[1:-1]
    bins = vf.fft_frequencies(sr=sr, n_fft=n_fft)
    inside = (bins >= peaks[0]) & (bins <= peaks[-1])
    np.testing.assert_allclose(bank.sum(axis=0)[inside], 1, rtol=0, atol=1e-9)
    assert ((bank >= 0) & (bank <= 1)).all()
    assert not bank[:, (bins <= fmin) | (bins >= fmax)].any()


@given(
    seeds,
    st.integers(1, 9000),
    st.sampled_from([(512, 128), (512, 160), (2048, 512), (401, 100), (98, 30)]),
    st.sampled_from(["hann", "hamming", ("kaiser", 8.6)]),
    precisions,
)
@pytest.mark.filterwarnings("ignore:.*mostly padding:UserWarning")
def test_back_to_the_signal(seed, n, sizes, window, dtype):
    """istft(stft(y)) is y: frames that overlap enough lose nothing."""
    n_fft, hop = sizes
    y = noise(seed, n, dtype)
    # Frames reach half a frame beyond the last whole hop; what they do not reach cannot come back.
    padded = np.concatenate([y, np.zeros(n_fft, dtype)])
    D = vf.stft(padded, n_fft=n_fft, hop_length=hop, window=window)
    back = vf.istft(D, n_fft=n_fft, hop_length=hop, window=window, length=n)
    assert back.dtype == dtype
    close(back, y, 30 * EPS[dtype])


@given(seeds, precisions, st.integers(2, 40), st.sampled_from(["ortho", None]))
def test_the_cosine_transform_keeps_distances(seed, dtype, bands, norm):
    """With norm="ortho" the transform is a rotation, with None half of one scaled: both known from scipy."""
    S = noise(seed, bands * 30, dtype).reshape(bands, 30)
    c = vf.mfcc(S=S, n_mfcc=bands, norm="ortho")
    close((c.astype(np.float64) ** 2).sum(axis=0), (S.astype(np.float64) ** 2).sum(axis=0), 60 * EPS[dtype])
    plain = vf.mfcc(S=S, n_mfcc=bands, norm=None)
    scale = np.full((bands, 1), np.sqrt(2 * bands))
    scale[0] = np.sqrt(4 * bands)
    close(plain.astype(np.float64), c * scale, 60 * EPS[dtype])


@given(seeds, st.integers(1, 3), st.sampled_from([3, 5, 9]), precisions)
def test_delta_of_a_line_is_its_slope(seed, rows, width, dtype):
    slope, start = noise(seed, rows)[:, None], noise(seed + 1, rows)[:, None]
    data = (start + slope * np.arange(30)).astype(dtype)
    got = vf.delta(data, width=width)
    assert np.abs(got - slope).max() <= 60 * EPS[dtype] * peak(data)


@given(seeds, st.integers(1, 5), st.integers(1, 4), precisions)
def test_stacked_rows_are_the_frames_before(seed, n_steps, delay, dtype):
    data = noise(seed, 3 * 25, dtype).reshape(3, 25)
    stacked = vf.stack_memory(data, n_steps=n_steps, delay=delay)
    for step in range(n_steps):
        part, late = stacked[3 * step : 3 * (step + 1)], step * delay
        assert np.array_equal(part[:, late:], data[:, : 25 - late])
        assert not part[:, :late].any()


@given(st.floats(20, 11000), st.booleans())
def test_scales_there_and_back(hz, htk):
    assert vf.mel_to_hz(vf.hz_to_mel(hz, htk=htk), htk=htk) == pytest.approx(hz, rel=1e-12)
    assert vf.octs_to_hz(vf.hz_to_octs(hz)) == pytest.approx(hz, rel=1e-12)


@given(st.floats(1e-9, 1e6), precisions)
def test_decibels_there_and_back(power, dtype):
    x = np.array([power], dtype)
    assert vf.db_to_power(vf.power_to_db(x, top_db=None)) == pytest.approx(x, rel=60 * EPS[dtype])
    assert vf.db_to_amplitude(vf.amplitude_to_db(np.sqrt(x), top_db=None)) == pytest.approx(
        np.sqrt(x), rel=60 * EPS[dtype]
    )

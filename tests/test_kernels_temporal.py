"""The kernels of the time domain, through their functions, against obvious twins in numpy."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.chain import tables
from voicefeat.engine import lanemath, masking
from voicefeat.engine.jit import kernel
from voicefeat.engine.laneop import lane_op

both = pytest.mark.parametrize("dtype", ["float32", "float64"])
SHAPES = [(2048, 512), (400, 160), (2048, 137), (401, 100), (48, 32), (64, 100), (1, 1), (16, 16), (3, 7)]


@pytest.fixture(scope="module")
def voice():
    return np.ascontiguousarray(speech(16000)[:30001], dtype=np.float64)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def framed(y, length, hop, center, mode):
    """All frames, one a row."""
    if center:
        y = np.pad(y, length // 2, mode=mode)
    return np.lib.stride_tricks.sliding_window_view(y, length)[::hop]


@both
@pytest.mark.parametrize(("length", "hop"), SHAPES)
@pytest.mark.parametrize("center", [True, False])
class TestFramesOfSamples:
    def test_rms_is_the_definition(self, voice, dtype, length, hop, center):
        y = voice[:5003].astype(dtype)
        want = np.sqrt((framed(y, length, hop, center, "constant").astype(float) ** 2).mean(axis=-1))
        got = vf.rms(y, frame_length=length, hop_length=hop, center=center)
        assert got.shape == (1, len(want))
        assert np.abs(got - want).max() <= 4 * np.finfo(dtype).eps * want.max()

    @pytest.mark.parametrize("zero_pos", [True, False])
    def test_rates_are_counts(self, voice, dtype, length, hop, center, zero_pos):
        y = voice[:5003].astype(dtype)
        y[1000:1200] = 0
        y[1100] = -0.0
        frames = framed(y, length, hop, center, "edge")
        sign = np.where(np.abs(frames) <= 0.01, 0, np.sign(frames))
        if zero_pos:
            sign = sign < 0
        want = (sign[:, 1:] != sign[:, :-1]).sum(axis=-1) / length
        options = {"frame_length": length, "hop_length": hop, "center": center, "zero_pos": zero_pos}
        got = vf.zero_crossing_rate(y, threshold=0.01, **options)
        assert np.array_equal(got[0], want.astype(dtype))

    def test_a_frame_is_a_frame(self, voice, dtype, length, hop, center):
        """A crop that starts on a hop gives the frames of the whole, which is cut into blocks."""
        y = voice.astype(dtype)
        long = np.concatenate([y] * 10 + [y[:77]])
        for feature in (vf.rms, vf.zero_crossing_rate):
            options = {"frame_length": length, "hop_length": hop, "center": center}
            whole = feature(long, **options)
            first = 5000 // hop
            crop = feature(long[first * hop :][:9999], **options)
            inner = [t for t in range(crop.shape[1]) if length <= t * hop <= 9999 - length or not center]
            assert same(crop[:, inner].copy(), whole[:, [first + t for t in inner]].copy()), feature


@both
@pytest.mark.parametrize("frames", [1, 3, 8, 37, 256, 300])
@pytest.mark.parametrize("length", [2, 3, 40, 2048, 2049])
def test_rms_of_spectra(dtype, frames, length):
    """Nearer to the exact sum than to librosa's, and the same bits however the spectra lie in memory."""
    S = np.random.default_rng(1).random((2, 1 + length // 2, frames)).astype(dtype)
    weights = np.ones(1 + length // 2)
    weights[0] = 0.5
    if length % 2 == 0:
        weights[-1] = 0.5
    want = np.sqrt(2 * (S.astype(np.longdouble) ** 2 * weights[:, None]).sum(axis=1)) / length
    got = vf.rms(S=S, frame_length=length)
    assert np.abs(got[:, 0] - want).max() <= 4 * np.finfo(dtype).eps * want.max()
    for layout in (S[0], np.asfortranarray(S[0]), S[0][:, ::-1].copy()[:, ::-1], S[0].T.copy().T):
        assert same(vf.rms(S=layout, frame_length=length), got[0])


@lane_op
def of_lanes(x, i, out):
    y = x.load(i)
    out.store(i, lanemath.log1p(y))
    out.store(i + x.lanes, lanemath.expm1(y))
    out.store(i + x.lanes * 2, lanemath.exp(-y))


@kernel
def of_all(x, lanes, out, made):
    for i in range(0, x.size, lanes):
        of_lanes(x[i : i + lanes], 0, made)
        for part in range(3):
            for lane in range(lanes):
                out[part, i + lane] = made[part * lanes + lane]


@both
def test_exponentials_and_logarithms(dtype):
    """exp, expm1 and log1p of every size, to a few units in the last place."""
    dtype = np.dtype(dtype)
    lanes, top = tables.lanes(dtype), 80.0 if dtype == np.float32 else 700.0
    rng = np.random.default_rng(2)
    x = np.concatenate(
        [[0.0, top], rng.random(lanes * 500 - 2) * top, 10 ** rng.uniform(-30, 1.5, lanes * 500)]
    )
    x, out = x.astype(dtype), np.empty((3, lanes * 1000), dtype)
    of_all(x, lanes, out, np.empty(3 * lanes, dtype))
    wide = x.astype(np.longdouble)
    for got, want in zip(out, (np.log1p(wide), np.expm1(wide), np.exp(-wide)), strict=True):
        apart = np.abs(got - want) / np.where(want == 0, 1, np.abs(want))
        assert apart[want > np.finfo(dtype).tiny * 4].max() <= 4 * np.finfo(dtype).eps


def weighted(p):
    """Powers (frames, channels) weighted and divided by their running mean, in the words of the paper."""

    def envelope(x):
        out = np.empty(x.shape)
        before = 0.9 * x[0]
        for t, here in enumerate(x):
            out[t] = before = np.where(here >= before, 0.999 * before + 0.001 * here, 0.5 * (before + here))
        return out

    frames, channels = p.shape
    q = np.array([p[max(0, t - 2) : t + 3].mean(axis=0) for t in range(frames)])
    low = envelope(q)
    above = np.maximum(q - low, 0)
    floor, kept, peak = envelope(above), np.empty(p.shape), np.zeros(channels)
    for t, here in enumerate(above):
        kept[t] = np.where(here >= 0.85 * peak, here, 0.2 * peak)
        peak = np.maximum(0.85 * peak, here)
    share = np.where(q >= 2 * low, np.maximum(kept, floor), floor) / q
    smooth = [share[:, max(0, c - 4) : c + 5].mean(axis=1) for c in range(channels)]
    loud = p * np.transpose(smooth)
    mean = loud[0].mean()
    for t, here in enumerate(loud):
        mean = 0.999 * mean + 0.001 * here.mean()
        loud[t] = here / mean
    return loud


@pytest.mark.parametrize("channels", [1, 3, 4, 8, 13, 40])
@pytest.mark.parametrize("frames", [1, 2, 5, 30])
def test_weighted_powers_and_their_transform(channels, frames):
    rng = np.random.default_rng(channels)
    lanes = tables.lanes(np.dtype("float64"))
    width = -(-channels // lanes) * lanes
    powers = np.zeros((frames, width))
    powers[:, :channels] = rng.standard_exponential((frames, channels)) ** 3
    place = np.arange(width)
    counts = np.array([max(1, sum(0 <= c + d < channels for d in range(-4, 5))) for c in place], float)
    state, shares, out = np.zeros(3 * width + 1), np.zeros(width + 8), np.full(frames * width, np.nan)
    flat, edge = powers.ravel(), frames // 3
    for first, last in ((0, edge), (edge, frames)):
        held = flat, frames, first, last, channels, width, lanes, counts
        masking.weigh_frames(*held, first == 0, state, shares, out[first * width : last * width])
    found = out.reshape(frames, width)
    np.testing.assert_allclose(found[:, :channels], weighted(powers[:, :channels]), rtol=1e-13)
    assert not found[:, channels:].any()
    matrix, turned = rng.standard_normal((channels, lanes)), np.empty(frames * lanes)
    masking.turn_frames(out, frames, channels, width, matrix.ravel(), lanes, lanes, turned)
    want = found[:, :channels] @ matrix
    np.testing.assert_allclose(turned.reshape(frames, lanes), want, rtol=1e-12, atol=1e-12)

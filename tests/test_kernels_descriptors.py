"""The kernels of spectral descriptors against obvious twins in numpy."""

import numpy as np
import pytest
from tiles import both, lanes, random, tiled, tolerance, untiled

from voicefeat.engine import descriptors, extremes, factors, rows
from voicefeat.engine.jit import kernel
from voicefeat.engine.laneop import lane_op

#: Bins that four divides and that it does not, and frames that fill their lanes and that do not.
shapes = pytest.mark.parametrize(("bins", "frames"), [(1, 1), (3, 5), (4, 16), (17, 33), (1025, 19)])


def magnitudes(bins, frames, dtype):
    """Positive numbers of very different sizes."""
    return (np.abs(random((bins, frames), dtype)) * 10 ** random((bins, frames), dtype, 1)).astype(dtype)


def one_row(call, S, dtype, start=None):
    groups = -(-S.shape[1] // lanes(dtype))
    out = np.full(groups * lanes(dtype), np.nan, dtype)
    if start is not None:
        out[: start.size] = start
    call(tiled(S, dtype), S.shape[0], groups, lanes(dtype), out)
    return untiled(out, 1, 1, S.shape[1], dtype)[0]


def close(got, want, dtype, times=1):
    return np.abs(got - want).max() <= times * tolerance(dtype) * max(np.abs(want).max(), 1e-300)


@both
@shapes
def test_centroid(dtype, bins, frames):
    S, f = magnitudes(bins, frames, dtype), np.linspace(0, 8000, bins).astype(dtype)
    S[:, 0] = 0
    tiny = float(np.finfo(dtype).tiny)

    def call(tiles, n, groups, step, out):
        descriptors.centroid_tiles(tiles, n, groups, step, f, tiny, out)

    want = (f[:, None].astype(float) * S).sum(0) / np.where(S.sum(0) == 0, 1, S.sum(0, dtype=float))
    assert close(one_row(call, S, dtype), want, dtype)


@both
@shapes
@pytest.mark.parametrize("p", [1.0, 2.0, 2.7])
@pytest.mark.parametrize("divide", [0, 1])
def test_bandwidth(dtype, bins, frames, p, divide):
    S, f = magnitudes(bins, frames, dtype), np.linspace(0, 8000, bins).astype(dtype)
    about = np.abs(random(frames, dtype, 3)) * 1000
    tiny = float(np.finfo(dtype).tiny)
    kind = {1.0: 1, 2.0: 2}.get(p, 0)

    def call(tiles, n, groups, step, out):
        descriptors.bandwidth_tiles(tiles, n, groups, step, f, tiny, kind, p, divide, out)

    mass = S.sum(0, dtype=float) if divide else 1
    want = ((S * np.abs(f[:, None].astype(float) - about) ** p).sum(0) / mass) ** (1 / p)
    assert close(one_row(call, S, dtype, about), want, dtype)


@both
@shapes
@pytest.mark.parametrize("percent", [0.001, 0.5, 0.85, 0.999])
def test_rolloff(dtype, bins, frames, percent):
    """The very bin: running sums are those of numpy's cumulative sum."""
    S, f = magnitudes(bins, frames, dtype), np.linspace(0, 8000, bins).astype(dtype)
    S[:, 0] = 0

    def call(tiles, n, groups, step, out):
        descriptors.rolloff_tiles(tiles, n, groups, step, percent, f, out)

    running = np.cumsum(S, axis=0)
    want = f[np.argmax(running >= dtype.type(percent) * running[-1], axis=0)]
    assert np.array_equal(one_row(call, S, dtype), want)


@both
@shapes
def test_flatness(dtype, bins, frames):
    S = magnitudes(bins, frames, dtype) ** 2
    S[:, 0] = 0

    def call(tiles, n, groups, step, out):
        descriptors.flatness_tiles(tiles, n, groups, step, 1e-10, out)

    raised = np.maximum(S, dtype.type(1e-10)).astype(np.longdouble)  # a thousand equal ones add up badly
    want = np.exp(np.log(raised).mean(0)) / raised.mean(0)
    assert np.abs(one_row(call, S, dtype) / want - 1).max() < tolerance(dtype)


@both
def test_difference(dtype):
    a, b = random(5 * lanes(dtype), dtype), random(5 * lanes(dtype), dtype, 1)
    want = np.maximum(a, dtype.type(-0.3)) - np.maximum(b, dtype.type(0.2))
    descriptors.difference_tiles(a, b, a.size, lanes(dtype), -0.3, 0.2)
    assert np.array_equal(a, want)


@both
@pytest.mark.parametrize("frames", [1, 19])
def test_extremes(dtype, frames):
    """As many as stay in registers, and more; all of a band; bands that overlap."""
    S = magnitudes(200, frames, dtype)
    S[40:60] = 1  # equal ones
    bands = [(0, 3, 1), (3, 1, 1), (2, 50, 2), (30, 40, 3), (0, 200, 4), (50, 60, 5), (10, 6, 6), (7, 99, 8)]
    bands += [(100, 100, 9), (0, 200, 11), (0, 200, 12), (0, 200, 13), (20, 60, 30), (0, 20, 20)]
    groups, step = -(-frames // lanes(dtype)), lanes(dtype)
    peaks, valleys = (np.empty(groups * len(bands) * step, dtype) for _ in range(2))
    kept = np.empty((2 * 30 + 12) * step, dtype)
    extremes.extreme_tiles(
        tiled(S, dtype), 200, groups, step, np.array(bands).reshape(-1), kept, peaks, valleys
    )
    ordered = [np.sort(S[first : first + size], axis=0) for first, size, _ in bands]
    low = np.stack([x[:n].mean(0, dtype=float) for x, (_, _, n) in zip(ordered, bands, strict=True)])
    high = np.stack([x[-n:].mean(0, dtype=float) for x, (_, _, n) in zip(ordered, bands, strict=True)])
    for tiles, want in ((valleys, low), (peaks, high)):
        got = untiled(tiles, len(bands), len(bands), frames, dtype)
        assert np.abs(got / want - 1).max() < tolerance(dtype)


@lane_op
def _split(x, i, mantissas, exponents):
    m, e = factors.split(x.load(i))
    mantissas.store(i, m)
    exponents.store(i, e)


@kernel
def _splits(x, step, mantissas, exponents):
    for i in range(0, x.size, step):
        _split(x, i, mantissas, exponents)


@both
def test_split_is_exact(dtype):
    limits = np.finfo(dtype)
    powers = np.linspace(np.log10(limits.tiny) + 1, np.log10(limits.max) - 1, 58)
    edges = [limits.tiny, 1, 2, limits.max, 0.5, np.nextafter(dtype.type(2), dtype.type(1))]
    x = np.concatenate([edges, 10.0**powers]).astype(dtype)
    m, e = np.empty_like(x), np.empty_like(x)
    _splits(x, lanes(dtype), m, e)
    half, exponent = np.frexp(x)
    assert np.array_equal(m, 2 * half) and np.array_equal(e, exponent - 1)


@both
def test_squares(dtype):
    """Of real tiles, and of complex ones as the spectrum's own kernel has them."""
    x, step = random(6 * lanes(dtype), dtype), lanes(dtype)
    got = np.empty_like(x)
    rows.square_tiles(x, x.size, step, got)
    assert np.array_equal(got, x * x)
    pairs = x.reshape(3, 2, step)
    rows.square_complex(x, x.size // 2, step, got)
    want = pairs[:, 0].astype(float) ** 2 + pairs[:, 1].astype(float) ** 2
    assert np.abs(got[: x.size // 2].reshape(3, step) / want - 1).max() < tolerance(dtype)

"""The difference function of YIN, in lanes: how much a frame differs from itself a few samples later.

The autocorrelation r of a frame of W samples is the transform of its power spectrum, which is real and
even; with N >= W + L points no lag up to L wraps around. Both transforms are those of `fft`: the
second one gathers the powers P[min(n, N - n)] as if they were samples, and its last pass computes only the
real parts of the first few bins, which are the lags. Then, as in librosa,

    d(k) = 2 (r(0) - r(k)) - sum_{j < k} y_j^2        d'(k) = d(k) / (sum_{1 <= i <= k} d(i) / k)

for k >= 2, and d(1) = 2 (r(0) - r(1)), from which librosa subtracts nothing.

A. de Cheveigne and H. Kawahara, "YIN, a fundamental frequency estimator for speech and music", 2002.
"""

from __future__ import annotations

from .butterflies import dft
from .fft import factor, point, transform, twiddled
from .jit import inner_kernel, kernel
from .laneop import LaneOp, accumulate, lane_op
from .simd import fma
from .spectrum import power_bins


def _halves(a, b, w):
    """Real parts of E and of W O, of which X[k] is the sum and X[M - k] the difference; see `spectrum`."""
    odd_r, odd_i = a[1] + b[1], b[0] - a[0]
    return a[0] + b[0], fma(odd_r, w[0], -(odd_i * w[1]))


def _pairs(rows):
    @lane_op
    def pairs(z, p, m, w, t, lags):
        """Lags p + m i and m - p + m i, i < rows: butterflies p and m - p of the last pass, of radix 4."""
        q = m - p
        _, a = twiddled(z, p, m, 4, w, t)
        _, b = twiddled(z, q, m, 4, w, t + 6)
        for i in range(4):
            even, odd = _halves(a[i], b[3 - i], factor(w, t + 12 + 2 * i))
            if i < rows:
                lags.store((p + m * i) * lags.lanes, even + odd)
            if 3 - i < rows:
                lags.store((q + m * (3 - i)) * lags.lanes, even - odd)

    return pairs


def _ends(rows):
    @lane_op
    def ends(z, m, w, lags):
        """Lags m i, i < rows: those of butterfly 0, which is its own mirror."""
        a = dft([point(z, m * (2 * z.lanes * i)) for i in range(4)])
        re, im = a[0]
        lags.store(0, (re + re) + (im + im))
        for i in range(1, 3):
            even, odd = _halves(a[i], a[4 - i], factor(w, 2 * (i - 1)))
            if i < rows:
                lags.store(m * i * lags.lanes, even + odd)
            if i < 4 - i < rows:
                lags.store(m * (4 - i) * lags.lanes, even - odd)

    return ends


pairs2: LaneOp = _pairs(2)
ends2: LaneOp = _ends(2)
pairs4: LaneOp = _pairs(4)
ends4: LaneOp = _ends(4)


@inner_kernel
def lag_tile(bins, at, lanes, mirrored, scale, z, radices, w, part, last, count, lags):
    """Lags 0 .. count of one group of lanes, from its powers; `lags` has 2 or 4 times `part` rows."""
    transform(bins, at, mirrored, scale, z, radices, w, part)
    if count < 2 * part:
        ends2(z, part, last, lags)
        for p in range(1, part // 2 + 1):
            pairs2(z, p, part, last, 6 + 20 * (p - 1), lags)
    else:
        ends4(z, part, last, lags)
        for p in range(1, part // 2 + 1):
            pairs4(z, p, part, last, 6 + 20 * (p - 1), lags)


@lane_op
def normalise(lags, columns, column, places, numbers, count, tiny, out, to):
    """d' of lags 1 .. count; `places` is where the samples of a frame are, `numbers` are 1.0, 2.0, ..."""
    n = lags.lanes
    r0, least = lags.load(0), lags.number(tiny)
    y = columns.load(places.index(0) + column)
    d = (r0 - lags.load(n)) * 2.0
    out.store(to, d / (d + least))

    def step(k, x):
        k = k + 1
        energy, total = x
        y = columns.load(places.index(k) + column)
        energy = fma(y, y, energy)
        d = (r0 - lags.load((k + 1) * n)) * 2.0 - energy
        total = total + d
        out.store(to + k * n, d / (total / numbers.splat(k) + least))
        return [energy, total]

    accumulate(count - 1, [y * y, d], step)


@kernel
def difference_tiles(
    y, head, tail, start, hop, rows, overlap, columns, stride, groups, lanes,
    offsets, window, z, radices, w, part, last, bins, mirrored, scale, lags, places, numbers, tiny, out,
):  # fmt: skip
    """d'(k) of `groups` times `lanes` frames to row k - 1 of the tiles of `out`, k = 1 .. numbers.size.

    The first frame starts at sample `start` of y; see `spectrum.power_bins`.
    """
    power_bins(
        y, head, tail, start, hop, rows, overlap, columns, stride, groups, groups, lanes,
        offsets, window, z, radices, w, part, last, bins,
    )  # fmt: skip
    step, count = offsets.size // 2 + 1, numbers.size
    for g in range(groups):
        lag_tile(bins, g * step * lanes, lanes, mirrored, scale, z, radices, w, part, last, count, lags)
        normalise(lags, columns, g * lanes, places, numbers, count, tiny, out, g * count * lanes)

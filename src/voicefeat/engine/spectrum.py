"""The last pass of the FFT, joined with the step from M packed points to the M + 1 bins of a real frame.

From Z, the transform of x[2 n] + i x[2 n + 1], the bins k and M - k of the frame are

    X[k] = E + W O        E = Z[k] + conj Z[M - k]
    conj X[M - k] = E - W O    O = -i (Z[k] - conj Z[M - k])        W = exp(-i pi k / M)

where the window contains the factor 1/2. Butterflies p and m - p of the last pass together
hold all the pairs, so z is read once and the bins are written once, as powers or as complex numbers.
"""

from __future__ import annotations

from numba.core import types

from .butterflies import add, dft, subtract
from .fft import factor, point, transform, twiddled
from .frames import lay_out
from .jit import inner_lanes, lane_kernel
from .laneop import LaneOp, lane_op
from .simd import fma


def _power(bins, k, x):
    bins.store(k * bins.lanes, fma(x[0], x[0], x[1] * x[1]))


def _complex(bins, k, x):
    bins.store(k * (2 * bins.lanes), x[0])
    bins.store(k * (2 * bins.lanes) + bins.lanes, x[1])


def _separate(a, b, w):
    """X[k] and X[M - k] from Z[k] and Z[M - k]."""
    e = a[0] + b[0], a[1] - b[1]
    o = a[1] + b[1], b[0] - a[0]
    wo = fma(o[0], w[0], -(o[1] * w[1])), fma(o[1], w[0], o[0] * w[1])
    low, (high_r, high_i) = add(e, wo), subtract(e, wo)
    return low, (high_r, -high_i)


def _pairs(r, put):
    @lane_op
    def pairs(z, p, m, w, t, bins, at, radices):
        """Bins p + m i and their mirrors, i = 0 .. r - 1, of the bins that start at bin number `at`."""
        if r == 1 and radices.dtype is not types.int64:  # see `fft.RADICES`
            return
        step = 2 * (r - 1)
        q = m - p
        _, a = twiddled(z, p, m, r, w, t)
        _, b = twiddled(z, q, m, r, w, t + step)
        for i in range(r):
            low, high = _separate(a[i], b[r - 1 - i], factor(w, t + 2 * step + 2 * i))
            put(bins, at + p + m * i, low)
            put(bins, at + q + m * (r - 1 - i), high)

    return pairs


def _ends(r, put):
    @lane_op
    def ends(z, m, w, bins, at, radices):
        """Bins 0, m, ... M: those of butterfly 0, which is its own mirror."""
        if r == 1 and radices.dtype is not types.int64:
            return
        a = [point(z, m * (2 * z.lanes * i)) for i in range(r)]
        if r > 1:
            a = dft(a)
        zero = a[0][0].constant(0.0)
        re, im = a[0][0] + a[0][0], a[0][1] + a[0][1]
        put(bins, at, (re + im, zero))
        put(bins, at + m * r, (re - im, zero))
        for i in range(1, r // 2 + 1):
            low, high = _separate(a[i], a[r - i], factor(w, 2 * (i - 1)))
            put(bins, at + m * i, low)
            if i < r - i:
                put(bins, at + m * (r - i), high)

    return ends


power_pairs1: LaneOp = _pairs(1, _power)
power_ends1: LaneOp = _ends(1, _power)
power_pairs4: LaneOp = _pairs(4, _power)
power_ends4: LaneOp = _ends(4, _power)
complex_pairs1: LaneOp = _pairs(1, _complex)
complex_ends1: LaneOp = _ends(1, _complex)
complex_pairs4: LaneOp = _pairs(4, _complex)
complex_ends4: LaneOp = _ends(4, _complex)


@inner_lanes
def power_frames(source, column, offsets, window, z, radices, w, part, last, bins, at):
    """|X|^2 of the frames whose samples are at `column` of `source`, from bin number `at` on."""
    transform(source, column, offsets, window, z, radices, w, part)
    if part == offsets.size // 2:
        power_ends1(z, part, last, bins, at, radices)
        for p in range(1, part // 2 + 1):
            power_pairs1(z, p, part, last, 2 * (p - 1), bins, at, radices)
    else:
        power_ends4(z, part, last, bins, at, radices)
        for p in range(1, part // 2 + 1):
            power_pairs4(z, p, part, last, 6 + 20 * (p - 1), bins, at, radices)


@inner_lanes
def complex_frames(source, column, offsets, window, z, radices, w, part, last, bins, at):
    """X of the same frames, each bin as its real lanes and then its imaginary lanes."""
    transform(source, column, offsets, window, z, radices, w, part)
    if part == offsets.size // 2:
        complex_ends1(z, part, last, bins, at, radices)
        for p in range(1, part // 2 + 1):
            complex_pairs1(z, p, part, last, 2 * (p - 1), bins, at, radices)
    else:
        complex_ends4(z, part, last, bins, at, radices)
        for p in range(1, part // 2 + 1):
            complex_pairs4(z, p, part, last, 6 + 20 * (p - 1), bins, at, radices)


@lane_kernel
def power_bins(
    y, head, tail, start, hop, rows, overlap, columns, stride, chunk, groups, lanes,
    offsets, window, z, radices, w, part, last, bins,
):  # fmt: skip
    """|X|^2 of `groups` times `lanes` frames, the first from sample `start` of y on.

    Bin k of group g goes to bins[(g (M + 1) + k) lanes]. The signal is laid out for `chunk` groups at a
    time in `columns`; a frame spans `overlap` of them; see `frames.lay_out`.
    """
    step = offsets.size // 2 + 1
    for g in range(groups):
        if g % chunk == 0:
            count = (chunk if chunk < groups - g else groups - g) * lanes - 1 + overlap
            lay_out(y, start + g * lanes * hop, hop, rows, count, lanes, head, tail, columns, stride)
        power_frames(columns, g % chunk * lanes, offsets, window, z, radices, w, part, last, bins, g * step)


@lane_kernel
def complex_bins(
    y, head, tail, start, hop, rows, overlap, columns, stride, chunk, groups, lanes,
    offsets, window, z, radices, w, part, last, bins,
):  # fmt: skip
    """X of the same frames."""
    step = offsets.size // 2 + 1
    for g in range(groups):
        if g % chunk == 0:
            count = (chunk if chunk < groups - g else groups - g) * lanes - 1 + overlap
            lay_out(y, start + g * lanes * hop, hop, rows, count, lanes, head, tail, columns, stride)
        complex_frames(columns, g % chunk * lanes, offsets, window, z, radices, w, part, last, bins, g * step)

"""Angles of complex numbers in double lanes, and differences of angles.

The angle of x + i y is reduced to the first eighth of the circle, atan(a) with a = min / max of |x| and |y|.
Above 0.66, atan(a) = pi / 4 + atan((a - 1) / (a + 1)). The remaining function is
a + a^3 P(a^2) / Q(a^2), P and Q from S. L. Moshier's Cephes (atan.c), to about one unit in the last place.
"""

from __future__ import annotations

import math

from .jit import kernel
from .lanemath import sqrt
from .laneop import lane_op
from .simd import Vector, fma, maximum, minimum, select

_P = (-8.750608600031904122785e-1, -1.615753718733365076637e1, -7.500855792314704667340e1,
      -1.228866684490136173410e2, -6.485021904942025371773e1)  # fmt: skip
_Q = (1.0, 2.485846490142306297962e1, 1.650270098316988542046e2, 4.328810604912902668951e2,
      4.853903996359136964868e2, 1.945506571482613964425e2)  # fmt: skip


def _series(z: Vector, coefficients: tuple[float, ...]) -> Vector:
    y = z.constant(coefficients[0])
    for c in coefficients[1:]:
        y = fma(y, z, z.constant(c))
    return y


def angle(y: Vector, x: Vector) -> Vector:
    """The angle of x + i y, -pi to pi; 0 for 0."""
    u, v = x.call("fabs"), y.call("fabs")
    low, high = minimum(u, v), maximum(u, v)
    far = low > high * 0.66
    above = select(far, low - high, low)
    below = select(far, low + high, select(high > 0.0, high, x.constant(1.0)))
    a = above / below
    z = a * a
    r = fma(a, z * _series(z, _P) / _series(z, _Q), a) + select(far, x.constant(math.pi / 4), x.constant(0.0))
    r = select(v > u, x.constant(math.pi / 2) - r, r)
    r = select(x < 0.0, x.constant(math.pi) - r, r)
    return select(y < 0.0, -r, r)


@lane_op
def turn(tiles, re, im, next_re, next_im, out, to):
    """The angle from one complex number to the next."""
    x, y, u, v = (tiles.load(i) for i in (re, im, next_re, next_im))
    out.store(to, angle(fma(x, v, -(y * u)), fma(x, u, y * v)))


@kernel
def delay_tiles(response, tile_rows, points, groups, lanes, out):
    """out[k] = arg A[k + 1] - arg A[k] between -pi and pi; the last one is repeated.

    Rows 0 .. points - 1 of `response` are the real parts of A, the next `points` rows its imaginary parts.
    """
    for g in range(groups):
        re, to = g * tile_rows * lanes, g * points * lanes
        im = re + points * lanes
        for k in range(points - 1):
            i = k * lanes
            turn(response, re + i, im + i, re + i + lanes, im + i + lanes, out, to + i)
        for lane in range(lanes):
            out[to + (points - 1) * lanes + lane] = out[to + (points - 2) * lanes + lane]


@kernel
def advance_tiles(bins, n_bins, groups, lanes, turns, before, spare, out):
    """The angle from each frame's bin, times its `turns`, to the next frame's, between -pi and pi.

    Complex tiles have a row of real and a row of imaginary lanes per bin; `turns` holds a complex number for
    each bin. The frame before the first is 0, and so is the angle from it. `before` has room for
    2 n_bins numbers, `spare` for four vectors.
    """
    before[: 2 * n_bins] = 0
    for g in range(groups):
        for k in range(n_bins):
            i = (g * n_bins + k) * 2 * lanes
            c, s = turns[2 * k], turns[2 * k + 1]
            for lane in range(lanes):
                if lane > 0:
                    re, im = bins[i + lane - 1], bins[i + lanes + lane - 1]
                else:
                    re, im = before[2 * k], before[2 * k + 1]
                spare[lane] = re * c - im * s
                spare[lanes + lane] = re * s + im * c
                spare[2 * lanes + lane] = bins[i + lane]
                spare[3 * lanes + lane] = bins[i + lanes + lane]
            before[2 * k], before[2 * k + 1] = bins[i + lanes - 1], bins[i + 2 * lanes - 1]
            turn(spare, 0, lanes, 2 * lanes, 3 * lanes, out, (g * n_bins + k) * lanes)


@lane_op
def cosine(bins, i, out, to):
    re, im = bins.load(i), bins.load(i + bins.lanes)
    size = sqrt(fma(re, re, im * im))
    found = size > 0.0
    out.store(to, select(found, re / select(found, size, size.constant(1.0)), size.constant(1.0)))


@kernel
def cosine_tiles(bins, size, lanes, out):
    """The cosine of the angle of `size` complex numbers; 1 for 0."""
    for i in range(0, size, lanes):
        cosine(bins, 2 * i, out, i)

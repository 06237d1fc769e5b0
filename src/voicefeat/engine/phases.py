"""Random phases, and replacing magnitudes and keeping phases: the step between two transforms of Griffin-Lim.

Spectra are tiles: group after group of frames, in each of them bin after bin, real lanes and then imaginary
ones. Magnitudes are rows of (bins, frames).
"""

from __future__ import annotations

import math

from llvmlite import ir

from .jit import kernel
from .lanemath import sqrt
from .laneop import Index, Memory, lane_op
from .simd import Vector, fma, maximum, select

#: By bytes of a number: numbers below the first are multiplied by the second before they are squared, those
#: above the third by the fourth; the fifth is the smallest normal number.
_RANGES = {
    4: (2.0**-50, 2.0**100, 2.0**60, 2.0**-70, 2.0**-126),
    8: (2.0**-500, 2.0**900, 2.0**500, 2.0**-600, 2.0**-1022),
}


def wanted(
    now: Memory, before: Memory, weight: Memory, i: Index, magnitudes: Memory, m: Index
) -> tuple[Vector, Vector]:
    """magnitude a / (|a| + tiny) with a = now - weight before; `weight` has one element."""
    small, up, large, down, tiny = _RANGES[now.item]
    re, im = (now.load(i + p) - weight.splat(0) * before.load(i + p) for p in (0, now.lanes))
    size = maximum(maximum(re, -re), maximum(im, -im))
    one = re.constant(1.0)
    factor = select(size < small, re.constant(up), select(size > large, re.constant(down), one))
    back = select(size < small, re.constant(1 / up), select(size > large, re.constant(1 / down), one))
    a, b = re * factor, im * factor
    scale = one / (sqrt(a * a + b * b) * back + tiny)
    height = magnitudes.load(m)
    return re * scale * height, im * scale * height


@lane_op
def replace(now, before, weight, i, magnitudes, m, out, j):
    re, im = wanted(now, before, weight, i, magnitudes, m)
    out.store(j, re)
    out.store(j + out.lanes, im)


@kernel
def put_magnitudes(now, before, weight, magnitudes, bins, stride, first, count, lanes, spare, out):
    """`wanted` of `count` frames from `first` on, which is a multiple of `lanes`; further lanes are 0.

    `magnitudes` are rows of `stride` frames; `spare` has room for a vector.
    """
    for t in range(0, count, lanes):
        for k in range(bins):
            j = (t * bins + k * lanes) * 2
            i = j + first * bins * 2
            m = k * stride + first + t
            if t + lanes <= count:
                replace(now, before, weight, i, magnitudes, m, out, j)
            else:
                for lane in range(lanes):
                    spare[lane] = magnitudes[m + lane] if t + lane < count else 0
                replace(now, before, weight, i, spare, 0, out, j)


def _series(x: Vector, square: Vector, first: int) -> Vector:
    """The Taylor series of sin x (`first` 1) or cos x (0) for |x| <= pi / 4, to x^17 or x^16."""
    y = x.constant(0.0)
    for n in range(16 + first, first, -2):
        y = fma(y, square, x.constant((-1.0) ** (n // 2) / math.factorial(n)))
    return fma(y * square, x, x) if first else fma(y, square, x.constant(1.0))


@lane_op
def turn(turns, i, out, re, im):
    """cos and sin of 2 pi u, 0 <= u <= 1 in double lanes, to places re and im in the precision of `out`."""
    u = turns.load(i) * 4.0
    rounder = 1.5 * 2.0**52
    quarter = (u + rounder) - rounder
    x = (u - quarter) * (math.pi / 2)
    square = x * x
    s, c = _series(x, square, 1), _series(x, square, 0)
    kind = ir.VectorType(out.vector.element, u.type.count)
    for place, values in ((re, (c, -s, -c, s)), (im, (s, c, -s, -c))):
        found = values[0]
        for k in (1, 2, 3):
            found = select((quarter > k - 0.5) & (quarter < k + 0.5), values[k], found)
        out.store(place, found if kind == u.type else Vector(u.b, u.b.fptrunc(found.value, kind)))


@kernel
def put_phases(turns, rows, frames, lanes, doubles, spare, tiles, first, bins):
    """Complex numbers of size 1 to bins first, first + 1, ... of the tiles, from `rows` of angles in turns.

    `doubles` is the number of lanes in double precision; `spare` has room for so many.
    """
    for row in range(rows):
        for t in range(0, frames, doubles):
            re = (t // lanes * bins + first + row) * 2 * lanes + t % lanes
            i = row * frames + t
            if t + doubles <= frames:
                turn(turns, i, tiles, re, re + lanes)
            else:
                for lane in range(doubles):
                    spare[lane] = turns[i + lane] if t + lane < frames else 0
                turn(spare, 0, tiles, re, re + lanes)

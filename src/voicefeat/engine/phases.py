"""Replacing magnitudes and keeping phases: the step between two transforms of Griffin-Lim."""

from __future__ import annotations

from .jit import kernel
from .lanemath import sqrt
from .laneop import lane_op
from .simd import maximum, select, shuffle

#: By bytes of a number: numbers below the first are multiplied by the second before they are squared, those
#: above the third by the fourth; the fifth is the smallest normal number.
_RANGES = {
    4: (2.0**-50, 2.0**100, 2.0**60, 2.0**-70, 2.0**-126),
    8: (2.0**-500, 2.0**900, 2.0**500, 2.0**-600, 2.0**-1022),
}


@lane_op
def replace(now, before, weight, i, magnitudes, m, out, j):
    """One vector of what `put_magnitudes` does, from complex number i / 2 to complex number j / 2."""
    n = now.lanes
    small, up, large, down, tiny = _RANGES[now.item]
    parts = [now.load(i + p) - weight.splat(0) * before.load(i + p) for p in (0, n)]
    re, im = (shuffle(parts[0], parts[1], [2 * lane + p for lane in range(n)]) for p in (0, 1))
    size = maximum(maximum(re, -re), maximum(im, -im))
    one = re.constant(1.0)
    factor = select(size < small, re.constant(up), select(size > large, re.constant(down), one))
    back = select(size < small, re.constant(1 / up), select(size > large, re.constant(1 / down), one))
    a, b = re * factor, im * factor
    scale = one / (sqrt(a * a + b * b) * back + tiny)
    wanted = magnitudes.load(m)
    re, im = re * scale * wanted, im * scale * wanted
    pairs = [place for lane in range(n) for place in (lane, n + lane)]
    out.store(j, shuffle(re, im, pairs[:n]))
    out.store(j + n, shuffle(re, im, pairs[n:]))


@kernel
def put_magnitudes(now, before, weight, magnitudes, bins, stride, first, count, lanes, spare, out):
    """out = magnitude a / (|a| + tiny) with a = now - weight before, for `count` frames from `first` on.

    `now`, `before` and `magnitudes` are (bins, stride), `out` (bins, count); complex numbers are pairs of
    floats. `weight` has one element, `spare` room for eight vectors.
    """
    rest = count % lanes
    for k in range(bins):
        at, to = k * stride + first, k * count
        for t in range(0, count - rest, lanes):
            replace(now, before, weight, 2 * (at + t), magnitudes, at + t, out, 2 * (to + t))
        if rest:
            t = count - rest
            for i in range(2 * rest):
                spare[i] = now[2 * (at + t) + i]
                spare[2 * lanes + i] = before[2 * (at + t) + i]
            for i in range(rest):
                spare[4 * lanes + i] = magnitudes[at + t + i]
            replace(spare, spare[2 * lanes :], weight, 0, spare, 4 * lanes, spare, 6 * lanes)
            for i in range(2 * rest):
                out[2 * (to + t) + i] = spare[6 * lanes + i]

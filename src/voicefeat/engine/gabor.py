"""Channels of a spectrum: windowed and folded, their logarithmic powers in tiles, and products over them.

The inverse transform with M >= L points of a channel of L bins around bin p gives its M samples of the whole
signal; bin i goes to point i mod M, so that phases refer to the time of the signal.
"""

from __future__ import annotations

import math

from .jit import kernel
from .lanemath import log
from .laneop import accumulate, lane_op
from .simd import fma, shuffle


@kernel
def fold(spectrum, n, centres, lengths, first, count, points, scale, window, out):
    """Channels first .. first + count - 1 under Hann windows, `points` each, complex numbers as pairs.

    `spectrum` holds bins 0 .. n / 2 of a real signal of n samples, the rest being their conjugates; `window`
    has room for half the longest channel.
    """
    out[: 2 * count * points] = 0.0
    for c in range(count):
        length, centre = lengths[first + c], centres[first + c]
        half = length // 2
        for m in range(half + 1):
            window[m] = scale * (0.5 + 0.5 * math.cos(2.0 * math.pi * m / length))
        at = c * points
        point = (centre - half) % points
        for j in range(length):
            m = j - half
            i = (centre + m) % n
            mirrored = 2 * i > n
            i = n - i if mirrored else i
            w = window[abs(m)]
            out[2 * (at + point)] = w * spectrum[2 * i]
            out[2 * (at + point) + 1] = -w * spectrum[2 * i + 1] if mirrored else w * spectrum[2 * i + 1]
            point += 1
            if point == points:
                point = 0


@lane_op
def log_power(pairs, at, offset, out, to):
    """log(|X|^2 + offset) of as many complex numbers as there are lanes."""
    n = out.lanes
    a, b = pairs.load(at), pairs.load(at + n)
    re, im = (shuffle(a, b, [2 * lane + part for lane in range(n)]) for part in (0, 1))
    out.store(to, log(fma(re, re, im * im) + out.number(offset)))


@kernel
def log_power_tiles(pairs, points, count, lanes, offset, tiles):
    """`count` channels of `points` complex numbers each to tiles of as many rows.

    Lanes beyond the last point hold the values that follow in `pairs`, which is longer by one vector.
    """
    for g in range((points + lanes - 1) // lanes):
        for c in range(count):
            log_power(pairs, 2 * (c * points + g * lanes), offset, tiles, (g * count + c) * lanes)


@lane_op
def add_four(tiles, at_a, at_b, count, matrix, first, out, to_a, to_b):
    """out[to + r] += sum_k matrix[first + 4 k + r] tiles[at + k], r < 4, for groups a and b."""
    n = tiles.lanes

    def step(k, sums):
        a, b = tiles.load(at_a + k * n), tiles.load(at_b + k * n)
        weights = [matrix.splat(first + k * 4 + r) for r in range(4)]
        return [fma(w, a, s) for w, s in zip(weights, sums[:4], strict=True)] + [
            fma(w, b, s) for w, s in zip(weights, sums[4:], strict=True)
        ]

    begun = [out.load(to + r * n) for to in (to_a, to_b) for r in range(4)]
    sums = accumulate(count, begun, step)
    for r in range(4):
        out.store(to_a + r * n, sums[r])
        out.store(to_b + r * n, sums[4 + r])


@kernel
def add_products(tiles, count, groups, lanes, matrix, quads, columns, column, out):
    """`count` columns of a dense matrix, from `column` on, times the rows of tiles, added to `out`.

    `matrix` is as in `product`. Columns are added one by one, so that the result does not depend on the
    number of calls.
    """
    for a in range(0, groups, 2):
        b = min(a + 1, groups - 1)  # an odd last group is paired with itself, and both read first
        for q in range(quads):
            add_four(
                tiles,
                a * count * lanes,
                b * count * lanes,
                count,
                matrix,
                (q * columns + column) * 4,
                out,
                (a * quads + q) * 4 * lanes,
                (b * quads + q) * 4 * lanes,
            )

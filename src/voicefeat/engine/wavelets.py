"""Weighted sums of complex bins with complex weights, and their magnitudes.

The spectrum of a wavelet is a short run of bins. Two wavelets are computed at a time, each with four
sums: eight chains of fused multiply-adds hide the latency of one.
"""

from __future__ import annotations

from .jit import kernel
from .lanemath import sqrt
from .laneop import Index, accumulate, lane_op
from .simd import fma, maximum, select


@lane_op
def respond(bins, at, starts, a, b, count, weights, first, out, to):
    """Rows a and b: sum_j w_j X[at + start + j], j < count, as real lanes and then imaginary lanes.

    The weights of the two are interleaved: real and imaginary part of a's, then of b's.
    """
    n = bins.lanes
    places = [(starts.index(row) + at) * (2 * n) for row in (a, b)]

    def step(j: Index, sums):
        added = []
        for r, place in enumerate(places):
            re, im = bins.load(place + j * (2 * n)), bins.load(place + j * (2 * n) + n)
            u, v = weights.splat(first + j * 4 + 2 * r), weights.splat(first + j * 4 + 2 * r + 1)
            ur, vi, ui, vr = sums[4 * r : 4 * r + 4]
            added += [fma(u, re, ur), fma(v, im, vi), fma(u, im, ui), fma(v, re, vr)]
        return added

    sums = accumulate(count, [bins.number(0.0)] * 8, step)
    for r, row in enumerate((a, b)):
        ur, vi, ui, vr = sums[4 * r : 4 * r + 4]
        out.store(to + row * (2 * n), ur - vi)
        out.store(to + row * (2 * n) + n, ui + vr)


@kernel
def respond_tiles(bins, n_bins, groups, lanes, starts, counts, firsts, weights, out):
    """Responses of starts.size wavelets for each group of frames; counts.size pairs of them."""
    rows = starts.size
    for g in range(groups):
        for pair in range(counts.size):
            a = 2 * pair
            b = min(a + 1, rows - 1)  # an odd last one is computed twice
            respond(
                bins, g * n_bins, starts, a, b, counts[pair], weights, firsts[pair], out, g * rows * 2 * lanes
            )


@lane_op
def magnitude(tiles, i, out, j):
    """sqrt(re^2 + im^2), computed so that no square overflows or underflows."""
    re, im = tiles.load(i).call("fabs"), tiles.load(i + tiles.lanes).call("fabs")
    large, small = maximum(re, im), select(re < im, re, im)
    tiny = 2.0**-1022 if tiles.item == 8 else 2.0**-126
    ratio = small / maximum(large, large.constant(tiny))
    out.store(j, large * sqrt(fma(ratio, ratio, large.constant(1.0))))


@kernel
def magnitude_tiles(tiles, size, lanes, out):
    """Magnitudes of the first `size` complex elements, lanes times vectors."""
    for i in range(0, size, lanes):
        magnitude(tiles, 2 * i, out, i)


@lane_op
def add(tiles, i, out, j):
    out.store(j, out.load(j) + tiles.load(i))


@kernel
def add_rows(tiles, tile_rows, rows, lanes, frames, out, at, stride):
    """The first `rows` rows of the tiles are added to out[at + row stride + frame], frame < frames."""
    full = frames // lanes
    for k in range(rows):
        j = at + k * stride
        for g in range(full):
            add(tiles, (g * tile_rows + k) * lanes, out, j + g * lanes)
        for lane in range(frames - full * lanes):
            out[j + full * lanes + lane] += tiles[(full * tile_rows + k) * lanes + lane]

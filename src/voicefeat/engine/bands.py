"""Filter banks as runs of weights, and the logarithm.

Four bands at a time, four chains of fused multiply-adds. Neighbouring bands of a bank have similar widths, so
there is little padding, and the end of the loop is predicted better.
"""

from __future__ import annotations

import numpy as np

from .jit import lane_kernel
from .lanemath import log
from .laneop import Index, accumulate, lane_op
from .simd import fma, maximum


@lane_op
def weigh(bins, at, starts, q, count, weights, first, out, to):
    """Bands 4 q .. 4 q + 3: sum_j weights[first + 4 j + b] bins[at + start_b + j], j < count."""
    n = bins.lanes
    places = [(starts.index(q * 4 + b) + at) * n for b in range(4)]

    def step(j: Index, sums):
        return [
            fma(weights.splat(first + j * 4 + b), bins.load(place + j * n), total)
            for b, (place, total) in enumerate(zip(places, sums, strict=True))
        ]

    for b, total in enumerate(accumulate(count, [bins.number(0.0)] * 4, step)):
        out.store(to + b * n, total)


@lane_kernel
def band_tiles(bins, n_bins, groups, lanes, starts, counts, firsts, weights, out):
    """Bands of each group; starts.size rows of tiles, a multiple of four."""
    for g in range(groups):
        for q in range(counts.size):
            to = (g * starts.size + 4 * q) * lanes
            weigh(bins, g * n_bins, starts, q, counts[q], weights, firsts[q], out, to)


@lane_op
def log_rows(tiles, at, rows, offset, floor, scale, shift, peak):
    """scale log(max(x + offset, floor)) - shift, in place; the largest of each lane to `peak`."""
    add, least, times, less = (tiles.number(x) for x in (offset, floor, scale, shift))

    def step(k: Index, highest):
        place = at + k * tiles.lanes
        y = log(maximum(tiles.load(place) + add, least)) * times - less
        tiles.store(place, y)
        return [maximum(y, highest[0])]

    peak.store(0, accumulate(rows, [tiles.number(-np.inf)], step)[0])


@lane_kernel
def log_tiles(tiles, tile_rows, rows, frames, lanes, offset, floor, scale, shift, peak):
    """Logarithm of the first `rows` rows, in place; returns the largest value of the real frames."""
    highest = -np.inf
    for g in range((frames + lanes - 1) // lanes):
        log_rows(tiles, g * tile_rows * lanes, rows, offset, floor, scale, shift, peak)
        rest = frames - g * lanes
        for lane in range(lanes if lanes < rest else rest):
            if peak[lane] > highest:
                highest = peak[lane]
    return highest


@lane_op
def raise_floor(tiles, i, floor):
    tiles.store(i, maximum(tiles.load(i), tiles.number(floor)))


@lane_kernel
def floor_tiles(tiles, size, lanes, floor):
    """The first `size` elements raised to `floor`, in place."""
    for i in range(0, size, lanes):
        raise_floor(tiles, i, floor)

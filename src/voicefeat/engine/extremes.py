"""The means of the few largest and the few smallest bins of a band, without sorting the band.

The few are kept in order; a new bin goes in by one comparison with each. Bands are long and the few are
few, so this is sooner than a sort, and it is the same for all lanes.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel
from .laneop import accumulate, lane_op
from .simd import maximum, select


def _lesser(x, y):
    return select(y < x, y, x)


@lane_op
def fill(kept, count, low, high):
    """The smallest of nothing is inf, the largest -inf."""
    n = kept.lanes

    def step(i, none):
        kept.store(i * n, kept.number(low))
        kept.store((i + count) * n, kept.number(high))
        return none

    accumulate(count, [], step)


@lane_op
def insert(bins, at, kept, count):
    """One bin among the `count` smallest and the `count` largest."""
    n = bins.lanes
    x = bins.load(at)

    def step(i, carried):
        low, high = carried
        a, b = kept.load(i * n), kept.load((i + count) * n)
        kept.store(i * n, _lesser(a, low))
        kept.store((i + count) * n, maximum(b, high))
        return [maximum(a, low), _lesser(b, high)]

    accumulate(count, [x, x], step)


@lane_op
def single(bins, at, size, kept):
    """The one smallest and the one largest bin."""
    n = bins.lanes

    def step(k, found):
        x = bins.load(at + k * n)
        return [_lesser(found[0], x), maximum(found[1], x)]

    first = bins.load(at)
    low, high = accumulate(size, [first, first], step)
    kept.store(0, low)
    kept.store(n, high)


@lane_op
def means(kept, count, scale, peaks, valleys, to):
    """The means of both."""
    n = kept.lanes

    def step(i, sums):
        return [sums[0] + kept.load(i * n), sums[1] + kept.load((i + count) * n)]

    low, high = accumulate(count, [kept.number(0.0)] * 2, step)
    valleys.store(to, low * kept.number(scale))
    peaks.store(to, high * kept.number(scale))


@kernel
def extreme_tiles(bins, n_bins, groups, lanes, bands, kept, peaks, valleys):
    """Of each band (first bin, bins, how many, in `bands`) the means of its largest and smallest bins."""
    rows = bands.size // 3
    for g in range(groups):
        for r in range(rows):
            first, size, count = bands[3 * r], bands[3 * r + 1], bands[3 * r + 2]
            at = (g * n_bins + first) * lanes
            if count == 1:
                single(bins, at, size, kept)
            else:
                fill(kept, count, np.inf, -np.inf)
                for k in range(size):
                    insert(bins, at + k * lanes, kept, count)
            means(kept, count, 1.0 / count, peaks, valleys, (g * rows + r) * lanes)

"""The means of the few largest and the few smallest bins of a band, without sorting the band.

The extreme bins are kept in order; a new bin is inserted by one comparison with each. They are few compared
with the band, so this is faster than sorting, and it is the same for all lanes. Up to a dozen stay in
registers.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel
from .laneop import LaneOp, accumulate, lane_op
from .simd import maximum, minimum


@lane_op
def fill(kept, count, low, high):
    """Initial values: inf for the smallest, -inf for the largest."""
    n = kept.lanes

    def step(i, none):
        kept.store(i * n, kept.number(low))
        kept.store((i + count) * n, kept.number(high))
        return none

    accumulate(count, [], step)


@lane_op
def insert(bins, at, kept, count):
    """Insert a bin into the `count` smallest and the `count` largest, both in memory."""
    n = bins.lanes
    x = bins.load(at)

    def step(i, carried):
        low, high = carried
        a, b = kept.load(i * n), kept.load((i + count) * n)
        kept.store(i * n, minimum(a, low))
        kept.store((i + count) * n, maximum(b, high))
        return [maximum(a, low), minimum(b, high)]

    accumulate(count, [x, x], step)


def _few(most):
    @lane_op
    def few(bins, at, size, kept, count, low, high):
        """The `count` smallest and largest of `size` bins, `count` at most `most`."""
        n = bins.lanes

        def settle(better, worse, none, to):
            def step(k, found):
                x, out = bins.load(at + k * n), []
                for y in found:
                    out.append(better(y, x))
                    x = worse(y, x)
                return out

            for i, x in enumerate(accumulate(size, [none] * most, step)):
                kept.store(to + i * n, x)

        settle(minimum, maximum, bins.number(low), count * 0)
        settle(maximum, minimum, bins.number(high), count * n)  # goes over what was kept too many of

    return few


few1: LaneOp = _few(1)
few2: LaneOp = _few(2)
few4: LaneOp = _few(4)
few6: LaneOp = _few(6)
few9: LaneOp = _few(9)
few12: LaneOp = _few(12)


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
    """The means of the largest and smallest bins of each of `bands` (first bin, bins, number of extremes).

    `kept` has room for twice the largest number of extremes, and a dozen more.
    """
    rows = bands.size // 3
    for g in range(groups):
        for r in range(rows):
            first, size, count = bands[3 * r], bands[3 * r + 1], bands[3 * r + 2]
            at = (g * n_bins + first) * lanes
            if count == 1:
                few1(bins, at, size, kept, count, np.inf, -np.inf)
            elif count == 2:
                few2(bins, at, size, kept, count, np.inf, -np.inf)
            elif count <= 4:
                few4(bins, at, size, kept, count, np.inf, -np.inf)
            elif count <= 6:
                few6(bins, at, size, kept, count, np.inf, -np.inf)
            elif count <= 9:
                few9(bins, at, size, kept, count, np.inf, -np.inf)
            elif count <= 12:
                few12(bins, at, size, kept, count, np.inf, -np.inf)
            else:
                fill(kept, count, np.inf, -np.inf)
                for k in range(size):
                    insert(bins, at + k * lanes, kept, count)
            means(kept, count, 1.0 / count, peaks, valleys, (g * rows + r) * lanes)

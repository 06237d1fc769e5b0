"""Each frame divided by its norm over rows, as in librosa.util.normalize with its defaults."""

from __future__ import annotations

import numpy as np

from .jit import lane_kernel
from .lanemath import power, sqrt
from .laneop import LaneOp, accumulate, lane_op
from .simd import maximum, select


def _measure(first, combine, end):
    @lane_op
    def measure(tiles, at, rows, p, length):
        """The norm of each lane over rows; 1 where it is below the smallest normal number."""
        n = tiles.lanes
        exponent = tiles.number(p)

        def step(k, x):
            magnitude = tiles.load(at + k * n).call("fabs")
            return [combine(x[0], magnitude, exponent)]

        size = end(accumulate(rows, [tiles.number(first)], step)[0], exponent)
        tiny = 2.0**-1022 if tiles.item == 8 else 2.0**-126
        length.store(0, select(size < tiny, size.constant(1.0), size))

    return measure


def _unchanged(x, p):
    return x


def _minimum(a, x, p):
    return select(x < a, x, a)


measure_largest: LaneOp = _measure(0.0, lambda a, x, p: maximum(x, a), _unchanged)
measure_smallest: LaneOp = _measure(np.inf, _minimum, _unchanged)
measure_count: LaneOp = _measure(
    0.0, lambda a, x, p: a + select(x > 0.0, x.constant(1.0), x.constant(0.0)), _unchanged
)
measure_sum: LaneOp = _measure(0.0, lambda a, x, p: a + x, _unchanged)
measure_squares: LaneOp = _measure(0.0, lambda a, x, p: a + x * x, lambda a, p: sqrt(a))
measure_powers: LaneOp = _measure(
    0.0, lambda a, x, p: a + power(x, p), lambda a, p: power(a, p.constant(1.0) / p)
)


@lane_op
def divide(tiles, i, length):
    tiles.store(i, tiles.load(i) / length.load(0))


@lane_kernel
def scale_tiles(tiles, tile_rows, rows, groups, lanes, norm, length):
    """Each frame divided by its `norm` (inf, -inf, 0 or p > 0), in place; `length` holds `lanes` elements."""
    for g in range(groups):
        at = g * tile_rows * lanes
        if norm == np.inf:
            measure_largest(tiles, at, rows, 1.0, length)
        elif norm == -np.inf:
            measure_smallest(tiles, at, rows, 1.0, length)
        elif norm == 0.0:
            measure_count(tiles, at, rows, 1.0, length)
        elif norm == 1.0:
            measure_sum(tiles, at, rows, 1.0, length)
        elif norm == 2.0:
            measure_squares(tiles, at, rows, 1.0, length)
        else:
            measure_powers(tiles, at, rows, norm, length)
        for k in range(rows):
            divide(tiles, at + k * lanes, length)

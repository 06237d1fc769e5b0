"""The period of each frame, from the normalised differences of `lags`.

YIN takes the first local minimum below a threshold, or otherwise the smallest value, and refines it by the
parabola through it and its neighbours. Probabilistic YIN computes the probability that each local minimum is
taken if the threshold is drawn from a distribution.

M. Mauch and S. Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold
distributions", 2014.
"""

from __future__ import annotations

import numpy as np

from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op
from .simd import select


@lane_op
def first_or_lowest(d, at, count, threshold, numbers, places):
    """Row of the first local minimum below `threshold` in each lane, else of the smallest value."""
    n = d.lanes
    limit, none = d.number(threshold), d.number(-1.0)

    def take(x, trough, row, state):
        found, lowest, place = state
        first = trough & (x < limit) & (found < 0.0)
        lower = x < lowest
        return [select(first, row, found), select(lower, x, lowest), select(lower, row, place)]

    x = d.load(at)
    state = take(x, x < d.load(at + n), d.number(0.0), [none, d.number(np.inf), d.number(0.0)])

    def step(k, state):
        here = at + (k + 1) * n
        x = d.load(here)
        trough = (x < d.load(here - n)) & (d.load(here + n) >= x)
        return take(x, trough, numbers.splat(k), state)  # row k + 1, of which numbers[k] is the value

    state = accumulate(count - 2, state, step)
    end = at + (count - 1) * n
    x = d.load(end)
    found, _, place = take(x, x < d.load(end - n), numbers.splat(count - 2), state)
    places.store(0, select(found < 0.0, place, found))


@inner_kernel
def vertex(before, x, after):
    """The vertex of the parabola through three neighbours; 0 if it is not between them."""
    a = before + after - 2.0 * x
    b = (after - before) / 2.0
    return -b / a if abs(b) < abs(a) else 0.0


@inner_kernel
def refined(d, at, lanes, row, count):
    """Row `row` of a frame, refined unless it is the first or the last; d[at] is the frame's row 0."""
    if row == 0 or row == count - 1:
        return float(row)
    here = at + row * lanes
    return row + vertex(np.float64(d[here - lanes]), np.float64(d[here]), np.float64(d[here + lanes]))


@kernel
def choose_periods(d, low, high, frames, lanes, threshold, numbers, places, out, to):
    """Periods in samples, between lags `low` and `high`, of the frames in the tiles d, to out[to ...]."""
    count = high - low + 1
    for g in range((frames + lanes - 1) // lanes):
        at = (g * high + low - 1) * lanes
        first_or_lowest(d, at, count, threshold, numbers, places)
        for lane in range(min(lanes, frames - g * lanes)):
            out[to + g * lanes + lane] = low + refined(d, at + lane, lanes, int(places[lane]), count)

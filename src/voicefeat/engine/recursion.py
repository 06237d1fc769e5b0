"""First-order filters along rows: differences, and sums with a decay.

The state of a filter is one number per row, so a signal in pieces gives the same bits as the whole.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel
from .laneop import accumulate, lane_op
from .simd import fma


@lane_op
def differ(y, at, rounds, factor, out, watch):
    """out[i] = y[i] - factor y[i - 1], i = at .. at + 4 rounds lanes - 1; 0 y is added to `watch`."""
    n, times, zero = y.lanes, y.number(factor), y.number(0.0)

    def step(i, seen):
        found = []
        for q, before in enumerate(seen):
            place = at + i * (4 * n) + q * n
            x = y.load(place)
            out.store(place, x - y.load(place - 1) * times)
            found.append(fma(x, zero, before))
        return found

    a, b, c, d = accumulate(rounds, [watch.load(0), zero, zero, zero], step)
    watch.store(0, (a + b) + (c + d))


@kernel
def differences(y, length, factor, before, lanes, out):
    """out[i] = y[i] - factor y[i - 1] in each row of `length` samples; `before` is added to each first one.

    `factor` has y's precision. Returns whether all samples are finite.
    """
    watch = np.zeros(lanes, y.dtype)
    rounds = (length - 1) // (4 * lanes)
    for r in range(before.size):
        at = r * length
        out[at] = y[at] + before[r]
        watch[0] += 0 * y[at]
        differ(y, at + 1, rounds, factor, out, watch)
        for i in range(at + 1 + 4 * rounds * lanes, at + length):
            out[i] = y[i] - factor * y[i - 1]
            watch[0] += 0 * y[i]
    return watch.sum() == 0.0


@kernel
def fading_sums(y, length, factor, state, out):
    """out[i] = y[i] + factor out[i - 1] in each row; `state` is added to its first, and updated."""
    for r in range(state.size):
        carried = state[r]
        for i in range(r * length, (r + 1) * length):
            x = y[i] + carried
            out[i] = x
            carried = factor * x
        state[r] = carried

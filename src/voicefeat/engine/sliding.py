"""The largest value in each of many ranges of a row that slide upwards."""

from __future__ import annotations

import numpy as np

from .jit import inner_kernel, kernel


@inner_kernel
def slide(row, lows, highs, queue, starts, places, values):
    """The largest of row[lows[i] .. highs[i]] for each i, the first of equal ones; returns how many runs.

    `lows` and `highs` never decrease, so the largest value stays the same for a while: run j
    begins at i = starts[j]; its largest value is values[j], at places[j]. `queue` has room for a row.
    """
    first = last = runs = 0
    pushed = lows[0]
    for i in range(lows.size):
        while pushed <= highs[i]:
            while last > first and row[queue[last - 1]] < row[pushed]:
                last -= 1
            queue[last] = pushed
            last += 1
            pushed += 1
        while queue[first] < lows[i]:
            first += 1
        if runs == 0 or places[runs - 1] != queue[first]:
            starts[runs], places[runs], values[runs] = i, queue[first], row[queue[first]]
            runs += 1
    return runs


@kernel
def slide_rows(rows, lows, highs, counts, starts, places, values):
    """`slide` for each row, one after the other, of which row r has counts[r] runs; returns all of them."""
    queue = np.empty(rows.shape[1], np.int64)
    used = 0
    for r in range(rows.shape[0]):
        counts[r] = slide(rows[r], lows, highs, queue, starts[used:], places[used:], values[used:])
        used += counts[r]
    return used

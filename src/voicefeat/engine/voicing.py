"""Pitch candidates of a frame and their probabilities, by probabilistic YIN.

A threshold s is drawn from a distribution; each local minimum of the normalised difference below s is then
taken with a probability that decays with the number of minima below s before it (a truncated geometric
distribution, also called Boltzmann's). If none is below s, the lowest is taken with some probability. See
`periods`.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import inner_kernel, kernel
from .periods import refined


@inner_kernel
def troughs(d, at, lanes, count, rows, heights):
    """Local minima among the `count` rows of a frame, one after another; returns how many."""
    n = 0
    before, x = np.inf, d[at]
    for row in range(count):
        after = d[at + (row + 1) * lanes] if row + 1 < count else np.inf
        if x < before and (x < after or (x == after and row > 0)):
            rows[n] = row
            heights[n] = x
            n += 1
        before, x = x, after
    return n


@inner_kernel
def likelihoods(heights, n, thresholds, weights, heads, decays, totals, rescue, firsts, probs):
    """The probability that each of n minima is taken.

    `thresholds` ascend, with `weights`, which `heads` sums up; a frame with N minima below a threshold takes
    the k-th with probability totals[N] decays[k]. The lowest of all has `rescue` times the weight of the
    thresholds that no minimum is below.
    """
    lowest, least = 0, thresholds.size
    for m in range(n):
        # The number of thresholds that the minimum is not below.
        low, high = 0, thresholds.size
        while low < high:
            middle = (low + high) // 2
            if heights[m] < thresholds[middle]:
                high = middle
            else:
                low = middle + 1
        firsts[m] = low
        least = min(least, low)
        probs[m] = 0.0
        if heights[m] < heights[lowest]:
            lowest = m
    for i in range(least, thresholds.size):
        below = 0
        for m in range(n):
            if firsts[m] <= i:
                below += 1
        total = totals[below]
        k = 0
        for m in range(n):
            if firsts[m] <= i:
                probs[m] += total * decays[k] * weights[i]
                k += 1
    probs[lowest] += rescue * heads[firsts[lowest]]


@kernel
def candidates(
    d, low, high, frames, lanes, thresholds, weights, heads, decays, totals, rescue,
    sr, fmin, per_octave, n_bins, counts, bins, chances, voiced,
):  # fmt: skip
    """Pitch bins of the frames in the tiles d with their probabilities, ascending in each frame.

    Frame f has counts[f] of them, which follow those of frame f - 1 in `bins` and `chances`, and adds up to
    voiced[f]. Returns how many there are in all.
    """
    count = high - low + 1
    room = count // 2 + 1
    rows, firsts = np.empty(room, np.int64), np.empty(room, np.int64)
    heights, probs = np.empty(room), np.empty(room)
    end = 0
    for f in range(frames):
        at = (f // lanes * high + low - 1) * lanes + f % lanes
        begin, total, last = end, 0.0, -1
        n = troughs(d, at, lanes, count, rows, heights)
        if n > 0:
            likelihoods(heights, n, thresholds, weights, heads, decays, totals, rescue, firsts, probs)
        for m in range(n - 1, -1, -1):  # from the longest period, which is the lowest pitch
            if probs[m] == 0.0:
                continue
            f0 = sr / (low + refined(d, at, lanes, rows[m], count))
            place = int(min(max(np.rint(per_octave * math.log2(f0 / fmin)), 0.0), n_bins))
            if place < n_bins and place != last:  # of several in one bin, the longest period counts
                bins[end] = last = place
                chances[end] = probs[m]
                total += probs[m]
                end += 1
        counts[f] = end - begin
        voiced[f] = min(total, 1.0)
    return end

"""Sums of squares of frames from their magnitudes, by Parseval's theorem.

The sums of a frame are computed in the order of `squares`, sixteen in parallel, whether bins or frames are
contiguous in memory.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op
from .simd import fma
from .squares import SUMS, sum_squares

#: Frames that are summed at a time.
CHUNK = 256


@lane_op
def add_row(S, at, vectors, sums, to):
    """sums[to ...] += the squares of a row."""
    n = S.lanes

    def step(i, none):
        x = S.load(at + i * n)
        sums.store(to + i * n, fma(x, x, sums.load(to + i * n)))
        return []

    accumulate(vectors, [], step)


@lane_op
def add_scaled(S, at, factor, sums, t):
    """sums[t ...] += factor x^2, without fusing the two."""
    x = S.load(at)
    sums.store(t, sums.load(t) + x * x * S.number(factor))


@lane_op
def fold_rows(sums, width, t):
    """The sixteen rows of `sums` to its first one, in the order of `run_of_squares`."""
    rows = [sums.load(t + width * r) for r in range(SUMS)]
    while len(rows) > 1:
        half = len(rows) // 2
        rows = [rows[r] + rows[r + half] for r in range(half)]
    sums.store(t, rows[0])


@inner_kernel
def sum_rows(S, bins, frames, full, first, count, lanes, sums):
    """sums[t] = S[1]^2 + ... + S[full - 1]^2 + S[0]^2 / 2, then S[full]^2 / 2 for frame first + t."""
    sums[:] = 0
    rounds = max(0, full - 1) // SUMS * SUMS
    for k in range(1, 1 + rounds):
        add_row(S, k * frames + first, count // lanes, sums, (k - 1) % SUMS * CHUNK)
    for t in range(0, count, lanes):
        fold_rows(sums, CHUNK, t)
        for k in range(1 + rounds, full):
            add_scaled(S, k * frames + first + t, 1.0, sums, t)
        add_scaled(S, first + t, 0.5, sums, t)
        if full < bins:
            add_scaled(S, full * frames + first + t, 0.5, sums, t)


@inner_kernel
def sum_bins(S, bins, full, t, sums, to):
    """The same sum of frame t, flat (frames, bins)."""
    half, at = S.dtype.type(0.5), t * bins
    sum_squares(S, at + 1, max(0, full - 1), sums, to)
    sums[to] += S[at] * S[at] * half
    if full < bins:
        sums[to] += S[at + full] * S[at + full] * half


@kernel
def root_mean_squares_of_bins(S, bins, frames, length, rows_first, lanes, out):
    """out[t] = root of the mean square of a frame of `length` samples, from its magnitudes.

    By Parseval's theorem, in which each bin counts twice, except bin 0 and, if `length` is even, the last
    one: the mean is 2 (S[0]^2 / 2 + S[1]^2 + ...) / length^2. S is flat, (bins, frames) with `rows_first`,
    otherwise (frames, bins). Returns whether all squares are finite.
    """
    full = bins - 1 if length % 2 == 0 and bins > 1 else bins
    width = frames
    if rows_first and frames < lanes:  # a row is shorter than a vector
        width, given = lanes, S
        S = np.zeros(bins * lanes, given.dtype)
        for k in range(bins):
            S[k * lanes : k * lanes + frames] = given[k * frames : (k + 1) * frames]
    sums = np.empty(SUMS * CHUNK, S.dtype)
    watch, first = 0.0, 0
    while first < width:
        count = min(CHUNK, width - first)
        if rows_first and count % lanes:
            count -= count % lanes
        if count == 0:  # the last vector overlaps the previous one
            first, count = width - lanes, lanes
        if rows_first:
            sum_rows(S, bins, width, full, first, count, lanes, sums)
        else:
            for t in range(count):
                sum_bins(S, bins, full, first + t, sums, t)
        for t in range(min(count, frames - first)):
            watch += 0.0 * sums[t]
            out[first + t] = math.sqrt(2.0 * sums[t]) / length
        first += count
    return watch == 0.0

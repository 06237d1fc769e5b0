"""The residual of linear prediction, frame by frame, overlapped and added; lanes are frames.

Each windowed frame goes through its own prediction error filter (`allpole`), and what is left is scaled to
the energy of the frame.

Where a recording has a band without any power, as one that was resampled upwards has, its prediction hangs
on the last bit of the autocorrelation, and so does the pitch. So products are rounded before they are added,
and are added as numpy's einsum adds them with two lanes: these are the numbers of the formula in numpy.
"""

from __future__ import annotations

import math

from .allpole import filter_rows
from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op

#: Samples that are filtered at a time: enough chains of additions to hide the latency of one.
ABREAST = 8
#: Products in one round of a sum.
ROUND = 8


@lane_op
def correlated(frames, lag, rounds, pairs, out, to):
    """out[to] = sum_n frames[n] frames[n + lag] over `rounds` rounds, and then `pairs` pairs of rows.

    Even and odd rows have a sum each; of a round, the last two rows come first.
    """
    lanes = frames.lanes

    def product(n):
        return frames.load(n * lanes) * frames.load((n + lag) * lanes)

    def whole(i, sums):
        even, odd = sums
        for n in range(ROUND - 2, -1, -2):
            even, odd = even + product(i * ROUND + n), odd + product(i * ROUND + n + 1)
        return [even, odd]

    def rest(i, sums):
        n = rounds * ROUND + i * 2
        return [sums[0] + product(n), sums[1] + product(n + 1)]

    zero = frames.number(0.0)
    even, odd = accumulate(pairs, accumulate(rounds, [zero, zero], whole), rest)
    out.store(to, even + odd)


@lane_op
def filtered(frames, at, a, taps, out, to):
    """out[n] = sum_k a[k] frames[n - k], k < taps, for ABREAST rows."""
    n = frames.lanes

    def step(k, sums):
        weight, here = a.load(k * n), at - k * n
        return [s + weight * frames.load(here + i * n) for i, s in enumerate(sums)]

    for i, total in enumerate(accumulate(taps, [frames.number(0.0)] * ABREAST, step)):
        out.store(to + i * n, total)


@inner_kernel
def correlate_frame(frames, lag, length, out, to):
    """The autocorrelation of `length` rows at a lag; rows beyond them are zeros."""
    count = length - lag
    correlated(frames, lag, count // ROUND, (count % ROUND + 1) // 2, out, to)


@inner_kernel
def silent_frame(samples, length, lane, lanes):
    """Whether a frame is nothing but zeros."""
    heard = 0
    for n in range(length):
        heard += samples[n * lanes + lane] != 0
    return heard == 0


@kernel
def add_residual(x, window, hop, count, order, lanes, frames, lags, a, spare, errors, out, silent):
    """Add the residual of `count` frames of x to `out`, and mark where a frame is nothing but zeros.

    `frames` has room for the rows of a frame, `order` before and ABREAST + 1 after it; `errors` for ABREAST
    more than a frame, `lags`, `a` and `spare` for order + 1.
    """
    length, taps = window.size, order + 1
    whole = -(-length // ABREAST) * ABREAST
    samples = frames[order * lanes :]
    frames[: order * lanes] = 0
    samples[length * lanes :] = 0
    errors[:] = 0
    for t in range(0, count, lanes):
        for lane in range(lanes):
            start = min(t + lane, count - 1) * hop
            here = x[start : start + length]
            for n in range(length):
                samples[n * lanes + lane] = here[n] * window[n]
        for lag in range(taps):
            correlate_frame(samples, lag, length, lags, lag * lanes)
        filter_rows(lags, order, lanes, a, spare)
        for n in range(0, whole, ABREAST):
            filtered(frames, (order + n) * lanes, a, taps, errors, n * lanes)
        errors[length * lanes : whole * lanes] = 0
        correlate_frame(errors, 0, length, spare, 0)
        for lane in range(min(lanes, count - t)):
            start = (t + lane) * hop
            after = spare[lane]
            scale = math.sqrt(lags[lane] / (after if after > 0 else 1.0))
            there = out[start : start + length]
            for n in range(length):
                there[n] += errors[n * lanes + lane] * scale
            if lags[lane] == 0 and silent_frame(samples, length, lane, lanes):
                silent[start : start + length] = True

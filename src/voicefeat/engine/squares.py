"""Sums of squares of the frames of a signal.

If neighbouring frames share whole granules of gcd(frame, hop) samples, each granule is summed once and
a frame is the sum of its granules; short granules would cost more than they save, so each frame is then
summed separately. Sixteen sums run in parallel, sample i in sum i mod 16, and are folded in halves: the
order of additions is the same for every number of lanes and for every block of frames.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import inner_kernel, kernel
from .laneop import LaneOp, accumulate, lane_op
from .simd import Vector, fma, shuffle

#: Sums that run in parallel.
SUMS = 16
#: Granules that are summed side by side: one chain of additions would wait for itself.
ABREAST = 4


def _folded(sums: list[Vector]) -> Vector:
    """The total of sixteen sums in one lane, by adding halves, for any number of lanes."""
    while len(sums) > 1:
        half = len(sums) // 2
        sums = [sums[q] + sums[q + half] for q in range(half)]
    total = sums[0]
    while total.type.count > 1:
        half = total.type.count // 2
        total = shuffle(total, total, list(range(half))) + shuffle(total, total, list(range(half, 2 * half)))
    return total


def _summing(add):
    @lane_op
    def run(x, at, rounds, out, to):
        """out[to] = the sum over x[at] .. x[at + 16 rounds - 1]."""
        n = x.lanes

        def step(i, sums):
            return [add(x.load(at + i * SUMS + n * q), s) for q, s in enumerate(sums)]

        out.store(to, _folded(accumulate(rounds, [x.number(0.0)] * (SUMS // n), step)))

    return run


run_of_squares: LaneOp = _summing(lambda x, s: fma(x, x, s))
run_of_sums: LaneOp = _summing(lambda x, s: x + s)


@lane_op
def _granules(x, at, apart, rounds, out, to):
    """As `run_of_squares` of x[at + r apart] .., to out[to + r], r < `ABREAST`."""
    n, each = x.lanes, SUMS // x.lanes
    starts = [(at + apart * r, n * q) for r in range(ABREAST) for q in range(each)]

    def step(i, sums):
        loaded = [x.load(begin + i * SUMS + lane) for begin, lane in starts]
        return [fma(v, v, s) for v, s in zip(loaded, sums, strict=True)]

    sums = accumulate(rounds, [x.number(0.0)] * len(starts), step)
    for r in range(ABREAST):
        out.store(to + r, _folded(sums[r * each : (r + 1) * each]))


@inner_kernel
def sum_squares(y, at, count, out, to):
    """out[to] = sum of y[i]^2 over i = at .. at + count - 1."""
    rounds = count // SUMS
    run_of_squares(y, at, rounds, out, to)
    for i in range(at + rounds * SUMS, at + count):
        out[to] += y[i] * y[i]


@inner_kernel
def cut(y, head, tail, at, part):
    """part[i] = sample at + i; `head` ends where the signal begins, `tail` follows it; zeros beyond."""
    size, n = part.size, y.size
    low = min(size, max(0, -at))
    high = max(low, min(size, n - at))
    part[:] = 0
    for i in range(max(0, -at - head.size), low):
        part[i] = head[head.size + at + i]
    for i in range(low, high):
        part[i] = y[at + i]
    for i in range(high, min(size, n + tail.size - at)):
        part[i] = tail[at + i - n]


@kernel
def root_mean_squares(y, head, tail, start, length, hop, count, out, first):
    """out[first + t] = root of the mean square of frame t, which begins at sample start + t hop, t < count.

    Returns whether all squares are finite.
    """
    size = math.gcd(length, hop)
    if size < SUMS or hop >= length:
        size, apart, step = length, hop, 1
    else:
        apart, step = size, hop // size
    each = length // size
    sums = np.empty((count - 1) * step + each, y.dtype)
    edge = np.empty(size, y.dtype)
    watch = 0.0
    k = 0
    while k < sums.size:
        at = start + k * apart
        several = at >= 0 and at + (ABREAST - 1) * apart + size <= y.size and k + ABREAST <= sums.size
        if several and size % SUMS == 0:
            _granules(y, at, apart, size // SUMS, sums, k)
            k += ABREAST
            continue
        if at >= 0 and at + size <= y.size:
            sum_squares(y, at, size, sums, k)
        else:
            cut(y, head, tail, at, edge)
            sum_squares(edge, 0, size, sums, k)
        k += 1
    for k in range(sums.size):
        watch += 0.0 * sums[k]
    total = np.empty(1, y.dtype)
    rounds = each // SUMS
    for t in range(count):
        total[0] = 0
        if rounds:
            run_of_sums(sums, t * step, rounds, total, 0)
        for k in range(t * step + rounds * SUMS, t * step + each):
            total[0] += sums[k]
        out[first + t] = math.sqrt(total[0] / length)
    return watch == 0.0

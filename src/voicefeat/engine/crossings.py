"""Zero crossings: where a signal changes its sign, and how often in each frame.

Sign changes are counted once for all frames: between the points where frames begin and end.
Counts are integers, so their running total is exact, and the count of a frame is the difference of two
totals.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from .jit import inner_kernel, kernel
from .laneop import LaneOp, accumulate, lane_op
from .simd import Vector, fma


def _changed(y, i, threshold, zero_apart):
    """Whether y[i] and y[i + 1] differ in sign, lane by lane; without `zero_apart`, 0 counts as positive."""
    b, x, after, least = y.b, y.load(i), y.load(i + 1), y.number(threshold)
    change = b.xor((x < -least).value, (after < -least).value)
    if zero_apart:
        change = b.or_(change, b.xor((x > least).value, (after > least).value))
    return x, change


def _counting(zero_apart):
    @lane_op
    def count(y, at, rounds, threshold, found, watch):
        """Changes after y[at], ..., y[at + rounds lanes - 1] to found[0]; 0 y is added to `watch`."""
        b, n = y.b, y.lanes
        whole = ir.VectorType(ir.IntType(8 * y.item), n)

        def step(i, carried):
            total, seen = carried
            x, change = _changed(y, at + i * n, threshold, zero_apart)
            return [Vector(b, b.sub(total.value, b.sext(change, whole))), fma(x, y.number(0.0), seen)]

        none = Vector(b, ir.Constant(whole, [0] * n))
        totals, seen = accumulate(rounds, [none, watch.load(0)], step)
        watch.store(0, seen)
        total = ir.Constant(ir.IntType(64), 0)
        for lane in range(n):
            one = b.extract_element(totals.value, ir.Constant(ir.IntType(32), lane))
            total = b.add(total, one if y.item == 8 else b.zext(one, ir.IntType(64)))
        found.put(0, total)

    return count


def _marking(zero_apart):
    @lane_op
    def mark(y, at, rounds, threshold, out, watch):
        """out[i + 1] = 1 where the sign changes after y[i], else 0, i = at .. at + rounds lanes - 1."""
        byte = ir.VectorType(ir.IntType(8), y.lanes)

        def step(i, seen):
            x, change = _changed(y, at + i * y.lanes, threshold, zero_apart)
            out.store(at + i * y.lanes + 1, Vector(y.b, y.b.zext(change, byte)))
            return [fma(x, y.number(0.0), seen[0])]

        watch.store(0, accumulate(rounds, [watch.load(0)], step)[0])

    return mark


count_signs: LaneOp = _counting(False)
count_signs_and_zeros: LaneOp = _counting(True)
mark_signs: LaneOp = _marking(False)
mark_signs_and_zeros: LaneOp = _marking(True)


@inner_kernel
def changes(y, low, high, threshold, zero_pos, lanes, found, watch):
    """How many i in low .. high - 1, where the signal is, have a change of sign between y[i] and y[i + 1]."""
    low, high = max(low, 0), min(high, y.size - 1)
    if high <= low:
        return 0
    rounds = (high - low) // lanes
    if zero_pos:
        count_signs(y, low, rounds, threshold, found, watch)
    else:
        count_signs_and_zeros(y, low, rounds, threshold, found, watch)
    total = found[0]
    for i in range(low + rounds * lanes, high):
        change = (y[i] < -threshold) != (y[i + 1] < -threshold)
        if not zero_pos:
            change = change or (y[i] > threshold) != (y[i + 1] > threshold)
        total += change
        watch[0] += 0 * y[i]
    return total


@kernel
def crossing_rates(y, head, tail, start, length, hop, count, threshold, zero_pos, more, lanes, out, first):
    """out[first + t] = changes of sign within frame t, and `more`, over `length`; t < count.

    Frame t begins at sample start + t hop. There are no changes beyond the signal: `head` and `tail` are not
    read. `threshold` is a number of y's precision. Returns whether all samples that have a neighbour in a
    frame are finite.
    """
    hops, rest = (length - 1) // hop, (length - 1) % hop
    found, watch = np.empty(1, np.int64), np.zeros(lanes, y.dtype)
    # Changes up to where hop k begins, and in its first part, up to where the frame that ends in it ends.
    before, part = np.empty(count + hops, np.int64), np.empty(count + hops, np.int64)
    total = 0
    for k in range(count + hops):
        at = start + k * hop
        before[k] = total
        part[k] = changes(y, at, at + rest, threshold, zero_pos, lanes, found, watch)
        if hops:
            total += part[k] + changes(y, at + rest, at + hop, threshold, zero_pos, lanes, found, watch)
    for t in range(count):
        out[first + t] = (before[t + hops] - before[t] + part[t + hops] + more) / length
    return watch.sum() == 0.0


@kernel
def crossing_marks(y, rows, length, threshold, zero_pos, first, lanes, out):
    """out[i] = whether the sign changes between y[i - 1] and y[i], in each row; `first` begins a row.

    Returns whether all samples are finite.
    """
    watch = np.zeros(lanes, y.dtype)
    for row in range(rows):
        start, end = row * length, (row + 1) * length
        out[start] = first
        watch[0] += 0 * y[end - 1]
        rounds = (length - 1) // lanes
        if zero_pos:
            mark_signs(y, start, rounds, threshold, out, watch)
        else:
            mark_signs_and_zeros(y, start, rounds, threshold, out, watch)
        for i in range(start + rounds * lanes, end - 1):
            change = (y[i] < -threshold) != (y[i + 1] < -threshold)
            if not zero_pos:
                change = change or (y[i] > threshold) != (y[i + 1] > threshold)
            out[i + 1] = change
            watch[0] += 0 * y[i]
    return watch.sum() == 0.0

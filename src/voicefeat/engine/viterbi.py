"""The most likely path through voiced and unvoiced pitches, with small steps of pitch.

States are n voiced pitches and the same n unvoiced. From pitch k to pitch j the logarithm of the
probability is same[rows[k] + j - k] if voicing stays and switch[rows[k] + j - k] if it changes, as long
as j is near k (-inf outside), and `off` to every state far away. With V the best path up to each state,

    V[t + 1, j] = observation[t + 1, j] + max over k of V[t, k] + transition[k, j]

in the logarithmic domain, with each sum rounded as if all pairs were tried. Few voiced pitches are
candidates at a time: the others are so unlikely that they cannot be on any best path, and are skipped
if that is certain. The backward pass searches the best predecessor of one state per frame, so no pointers are
kept.

A row of V holds the voiced states, padded to `stride`, and then the unvoiced ones.
"""

from __future__ import annotations

import numpy as np

from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op
from .simd import maximum


@lane_op
def spread_unvoiced(values, at, first, count, j, rows, same, switch, floor, out, voiced, unvoiced):
    """The best path to `lanes` pitches from j on, voiced and unvoiced, from unvoiced pitches first ..."""

    def step(i, best):
        k = first + i
        value = values.splat(at + k)
        place = rows.index(k) + j - k
        return [
            maximum(value + switch.load(place), best[0]),
            maximum(value + same.load(place), best[1]),
        ]

    start = out.number(floor)
    best = accumulate(count, [start, start], step)
    out.store(voiced, best[0])
    out.store(unvoiced, best[1])


@kernel
def most(values, at, n):
    """The first of the largest of n numbers."""
    best = 0
    for i in range(1, n):
        if values[at + i] > values[at + best]:
            best = i
    return best


@inner_kernel
def highest(values, at, n, stride):
    """The largest value of a row."""
    a, b, c, d = -np.inf, -np.inf, -np.inf, -np.inf
    for i in range(0, n - 1, 2):
        a, b = max(a, values[at + i]), max(b, values[at + i + 1])
        c, d = max(c, values[at + stride + i]), max(d, values[at + stride + i + 1])
    a, b = max(a, values[at + n - 1]), max(b, values[at + stride + n - 1])
    return max(max(a, b), max(c, d))


@kernel
def observe(values, at, n, stride, bins, logs, begin, end, quiet, unvoiced, kept):
    """Add the observation of one frame: candidates begin .. end - 1, `quiet` for other voiced pitches."""
    for c in range(begin, end):
        kept[c - begin] = values[at + bins[c]] + logs[c]
    for j in range(n):
        values[at + j] += quiet
        values[at + stride + j] += unvoiced
    for c in range(begin, end):
        values[at + bins[c]] = kept[c - begin]


@kernel
def forward(
    values, ceilings, n, stride, lanes, first, last, ends, bins, logs, unvoiced, quiet,
    rows, same, switch, reach, top, off, kept,
):  # fmt: skip
    """Rows of V for frames first + 1 .. last; row 0 is that of frame `first`.

    ceilings[i] is the best value from a far state of row i. Candidates of frame t are ends[t] ..
    ends[t + 1] - 1; `top` is the largest of the transitions, `reach` how far the near ones go.
    """
    for t in range(first, last):
        at = (t - first) * 2 * stride
        to = at + 2 * stride
        ceiling = highest(values, at, n, stride) + off
        ceilings[t - first] = ceiling
        least = np.inf
        for j in range(0, n, lanes):
            begin, end = max(0, j - reach), min(n, j + lanes + reach)
            spread_unvoiced(
                values, at + stride, begin, end - begin, j, rows, same, switch, ceiling,
                values, to + j, to + stride + j,
            )  # fmt: skip
        for j in range(n):
            least = min(least, values[to + j], values[to + stride + j])
        for k in range(n):
            value = values[at + k]
            if value + top > least:
                for j in range(max(0, k - reach), min(n, k + reach + 1)):
                    place = rows[k] + j - k
                    values[to + j] = max(values[to + j], value + same[place])
                    values[to + stride + j] = max(values[to + stride + j], value + switch[place])
        observe(values, to, n, stride, bins, logs, ends[t + 1], ends[t + 2], quiet, unvoiced[t + 1], kept)


@inner_kernel
def predecessor(values, at, n, stride, ceiling, state, rows, same, switch, reach, off):
    """The first of the states from which `state` is best reached."""
    j, voiced = state % n, state < n
    best, found = -np.inf, 2 * n
    low, high = max(0, j - reach), min(n, j + reach + 1)
    for k in range(low, high):
        x = values[at + k] + (same[rows[k] + j - k] if voiced else switch[rows[k] + j - k])
        if x > best:
            best, found = x, k
    for k in range(low, high):
        x = values[at + stride + k] + (switch[rows[k] + j - k] if voiced else same[rows[k] + j - k])
        if x > best:
            best, found = x, n + k
    if ceiling >= best:
        for k in range(2 * n):
            x = values[at + k] if k < n else values[at + stride + k - n]
            if x + off == ceiling:
                return k if ceiling > best else min(k, found)
    return found


@kernel
def backward(values, ceilings, n, stride, first, last, rows, same, switch, reach, off, states):
    """states[first .. last - 1] of the best path, which is in states[last] at frame `last`."""
    for t in range(last - 1, first - 1, -1):
        i = t - first
        states[t] = predecessor(
            values, i * 2 * stride, n, stride, ceilings[i], states[t + 1], rows, same, switch, reach, off
        )

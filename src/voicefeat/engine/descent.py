"""Passes over the variables in a bounded quasi-Newton descent (L-BFGS-B, all bounds 0), in double precision.

Vectors have a multiple of `SUMS` elements. The curvature seen so far is B = theta I - R' M R. Rows of R are
the steps made, and after each the change of the gradient along it: `pairs` holds them one after another.
A pass goes block by block: what it needs of a block stays in the first-level cache, and the rows come from
memory once. `SUMS` sums run in parallel, element i in sum i mod `SUMS`, and are added up at the end: the
order of additions does not depend on the number of lanes.

R. H. Byrd, P. Lu, J. Nocedal and C. Zhu, "A limited memory algorithm for bound constrained
optimization", 1995.
"""

from __future__ import annotations

import math

from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op
from .simd import fma, maximum, minimum, select

#: Sums that run in parallel.
SUMS = 8
#: Elements of a block; those of one whose rows are kept for products of each with each.
BLOCK, KEPT = 1024, 256


def _summing(x, rounds, kinds, sums, to, step):
    """Add `kinds` quantities to `sums` from `to` on: ``step(place, totals)`` adds those of one vector."""
    n = x.lanes
    parts = range(SUMS // n)

    def turn(i, totals):
        return [t for q in parts for t in step(i * SUMS + q * n, totals[kinds * q : kinds * (q + 1)])]

    start = [sums.load(to + SUMS * k + n * q) for q in parts for k in range(kinds)]
    for j, total in enumerate(accumulate(rounds, start, turn)):
        sums.store(to + SUMS * (j % kinds) + n * (j // kinds), total)


@lane_op
def _slopes(x, g, at, rounds, d, times, sums):
    """`d` and `times` as in `look`; sums of squares of d, and the largest part of the projected gradient."""

    def step(i, totals):
        u, v = x.load(at + i), g.load(at + i)
        down = select(u > 0.0, -v, maximum(-v, v.constant(0.0)))
        part = select(v > 0.0, minimum(u, v), v)
        d.store(at + i, down)
        times.store(at + i, select((u > 0.0) & (v > 0.0), u / v, u.constant(math.inf)))
        return [fma(down, down, totals[0]), maximum(totals[1], maximum(part, -part))]

    _summing(x, rounds, 2, sums, 0, step)


@lane_op
def _differences(x, g, old_x, old_g, at, rounds, pairs, first, second, sums):
    """A step and its change of the gradient; sums of the step times both gradients, of the change squared."""

    def step(i, totals):
        u, v, w = g.load(at + i), x.load(at + i) - old_x.load(at + i), old_g.load(at + i)
        pairs.store(first + i, v)
        pairs.store(second + i, u - w)
        return [fma(v, w, totals[0]), fma(v, u, totals[1]), fma(u - w, u - w, totals[2])]

    _summing(x, rounds, 3, sums, 2 * SUMS, step)


@lane_op
def _products(a, a0, a1, b, b0, c, c0, rounds, sums, to):
    """Sums of products of a[a0 ..] with b[b0 ..] and with c[c0 ..], and of a[a1 ..] with both."""

    def step(i, totals):
        u, v, s, t = a.load(a0 + i), a.load(a1 + i), b.load(b0 + i), c.load(c0 + i)
        return [fma(x, y, z) for (x, y), z in zip(((u, s), (u, t), (v, s), (v, t)), totals, strict=True)]

    _summing(a, rounds, 4, sums, to, step)


@lane_op
def _points(x, g, d, times, at, rounds, gone, theta, point, rest):
    """Where the path stands after `gone`, and the gradient there without what the pairs say, 0 at bounds."""

    def step(i, totals):
        i = i + at
        here, zero = x.load(i), x.number(0.0)
        there = maximum(fma(x.number(gone), d.load(i), here), zero)
        there = select(times.load(i) > x.number(gone), there, zero)
        point.store(i, there)
        rest.store(i, select(there > 0.0, fma(x.number(theta), there - here, g.load(i)), zero))
        return totals

    _summing(x, rounds, 0, x, 0, step)


@lane_op
def _free_rows(pairs, first, second, point, rest, at, rounds, kept, to, sums, where):
    """Two rows with 0 where `point` is 0, one after another in `kept`; sums of their products with `rest`."""

    def step(i, totals):
        free, r, zero = point.load(at + i) > 0.0, rest.load(at + i), point.number(0.0)
        u, v = select(free, pairs.load(first + i), zero), select(free, pairs.load(second + i), zero)
        kept.store(to + i, u)
        kept.store(to + i + KEPT, v)
        return [fma(u, r, totals[0]), fma(v, r, totals[1])]

    _summing(pairs, rounds, 2, sums, where, step)


@lane_op
def _add_rows(pairs, first, second, weights, j, rest, at, rounds):
    """Add two rows, times weights j and j + 1, to `rest`."""

    def step(i, totals):
        total = fma(weights.splat(j), pairs.load(first + i), rest.load(at + i))
        rest.store(at + i, fma(weights.splat(j + 1), pairs.load(second + i), total))
        return totals

    _summing(rest, rounds, 0, rest, 0, step)


@lane_op
def _targets(x, g, point, rest, at, rounds, scale, target, sums):
    """rest times `scale` where `point` is above 0, the point after that step, and sums of the way times g."""

    def step(i, totals):
        i = i + at
        here, zero = point.load(i), x.number(0.0)
        newton = select(here > 0.0, rest.load(i) * x.number(scale), zero)
        there = maximum(here + newton, zero)
        rest.store(i, newton)
        target.store(i, there)
        return [fma(there - x.load(i), g.load(i), totals[0])]

    _summing(x, rounds, 1, sums, 0, step)


@inner_kernel
def _total(sums, at):
    """One of the sums, in halves."""
    a, b = sums[at] + sums[at + 4], sums[at + 1] + sums[at + 5]
    c, d = sums[at + 2] + sums[at + 6], sums[at + 3] + sums[at + 7]
    return (a + c) + (b + d)


@kernel
def look(x, g, d, times, sums, out):
    """The way down from x: its direction `d`, 0 where a bound stops it, and when bounds are met, in `times`.

    A variable that meets none has the time inf. ``out[0]`` is d times d and ``out[1]`` the largest part of
    the projected gradient. `sums` has 5 `SUMS` elements.
    """
    sums[:] = 0.0
    for at in range(0, x.size, BLOCK):
        _slopes(x, g, at, min(BLOCK, x.size - at) // SUMS, d, times, sums)
    out[0], out[1] = _total(sums, 0), 0.0
    for i in range(SUMS):
        out[1] = max(out[1], sums[SUMS + i])


@kernel
def advance(x, g, old_x, old_g, pairs, row, d, times, sums, out):
    """As `look`, after a step from `old_x`: row `row` of `pairs` is the step, the next the gradient's change.

    ``out[2]``, ``out[3]`` are the step times the old and the new gradient, ``out[4]`` is the change squared.
    """
    size = x.size
    sums[:] = 0.0
    for at in range(0, size, BLOCK):
        rounds = min(BLOCK, size - at) // SUMS
        _slopes(x, g, at, rounds, d, times, sums)
        _differences(x, g, old_x, old_g, at, rounds, pairs, row * size + at, (row + 1) * size + at, sums)
    out[0], out[1] = _total(sums, 0), 0.0
    for i in range(SUMS):
        out[1] = max(out[1], sums[SUMS + i])
    for j in range(2, 5):
        out[j] = _total(sums, j * SUMS)


@kernel
def times_rows(pairs, count, d, sums, out):
    """Products of the last of `count` steps, and of `d`, with each step and each change: ``out[4 j ..]``.

    In this order: step j with the last step, with `d`, change j with the last step, with `d`.
    `sums` has 4 `count` `SUMS` elements.
    """
    size = d.size
    last = 2 * (count - 1) * size
    sums[:] = 0.0
    for at in range(0, size, BLOCK):
        rounds = min(BLOCK, size - at) // SUMS
        for j in range(count):
            row = 2 * j * size + at
            _products(pairs, row, row + size, pairs, last + at, d, at, rounds, sums, 4 * j * SUMS)
    for j in range(4 * count):
        out[j] = _total(sums, j * SUMS)


@kernel
def inner(x, g, d, times, gone, theta, pairs, count, point, rest, kept, sums, squares, along):
    """The point of the path at `gone`, and what the search among the variables that are not 0 there needs.

    `rest` is the gradient there without the part of the pairs, `squares` are the products of all rows with
    each other, `along` those with `rest`, summed over these variables alone. `kept` has 2 `count` rows of
    `KEPT` elements, `sums` has 2 `count` (`count` + 2) `SUMS`.
    """
    size, wide = x.size, 2 * count
    sums[:] = 0.0
    for at in range(0, size, KEPT):
        rounds = min(KEPT, size - at) // SUMS
        _points(x, g, d, times, at, rounds, gone, theta, point, rest)
        to = wide * SUMS
        for j in range(count):
            row, mine = 2 * j * size + at, 2 * j * KEPT
            _free_rows(pairs, row, row + size, point, rest, at, rounds, kept, mine, sums, 2 * j * SUMS)
            for k in range(j + 1):
                other = 2 * k * KEPT
                _products(kept, mine, mine + KEPT, kept, other, kept, other + KEPT, rounds, sums, to)
                to += 4 * SUMS
    for a in range(wide):
        along[a] = _total(sums, a * SUMS)
    to = wide * SUMS
    for j in range(count):
        for k in range(j + 1):
            for a in range(2 * j, 2 * j + 2):
                for b in range(2 * k, 2 * k + 2):
                    squares[a * wide + b] = squares[b * wide + a] = _total(sums, to)
                    to += SUMS


@kernel
def newton(x, g, point, rest, weights, scale, pairs, target, sums):
    """`target`, where the search ends if no bound is in its way, else at the bound; the way from x times g.

    `rest` becomes the step from `point`: `scale` times the sum of `rest` and of `weights` times rows.
    """
    size = x.size
    sums[:] = 0.0
    for at in range(0, size, BLOCK):
        rounds = min(BLOCK, size - at) // SUMS
        for j in range(0, weights.size, 2):
            _add_rows(pairs, j * size + at, (j + 1) * size + at, weights, j, rest, at, rounds)
        _targets(x, g, point, rest, at, rounds, scale, target, sums)
    return _total(sums, 0)

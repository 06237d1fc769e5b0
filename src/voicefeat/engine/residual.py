"""The prediction errors f and b of a signal, by a lattice of stages.

See `burg`. A block of the signal goes through the stages in scratch memory, two stages at a time.
"""

from __future__ import annotations

from .jit import inner_kernel
from .laneop import accumulate, lane_op
from .simd import fma, spread, wide

#: Samples of a block, and partial sums of each sum: the same for every lane width.
BLOCK, PARTS = 1024, 8


@lane_op
def two_stages(f, b, count, first, second):
    """f and b two stages later, in place, `count` vectors of them."""
    n = f.lanes
    k, q = f.number(first), f.number(second)

    def step(i, kept):
        i = i * n
        f0, f1, f2 = (f.load(i + j) for j in range(3))
        b0, b1, b2 = (b.load(i + j) for j in range(3))
        f.store(i, fma(q, fma(k, f1, b1), fma(k, b2, f2)))
        b.store(i, fma(q, fma(k, b1, f1), fma(k, f0, b0)))
        return kept

    accumulate(count, [], step)


@lane_op
def first_stages(y, at, count, first, second, f, b):
    """f and b after the first two stages, from sample `at` of the signal on."""
    n = y.lanes

    def step(i, kept):
        i = i * n
        y0, y1, y2, y3 = (wide(y.load(i + at + j)) for j in range(4))
        k, q = (spread(x.b, x.value, n) for x in (first, second))
        f.store(i, fma(q, fma(k, y2, y1), fma(k, y2, y3)))
        b.store(i, fma(q, fma(k, y1, y2), fma(k, y1, y0)))
        return kept

    accumulate(count, [], step)


@lane_op
def products(f, b, count, out):
    """PARTS partial sums each of f b, f+ b, f+ f + b+ b and b+ f over PARTS count samples; + is one on."""
    n = f.lanes
    each = PARTS // n

    def step(i, sums):
        new = []
        for v in range(each):
            at = i * PARTS + v * n
            f0, f1, b0, b1 = f.load(at), f.load(at + 1), b.load(at), b.load(at + 1)
            same, on, both, back = sums[4 * v : 4 * v + 4]
            new += [fma(f0, b0, same), fma(f1, b0, on), fma(b1, b0, fma(f1, f0, both)), fma(b1, f0, back)]
        return new

    sums = accumulate(count, [f.number(0.0)] * (4 * each), step)
    for place, total in enumerate(sums):
        out.store(place % 4 * PARTS + place // 4 * n, total)


@lane_op
def energies(f, b, count, out):
    """PARTS partial sums of f f + b b over PARTS count samples."""
    n = f.lanes
    each = PARTS // n

    def step(i, sums):
        places = [i * PARTS + v * n for v in range(each)]
        new = []
        for place, total in zip(places, sums, strict=True):
            x, z = f.load(place), b.load(place)
            new.append(fma(z, z, fma(x, x, total)))
        return new

    for v, total in enumerate(accumulate(count, [f.number(0.0)] * each, step)):
        out.store(v * n, total)


@lane_op
def copy_errors(y, at, count, f, b):
    """b from sample `at` on and f from the next on, `count` vectors of each."""

    def step(i, kept):
        i = i * y.lanes
        b.store(i, wide(y.load(i + at)))
        f.store(i, wide(y.load(i + at + 1)))
        return kept

    accumulate(count, [], step)


@inner_kernel
def load_errors(y, at, n, begin, count, lanes, f, b):
    """The errors before the first stage: the next sample and this one, count of each from `begin` on."""
    full = max(0, min(count, n - 1 - begin)) // lanes
    copy_errors(y, at + begin, full, f, b)
    for i in range(full * lanes, count):
        j = begin + i
        b[i] = y[at + j] if j < n else 0.0
        f[i] = y[at + j + 1] if j + 1 < n else 0.0


@inner_kernel
def errors_of_block(y, at, n, begin, stage, kept, reflections, lanes, y_lanes, f, b):
    """f and b of a block after `stage` stages, then zeros; with `kept`, only the last two are computed."""
    left = n - 1 - stage - begin
    size = min(BLOCK, left)
    span = min(f.size, size + stage + 2 * lanes + PARTS + 2)
    done = 0
    if stage > 0 and kept:
        done = stage - 2
    elif stage > 0 and begin + f.size + y_lanes + 4 <= n:
        first_stages(y, at + begin, f.size // y_lanes, reflections[0], reflections[1], f, b)
        done = 2
    else:
        load_errors(y, at, n, begin, span, y_lanes, f, b)
    for s in range(done, stage, 2):
        two_stages(f, b, (size + stage - s + lanes - 2) // lanes, reflections[s], reflections[s + 1])
    for i in range(max(0, left), span):
        f[i] = b[i] = 0.0
    return (size + PARTS - 1) // PARTS

"""RASTA's filter along frames, and gammatone filters along samples.

A gammatone filter is four sections in a row, each with the same two poles and a zero of its own,

    y = x + u        u' = b x - a1 y + v        v' = -a2 y

with b = -zero, a1 = -2 r cos w and a2 = r^2. A lane is a filter. The state of a section is set to 0 if
it is below `LEAST`, far above the subnormal numbers, which are slow on many processors.
"""

from __future__ import annotations

from .jit import inner_kernel, kernel
from .lanemath import exp, sqrt
from .laneop import accumulate, lane_op
from .simd import fma, select

#: The size of the state of a RASTA band: four logarithms, the latest first, and the latest result.
MEMORY = 5
#: The constants of a lane of a gammatone filter: a1, a2, four b and a gain; its state: u and v of four
#: sections.
CONSTANTS, STATES = 7, 8
LEAST = 1e-200


@lane_op
def raised(tiles, i, exponent):
    tiles.store(i, exp(tiles.load(i) * tiles.number(exponent)))


@kernel
def exponential_tiles(tiles, size, lanes, exponent):
    """exp(exponent x) of the first `size` elements, in place."""
    for i in range(0, size, lanes):
        raised(tiles, i, exponent)


@kernel
def rasta_tiles(tiles, tile_rows, rows, frames, lanes, pole, first, state):
    """RASTA's filter, a slope over five frames and a pole, in place; `first` is the number of frame 0.

    The first four frames of a signal are 0, and the fifth is the slope alone.
    """
    for k in range(rows):
        kept = state[k * MEMORY : (k + 1) * MEMORY]
        for t in range(frames):
            i = (t // lanes * tile_rows + k) * lanes + t % lanes
            x = tiles[i]
            slope = 0.1 * (2 * (x - kept[3]) + (kept[0] - kept[2])) if first + t > 3 else 0.0
            slope += pole * kept[4]
            kept[3], kept[2], kept[1], kept[0], kept[4] = kept[2], kept[1], kept[0], x, slope
            tiles[i] = slope


@lane_op
def cascade(x, count, constants, state, squares, to):
    """Squares of the outputs of the filters for `count` samples, to rows of lanes from element `to` on."""
    n = squares.lanes
    a1, a2, gain = constants.load(0), constants.load(n), constants.load(6 * n)
    zeros = [constants.load((2 + s) * n) for s in range(4)]

    def step(i, kept):
        y, after = x.splat(i), []
        for s in range(4):
            given = y
            y = given + kept[2 * s]
            after += [fma(-a1, y, fma(zeros[s], given, kept[2 * s + 1])), -a2 * y]
        y = y * gain
        squares.store(to + i * n, y * y)
        return after

    start = [state.load(s * n) for s in range(STATES)]
    for s, kept in enumerate(accumulate(count, start, step)):
        size = kept.call("fabs")
        state.store(s * n, select(size < LEAST, kept * 0.0, kept))


@lane_op
def root_mean(squares, at, fours, left, share, out, to):
    """Square root of `share` times the sum of 4 `fours` + `left` rows from element `at` on."""
    n = squares.lanes
    zero = squares.number(0.0)

    def four(i, sums):
        return [s + squares.load(at + (i * 4 + j) * n) for j, s in enumerate(sums)]

    a, b, c, d = accumulate(fours, [zero] * 4, four)
    (total,) = accumulate(
        left, [(a + b) + (c + d)], lambda i, s: [s[0] + squares.load(at + (fours * 4 + i) * n)]
    )
    out.store(to, sqrt(total * squares.number(share)))


@inner_kernel
def filtered(x, at, count, chunk, constants, state, squares, to):
    """Samples at, ..., at + count - 1 through the filters; x is zero-padded at its end."""
    real = max(0, min(count, x.size - at))
    for i in range(real):
        chunk[i] = x[at + i]
    for i in range(real, count):
        chunk[i] = 0.0
    cascade(chunk, count, constants, state, squares, to)


@kernel
def filter_frames(x, frames, length, hop, constants, lanes, state, chunk, squares, block, out):
    """out[t, lane] = root mean square of the lane's filter over samples t hop, ..., t hop + length - 1.

    Frames are processed `block` at a time: `squares` has room for the rows of a block, `chunk` for the
    samples that are filtered at a time.
    """
    done, base, share = 0, 0, 1.0 / length
    for first in range(0, frames, block):
        start = first * hop
        while done < start:  # samples between frames
            count = min(start - done, chunk.size)
            filtered(x, done, count, chunk, constants, state, squares, 0)
            done += count
            base = done
        kept = (done - start) * lanes
        for i in range(kept):
            squares[i] = squares[(start - base) * lanes + i]
        base = start
        many = min(block, frames - first)
        stop = start + (many - 1) * hop + length
        while done < stop:
            count = min(stop - done, chunk.size)
            filtered(x, done, count, chunk, constants, state, squares, (done - base) * lanes)
            done += count
        for t in range(many):
            root_mean(squares, t * hop * lanes, length // 4, length % 4, share, out, (first + t) * lanes)

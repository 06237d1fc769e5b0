"""Short correlations along time, for deltas: here lanes are neighbouring frames of one row.

Eight vectors at a time, eight chains of fused multiply-adds, which hide the latency of one. Each sum is
computed in the order of the weights, wherever its vector lies.
"""

from __future__ import annotations

from .jit import inner_kernel, kernel
from .laneop import LaneOp, accumulate, lane_op
from .simd import fma

#: Vectors that are summed in parallel.
ABREAST = 8


def _taps(vectors: int):
    @lane_op
    def taps(x, at, weights, count, out, to):
        """out[to + t] = sum_j weights[j] x[at + t + j], j < count, of `vectors` vectors of t."""
        n = x.lanes

        def step(j, sums):
            w = weights.splat(j)
            return [fma(w, x.load(at + j + v * n), total) for v, total in enumerate(sums)]

        for v, total in enumerate(accumulate(count, [x.number(0.0)] * vectors, step)):
            out.store(to + v * n, total)

    return taps


taps: LaneOp = _taps(1)
many_taps: LaneOp = _taps(ABREAST)


@inner_kernel
def correlate_run(x, at, count, weights, lanes, out, to):
    """out[to + t] = sum_j weights[j] x[at + t + j], t < count, which is `lanes` or more."""
    t = 0
    while t + ABREAST * lanes <= count:
        many_taps(x, at + t, weights, weights.size, out, to + t)
        t += ABREAST * lanes
    while t < count:
        t = min(t, count - lanes)  # the last vector overlaps the previous one
        taps(x, at + t, weights, weights.size, out, to + t)
        t += lanes


@kernel
def correlate_rows(x, rows, length, weights, lanes, scratch, out, stride, first):
    """out[r, first + t] = sum_j weights[j] x[r, t + j] wherever all j are in the row, flat arrays.

    `scratch` holds weights.size + 2 lanes elements, for rows shorter than a vector.
    """
    count = length - weights.size + 1
    for r in range(rows):
        at, to = r * length, r * stride + first
        if count >= lanes:
            correlate_run(x, at, count, weights, lanes, out, to)
        else:
            for j in range(weights.size + lanes):
                scratch[j] = x[at + j] if j < length else 0.0
            taps(scratch, 0, weights, weights.size, scratch, weights.size + lanes)
            for t in range(count):
                out[to + t] = scratch[weights.size + lanes + t]


@kernel
def correlate_repeated(x, at, rows, frames, weights, lanes, padded, out, to):
    """out[to + r frames + t] = sum_j weights[j] x[r, t + j - half], the ends of rows repeated.

    Row r begins at x[at + r frames]; `out` may be `x`, other rows of it. `padded` holds
    frames + weights.size + 2 lanes elements.
    """
    half = weights.size // 2
    end = frames + 2 * half
    for r in range(rows):
        row = at + r * frames
        for j in range(half):
            padded[j] = x[row]
            padded[half + frames + j] = x[row + frames - 1]
        for t in range(frames):
            padded[half + t] = x[row + t]
        if frames >= lanes:
            correlate_run(padded, 0, frames, weights, lanes, out, to + r * frames)
        else:
            for j in range(lanes):
                padded[end + j] = 0.0
            taps(padded, 0, weights, weights.size, padded, end + lanes)
            for t in range(frames):
                out[to + r * frames + t] = padded[end + lanes + t]


@kernel
def fit_ends(x, rows, length, fitted, out):
    """The first and the last frames of each row, as weighted sums of the first and the last `width` frames.

    `fitted` is (width, width) in double precision; its middle row is the one of `correlate_rows`.
    """
    width = int(fitted.size**0.5 + 0.5)
    half = width // 2
    for r in range(rows):
        for i in range(half):
            begin, end = 0.0, 0.0
            for j in range(width):
                begin += fitted[i * width + j] * x[r * length + j]
                end += fitted[(half + 1 + i) * width + j] * x[(r + 1) * length - width + j]
            out[r * length + i] = begin
            out[(r + 1) * length - half + i] = end

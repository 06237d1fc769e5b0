"""Short correlations along time, for deltas: here lanes are neighbouring frames of one row."""

from __future__ import annotations

from .jit import kernel
from .laneop import accumulate, lane_op
from .simd import fma


@lane_op
def taps(x, at, weights, count, out, to):
    """out[to + t] = sum_j weights[j] x[at + t + j], j < count."""

    def step(j, total):
        return [fma(weights.splat(j), x.load(at + j), total[0])]

    out.store(to, accumulate(count, [x.number(0.0)], step)[0])


@kernel
def correlate_rows(x, rows, length, weights, lanes, scratch, out, stride, first):
    """out[r, first + t] = sum_j weights[j] x[r, t + j] wherever all j are in the row, flat arrays.

    `scratch` holds weights.size + 2 lanes elements, for rows shorter than a vector.
    """
    count = length - weights.size + 1
    for r in range(rows):
        at, to = r * length, r * stride + first
        if count >= lanes:
            for t in range(0, count, lanes):
                t = min(t, count - lanes)  # the last vector overlaps the one before
                taps(x, at + t, weights, weights.size, out, to + t)
        else:
            for j in range(weights.size + lanes):
                scratch[j] = x[at + j] if j < length else 0.0
            taps(scratch, 0, weights, weights.size, scratch, weights.size + lanes)
            for t in range(count):
                out[to + t] = scratch[weights.size + lanes + t]


@kernel
def fit_ends(x, rows, length, fitted, out):
    """The first and the last frames of each row, as weights of the first and the last `width` frames.

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

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
def correlate_rows(padded, rows, length, weights, lanes, last, out):
    """out[r, t] = sum_j weights[j] padded[r, t + j] for t < length, both flat.

    A row of `padded` holds length + weights.size - 1 + lanes elements, so that vectors may run over its
    end; `last` holds the lanes of a row's last vector.
    """
    width = length + weights.size - 1 + lanes
    whole = length - length % lanes
    for r in range(rows):
        for t in range(0, whole, lanes):
            taps(padded, r * width + t, weights, weights.size, out, r * length + t)
        if whole < length:
            taps(padded, r * width + whole, weights, weights.size, last, 0)
            for t in range(whole, length):
                out[r * length + t] = last[t - whole]

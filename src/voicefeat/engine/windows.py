"""Means and standard deviations of rows over a window of frames, for each frame."""

from __future__ import annotations

from .jit import kernel


@kernel
def standardise(x, rows, frames, first, end, variance, floor, sums, squares, out):
    """out[r, t] = x[r, t] minus the mean of frames first[t] .. end[t] - 1 of its row, flat arrays.

    With `variance` it is divided by their standard deviation, whose square is at least `floor`. The sum of a
    window is the difference of two running sums; `sums` and `squares` hold frames + 1 of them, in double
    precision.
    """
    sums[0] = 0.0
    squares[0] = 0.0
    for r in range(rows):
        at = r * frames
        for t in range(frames):
            value = float(x[at + t])
            sums[t + 1] = sums[t] + value
            if variance:
                squares[t + 1] = squares[t] + value * value
        for t in range(frames):
            count = end[t] - first[t]
            mean = (sums[end[t]] - sums[first[t]]) / count
            value = x[at + t] - mean
            if variance:
                spread = (squares[end[t]] - squares[first[t]]) / count - mean * mean
                value *= 1.0 / max(spread, floor) ** 0.5
            out[at + t] = value

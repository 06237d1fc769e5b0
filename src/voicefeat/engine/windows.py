"""Means and standard deviations of rows over a window of frames, for each frame."""

from __future__ import annotations

from .jit import kernel


@kernel
def standardise(x, rows, frames, first, end, at, variance, floor, before, after, sums, squares, out):
    """Frames `at`, at + 1, ... of `rows` rows of x minus the mean of a window, flat arrays.

    The window of the i-th of them is frames first[i] .. end[i] - 1 of its row. With `variance`, results are
    divided by the standard deviation of the window, whose square is at least `floor`. The sum of a window is
    the difference of two running sums; `sums` and `squares` hold frames + 1 of them, in double precision.
    `before` holds those of each row at frame 0, of values and of squares; those at frame `after` replace
    them.
    """
    count = first.size
    for r in range(rows):
        row, into = r * frames, r * count
        sums[0] = before[2 * r]
        squares[0] = before[2 * r + 1]
        for t in range(frames):
            value = float(x[row + t])
            sums[t + 1] = sums[t] + value
            if variance:
                squares[t + 1] = squares[t] + value * value
        for i in range(count):
            size = end[i] - first[i]
            mean = (sums[end[i]] - sums[first[i]]) / size
            value = x[row + at + i] - mean
            if variance:
                spread = (squares[end[i]] - squares[first[i]]) / size - mean * mean
                value *= 1.0 / max(spread, floor) ** 0.5
            out[into + i] = value
        before[2 * r] = sums[after]
        if variance:
            before[2 * r + 1] = squares[after]

"""Running medians of rows: a window is kept sorted, and each step removes one number and inserts one."""

from __future__ import annotations

from .jit import inner_kernel, kernel


@inner_kernel
def mirrored(i, n):
    """The place in a row of `n` that `i` beyond its ends is reflected to: d c b a | a b c d | d c b a."""
    i %= 2 * n
    return i if i < n else 2 * n - 1 - i


@inner_kernel
def place_of(window, count, x):
    """The number of the first `count` sorted numbers below x."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if window[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def running_medians(x, rows, length, width, window, out):
    """out[r, t] = number width // 2 of the sorted x[r, t - width // 2 ...], `width` of them, in flat arrays.

    Rows are reflected beyond their ends. `window` has room for `width` numbers.
    """
    before = width // 2
    for r in range(rows):
        row = x[r * length : (r + 1) * length]
        for count in range(width):
            new = row[mirrored(count - before, length)]
            at = place_of(window, count, new)
            for i in range(count, at, -1):
                window[i] = window[i - 1]
            window[at] = new
        out[r * length] = window[before]
        for t in range(1, length):
            old = row[mirrored(t - 1 - before, length)]
            new = row[mirrored(t + width - 1 - before, length)]
            at = place_of(window, width, old)
            while at < width - 1 and window[at + 1] < new:
                window[at] = window[at + 1]
                at += 1
            while at > 0 and window[at - 1] > new:
                window[at] = window[at - 1]
                at -= 1
            window[at] = new
            out[r * length + t] = window[before]

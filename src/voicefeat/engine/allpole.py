"""Linear prediction of windowed frames from their autocorrelation, and its cepstrum.

Rows are values, and columns the frames of a block, a whole number of vectors. The prediction error filter
A(z) = 1 + a_1 z^-1 + ... + a_p z^-p is computed by Levinson's recursion: from the filter of i - 1
coefficients and its error e,

    k = -(r_i + a_1 r_(i-1) + ... + a_(i-1) r_1) / e        a'_j = a_j + k a_(i-j)        e' = (1 - k^2) e

The cepstrum of 1 / A is c_n = -a_n - sum_(k < n) (k / n) c_k a_(n-k).
"""

from __future__ import annotations

from .jit import inner_kernel, kernel
from .laneop import accumulate, lane_op
from .simd import fma

#: Lags that are summed at a time: enough chains of multiply-adds to hide the latency of one.
LAGS = 7


@inner_kernel
def window_frames(x, at, hop, window, offset, lanes, frames):
    """frames[n, lane] = x[at + lane hop + n] window[n] + offset."""
    for n in range(window.size):
        row, weight, here = frames[n * lanes : (n + 1) * lanes], window[n], x[at + n :]
        for lane in range(lanes):
            row[lane] = here[lane * hop] * weight + offset


@lane_op
def correlate(frames, lag, count, out, to, width):
    """Lags lag, ..., lag + LAGS - 1: out[to + i width] = sum_n frames[n] frames[n + lag + i], n < count."""
    lanes = frames.lanes

    def step(n, sums):
        here = n * lanes
        x = frames.load(here)
        return [fma(x, frames.load(here + (lag + i) * lanes), s) for i, s in enumerate(sums)]

    for i, total in enumerate(accumulate(count, [frames.number(0.0)] * LAGS, step)):
        out.store(to + width * i, total)


@kernel
def lag_rows(x, hop, window, offset, width, lanes, lags, frames, out):
    """Autocorrelation at 0 .. lags - 1, a multiple of LAGS, of `width` frames, whose samples are all in x.

    `frames` has room for as many rows of lanes as there are samples and lags.
    """
    frames[window.size * lanes : (window.size + lags) * lanes] = 0
    for t in range(0, width, lanes):
        window_frames(x, t * hop, hop, window, offset, lanes, frames)
        for lag in range(0, lags, LAGS):
            correlate(frames, lag, window.size, out, lag * width + t, width)


@kernel
def filter_rows(r, order, width, a, spare):
    """The order + 1 rows of A from the rows of lags; coefficients after a prediction without error are 0.

    `spare` has room for order + 1 rows.
    """
    error, k = spare[:width], a[:width]  # the first row of A is 1; it is written at the end
    error[:] = r[:width]
    for i in range(1, order + 1):
        k[:] = r[i * width : (i + 1) * width]
        for j in range(1, i):
            filtered, lag = a[j * width : (j + 1) * width], r[(i - j) * width : (i - j + 1) * width]
            for t in range(width):
                k[t] += filtered[t] * lag[t]
        for t in range(width):
            k[t] = -k[t] / error[t] if error[t] > 0 else 0.0
            error[t] *= 1 - k[t] * k[t]
        for j in range(1, i):
            one, other = a[j * width : (j + 1) * width], a[(i - j) * width : (i - j + 1) * width]
            new = spare[j * width : (j + 1) * width]
            for t in range(width):
                new[t] = one[t] + k[t] * other[t]
        a[width : i * width] = spare[width : i * width]
        a[i * width : (i + 1) * width] = k
    k[:] = 1


@kernel
def cepstrum_rows(a, order, n_ceps, width, out):
    """c_1 .. c_n of 1 / A."""
    for n in range(1, n_ceps + 1):
        c = out[(n - 1) * width : n * width]
        c[:] = 0
        if n <= order:
            c -= a[n * width : (n + 1) * width]
        for k in range(max(1, n - order), n):
            before, filtered = out[(k - 1) * width : k * width], a[(n - k) * width : (n - k + 1) * width]
            for t in range(width):
                c[t] -= k / n * (before[t] * filtered[t])

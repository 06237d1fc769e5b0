"""Modified group delay: the group delay of a spectrum, divided by its smoothed magnitude."""

from __future__ import annotations

from .jit import kernel
from .lanemath import exp, log, power
from .laneop import accumulate, lane_op
from .simd import Vector, fma, maximum, minimum, select


@lane_op
def log_magnitude(bins, i, out, to):
    """log |X|, at least that of the smallest normal number."""
    re, im = bins.load(i), bins.load(i + bins.lanes)
    tiny = 2.0**-1022 if bins.item == 8 else 2.0**-126
    out.store(to, log(maximum(fma(re, re, im * im), re.constant(tiny))) * 0.5)


def _middle(a: Vector, b: Vector, c: Vector, d: Vector, e: Vector) -> Vector:
    """The median: the middle of c and the two inner ones of the other four."""
    low = maximum(minimum(a, b), minimum(d, e))
    high = minimum(maximum(a, b), maximum(d, e))
    return maximum(minimum(low, high), minimum(maximum(low, high), c))


@lane_op
def median_of_five(rows, i, out, to):
    n = rows.lanes
    out.store(to, _middle(*(rows.load(i + j * n) for j in range(5))))


@kernel
def log_tiles(bins, n_bins, groups, lanes, padded, out):
    """log |X| of complex tiles, each the median of five neighbours; beyond the ends are zeros.

    `padded` has room for n_bins + 4 rows.
    """
    padded[: 2 * lanes] = 0
    padded[(n_bins + 2) * lanes : (n_bins + 4) * lanes] = 0
    for g in range(groups):
        first = g * n_bins * lanes
        for k in range(n_bins):
            log_magnitude(bins, 2 * (first + k * lanes), padded, (k + 2) * lanes)
        for k in range(n_bins):
            median_of_five(padded, k * lanes, out, first + k * lanes)


@lane_op
def delay(bins, ramped, i, smooth, j, scale, gamma, out, to):
    n = bins.lanes
    x, y, u, v = bins.load(i), bins.load(i + n), ramped.load(i), ramped.load(i + n)
    t = fma(x, u, y * v) * exp(smooth.load(j) * smooth.number(scale))
    size = power(t.call("fabs"), t.constant(1.0) * out.number(gamma))
    out.store(to, select(t < 0.0, -size, size))


@kernel
def delay_tiles(bins, ramped, n_bins, groups, lanes, smooth, smooth_rows, rho, gamma, out):
    """sign(t) |t| ** gamma, t = Re(X conj Y) / S ** (2 rho): X and Y complex tiles, `smooth` log S."""
    for g in range(groups):
        for k in range(n_bins):
            to = (g * n_bins + k) * lanes
            delay(bins, ramped, 2 * to, smooth, (g * smooth_rows + k) * lanes, -2 * rho, gamma, out, to)


@lane_op
def largest(rows, at, count, out, to):
    """out[to] = the largest magnitude of `count` rows from element `at` on; NaN if there is one."""
    n = rows.lanes

    def step(k, found):
        x = rows.load(at + k * n).call("fabs")
        return [select(x >= x, select(x > found[0], x, found[0]), x)]

    out.store(to, accumulate(count, [rows.number(0.0)], step)[0])


@kernel
def largest_tiles(tiles, rows, groups, lanes, out):
    """The largest magnitude of each frame."""
    for g in range(groups):
        largest(tiles, g * rows * lanes, rows, out, g * lanes)

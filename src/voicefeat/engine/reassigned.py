"""Reassigned spectra: magnitudes, and the frequencies and times at which the energy of each bin lies.

With X the spectrum under a window, D that under the slope of the window and T that under the window times
time, the frequency of a bin moves by the imaginary part of D / X and its time by the real part of T / X.
Bins come as tiles of real lanes and imaginary lanes; results are rows of frames.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from .jit import kernel
from .lanemath import sqrt
from .laneop import lane_op
from .simd import Vector, fma, maximum, minimum, select, wide

#: Bytes of a number: those below the first are multiplied by the second before they are squared.
_RANGES = {4: (2.0**-50, 2.0**100), 8: (2.0**-500, 2.0**900)}


def _raised(re, im, item):
    """Both parts times a power of 2 that keeps their squares normal, and that power."""
    small, up = _RANGES[item]
    factor = select(maximum(maximum(re, -re), maximum(im, -im)) < small, re.constant(up), re.constant(1.0))
    return re * factor, im * factor, factor


@lane_op
def magnitude(bins, i, known, m, out, j):
    """|X| to out[j ...], rounded to its precision, and in double precision to known[m ...]."""
    re, im, factor = _raised(bins.load(i), bins.load(i + bins.lanes), bins.item)
    up = _RANGES[bins.item][1]
    high, low = maximum(re.call("fabs"), im.call("fabs")), minimum(re.call("fabs"), im.call("fabs"))
    x = sqrt(fma(high, high, low * low)) * select(factor > 1.0, factor.constant(1 / up), factor.constant(1.0))
    if out.item < bins.item:
        x = Vector(x.b, x.b.fptrunc(x.value, ir.VectorType(ir.FloatType(), bins.lanes)))
    out.store(j, x)
    known.store(m, wide(x))


def _placed(quotient, scale, grid, known, least, fill, low, high):
    """The corrected value; NaN, or with `fill` the grid's, where the bin is below `least` or exactly 0."""
    x = quotient * scale + grid
    x = select(known < least, x.constant(np.nan), x)
    undefined = Vector(x.b, x.b.fcmp_unordered("uno", x.value, x.value))
    x = select(undefined & (fill > 0.0), grid, x)
    x = select(x < low, low, x)
    return select(x > high, high, x)


@lane_op
def frequency(slopes, bins, i, grid, k, scale, known, m, least, fill, low, high, out, j):
    """Corrected frequencies; grid[k] is that of the bin."""
    (x, y), (re, im) = ((z.load(i), z.load(i + z.lanes)) for z in (slopes, bins))
    re, im, factor = _raised(re, im, bins.item)
    quotient = (y * factor * re - x * factor * im) / (re * re + im * im)
    limits = (known.number(value) for value in (least, fill, low, high))
    out.store(j, _placed(quotient, known.number(scale), grid.splat(k), known.load(m), *limits))


@lane_op
def time(ramps, bins, i, grid, t, scale, known, m, least, fill, low, high, out, j):
    """Corrected times; grid[t ...] are those of the frames."""
    (x, y), (re, im) = ((z.load(i), z.load(i + z.lanes)) for z in (ramps, bins))
    re, im, factor = _raised(re, im, bins.item)
    quotient = (x * factor * re + y * factor * im) / (re * re + im * im)
    limits = (known.number(value) for value in (least, fill, low, high))
    out.store(j, _placed(quotient, known.number(scale), grid.load(t), known.load(m), *limits))


@kernel
def put_magnitudes(bins, rows, lanes, frames, known, part, out, at, stride):
    """|X| to out[at + row stride + frame], and in double precision to the tiles `known`."""
    for k in range(rows):
        for g in range((frames + lanes - 1) // lanes):
            tile, j, valid = g * rows + k, at + k * stride + g * lanes, min(lanes, frames - g * lanes)
            if valid == lanes:
                magnitude(bins, 2 * tile * lanes, known, tile * lanes, out, j)
            else:
                magnitude(bins, 2 * tile * lanes, known, tile * lanes, part, 0)
                for lane in range(valid):
                    out[j + lane] = part[lane]


@kernel
def put_frequencies(slopes, bins, rows, lanes, frames, grid, scale, known, law, part, out, at, stride):
    """Corrected frequencies as rows; `law` is the least magnitude, whether to fill, and the limits."""
    for k in range(rows):
        for g in range((frames + lanes - 1) // lanes):
            tile, j, valid = g * rows + k, at + k * stride + g * lanes, min(lanes, frames - g * lanes)
            m, i = tile * lanes, 2 * tile * lanes
            if valid == lanes:
                frequency(slopes, bins, i, grid, k, scale, known, m, *law, out, j)
            else:
                frequency(slopes, bins, i, grid, k, scale, known, m, *law, part, 0)
                for lane in range(valid):
                    out[j + lane] = part[lane]


@kernel
def put_times(ramps, bins, rows, lanes, frames, grid, scale, known, law, part, out, at, stride):
    """Corrected times as rows; `grid` has those of the block's frames, up to whole vectors."""
    for k in range(rows):
        for g in range((frames + lanes - 1) // lanes):
            tile, j, valid = g * rows + k, at + k * stride + g * lanes, min(lanes, frames - g * lanes)
            m, i = tile * lanes, 2 * tile * lanes
            if valid == lanes:
                time(ramps, bins, i, grid, g * lanes, scale, known, m, *law, out, j)
            else:
                time(ramps, bins, i, grid, g * lanes, scale, known, m, *law, part, 0)
                for lane in range(valid):
                    out[j + lane] = part[lane]

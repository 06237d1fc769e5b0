"""The real or the imaginary part of complex quotients, for reassigned spectra."""

from __future__ import annotations

from .jit import kernel
from .laneop import lane_op
from .simd import maximum, select, shuffle

#: Bytes of a number: those below the first are multiplied by the second before they are squared.
_RANGES = {4: (2.0**-50, 2.0**100), 8: (2.0**-500, 2.0**900)}


def _parts(x, i):
    n = x.lanes
    low, high = x.load(i), x.load(i + n)
    return (shuffle(low, high, [2 * lane + p for lane in range(n)]) for p in (0, 1))


def _raised(re, im, item):
    """Both parts times a power of 2 that keeps their squares normal, and that power."""
    small, up = _RANGES[item]
    factor = select(maximum(maximum(re, -re), maximum(im, -im)) < small, re.constant(up), re.constant(1.0))
    return re * factor, im * factor, factor


@lane_op
def real_part(above, below, i, out, j):
    (x, y), (re, im) = _parts(above, i), _parts(below, i)
    re, im, factor = _raised(re, im, below.item)
    out.store(j, (x * factor * re + y * factor * im) / (re * re + im * im))


@lane_op
def imaginary_part(above, below, i, out, j):
    (x, y), (re, im) = _parts(above, i), _parts(below, i)
    re, im, factor = _raised(re, im, below.item)
    out.store(j, (y * factor * re - x * factor * im) / (re * re + im * im))


@kernel
def put_quotients(above, below, size, imaginary, lanes, out):
    """The real or imaginary part of above / below, `size` of them; NaN for 0 / 0.

    Complex numbers are pairs of floats; all arrays have room for whole vectors.
    """
    for t in range(0, size, lanes):
        if imaginary:
            imaginary_part(above, below, 2 * t, out, t)
        else:
            real_part(above, below, 2 * t, out, t)

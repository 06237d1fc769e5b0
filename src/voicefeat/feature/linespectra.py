"""Line spectral frequencies: a prediction filter as angles between which its response lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.careful import stability
from ..errors import numeric, reject, shown

__all__ = ["lpc_to_lsf", "lsf_to_lpc"]


def lpc_to_lsf(a: Any) -> np.ndarray:
    """The line spectral frequencies of prediction error filters.

    Parameters
    ----------
    a : array of shape (..., order + 1)
        Filters 1, a_1, ..., a_p, as `lpc` gives them, whose roots lie within the unit circle.

    Returns
    -------
    float64 array of shape (..., order)
        Angles in radians, rising, between 0 and pi; times sr / (2 pi) they are hertz.

    Raises
    ------
    ParameterError
        If a filter is empty, not finite, does not begin with 1, or has a root on or outside the unit circle.

    Notes
    -----
    The angles of the roots of ``A(z) + z**-(p + 1) A(1 / z)`` and of the same with a minus, by turns.

    References
    ----------
    F. Itakura, "Line spectrum representation of linear predictor coefficients of speech signals", 1975.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(4000)
    >>> a = vf.lpc(y, order=10)
    >>> found = vf.lpc_to_lsf(a)
    >>> found.shape, bool((np.diff(found) > 0).all()), np.allclose(vf.lsf_to_lpc(found), a)
    ((10,), True, True)
    """
    filters = _numbers("a", a)
    if filters.shape[-1] < 2:
        reject("a", a, "has no coefficient besides the 1", "give lpc(y, order=10)")
    if not (filters[..., 0] == 1).all():
        reject("a", a, "must begin with 1", "divide each filter by its first number")
    flat = filters.reshape(-1, filters.shape[-1])
    out = np.empty((len(flat), flat.shape[1] - 1))
    for row, made in zip(flat, out, strict=True):
        if not _stable(row):
            reject("a", a, "a filter has a root on or outside the unit circle", "give filters of lpc")
        made[:] = _angles(row)
    return out.reshape(*filters.shape[:-1], -1)


def lsf_to_lpc(lsf: Any) -> np.ndarray:
    """The prediction error filters that have these line spectral frequencies.

    Parameters
    ----------
    lsf : array of shape (..., order)
        Angles in radians, rising, between 0 and pi.

    Returns
    -------
    float64 array of shape (..., order + 1)
        Filters 1, a_1, ..., a_p.

    Raises
    ------
    ParameterError
        If the angles do not rise, or leave the range.

    References
    ----------
    F. Itakura, "Line spectrum representation of linear predictor coefficients of speech signals", 1975.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.lsf_to_lpc([1.0471975511965976, 2.0943951023931953]).round(12) + 0.0)
    [1. 0. 0.]
    """
    angles = _numbers("lsf", lsf)
    inside = (angles > 0) & (angles < np.pi)
    if not inside.all() or not (np.diff(angles) > 0).all():
        reject("lsf", lsf, "must rise between 0 and pi", "give what lpc_to_lsf gives, in radians")
    flat = angles.reshape(-1, angles.shape[-1])
    out = np.empty((len(flat), flat.shape[1] + 1))
    for row, made in zip(flat, out, strict=True):
        first, second = _product(row[0::2]), _product(row[1::2])
        if row.size % 2:
            second = np.convolve(second, [1.0, 0.0, -1.0])
        else:
            first, second = np.convolve(first, [1.0, 1.0]), np.convolve(second, [1.0, -1.0])
        made[:] = 0.5 * (first + second)[:-1]
    return out.reshape(*angles.shape[:-1], -1)


def _stable(a: np.ndarray) -> bool:
    """Whether all roots lie within the circle; where they are many near it, computed roots do not tell."""
    pair = np.stack([a, np.zeros_like(a)])
    return bool(stability(pair, a.size - 1, np.empty_like(pair)) > 0)


def _angles(a: np.ndarray) -> np.ndarray:
    """The angles of the two polynomials of one filter."""
    longer = np.append(a, 0.0)
    first, second = longer + longer[::-1], longer - longer[::-1]
    if a.size % 2:  # an even order: roots at -1 and at 1 that belong to every filter
        first, second = np.polydiv(first, [1.0, 1.0])[0], np.polydiv(second, [1.0, -1.0])[0]
    else:
        second = np.polydiv(second, [1.0, 0.0, -1.0])[0]
    angles = np.angle(np.concatenate([np.roots(first), np.roots(second)]))
    return np.sort(angles[angles > 0])[: a.size - 1]


def _product(angles: np.ndarray) -> np.ndarray:
    """The polynomial with roots on the unit circle at the angles and their opposites."""
    made = np.ones(1)
    for angle in angles:
        made = np.convolve(made, [1.0, -2 * np.cos(angle), 1.0])
    return made


#: Roots of larger polynomials take too long, and nobody's vocal tract has so many.
MOST_ORDER = 512


def _numbers(name: str, x: Any) -> np.ndarray:
    array = numeric(name, x, what="are no finite numbers")
    if array.dtype.kind not in "fiu" or array.ndim < 1 or not array.size or not np.isfinite(array).all():
        reject(name, x, f"{shown(x)} is no array of finite numbers", "give real numbers")
    if array.shape[-1] > MOST_ORDER + 1 or np.abs(array).max() > 1e30:
        reject(name, x, f"is of an order above {MOST_ORDER}, or too large", "give coefficients last")
    return array.astype(np.float64)

"""Autocorrelation and linear prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...chain import tables
from ...chain.blocks import for_parts, thread_budget
from ...engine import burg
from ...engine.careful import stability
from ...errors import check_int, check_numeric, fail, format_value, to_array

__all__ = ["autocorrelate", "lpc", "lpc_to_lsf", "lsf_to_lpc"]


#: Largest number of points transformed at a time.
CHUNK = 1 << 18
#: Length of the transforms for a few lags of a long signal.
SEGMENT = 1 << 14


def _last(y: Any, axis: Any, complex_too: bool = False) -> np.ndarray:
    """`y` as contiguous floats with `axis` last; complex numbers only where they are allowed."""
    if type(axis) is not int or axis != -1:
        dims = to_array("y", y).ndim
        if check_int("axis", axis, -dims) >= dims:
            fail("axis", axis, f"y has {dims} axes", "the samples of a signal are on axis -1")
        y = np.moveaxis(to_array("y", y), axis, -1)
    if complex_too and np.iscomplexobj(to_array("y", y)):
        y = np.asarray(y)
        kind = np.complex64 if y.dtype.itemsize == 8 else np.complex128
        y = np.ascontiguousarray(y, kind)
        if y.size == 0:
            fail("y", y, "holds no samples", "skip empty recordings")
        parts = y.view(y.real.dtype)
    else:
        parts = y = signal(y)
    if not tables.usable(parts):
        not_finite(y)
    return y


def autocorrelate(y: SignalLike, *, max_size: int | None = None, axis: int = -1) -> FloatArray:
    """Autocorrelation at the lags 0, 1, ..., as ``librosa.autocorrelate``.

    Parameters
    ----------
    y : array of shape (..., n, ...), float32, float64, complex, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    max_size : int, optional
        Number of lags; all n by default.
    axis : int
        Axis of samples.

    Returns
    -------
    array of the type and shape of `y`, but with ``min(max_size, n)`` lags on `axis`
        ``sum(y[j + k] * conj(y[j]))`` at lag k, over all j for which both samples exist.

    Raises
    ------
    ParameterError
        If the signal is empty or not finite, or a setting cannot be used.

    Notes
    -----
    Computed by Fourier transforms: one of all samples, or many short ones for a few lags of a long signal.
    Source: librosa 0.11.0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.autocorrelate([1.0, 2.0, 0.0, 1.0]).round(9) + 0.0)
    [6. 2. 2. 1.]
    """
    if max_size is not None:
        max_size = check_int("max_size", max_size, unit="lags", remedy="give None for all lags")
    y = _last(y, axis, complex_too=True)
    n = y.shape[-1]
    count = n if max_size is None else min(max_size, n)
    flat = y.reshape(-1, n)
    out = np.empty((flat.shape[0], count), y.dtype)
    if n > 2 * SEGMENT and count <= SEGMENT // 2:
        for item, into in zip(flat, out, strict=True):
            into[:] = _long(item, count)
    else:
        step = max(1, CHUNK // n)
        for i in range(0, len(flat), step):
            out[i : i + step] = _at_once(flat[i : i + step], count)
    return np.moveaxis(out.reshape(*y.shape[:-1], count), -1, axis)


def _transforms(y: np.ndarray, least: int) -> tuple[Any, Any, int]:
    """Forward and inverse transform for the type of `y`, and a fast length of at least `least`."""
    from scipy import fft

    n = fft.next_fast_len(least, real=not np.iscomplexobj(y))
    return (fft.fft, fft.ifft, n) if np.iscomplexobj(y) else (fft.rfft, fft.irfft, n)


def _at_once(rows: np.ndarray, count: int) -> np.ndarray:
    """`count` lags of each row; as many zeros are appended, so that the correlation is not circular."""
    forward, inverse, n = _transforms(rows, rows.shape[-1] + count - 1)
    spectrum = forward(rows, n=n)
    return inverse(spectrum.real**2 + spectrum.imag**2, n=n)[:, :count]


def _long(y: np.ndarray, count: int) -> np.ndarray:
    """`count` lags of one long signal: each segment against itself and the samples that follow it."""
    forward, inverse, n = _transforms(y, SEGMENT)
    step = n - count + 1
    total = np.zeros(n if np.iscomplexobj(y) else n // 2 + 1, np.complex128)
    for i in range(0, y.size, step):
        total += np.conj(forward(y[i : i + step], n=n)) * forward(y[i : i + n], n=n)
    return inverse(total, n=n)[:count]


def lpc(y: SignalLike, *, order: int, axis: int = -1) -> FloatArray:
    """Linear prediction coefficients by Burg's method, as ``librosa.lpc``.

    Parameters
    ----------
    y : array of shape (..., n, ...), float32, float64, int16 or int32
        Signal or frames; integer PCM is scaled to [-1, 1).
    order : int
        Order of the prediction; less than n.
    axis : int
        Axis of samples.

    Returns
    -------
    array of the type and shape of `y`, but with ``order + 1`` coefficients on `axis`
        Prediction error filter a, which begins with 1: ``sum(a[j] * y[i - j])`` is the prediction error of
        sample i. Silence gives 1, 0, 0, ...

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Computed in double precision for every type, and in twice that precision where the prediction error is
    less than a billionth of the energy. No root lies outside the unit circle: where rounding to the type of
    `y` would move one out, the last coefficients are 0, as for a smaller order. Source: librosa 0.11.0;
    L. Marple, "A new autoregressive spectrum analysis algorithm", 1980.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = 0.9 ** np.arange(200)
    >>> print(vf.lpc(y, order=1).round(2))
    [ 1.   -0.99]
    """
    order = check_int("order", order)
    y = _last(y, axis)
    n = y.shape[-1]
    if order >= n:
        fail("order", order, f"the signal has {n} samples", f"give at most {n - 1}, or a longer signal")
    items, tiny = y.size // n, float(np.finfo(y.dtype).tiny)
    flat, out = y.reshape(-1), np.empty((items, order + 1), y.dtype)
    lanes = tables.lanes(np.dtype(np.float64)), tables.lanes(y.dtype)
    share = -(-items // min(items, 4 * thread_budget(y.size)))

    def work(i: int) -> None:
        first, last = i * share, min(items, (i + 1) * share)
        if first < last:
            into = out[first:last].reshape(-1)
            burg.burg(flat[first * n : last * n], last - first, n, order, *lanes, tiny, into)

    for_parts(work, -(-items // share), y.size)
    return np.moveaxis(out.reshape(*y.shape[:-1], order + 1), -1, axis)


def lpc_to_lsf(a: ArrayLike) -> FloatArray:
    """The line spectral frequencies of prediction error filters.

    Parameters
    ----------
    a : array of shape (..., order + 1)
        Filters 1, a_1, ..., a_p, as returned by `lpc`, with all roots inside the unit circle.

    Returns
    -------
    float64 array of shape (..., order)
        Angles in radians, ascending, between 0 and pi; multiply by ``sr / (2 * pi)`` for Hz.

    Raises
    ------
    ParameterError
        If a filter is empty, not finite, does not begin with 1, or has a root on or outside the unit circle.

    Notes
    -----
    The angles are those of the roots of ``A(z) + z**-(p + 1) A(1 / z)`` and of
    ``A(z) - z**-(p + 1) A(1 / z)``, which alternate.

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
        fail("a", a, "has no coefficient besides the 1", "give lpc(y, order=10)")
    if not (filters[..., 0] == 1).all():
        fail("a", a, "must begin with 1", "divide each filter by its first number")
    flat = filters.reshape(-1, filters.shape[-1])
    out = np.empty((len(flat), flat.shape[1] - 1))
    for row, frequencies in zip(flat, out, strict=True):
        if not _stable(row):
            fail("a", a, "a filter has a root on or outside the unit circle", "give the result of lpc")
        frequencies[:] = _angles(row)
    return out.reshape(*filters.shape[:-1], -1)


def lsf_to_lpc(lsf: ArrayLike) -> FloatArray:
    """The prediction error filters that have these line spectral frequencies.

    Parameters
    ----------
    lsf : array of shape (..., order)
        Angles in radians, ascending, between 0 and pi.

    Returns
    -------
    float64 array of shape (..., order + 1)
        Filters 1, a_1, ..., a_p.

    Raises
    ------
    ParameterError
        If the angles are not ascending, or outside the range.

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
        fail("lsf", lsf, "must be ascending, between 0 and pi", "give the result of lpc_to_lsf, in radians")
    flat = angles.reshape(-1, angles.shape[-1])
    out = np.empty((len(flat), flat.shape[1] + 1))
    for row, coefficients in zip(flat, out, strict=True):
        first, second = _product(row[0::2]), _product(row[1::2])
        if row.size % 2:
            second = np.convolve(second, [1.0, 0.0, -1.0])
        else:
            first, second = np.convolve(first, [1.0, 1.0]), np.convolve(second, [1.0, -1.0])
        coefficients[:] = 0.5 * (first + second)[:-1]
    return out.reshape(*angles.shape[:-1], -1)


def _stable(a: np.ndarray) -> bool:
    """Whether all roots lie inside the unit circle; computed roots are too inaccurate close to it."""
    pair = np.stack([a, np.zeros_like(a)])
    return bool(stability(pair, a.size - 1, np.empty_like(pair)) > 0)


def _angles(a: np.ndarray) -> np.ndarray:
    """The angles of the two polynomials of one filter."""
    longer = np.append(a, 0.0)
    first, second = longer + longer[::-1], longer - longer[::-1]
    if a.size % 2:  # an even order: every filter has roots at -1 and at 1
        first, second = np.polydiv(first, [1.0, 1.0])[0], np.polydiv(second, [1.0, -1.0])[0]
    else:
        second = np.polydiv(second, [1.0, 0.0, -1.0])[0]
    angles = np.angle(np.concatenate([np.roots(first), np.roots(second)]))
    return np.sort(angles[angles > 0])[: a.size - 1]


def _product(angles: np.ndarray) -> np.ndarray:
    """The polynomial with roots on the unit circle at the angles and at the negative angles."""
    polynomial = np.ones(1)
    for angle in angles:
        polynomial = np.convolve(polynomial, [1.0, -2 * np.cos(angle), 1.0])
    return polynomial


#: Roots of larger polynomials take too long, and no vocal tract needs so high an order.
MOST_ORDER = 512


def _numbers(name: str, x: Any) -> np.ndarray:
    array = check_numeric(name, x, what="are not finite numbers")
    if array.dtype.kind not in "fiu" or array.ndim < 1 or not array.size or not np.isfinite(array).all():
        fail(name, x, f"{format_value(x)} is not an array of finite numbers", "give real numbers")
    if array.shape[-1] > MOST_ORDER + 1 or np.abs(array).max() > 1e30:
        fail(name, x, f"is of an order above {MOST_ORDER}, or too large", "give coefficients last")
    return array.astype(np.float64)

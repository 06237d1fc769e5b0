"""What a signal's past says of it: autocorrelation, and linear prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio import signal
from ..chain import tables, threads
from ..engine import burg
from ..errors import converted, reject, whole
from ..largest import not_finite

__all__ = ["autocorrelate", "lpc"]

#: Numbers in the transforms that are made at a time.
CHUNK = 1 << 18
#: Points of the transforms of a long signal of which few lags are wanted.
SEGMENT = 1 << 14
#: Samples below which a call starts no thread: some ten seconds of speech.
SHORT = 200_000


def _last(y: Any, axis: Any, complex_too: bool = False) -> np.ndarray:
    """`y` as contiguous floats with `axis` last; complex numbers only where they are allowed."""
    if type(axis) is not int or axis != -1:
        dims = converted("y", y).ndim
        if whole("axis", axis, -dims) >= dims:
            reject("axis", axis, f"y has {dims} axes", "the samples of a signal are on axis -1")
        y = np.moveaxis(converted("y", y), axis, -1)
    if complex_too and np.iscomplexobj(converted("y", y)):
        y = np.asarray(y)
        kind = np.complex64 if y.dtype.itemsize == 8 else np.complex128
        y = np.ascontiguousarray(y, kind)
        if y.size == 0:
            reject("y", y, "holds no samples", "skip empty recordings")
        parts = y.view(y.real.dtype)
    else:
        parts = y = signal(y)
    if not tables.usable(parts):
        not_finite(y)
    return y


def autocorrelate(y: Any, *, max_size: int | None = None, axis: int = -1) -> np.ndarray:
    """Autocorrelation at the lags 0, 1, ..., as ``librosa.autocorrelate``.

    Parameters
    ----------
    y : array of shape (..., n, ...), float32, float64, complex, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    max_size : int, optional
        How many lags; all n by default.
    axis : int
        The axis of samples.

    Returns
    -------
    array of the same type, and of `y`'s shape but for ``min(max_size, n)`` lags on `axis`
        ``sum(y[j + k] * conj(y[j]))`` at lag k, over the j at which both are in the signal.

    Raises
    ------
    ParameterError
        If the signal is empty or not finite, or a setting cannot be used.

    Notes
    -----
    By Fourier transforms: one of all samples, or, where few lags of a long signal are wanted, many short
    ones. Source: librosa 0.11.0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.autocorrelate([1.0, 2.0, 0.0, 1.0]).round(9) + 0.0)
    [6. 2. 2. 1.]
    """
    if max_size is not None:
        max_size = whole("max_size", max_size, unit="lags", remedy="give None for all lags")
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
    """Forward and inverse transform for numbers like y's, and a quick length of at least `least`."""
    from scipy import fft

    n = fft.next_fast_len(least, real=not np.iscomplexobj(y))
    return (fft.fft, fft.ifft, n) if np.iscomplexobj(y) else (fft.rfft, fft.irfft, n)


def _at_once(rows: np.ndarray, count: int) -> np.ndarray:
    """`count` lags of each row; as many zeros as lags keep the circle away from them."""
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


def lpc(y: Any, *, order: int, axis: int = -1) -> np.ndarray:
    """Linear prediction coefficients by Burg's method, as ``librosa.lpc``.

    Parameters
    ----------
    y : array of shape (..., n, ...), float32, float64, int16 or int32
        Signal, or frames of one; whole numbers are scaled to [-1, 1).
    order : int
        How many samples a prediction looks back; less than n.
    axis : int
        The axis of samples.

    Returns
    -------
    array of the same type, and of `y`'s shape but for ``order + 1`` coefficients on `axis`
        The prediction error filter a, which starts with 1: ``sum(a[j] * y[i - j])`` is what is left
        of sample i.
        Silence has 1, 0, 0, ...

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Computed in double precision for every type, and in twice that where less than a billionth of the energy
    is left to predict. No root lies outside the unit circle: where rounding to the type of `y` would move
    one out, the last coefficients are 0, as of a smaller order. Source: librosa 0.11.0; L. Marple, "A new
    autoregressive spectrum analysis algorithm", 1980.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = 0.9 ** np.arange(200)
    >>> print(vf.lpc(y, order=1).round(2))
    [ 1.   -0.99]
    """
    order = whole("order", order)
    y = _last(y, axis)
    n = y.shape[-1]
    if order >= n:
        reject("order", order, f"the signal has {n} samples", f"give at most {n - 1}, or a longer signal")
    items, tiny = y.size // n, float(np.finfo(y.dtype).tiny)
    flat, out = y.reshape(-1), np.empty((items, order + 1), y.dtype)
    lanes = tables.lanes(np.dtype(np.float64)), tables.lanes(y.dtype)
    budget = threads.get_num_threads() if y.size > SHORT else 1
    share = -(-items // min(items, 4 * budget))

    def work(i: int) -> None:
        first, last = i * share, min(items, (i + 1) * share)
        if first < last:
            into = out[first:last].reshape(-1)
            burg.burg(flat[first * n : last * n], last - first, n, order, *lanes, tiny, into)

    threads.each(work, -(-items // share), budget)
    return np.moveaxis(out.reshape(*y.shape[:-1], order + 1), -1, axis)

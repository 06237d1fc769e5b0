"""Critical bands on the Bark scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .._typing import FloatArray
from ..errors import check_bank, check_divisor, check_float, check_float_dtype, check_int, check_rate, fail
from ..units.hertz import fft_frequencies

__all__ = ["bark", "bark_centres", "bark_count"]


def _hz_to_bark(hertz: Any) -> np.ndarray:
    return 6.0 * np.arcsinh(np.asarray(hertz, dtype=float) / 600.0)


def _bark_to_hz(barks: Any) -> np.ndarray:
    return 600.0 * np.sinh(np.asarray(barks, dtype=float) / 6.0)


def bark_count(fmin: float, fmax: float) -> int:
    """The smallest number of bands from `fmin` to `fmax`, both included, that are at most one Bark apart."""
    return math.ceil(_hz_to_bark(fmax) - _hz_to_bark(fmin)) + 1


def bark_centres(n_filters: int, fmin: float, fmax: float) -> np.ndarray:
    """The centres of the bands in Hz, the first at `fmin` and the last at `fmax`."""
    return _bark_to_hz(np.linspace(_hz_to_bark(fmin), _hz_to_bark(fmax), n_filters))


def bark(
    *,
    sr: float,
    n_fft: int,
    n_filters: int | None = None,
    fmin: float = 0.0,
    fmax: float | None = None,
    width: float = 1.0,
    labelled: int | None = None,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """Critical bands equally spaced in Bark, with the shape used in perceptual linear prediction (PLP).

    Parameters
    ----------
    sr : float above 0
        Sampling rate in Hz.
    n_fft : int
        Length of the FFT in samples.
    n_filters : int, optional
        Number of bands, 2 or more; None takes the smallest number with bands at most one Bark apart.
    fmin, fmax : float
        Centres of the first and of the last band in Hz; `fmax` is half of `sr` by default.
    width : float above 0
        Width of a band in Bark.
    labelled : int, optional
        Use only the first n bins, and take them to be equally spaced from 0 Hz to half of `sr`.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    array of shape (n_filters, 1 + n_fft // 2)
        The weights: 1 within half a Bark of the centre. For a `width` of 1 they fall by 10 dB per Bark below
        and by 25 dB per Bark above.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    References
    ----------
    H. Hermansky, "Perceptual linear predictive (PLP) analysis of speech", 1990; Bark as 6 asinh(f / 600).

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.filters.bark(sr=16000, n_fft=512).shape
    (21, 257)
    """
    half = check_rate("sr", sr) / 2
    n_fft = check_int("n_fft", n_fft, 2, unit="samples")
    low = check_float("fmin", fmin, low=0.0, unit="Hz")
    high = half if fmax is None else check_float("fmax", fmax, above=0.0, high=half, unit="Hz")
    if low >= high:
        fail("fmin", fmin, f"must lie below fmax, {high:g} Hz", f"give a value from 0 to below {high:g}")
    count = bark_count(low, high) if n_filters is None else check_int("n_filters", n_filters, 2, unit="bands")
    check_bank("n_filters", count, n_fft)
    width = check_divisor("width", width, above=0.0, unit="Bark")
    kind = check_float_dtype("dtype", dtype)
    hertz = fft_frequencies(sr=sr, n_fft=n_fft)
    if labelled is not None:
        used = check_int("labelled", labelled, 2, unit="bins")
        if used > hertz.size:
            fail("labelled", labelled, f"n_fft={n_fft} has {hertz.size} bins", f"give at most {hertz.size}")
        hertz = np.concatenate([np.linspace(0, half, used), np.full(hertz.size - used, np.inf)])
    away = _hz_to_bark(hertz) - np.linspace(_hz_to_bark(low), _hz_to_bark(high), count)[:, np.newaxis]
    decades = np.minimum(0.0, np.minimum(away + 0.5, -2.5 * (away - 0.5)) / width)
    return np.ascontiguousarray(10.0**decades, dtype=kind)

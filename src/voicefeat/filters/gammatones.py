"""Gammatone filters: poles, zeros and gains of Slaney's cascades of second-order sections."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from .._typing import FloatArray
from ..errors import check_bank, check_float, check_float_dtype, check_int, check_rate, fail

__all__ = ["Cascades", "cascades", "gammatone"]

#: Glasberg and Moore: a bandwidth is f / EAR_Q + MIN_BANDWIDTH.
EAR_Q, MIN_BANDWIDTH = 9.26449, 24.7
#: The bandwidth of a fourth-order filter relative to its equivalent rectangular bandwidth.
BROADENING = 1.019
#: The most filters: far more than the ear can resolve, and each one is run over the whole signal.
MOST_FILTERS = 1 << 14


@dataclass(frozen=True)
class Cascades:
    """For each band four sections (1 - zero z^-1) / (1 - 2 r cos w z^-1 + r^2 z^-2), and their gain at w."""

    hertz: np.ndarray
    #: w and r of the poles.
    angles: np.ndarray
    radii: np.ndarray
    #: Shape (4, bands).
    zeros: np.ndarray
    gains: np.ndarray


def cascades(sr: float, n_filters: int, fmin: float, fmax: float) -> Cascades:
    """Filters from `fmin` to just below `fmax`, equally spaced on the ERB scale."""
    offset = EAR_Q * MIN_BANDWIDTH
    share = np.arange(n_filters, 0, -1) / n_filters
    hertz = (fmax + offset) * np.exp(share * math.log((fmin + offset) / (fmax + offset))) - offset
    angles = 2 * np.pi * hertz / sr
    radii = np.exp(-2 * np.pi * BROADENING * (hertz / EAR_Q + MIN_BANDWIDTH) / sr)
    slopes = [sign * math.sqrt(3 + inner * 2**1.5) for inner in (1, -1) for sign in (1, -1)]
    zeros = np.array([radii * (np.cos(angles) + slope * np.sin(angles)) for slope in slopes])
    unscaled = Cascades(hertz, angles, radii, zeros, np.ones(n_filters))
    return Cascades(hertz, angles, radii, zeros, response(unscaled, np.exp(1j * angles)))


def response(bands: Cascades, z: np.ndarray) -> np.ndarray:
    """The magnitude response of the sections at z on the unit circle, divided by their gains."""
    shape = (-1,) + (1,) * (z.ndim - 1)
    pole = (bands.radii * np.exp(1j * bands.angles)).reshape(shape)
    sections = np.abs(z - bands.zeros.reshape(4, *shape)).prod(axis=0)
    return sections / np.abs((z - pole) * (z - pole.conj())) ** 4 / bands.gains.reshape(shape)


def gammatone(
    *,
    sr: float,
    n_fft: int,
    n_filters: int = 64,
    fmin: float = 50.0,
    fmax: float | None = None,
    power: float = 1.0,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """A gammatone filter bank over the bins of an FFT.

    Parameters
    ----------
    sr : float above 0
        Sampling rate in Hz.
    n_fft : int
        Length of the FFT in samples.
    n_filters : int
        Number of filters.
    fmin, fmax : float
        The centre of the lowest filter, and of the one that would follow the highest, in Hz; `fmax` is half
        of `sr` by default. Centres are equally spaced on the ERB scale.
    power : float above 0
        Exponent of the magnitudes: 1 for weights of magnitudes, 2 for weights of powers.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    array of shape (n_filters, 1 + n_fft // 2)
        Magnitude responses, 1 at the centres, raised to `power`.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    References
    ----------
    M. Slaney, "An efficient implementation of the Patterson-Holdsworth auditory filter bank", 1993; D. Ellis,
    "Gammatone-like spectrograms", 2009.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.filters.gammatone(sr=16000, n_fft=1024).shape
    (64, 513)
    """
    sr, n_filters, low, high = checked(sr, n_filters, fmin, fmax)
    n_fft = check_int("n_fft", n_fft, 2, unit="samples")
    check_bank("n_filters", n_filters, n_fft)
    kind = check_float_dtype("dtype", dtype)
    z = np.exp(2j * np.pi * np.arange(1 + n_fft // 2) / n_fft)[np.newaxis, :]
    power = check_float("power", power, above=0.0, high=100.0)
    return np.ascontiguousarray(response(cascades(sr, n_filters, low, high), z) ** power, dtype=kind)


def checked(sr: float, n_filters: int, fmin: float, fmax: float | None) -> tuple[float, int, float, float]:
    """The checked arguments of `cascades`."""
    sr = check_rate("sr", sr, remedy="give the sampling rate, such as 16000")
    n_filters = check_int("n_filters", n_filters, unit="filters", most=MOST_FILTERS)
    low = check_float("fmin", fmin, above=0.0, unit="Hz")
    high = sr / 2 if fmax is None else check_float("fmax", fmax, above=0.0, high=sr / 2, unit="Hz")
    if low >= high:
        fail("fmin", fmin, f"must lie below fmax, {high:g} Hz", f"give a value above 0 and below {high:g}")
    return sr, n_filters, low, high

"""Tuning, and the frequencies of constant-Q bins."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array, FloatArray, FloatOrArray, Values
from ..errors import check_float, check_int, check_numeric, fail

#: The most octaves between two frequencies.
OCTAVES = 64

__all__ = ["A4_to_tuning", "cqt_frequencies", "tuning_to_A4"]


@overload
def A4_to_tuning(A4: float, *, bins_per_octave: int = ...) -> np.float64: ...


@overload
def A4_to_tuning(A4: Values, *, bins_per_octave: int = ...) -> FloatArray: ...


@overload
def A4_to_tuning(A4: ArrayLike, *, bins_per_octave: int = ...) -> FloatOrArray: ...
def A4_to_tuning(A4: ArrayLike, *, bins_per_octave: int = 12) -> FloatOrArray:
    """The frequency of A4 to tuning, its distance from 440 Hz in bins.

    Parameters
    ----------
    A4 : array_like, any shape
        Frequencies in Hz.
    bins_per_octave : int
        Bins per octave.

    Returns
    -------
    numpy.ndarray, shape of `A4`, or a scalar for a scalar
        Tuning in bins.

    Raises
    ------
    ParameterError
        If `bins_per_octave` is not above 0.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.A4_to_tuning``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> float(vf.A4_to_tuning(432.0).round(3))
    -0.318
    """
    bins = check_int("bins_per_octave", bins_per_octave)
    with np.errstate(all="ignore"):
        return bins * (np.log2(check_numeric("A4", A4)) - np.log2(440.0))


@overload
def tuning_to_A4(tuning: float, *, bins_per_octave: int = ...) -> np.float64: ...


@overload
def tuning_to_A4(tuning: Values, *, bins_per_octave: int = ...) -> FloatArray: ...


@overload
def tuning_to_A4(tuning: ArrayLike, *, bins_per_octave: int = ...) -> FloatOrArray: ...
def tuning_to_A4(tuning: ArrayLike, *, bins_per_octave: int = 12) -> FloatOrArray:
    """Tuning in bins to the frequency of A4, the inverse of `A4_to_tuning`.

    Parameters
    ----------
    tuning : array_like, any shape
        Tuning in bins.
    bins_per_octave : int
        Bins per octave.

    Returns
    -------
    numpy.ndarray, shape of `tuning`, or a scalar for a scalar
        Frequencies in Hz.

    Raises
    ------
    ParameterError
        If `bins_per_octave` is not above 0.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.tuning_to_A4``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> float(vf.tuning_to_A4(0.0)), float(vf.tuning_to_A4(-0.318).round(1))
    (440.0, 432.0)
    """
    bins = check_int("bins_per_octave", bins_per_octave)
    with np.errstate(all="ignore"):
        return 440.0 * 2.0 ** (check_numeric("tuning", tuning) / bins)


def cqt_frequencies(
    n_bins: int, *, fmin: float, bins_per_octave: int = 12, tuning: float = 0.0
) -> Float64Array:
    """Centre frequencies of constant-Q bins.

    Parameters
    ----------
    n_bins : int > 0
        Number of bins.
    fmin : float > 0
        Frequency of the first bin in Hz.
    bins_per_octave : int > 0
        Bins per octave.
    tuning : float
        By how many bins all frequencies are raised.

    Returns
    -------
    numpy.ndarray, shape (n_bins,), float64
        Frequencies in Hz.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.cqt_frequencies``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.cqt_frequencies(3, fmin=110.0, bins_per_octave=1).tolist()
    [110.0, 220.0, 440.0]
    """
    n_bins = check_int("n_bins", n_bins, unit="bins")
    fmin = check_float("fmin", fmin, above=0, unit="hertz")
    bins_per_octave = check_int("bins_per_octave", bins_per_octave, unit="bins")
    if (n_bins - 1) / bins_per_octave > OCTAVES:
        fail("n_bins", n_bins, f"spans more than {OCTAVES} octaves", "give fewer")
    return raised(tuning, bins_per_octave) * fmin * 2.0 ** (np.arange(n_bins) / bins_per_octave)


def raised(tuning: float, bins_per_octave: int) -> float:
    """The factor by which `tuning` bins raise a frequency."""
    octaves = check_float("tuning", tuning, unit="bins") / bins_per_octave
    if abs(octaves) > OCTAVES:
        fail("tuning", tuning, f"is more than {OCTAVES} octaves", "give a fraction of a bin, such as 0.25")
    return float(2.0**octaves)

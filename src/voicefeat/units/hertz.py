"""Units: hertz, mel and octaves; frames, samples and seconds; power, amplitude and decibels.

Scalars give scalars, arrays give arrays of the same shape; float32 stays float32. The results equal those of
librosa 0.11.0 to the last bit. Where a formula is undefined the result is NaN (the octave of -1 Hz) or
infinite (the octave of 0 Hz), without a warning.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .._typing import FloatArray, FloatOrArray, Values
from ..errors import check_bool, check_float, check_int, check_numeric, check_rate
from .pitches import raised

__all__ = ["fft_frequencies", "hz_to_mel", "hz_to_octs", "mel_frequencies", "mel_to_hz", "octs_to_hz"]

# Slaney's mel scale: linear below 1 kHz, logarithmic above, 27 steps for a factor of 6.4.
HZ_PER_MEL = 200.0 / 3
BREAK_HZ = 1000.0
BREAK_MEL = BREAK_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27.0


@overload
def hz_to_mel(frequencies: float, *, htk: bool = ...) -> np.float64: ...


@overload
def hz_to_mel(frequencies: Values, *, htk: bool = ...) -> FloatArray: ...


@overload
def hz_to_mel(frequencies: ArrayLike, *, htk: bool = ...) -> FloatOrArray: ...
def hz_to_mel(frequencies: ArrayLike, *, htk: bool = False) -> FloatOrArray:
    """Hertz to mel.

    Parameters
    ----------
    frequencies : array_like, any shape
        Frequencies in Hz.
    htk : bool
        True for ``2595 log10(1 + f / 700)``; False for Slaney's scale, which is linear up to 1 kHz and
        logarithmic above.

    Returns
    -------
    numpy.ndarray, shape of `frequencies`, or a scalar for a scalar
        Mels.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.hz_to_mel``; M. Slaney, Auditory Toolbox, 1998.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.hz_to_mel([200.0, 6400.0]))
    [ 3. 42.]
    """
    hz = check_numeric("frequencies", frequencies)
    if check_bool("htk", htk):
        with np.errstate(all="ignore"):
            return 2595.0 * np.log10(1.0 + hz / 700.0)
    with np.errstate(all="ignore"):
        mel = hz / HZ_PER_MEL
        above = BREAK_MEL + np.log(np.maximum(hz, BREAK_HZ) / BREAK_HZ) / LOG_STEP
        return _joined(hz >= BREAK_HZ, above, mel)


@overload
def mel_to_hz(mels: float, *, htk: bool = ...) -> np.float64: ...


@overload
def mel_to_hz(mels: Values, *, htk: bool = ...) -> FloatArray: ...


@overload
def mel_to_hz(mels: ArrayLike, *, htk: bool = ...) -> FloatOrArray: ...
def mel_to_hz(mels: ArrayLike, *, htk: bool = False) -> FloatOrArray:
    """Mel to hertz, the inverse of `hz_to_mel`.

    Parameters
    ----------
    mels : array_like, any shape
        Mels.
    htk : bool
        As in `hz_to_mel`.

    Returns
    -------
    numpy.ndarray, shape of `mels`, or a scalar for a scalar
        Frequencies in Hz.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.mel_to_hz``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.mel_to_hz([3.0, 42.0]).round(6))
    [ 200. 6400.]
    """
    mel = check_numeric("mels", mels)
    with np.errstate(all="ignore"):
        if check_bool("htk", htk):
            return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
        hz = HZ_PER_MEL * mel
        above = BREAK_HZ * np.exp(LOG_STEP * (np.maximum(mel, BREAK_MEL) - BREAK_MEL))
        return _joined(mel >= BREAK_MEL, above, hz)


def _joined(upper: Any, above: Any, below: Any) -> Any:
    """The two pieces of the mel scale, in the precision of the lower one (the input's)."""
    return np.where(upper, above, below).astype(below.dtype, copy=False)[()]


@overload
def hz_to_octs(frequencies: float, *, tuning: float = ..., bins_per_octave: int = ...) -> np.float64: ...


@overload
def hz_to_octs(frequencies: Values, *, tuning: float = ..., bins_per_octave: int = ...) -> FloatArray: ...


@overload
def hz_to_octs(
    frequencies: ArrayLike, *, tuning: float = ..., bins_per_octave: int = ...
) -> FloatOrArray: ...
def hz_to_octs(frequencies: ArrayLike, *, tuning: float = 0.0, bins_per_octave: int = 12) -> FloatOrArray:
    """Hertz to octaves above A0, 27.5 Hz.

    Parameters
    ----------
    frequencies : array_like, any shape
        Frequencies in Hz.
    tuning : float
        Deviation of A4 from 440 Hz, in bins.
    bins_per_octave : int
        Bins per octave, the unit of `tuning`.

    Returns
    -------
    numpy.ndarray, shape of `frequencies`, or a scalar for a scalar
        Octaves.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.hz_to_octs``.

    Raises
    ------
    ParameterError
        If `tuning` or `bins_per_octave` cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.hz_to_octs([27.5, 440.0]))
    [0. 4.]
    """
    a0 = _a4(tuning, bins_per_octave) / 16
    with np.errstate(all="ignore"):
        return np.log2(check_numeric("frequencies", frequencies) / a0)


@overload
def octs_to_hz(octs: float, *, tuning: float = ..., bins_per_octave: int = ...) -> np.float64: ...


@overload
def octs_to_hz(octs: Values, *, tuning: float = ..., bins_per_octave: int = ...) -> FloatArray: ...


@overload
def octs_to_hz(octs: ArrayLike, *, tuning: float = ..., bins_per_octave: int = ...) -> FloatOrArray: ...
def octs_to_hz(octs: ArrayLike, *, tuning: float = 0.0, bins_per_octave: int = 12) -> FloatOrArray:
    """Octaves above A0 to hertz, the inverse of `hz_to_octs`.

    Parameters
    ----------
    octs : array_like, any shape
        Octaves.
    tuning, bins_per_octave
        As in `hz_to_octs`.

    Returns
    -------
    numpy.ndarray, shape of `octs`, or a scalar for a scalar
        Frequencies in Hz.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.octs_to_hz``.

    Raises
    ------
    ParameterError
        If `tuning` or `bins_per_octave` cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.octs_to_hz([0.0, 4.0]))
    [ 27.5 440. ]
    """
    a0 = _a4(tuning, bins_per_octave) / 16
    with np.errstate(all="ignore"):
        return a0 * 2.0 ** check_numeric("octs", octs)


def _a4(tuning: float, bins_per_octave: int) -> float:
    return 440.0 * raised(tuning, check_int("bins_per_octave", bins_per_octave))


def fft_frequencies(*, sr: float = 22050, n_fft: int = 2048) -> FloatArray:
    """The frequencies of the bins of a real FFT.

    Parameters
    ----------
    sr : float > 0
        Sampling rate in Hz.
    n_fft : int > 0
        Length of the FFT in samples.

    Returns
    -------
    numpy.ndarray, shape (1 + n_fft // 2,), float64
        Frequencies in Hz, 0 to `sr` / 2.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.fft_frequencies``.

    Raises
    ------
    ParameterError
        If `sr` or `n_fft` is not above 0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.fft_frequencies(sr=16000, n_fft=8))
    [   0. 2000. 4000. 6000. 8000.]
    """
    sr = check_rate("sr", sr)
    return np.fft.rfftfreq(check_int("n_fft", n_fft, unit="samples"), d=1.0 / sr)


def mel_frequencies(
    n_mels: int = 128, *, fmin: float = 0.0, fmax: float = 11025.0, htk: bool = False
) -> FloatArray:
    """Frequencies that are equally spaced in mel.

    Parameters
    ----------
    n_mels : int > 0
        Number of frequencies.
    fmin, fmax : float >= 0
        The first and the last one, in Hz.
    htk : bool
        The mel scale, as in `hz_to_mel`.

    Returns
    -------
    numpy.ndarray, shape (n_mels,), float64
        Frequencies in Hz.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.mel_frequencies``.

    Raises
    ------
    ParameterError
        If `n_mels`, `fmin` or `fmax` cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.mel_frequencies(4, fmax=600.0))
    [  0. 200. 400. 600.]
    """
    n_mels = check_int("n_mels", n_mels, unit="bands")
    low = hz_to_mel(check_float("fmin", fmin, low=0, unit="hertz"), htk=htk)
    high = hz_to_mel(check_float("fmax", fmax, low=0, unit="hertz"), htk=htk)
    return mel_to_hz(np.linspace(low, high, n_mels), htk=htk)

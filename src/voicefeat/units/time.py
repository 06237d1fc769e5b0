"""Frames, samples and seconds.

Scalars give scalars, arrays give arrays of the same shape, as in librosa 0.11.0.
"""

from __future__ import annotations

import numbers
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array, IntArray, Values
from ..errors import check_int, check_numeric, check_rate, fail

__all__ = ["frames_to_samples", "frames_to_time", "samples_to_frames", "time_to_frames", "times_like"]


@overload
def frames_to_samples(frames: float, *, hop_length: int = ..., n_fft: int | None = ...) -> np.int64: ...


@overload
def frames_to_samples(frames: Values, *, hop_length: int = ..., n_fft: int | None = ...) -> IntArray: ...


@overload
def frames_to_samples(
    frames: ArrayLike, *, hop_length: int = ..., n_fft: int | None = ...
) -> np.int64 | IntArray: ...
def frames_to_samples(
    frames: ArrayLike, *, hop_length: int = 512, n_fft: int | None = None
) -> np.int64 | IntArray:
    """The sample at which each frame begins.

    Parameters
    ----------
    frames : array_like of int, any shape
        Frame numbers.
    hop_length : int > 0
        Hop in samples.
    n_fft : int > 0 or None
        Frame length in samples, for frames that are not centred: half of it is added.

    Returns
    -------
    numpy.ndarray of int, shape of `frames`, or a scalar for a scalar
        Sample numbers.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.frames_to_samples``.

    Raises
    ------
    ParameterError
        If `hop_length` or `n_fft` is not a positive whole number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.frames_to_samples([0, 1, 2], hop_length=160))
    [  0 160 320]
    """
    hop_length = check_int("hop_length", hop_length, unit="samples")
    half = _half(n_fft)
    return (_counts("frames", frames, hop_length, half) * hop_length + half).astype(int)


def samples_to_frames(samples: ArrayLike, *, hop_length: int = 512, n_fft: int | None = None) -> IntArray:
    """The frame whose hop contains a sample.

    Parameters
    ----------
    samples : array_like of int, any shape
        Sample numbers.
    hop_length, n_fft
        As in `frames_to_samples`.

    Returns
    -------
    numpy.ndarray of int, shape of `samples` (0-d for a scalar)
        Frame numbers.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.samples_to_frames``.

    Raises
    ------
    ParameterError
        If `hop_length` or `n_fft` is not a positive whole number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.samples_to_frames([0, 159, 160], hop_length=160))
    [0 0 1]
    """
    hop_length = check_int("hop_length", hop_length, unit="samples")
    half = _half(n_fft)
    return np.asarray(np.floor((_counts("samples", samples, 1, half) - half) // hop_length), dtype=int)


@overload
def frames_to_time(
    frames: float, *, sr: float = ..., hop_length: int = ..., n_fft: int | None = ...
) -> np.float64: ...


@overload
def frames_to_time(
    frames: Values, *, sr: float = ..., hop_length: int = ..., n_fft: int | None = ...
) -> Float64Array: ...


@overload
def frames_to_time(
    frames: ArrayLike, *, sr: float = ..., hop_length: int = ..., n_fft: int | None = ...
) -> np.float64 | Float64Array: ...
def frames_to_time(
    frames: ArrayLike, *, sr: float = 22050, hop_length: int = 512, n_fft: int | None = None
) -> np.float64 | Float64Array:
    """The time at which each frame begins, in seconds.

    Parameters
    ----------
    frames : array_like of int, any shape
        Frame numbers.
    sr : float > 0
        Sampling rate in Hz.
    hop_length, n_fft
        As in `frames_to_samples`.

    Returns
    -------
    numpy.ndarray, shape of `frames`, or a scalar for a scalar
        Times in seconds, float64.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.frames_to_time``.

    Raises
    ------
    ParameterError
        If `sr`, `hop_length` or `n_fft` is not above 0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.frames_to_time([0, 1, 2], sr=16000, hop_length=160))
    [0.   0.01 0.02]
    """
    sr = check_rate("sr", sr)
    return frames_to_samples(frames, hop_length=hop_length, n_fft=n_fft) / sr


def time_to_frames(
    times: ArrayLike, *, sr: float = 22050, hop_length: int = 512, n_fft: int | None = None
) -> IntArray:
    """The frame whose hop contains a time.

    Parameters
    ----------
    times : array_like, any shape
        Times in seconds.
    sr : float > 0
        Sampling rate in Hz.
    hop_length, n_fft
        As in `frames_to_samples`.

    Returns
    -------
    numpy.ndarray of int, shape of `times` (0-d for a scalar)
        Frame numbers.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.time_to_frames``.

    Raises
    ------
    ParameterError
        If `sr`, `hop_length` or `n_fft` is not above 0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.time_to_frames([0.0, 0.5], sr=16000, hop_length=160))
    [ 0 50]
    """
    sr = check_rate("sr", sr)
    seconds = check_numeric("times", times)
    if seconds.dtype == np.float16 or seconds.dtype.kind != "f":
        seconds = seconds.astype(float)
    with np.errstate(over="ignore"):
        samples = seconds * sr
    _check_fits("times", times, samples, 1, 0)
    return samples_to_frames(samples.astype(int), hop_length=hop_length, n_fft=n_fft)


def times_like(
    X: ArrayLike, *, sr: float = 22050, hop_length: int = 512, n_fft: int | None = None, axis: int = -1
) -> Float64Array:
    """The times of all frames of a feature matrix.

    Parameters
    ----------
    X : numpy.ndarray or int
        A feature matrix, or its number of frames.
    sr : float > 0
        Sampling rate in Hz.
    hop_length, n_fft
        As in `frames_to_samples`.
    axis : int
        The axis of frames in `X`.

    Returns
    -------
    numpy.ndarray, shape (frames,), float64
        Times in seconds.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.times_like``.

    Raises
    ------
    ParameterError
        If `X` has no such axis, or `sr`, `hop_length` or `n_fft` is not above 0.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.times_like(3, sr=16000, hop_length=160))
    [0.   0.01 0.02]
    """
    if not isinstance(X, numbers.Number):
        X = check_numeric("X", X, "fiucb", "give a feature matrix or its number of frames")
    if np.ndim(X) == 0:
        n_frames = check_int("X", X, 0, unit="frames", remedy="give a feature matrix or its number of frames")
    else:
        shape = np.shape(X)
        if check_int("axis", axis, -len(shape)) >= len(shape):
            fail("axis", axis, f"X has {len(shape)} axes", "the frames of a feature matrix are on axis -1")
        n_frames = shape[axis]
    return frames_to_time(np.arange(n_frames), sr=sr, hop_length=hop_length, n_fft=n_fft)


def _counts(name: str, values: Any, times: int, more: int) -> np.ndarray:
    """Frame or sample numbers as float64 or int64; ``values * times + more`` must fit as well."""
    array = check_numeric(name, values)
    wide = array.astype(np.float64 if array.dtype.kind == "f" else np.int64, copy=False)
    _check_fits(name, values, array, times, more)
    return wide


def _check_fits(name: str, given: Any, values: Any, times: int, more: int) -> None:
    most = abs(values.astype(float)).max() if values.size else 0.0
    if not most * times + more < 2.0**62:
        fail(name, given, "has values that are not finite or too large", "give numbers below 2**62 samples")


def _half(n_fft: int | None) -> int:
    return 0 if n_fft is None else check_int("n_fft", n_fft, unit="samples") // 2

"""Signals: what a valid one is, reading, mixing down and resampling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .errors import float_type, one_of, real, reject, whole
from .reading import first_not_finite, read

__all__ = ["load", "resample", "to_mono"]

_FLOAT32 = np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)
# More channels than this, or fewer frames per channel, and an (n, channels) array is taken at its word.
_MAX_CHANNELS = 8
_FRAMES_PER_CHANNEL = 100
SOXR = ["soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq"]
WAYS = [*SOXR, "fft", "scipy", "polyphase"]


def signal(y: Any, name: str = "y") -> np.ndarray:
    """`y` as a signal: float32 or float64, native, contiguous, shape (..., n) with n > 0.

    int16 and int32 are scaled by 2**-15 and 2**-31 to float32. Whether all samples are finite is seen
    later, where they are read anyway (`not_finite` then tells which one is not).
    """
    if type(y) is np.ndarray and (y.dtype is _FLOAT32 or y.dtype is _FLOAT64) and y.ndim == 1 and y.size:
        flags = y.flags
        if flags.c_contiguous and flags.aligned:
            return y
    return _converted(y, name)


def _converted(y: Any, name: str) -> np.ndarray:
    if type(y) is not np.ndarray and isinstance(y, np.ma.MaskedArray) and np.ma.is_masked(y):
        reject(name, y, "has masked samples", f"fill them, {name}.filled(0)")
    try:
        array = np.asarray(y)
    except ValueError:
        reject(name, y, "its rows differ in length", "pass one signal at a time, or pad them to one length")
    _check_type(y, array, name)
    if array.ndim == 0:
        reject(name, y, "is one number, not an array of samples", "pass a signal of shape (..., samples)")
    if array.size == 0:
        reject(name, array, "holds no samples", "skip empty recordings")
    if array.ndim == 2:
        n, channels = array.shape
        if channels <= _MAX_CHANNELS and n >= _FRAMES_PER_CHANNEL * channels:
            problem = f"looks like {n} samples of {channels} channel{'s' * (channels > 1)}, channels last"
            reject(name, array, problem, f"samples belong on the last axis, pass {name}.T")
    if array.dtype.kind == "i":
        scale = np.float32(2.0 ** (1 - 8 * array.itemsize))
        return array.astype(np.float32, order="C") * scale
    kind = _FLOAT32 if array.itemsize == 4 else _FLOAT64
    array = np.require(array, kind, ["C", "A"])
    return array if type(array) is np.ndarray else np.asarray(array)


def _check_type(y: Any, array: np.ndarray, name: str) -> None:
    """Only floats with an agreed scale, and PCM of 16 and 32 bits."""
    kind, size = array.dtype.kind, array.itemsize
    if (kind == "f" and size in (4, 8)) or (kind == "i" and size in (2, 4)):
        return
    shown = array if array.ndim else y
    if kind == "f":
        problem, remedy = "is neither float32 nor float64", f"pass {name}.astype(numpy.float32)"
    elif kind in "iu":
        problem = f"{array.dtype} samples have no scale that all agree on"
        middle = f" - {2 ** (8 * size - 1)}.0" if kind == "u" else ""
        remedy = (
            f"pass int16 or int32 PCM, or scale them, (({name}{middle}) / {2 ** (8 * size - 1)}.0)"
            ".astype(numpy.float32)"
        )
    elif kind == "c":
        problem, remedy = "is complex", f"pass a real signal, such as {name}.real"
    else:
        problem, remedy = f"{array.dtype} values are no samples", "pass an array of float32 or float64"
    reject(name, shown, problem, remedy)


def not_finite(y: np.ndarray, name: str = "y") -> None:
    """Raise the error for the first sample of `y` that is NaN or infinite, if there is one."""
    found = first_not_finite(y)
    if found:
        reject(name, y, found, f"repair it, numpy.nan_to_num({name}), or leave the recording out")


def load(
    path: Any,
    *,
    sr: float | None = 22050,
    mono: bool = True,
    offset: float = 0.0,
    duration: float | None = None,
    dtype: DTypeLike = np.float32,
    res_type: str = "soxr_hq",
) -> tuple[np.ndarray, float]:
    """Read a recording.

    Parameters
    ----------
    path : path or file open for reading bytes
        WAV, FLAC, OGG, MP3 or whatever else libsndfile reads.
    sr : float > 0 or None
        The sampling rate to resample to, in hertz; None keeps the recording's own.
    mono : bool
        True to take the mean of all channels.
    offset, duration : float
        The part to read, in seconds; a `duration` of None reads to the end.
    dtype : float32 or float64
        Type of the samples; integer PCM is scaled to [-1, 1).
    res_type : str
        How to resample, as in `resample`.

    Returns
    -------
    y : numpy.ndarray, shape (n,) or (channels, n)
        The samples.
    sr : float
        Their rate in hertz.

    Raises
    ------
    AudioError
        If the file is missing (then it is a `FileNotFoundError` as well), is no audio, is damaged, holds no
        samples, fewer than its header promises or one that is not finite.
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.load``. A recording that ends early is an error here; librosa returns
    what is there.

    Examples
    --------
    >>> import io, numpy as np, soundfile, voicefeat as vf
    >>> file = io.BytesIO()
    >>> soundfile.write(file, np.zeros((16000, 2)), 16000, format="WAV")
    >>> _ = file.seek(0)
    >>> y, sr = vf.load(file, sr=None)
    >>> y.shape, y.dtype, sr
    ((16000,), dtype('float32'), 16000)
    """
    if sr is not None:
        real("sr", sr, above=0, unit="hertz", remedy="give None to keep the recording's own")
    offset = real("offset", offset, low=0, unit="seconds")
    if duration is not None:
        duration = real("duration", duration, above=0, unit="seconds", remedy="give None to read to the end")
    one_of("res_type", res_type, WAYS)
    frames, rate = read(path, offset, duration, float_type("dtype", dtype))
    if frames.shape[1] == 1:
        y = frames[:, 0]
    elif mono:
        y = frames.mean(axis=1)
    else:
        y = np.ascontiguousarray(frames.T)
    if sr is None:
        return y, rate
    return resample(y, orig_sr=rate, target_sr=sr, res_type=res_type), sr


def to_mono(y: ArrayLike) -> np.ndarray:
    """The mean of all channels.

    Parameters
    ----------
    y : array_like, shape (..., n)
        A signal; int16 and int32 PCM is scaled to [-1, 1).

    Returns
    -------
    numpy.ndarray, shape (n,), float32 or float64
        One channel. A signal that has one axis is returned as it is.

    Raises
    ------
    ParameterError
        If `y` is no signal.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.to_mono``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.to_mono([[1.0, 0.0, 0.5], [0.0, 0.0, 0.5]]))
    [0.5 0.  0.5]
    """
    y = signal(y)
    mono = y if y.ndim == 1 else np.mean(y, axis=tuple(range(y.ndim - 1)))
    if not np.isfinite(mono).all():
        not_finite(y)
    return mono


def resample(
    y: ArrayLike,
    *,
    orig_sr: float,
    target_sr: float,
    res_type: str = "soxr_hq",
    fix: bool = True,
    scale: bool = False,
    axis: int = -1,
) -> np.ndarray:
    """A signal at another sampling rate.

    Parameters
    ----------
    y : array_like, shape (..., n, ...)
        A signal; int16 and int32 PCM is scaled to [-1, 1).
    orig_sr, target_sr : float > 0
        Its rate and the one wanted, in hertz.
    res_type : str
        "soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq" or "soxr_qq" (soxr, best to quickest); "fft" or "scipy"
        (`scipy.signal.resample`); "polyphase" (`scipy.signal.resample_poly`, whole rates only).
    fix : bool
        True to cut or pad with zeros to exactly ``ceil(n * target_sr / orig_sr)`` samples.
    scale : bool
        True to keep the energy: the result is divided by ``sqrt(target_sr / orig_sr)``.
    axis : int
        The axis of samples.

    Returns
    -------
    numpy.ndarray, float32 or float64
        The signal; the input itself where the rates are equal.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.resample``.

    Examples
    --------
    >>> import numpy as np, voicefeat as vf
    >>> vf.resample(np.zeros(44100, dtype=np.float32), orig_sr=44100, target_sr=16000).shape
    (16000,)
    """
    orig_sr = real("orig_sr", orig_sr, above=0, unit="hertz")
    target_sr = real("target_sr", target_sr, above=0, unit="hertz")
    one_of("res_type", res_type, WAYS)
    if res_type == "polyphase" and not (orig_sr.is_integer() and target_sr.is_integer()):
        name, rate = ("target_sr", target_sr) if orig_sr.is_integer() else ("orig_sr", orig_sr)
        reject(name, rate, 'must be whole for res_type="polyphase"', 'use res_type="soxr_hq"')
    y = _samples_last(y, axis)
    if orig_sr == target_sr:
        return np.moveaxis(y, -1, axis)
    n = math.ceil(y.shape[-1] * (target_sr / orig_sr))
    result = _resampled(y, orig_sr, target_sr, res_type, n)
    if fix and result.shape[-1] != n:
        fixed = np.zeros((*y.shape[:-1], n), result.dtype)
        fixed[..., : result.shape[-1]] = result[..., :n]
        result = fixed
    if scale:
        result = result / np.sqrt(target_sr / orig_sr)
    if not np.isfinite(result).all():
        not_finite(y)
    return np.moveaxis(result.astype(y.dtype, copy=False), -1, axis)


def _samples_last(y: Any, axis: int) -> np.ndarray:
    if axis == -1:
        return signal(y)
    dims = np.ndim(y)
    if whole("axis", axis, -dims) >= dims:
        reject("axis", axis, f"y has {dims} axes", "the samples of a signal are on axis -1")
    return signal(np.moveaxis(np.asarray(y), axis, -1))


def _resampled(y: np.ndarray, orig_sr: float, target_sr: float, res_type: str, n: int) -> np.ndarray:
    if res_type in SOXR:
        import soxr

        channels = y.reshape(-1, y.shape[-1])
        done = np.stack([soxr.resample(c, orig_sr, target_sr, quality=res_type) for c in channels])
        return done.reshape(*y.shape[:-1], -1)
    from scipy import signal as scipy_signal

    if res_type == "polyphase":
        shared = math.gcd(int(orig_sr), int(target_sr))
        return scipy_signal.resample_poly(y, int(target_sr) // shared, int(orig_sr) // shared, axis=-1)
    return scipy_signal.resample(y, n, axis=-1)

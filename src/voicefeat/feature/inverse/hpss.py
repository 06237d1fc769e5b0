"""Harmonic-percussive separation: medians along time and along frequency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...audio.limits import LARGEST_SPECTRA
from ...audio.signals import signal
from ...engine.medians import running_medians
from ...errors import check_bool, check_float, check_int, check_numeric, fail
from ..spectral.stft import stft
from .istft import istft

__all__ = ["harmonic", "hpss", "percussive", "softmask"]

#: Largest size of a median: more than a minute of frames; the time of each step grows with it.
MOST_KERNEL = 1 << 12


def softmask(
    X: ArrayLike, X_ref: ArrayLike, *, power: float = 1.0, split_zeros: bool = False
) -> NDArray[Any]:
    """Soft mask of X against a reference, as ``librosa.util.softmask``.

    Parameters
    ----------
    X, X_ref : real arrays of one shape (...), 0 or more
        Magnitudes of the wanted part, and of the reference.
    power : float above 0
        Exponent: ``X**power / (X**power + X_ref**power)``; if infinite, 1 where X is the larger, else 0.
    split_zeros : bool
        Mask where both are 0: 0.5 if True, else 0.

    Returns
    -------
    array of shape (...), float32 or float64 (bool for an infinite power)
        Mask, from 0 to 1.

    Raises
    ------
    ParameterError
        If the shapes differ, a number is negative or not finite, or the power cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.util.softmask``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.softmask([1.0, 3.0, 0.0], [1.0, 1.0, 0.0], power=1, split_zeros=True))
    [0.5  0.75 0.5 ]
    """
    split_zeros = check_bool("split_zeros", split_zeros)
    wanted, other = _magnitudes("X", X), _magnitudes("X_ref", X_ref)
    if wanted.shape != other.shape:
        fail("X_ref", X_ref, f"X has the shape {wanted.shape}", "give two arrays of one shape")
    kind = np.result_type(wanted, other)
    return _softmask(wanted.astype(kind, copy=False), other.astype(kind, copy=False), power, split_zeros)


def hpss(
    S: ArrayLike,
    *,
    kernel_size: int | Sequence[int] = 31,
    power: float = 2.0,
    mask: bool = False,
    margin: float | Sequence[float] = 1.0,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Harmonic-percussive separation of a spectrogram by median filters, as ``librosa.decompose.hpss``.

    Parameters
    ----------
    S : array of shape (..., bins, frames), real or complex
        Magnitudes, or `stft`.
    kernel_size : int, or (int, int)
        Length of the medians in frames, and in bins; 4096 at most.
    power : float above 0
        Exponent of the masks; infinite for binary masks.
    mask : bool
        Return the masks in place of the parts.
    margin : float, or (float, float), 1 or more
        Factor by which a part must exceed the other. Above 1 the parts no longer add up to S.

    Returns
    -------
    (harmonic, percussive) : two arrays of shape (..., bins, frames)
        The two parts, of the type of S; masks are real, or bool for an infinite power.

    Raises
    ------
    ParameterError
        If `S` is not finite, or a setting cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.decompose.hpss``; D. Fitzgerald, "Harmonic/percussive separation using
    median filtering", DAFx 2010; J. Driedger, M. Müller, S. Disch, ISMIR 2014 (margins).

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> y[11025] = 50.0
    >>> S = vf.stft(y)
    >>> steady, sudden = vf.hpss(S)
    >>> bool(np.abs(steady[41]).mean() > 10 * np.abs(sudden[41]).mean()), np.allclose(steady + sudden, S)
    (True, True)
    """
    spectra = _spectra(S)
    frames, bins = _kernel(kernel_size)
    first, second = (
        check_float("margin", m, 1.0, 1e6, remedy="give 1 or more") for m in _pair("margin", margin)
    )
    power, mask = _power(power), check_bool("mask", mask)
    with np.errstate(over="ignore"):
        sizes = np.abs(spectra) if spectra.dtype.kind == "c" else spectra
    largest = LARGEST_SPECTRA[sizes.dtype.newbyteorder("=")]
    if not sizes.max() < largest:
        problem = f"holds {sizes.max():.3g}, too large for {sizes.dtype}: values are below {largest:.2g}"
        fail("S", S, problem, "scale it, S / numpy.abs(S).max()")
    steady = _medians(sizes, frames)
    turned = np.ascontiguousarray(np.swapaxes(sizes, -1, -2))
    sudden = np.ascontiguousarray(np.swapaxes(_medians(turned, bins), -1, -2))
    split = first == 1 == second
    kind = sizes.dtype.type
    of_steady = _softmask(steady, sudden * kind(first), power, split)
    of_sudden = _softmask(sudden, steady * kind(second), power, split)
    if mask:
        return of_steady, of_sudden
    return spectra * of_steady, spectra * of_sudden


def harmonic(
    y: SignalLike,
    *,
    kernel_size: int | Sequence[int] = 31,
    power: float = 2.0,
    margin: float | Sequence[float] = 1.0,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
) -> FloatArray:
    """Harmonic part of a signal, as ``librosa.effects.harmonic``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    kernel_size, power, margin
        As in `hpss`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.

    Returns
    -------
    array of shape (..., n), of y's precision
        Signal of that part.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.effects.harmonic``, which ignores `window`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.harmonic(np.sin(np.arange(22050) / 5)).shape
    (22050,)
    """
    given = _framing(n_fft, hop_length, win_length, window, center)
    return _part(0, signal(y), given, pad_mode, kernel_size=kernel_size, power=power, margin=margin)


def percussive(
    y: SignalLike,
    *,
    kernel_size: int | Sequence[int] = 31,
    power: float = 2.0,
    margin: float | Sequence[float] = 1.0,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
) -> FloatArray:
    """Percussive part of a signal, as ``librosa.effects.percussive``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    kernel_size, power, margin
        As in `hpss`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.

    Returns
    -------
    array of shape (..., n), of y's precision
        Signal of that part.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.effects.percussive``, which ignores `window`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.percussive(np.sin(np.arange(22050) / 5)).shape
    (22050,)
    """
    given = _framing(n_fft, hop_length, win_length, window, center)
    return _part(1, signal(y), given, pad_mode, kernel_size=kernel_size, power=power, margin=margin)


def _kernel(size: Any) -> tuple[int, int]:
    """The lengths of the medians in frames and in bins."""
    frames, bins = (check_int("kernel_size", n, most=MOST_KERNEL) for n in _pair("kernel_size", size))
    return frames, bins


def _framing(n_fft: Any, hop: Any, win: Any, window: Any, center: Any) -> dict[str, Any]:
    return {"n_fft": n_fft, "hop_length": hop, "win_length": win, "window": window, "center": center}


def _part(which: int, y: np.ndarray, given: dict[str, Any], pad_mode: Any, **settings: Any) -> np.ndarray:
    _kernel(settings["kernel_size"])
    spectra = stft(y, pad_mode=pad_mode, **given)
    if not np.isfinite(spectra).all():
        fail("y", y, "is so large that its spectrum overflows", "scale it down, or pass float64")
    part = hpss(spectra, **settings)[which]
    return istft(part, length=y.shape[-1], **given).astype(y.dtype, copy=False)


def _medians(x: np.ndarray, width: int) -> np.ndarray:
    """Running medians along the last axis."""
    x = np.ascontiguousarray(x)
    out = np.empty_like(x)
    window = np.empty(width, x.dtype)
    running_medians(x.reshape(-1), x.size // x.shape[-1], x.shape[-1], width, window, out.reshape(-1))
    return out


def _softmask(x: np.ndarray, other: np.ndarray, power: float, split_zeros: bool) -> np.ndarray:
    power = _power(power)
    if math.isinf(power):
        return x > other
    largest = np.maximum(x, other)
    empty = largest < np.finfo(x.dtype).tiny
    largest[empty] = 1
    mask, rest = (x / largest) ** power, (other / largest) ** power
    total = mask + rest
    total[empty] = 1
    mask /= total
    mask[empty] = 0.5 if split_zeros else 0.0
    return mask


def _power(power: Any) -> float:
    if isinstance(power, float) and power == math.inf:
        return power
    return check_float("power", power, above=0.0, remedy="give 2.0, or inf for binary masks")


def _pair(name: str, value: Any) -> tuple[Any, Any]:
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            fail(name, value, "must be one number, or two", "give one for both")
        return value[0], value[1]
    return value, value


def _magnitudes(name: str, x: Any) -> np.ndarray:
    array = np.asarray(check_numeric(name, x))
    if array.dtype.kind not in "fiu":
        fail(name, x, "must hold real numbers of 0 or more", f"give magnitudes, numpy.abs({name})")
    _check_finite(name, array)
    if (array < 0).any():
        fail(name, x, "must hold real numbers of 0 or more", f"give magnitudes, numpy.abs({name})")
    return array if array.dtype.kind == "f" and array.dtype.itemsize >= 4 else array.astype(np.float64)


def _check_finite(name: str, array: np.ndarray) -> None:
    """Refuse NaN and infinite values, and name the position of the first."""
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        problem = f"{name}[{', '.join(map(str, at))}] is {array[at]}"
        fail(name, array, problem, f"repair it, numpy.nan_to_num({name}), or leave such frames out")


def _spectra(S: Any) -> np.ndarray:
    array = np.asarray(check_numeric("S", S, "fiuc", "give the result of stft, or its magnitude"))
    if array.dtype.kind != "c":
        array = _magnitudes("S", S)
    else:
        _check_finite("S", array)
    if array.ndim < 2 or not array.size:
        fail("S", S, "must have the shape (..., bins, frames)", "give stft(y) or spectrogram(y)")
    return array

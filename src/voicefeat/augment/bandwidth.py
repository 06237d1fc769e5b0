"""Band limitation: filters, the telephone band, a lower sampling rate and back."""

from __future__ import annotations

import numpy as np

from .._typing import FloatArray, SignalLike
from ..audio.resample import MOST_TIMES, resample
from ..errors import check_int, check_rate, fail
from .filtfilt import Passes
from .seeds import Random
from .settings import Range, audio_rate, check_signal, draw_number

__all__ = ["bandlimit", "downsample", "telephone"]

#: The largest order of a Butterworth filter.
MOST_ORDER = 50


def bandlimit(
    y: SignalLike,
    sr: float = 16000,
    *,
    fmin: Range | None = None,
    fmax: Range | None = None,
    order: int = 4,
    rng: Random | None = None,
) -> FloatArray:
    """Apply a high-pass filter, a low-pass filter, or both.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    fmin, fmax : float or (float, float)
        Cutoff frequencies in Hz, each 6 dB down; None for no filter on that side. From a pair, a number in
        between is drawn.
    order : int
        Order of the Butterworth filters. They run forwards and backwards, so there is no delay, and the slope
        is 12 dB per octave times the order.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed if a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The filtered signal.

    Raises
    ------
    ParameterError
        If a cutoff is not below half of `sr`, `fmin` is not below `fmax`, or both are missing.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 6000 * np.arange(16000) / 16000)
    >>> float(np.abs(vf.augment.bandlimit(y, 16000, fmax=3000)[100:-100]).max()) < 0.01
    True
    """
    y, sr, order = check_signal(y), check_rate("sr", sr), check_int("order", order)
    if order > MOST_ORDER:
        fail("order", order, "makes a filter that is numerically unstable", f"give at most {MOST_ORDER}")
    if fmin is None and fmax is None:
        fail("fmin", fmin, "is missing, and so is fmax", "give one cutoff or both")
    edges = {}
    for name, value, kind in (("fmin", fmin, "highpass"), ("fmax", fmax, "lowpass")):
        if value is not None:
            edge = draw_number(name, value, rng)
            if not 0 < edge < sr / 2:
                problem = f"{edge:g} Hz is not between 0 and half of sr={sr:g}"
                fail(name, value, problem, f"give less than {sr / 2:g}")
            if edge < 1e-7 * sr:  # its square is lost in rounding beside coefficients near 1
                fail(name, value, f"{edge:g} Hz is too close to 0 for sr={sr:g}", "give hertz, such as 20")
            edges[kind] = edge
    if len(edges) == 2 and edges["highpass"] >= edges["lowpass"]:
        fail("fmin", fmin, f"is not below fmax={edges['lowpass']:g}", "give an fmin below fmax")
    from scipy.signal import butter

    return Passes(y, (butter(order, edge, kind, fs=sr, output="sos") for kind, edge in edges.items())).run()


def telephone(y: SignalLike, sr: float = 16000) -> FloatArray:
    """Limit a signal to the telephone band, 300 to 3400 Hz.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float, above 6800
        Sampling rate in Hz.

    Returns
    -------
    array of shape (n,), of y's precision
        The result of `bandlimit`; `codec` adds the distortion of a telephone line.

    Raises
    ------
    ParameterError
        If the signal or its sampling rate cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 50 * np.arange(16000) / 16000)
    >>> float(np.abs(vf.augment.telephone(y, 16000)[2000:-2000]).max()) < 0.001
    True
    """
    return bandlimit(y, sr, fmin=300.0, fmax=3400.0)


def downsample(y: SignalLike, sr: float = 16000, *, rate: Range, rng: Random | None = None) -> FloatArray:
    """Resample to a lower rate and back, as if the recording had been made at that rate.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    rate : float or (float, float)
        The lower rate in Hz; from a pair, a number in between is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed if a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The signal at `sr`, without frequencies above half the lower rate.

    Raises
    ------
    ParameterError
        If `rate` is not a sampling rate, or above `sr`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.augment.downsample(np.sin(np.arange(16001) / 5), 16000, rate=8000).shape
    (16001,)
    """
    y, sr = check_signal(y), audio_rate(sr)
    lower = draw_number("rate", rate, rng, low=max(1.0, sr / MOST_TIMES), high=sr)
    return back(resample(y, orig_sr=sr, target_sr=lower), lower, y, sr)


def back(x: np.ndarray, rate: float, y: np.ndarray, sr: float) -> np.ndarray:
    """Resample `x` from `rate` back to `sr`, with the length and the dtype of `y`."""
    result = resample(x, orig_sr=rate, target_sr=sr)[: y.size]
    if result.size < y.size:
        result = np.pad(result, (0, y.size - result.size))
    return result.astype(y.dtype, copy=False)

"""Less bandwidth: filters, a telephone's band, a lower rate and back."""

from __future__ import annotations

import numpy as np

from .._typing import FloatArray, Signal
from ..audio.resample import MOST_TIMES, resample
from ..errors import check_int, check_rate, fail
from .filtfilt import Passes
from .seeds import Random
from .settings import Range, audio_rate, number, one_signal

__all__ = ["bandlimit", "downsample", "telephone"]

#: Order of a Butterworth filter, at most.
MOST_ORDER = 50


def bandlimit(
    y: Signal,
    sr: float = 16000,
    *,
    fmin: Range | None = None,
    fmax: Range | None = None,
    order: int = 4,
    rng: Random | None = None,
) -> FloatArray:
    """A high-pass, a low-pass, or both.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    fmin, fmax : float or (float, float)
        Edges in hertz, each 6 dB down; without one, that side is left open. Of two numbers, one between them
        is drawn.
    order : int
        Of the Butterworth filters. They run forwards and backwards, so that nothing is delayed, and fall by
        12 times the order in decibels an octave.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed where a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The band.

    Raises
    ------
    ParameterError
        If an edge is not below half of `sr`, the edges cross or both are missing.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 6000 * np.arange(16000) / 16000)
    >>> float(np.abs(vf.augment.bandlimit(y, 16000, fmax=3000)[100:-100]).max()) < 0.01
    True
    """
    y, sr, order = one_signal(y), check_rate("sr", sr), check_int("order", order)
    if order > MOST_ORDER:
        fail("order", order, "has no filter whose numbers hold", f"give at most {MOST_ORDER}")
    if fmin is None and fmax is None:
        fail("fmin", fmin, "and fmax are both missing", "give one edge or both")
    edges = {}
    for name, value, kind in (("fmin", fmin, "highpass"), ("fmax", fmax, "lowpass")):
        if value is not None:
            edge = number(name, value, rng)
            if not 0 < edge < sr / 2:
                problem = f"{edge:g} Hz do not lie between 0 and half of sr={sr:g}"
                fail(name, value, problem, f"give less than {sr / 2:g}")
            if edge < 1e-7 * sr:  # squares of it are lost beside 1, which the filter's numbers are near
                fail(name, value, f"{edge:g} Hz is next to 0 beside sr={sr:g}", "give hertz, such as 20")
            edges[kind] = edge
    if len(edges) == 2 and edges["highpass"] >= edges["lowpass"]:
        fail("fmin", fmin, f"is not below fmax={edges['lowpass']:g}", "give the lower edge first")
    from scipy.signal import butter

    return Passes(y, (butter(order, edge, kind, fs=sr, output="sos") for kind, edge in edges.items())).run()


def telephone(y: Signal, sr: float = 16000) -> FloatArray:
    """The band of a telephone, 300 to 3400 Hz.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float, above 6800
        Sampling rate in Hz.

    Returns
    -------
    array of shape (n,), of y's precision
        What `bandlimit` makes of it; `codec` adds what a line does beyond that.

    Raises
    ------
    ParameterError
        If the signal or its rate cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 50 * np.arange(16000) / 16000)
    >>> float(np.abs(vf.augment.telephone(y, 16000)[2000:-2000]).max()) < 0.001
    True
    """
    return bandlimit(y, sr, fmin=300.0, fmax=3400.0)


def downsample(y: Signal, sr: float = 16000, *, rate: Range, rng: Random | None = None) -> FloatArray:
    """To a lower rate and back: what a recording made at that rate has lost.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    rate : float or (float, float)
        The lower rate in hertz; of two, a number between them is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed where a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        At `sr` again, without what was above half the lower rate.

    Raises
    ------
    ParameterError
        If the rate is none, or above `sr`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.augment.downsample(np.sin(np.arange(16001) / 5), 16000, rate=8000).shape
    (16001,)
    """
    y, sr = one_signal(y), audio_rate(sr)
    lower = number("rate", rate, rng, low=max(1.0, sr / MOST_TIMES), high=sr)
    return back(resample(y, orig_sr=sr, target_sr=lower), lower, y, sr)


def back(x: np.ndarray, rate: float, y: np.ndarray, sr: float) -> np.ndarray:
    """What was made of `y` at another rate: at the old rate, as long as before and in y's precision."""
    made = resample(x, orig_sr=rate, target_sr=sr)[: y.size]
    if made.size < y.size:
        made = np.pad(made, (0, y.size - made.size))
    return made.astype(y.dtype, copy=False)

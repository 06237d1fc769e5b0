"""Reverberation: synthetic room impulse responses, and signals in a room."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .._typing import FloatArray, SignalLike
from ..errors import fail
from .seeds import Random, check_rng
from .settings import Range, audio_rate, check_signal, draw_number, power

__all__ = ["reverb", "room_response"]

_LONGEST = 10.0  # seconds
_FEWEST = 16  # samples of a tail


def room_response(sr: float = 16000, *, t60: Range, drr: Range = 3.0, rng: Random) -> FloatArray:
    """A synthetic room impulse response: a direct sound and noise that decays exponentially.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    t60 : float or (float, float), at most 10
        Reverberation time in seconds, in which the tail falls by 60 dB; from a pair, a number in between is
        drawn.
    drr : float or (float, float), -60 to 60
        Direct-to-reverberant ratio, the energy of the direct sound over that of the tail, in decibels.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers.

    Returns
    -------
    array of shape (1 + round(t60 * sr),), float64
        The direct sound, 1, followed at once by the tail. In real rooms, a gap and early reflections come
        first.

    Raises
    ------
    ParameterError
        If a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.augment.room_response(16000, t60=0.5, rng=vf.augment.generator(7)).shape
    (8001,)
    """
    sr, rng = audio_rate(sr), check_rng(rng)
    seconds = draw_number("t60", t60, rng, low=0.0, high=_LONGEST)
    direct = draw_number("drr", drr, rng, low=-60.0, high=60.0)
    n = round(seconds * sr)
    if n < _FEWEST:
        fail("t60", t60, f"leaves {n} samples at sr={sr:g}", f"give at least {_FEWEST / sr:.2g} seconds")
    tail = rng.normal(0.0, 1.0, n) * np.exp(-math.log(1000) * np.arange(1, n + 1) / n)
    tail *= 10 ** (-direct / 20) / np.linalg.norm(tail)
    return np.concatenate([[1.0], tail])


def reverb(
    y: SignalLike,
    sr: float = 16000,
    *,
    t60: Range | None = None,
    drr: Range = 3.0,
    response: ArrayLike | None = None,
    rng: Random | None = None,
) -> FloatArray:
    """Add the reverberation of a room; length and energy of the signal are kept.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    t60, drr : float or (float, float)
        Settings of `room_response`.
    response : array of shape (m,)
        A measured impulse response at the sampling rate of the signal, in place of `t60`.
    rng : numpy.random.Generator or numpy.random.RandomState
        `generator` makes one for an utterance; not needed with a `response`.

    Returns
    -------
    array of shape (n,), of y's precision
        The signal in the room, with the energy of `y`. The largest sample of the response has no delay; the
        tail after the end is cut off.

    Raises
    ------
    ParameterError
        If both or neither of `t60` and `response` are given, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> vf.augment.reverb(y, 16000, t60=(0.2, 0.8), rng=vf.augment.generator(7, "clip")).shape
    (16000,)
    """
    from scipy.signal import fftconvolve

    y = check_signal(y)
    if (t60 is None) == (response is None):
        problem = "is missing, and so is response" if t60 is None else "cannot be combined with a response"
        fail("t60", t60, problem, "give either t60 or a response")
    if response is None:
        response = room_response(sr, t60=t60, drr=drr, rng=check_rng(rng))  # type: ignore[arg-type]
    response = check_signal(response, "response")
    power(response, "response", response)
    first = int(np.abs(response).argmax())
    result = fftconvolve(y.astype(np.float64), response.astype(np.float64))[first : first + y.size]
    before, after = (float(np.linalg.norm(x.astype(np.float64))) for x in (y, result))
    return (result * (before / after if after else 1.0)).astype(y.dtype)

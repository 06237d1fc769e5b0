"""Rooms: responses that decay exponentially, and signals in them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .._typing import FloatArray, Signal
from ..errors import fail
from .seeds import Random, check
from .settings import Range, audio_rate, number, one_signal, power

__all__ = ["reverb", "room_response"]

_LONGEST = 10.0  # seconds
_FEWEST = 16  # samples of a tail


def room_response(sr: float = 16000, *, t60: Range, drr: Range = 3.0, rng: Random) -> FloatArray:
    """What an impulse becomes in a room: itself, and noise that decays exponentially.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    t60 : float or (float, float), at most 10
        Seconds in which the tail falls by 60 dB; of two, a number between them is drawn.
    drr : float or (float, float), -60 to 60
        Energy of the direct sound over that of the tail, in decibels.
    rng : numpy.random.Generator or numpy.random.RandomState
        Where numbers are drawn.

    Returns
    -------
    array of shape (1 + round(t60 * sr),), float64
        The direct sound, 1, and the tail right after it. Real rooms have a pause and single echoes before.

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
    sr, rng = audio_rate(sr), check(rng)
    seconds = number("t60", t60, rng, low=0.0, high=_LONGEST)
    direct = number("drr", drr, rng, low=-60.0, high=60.0)
    n = round(seconds * sr)
    if n < _FEWEST:
        fail("t60", t60, f"leaves {n} samples at sr={sr:g}", f"give at least {_FEWEST / sr:.2g} seconds")
    tail = rng.normal(0.0, 1.0, n) * np.exp(-math.log(1000) * np.arange(1, n + 1) / n)
    tail *= 10 ** (-direct / 20) / np.linalg.norm(tail)
    return np.concatenate([[1.0], tail])


def reverb(
    y: Signal,
    sr: float = 16000,
    *,
    t60: Range | None = None,
    drr: Range = 3.0,
    response: ArrayLike | None = None,
    rng: Random | None = None,
) -> FloatArray:
    """A signal in a room, as long and as loud as before.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    t60, drr : float or (float, float)
        Of a response that `room_response` makes.
    response : array of shape (m,)
        A measured response at the signal's rate, in place of `t60`.
    rng : numpy.random.Generator or numpy.random.RandomState
        `generator` makes one for an utterance; not needed with a `response`.

    Returns
    -------
    array of shape (n,), of y's precision
        Its energy is that of the signal. The response's largest sample is at no delay; what sounds after the
        end is cut off.

    Raises
    ------
    ParameterError
        If both or neither of `t60` and `response` are given, or one cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> vf.augment.reverb(y, 16000, t60=(0.2, 0.8), rng=vf.augment.generator(7, "clip")).shape
    (16000,)
    """
    from scipy.signal import fftconvolve

    y = one_signal(y)
    if (t60 is None) == (response is None):
        fail("t60", t60, "is one of two ways to have a room", "give either t60 or a response")
    if response is None:
        response = room_response(sr, t60=t60, drr=drr, rng=check(rng))  # type: ignore[arg-type]
    response = one_signal(response, "response")
    power(response, "response", response)
    first = int(np.abs(response).argmax())
    made = fftconvolve(y.astype(np.float64), response.astype(np.float64))[first : first + y.size]
    before, after = (float(np.linalg.norm(x.astype(np.float64))) for x in (y, made))
    return (made * (before / after if after else 1.0)).astype(y.dtype)

"""Changes of level and speed."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from .._typing import FloatArray, SignalLike
from ..audio.resample import resample
from ..errors import check_choice, fail
from .seeds import Random
from .settings import Range, check_signal, draw_number

__all__ = ["gain", "speed"]

_OVER = ("refuse", "clip", "keep")


def gain(
    y: SignalLike, *, db: Range, over: Literal["refuse", "clip", "keep"] = "refuse", rng: Random | None = None
) -> FloatArray:
    """Make a signal louder or softer.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    db : float or (float, float), -120 to 120
        Gain in decibels; from a pair, a number in between is drawn.
    over : "refuse", "clip" or "keep"
        What to do if samples would exceed 1: raise an error; clip them, with a warning that says how many; or
        keep them.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed if a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The signal times ``10 ** (db / 20)``.

    Raises
    ------
    ParameterError
        If a setting cannot be used, or samples would exceed 1 and `over` is "refuse".

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.augment.gain(np.array([0.1, -0.2]), db=6.0)
    array([ 0.19952623, -0.39905246])
    """
    y = check_signal(y)
    check_choice("over", over, _OVER)
    decibels = draw_number("db", db, rng, low=-120.0, high=120.0)
    result = (y * 10 ** (decibels / 20)).astype(y.dtype)
    beyond = int((np.abs(result) > 1).sum())
    if beyond and over == "refuse":
        most = -20 * np.log10(np.abs(y).max())
        problem = f"{decibels:.4g} dB make {beyond} samples exceed 1"
        fail("db", db, problem, f'give at most {most:.4g}, or over="clip" or "keep"')
    if beyond and over == "clip":
        message = f"{beyond} of {result.size} samples are clipped at 1 after {decibels:.4g} dB"
        warnings.warn(message, stacklevel=2)
        return result.clip(-1, 1)
    return result


def speed(y: SignalLike, *, factor: Range, rng: Random | None = None) -> FloatArray:
    """Play a signal faster or slower like a tape: pitch and formants change with the tempo.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    factor : float or (float, float), 0.25 to 4
        Above 1 the signal is faster, higher and shorter; from a pair, a number in between is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed if a number is drawn.

    Returns
    -------
    array of shape (ceil(n / factor),), of y's precision
        The signal, resampled by soxr.

    Raises
    ------
    ParameterError
        If a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.augment.speed(np.sin(np.arange(16000) / 5), factor=1.25).shape
    (12800,)
    """
    y = check_signal(y)
    drawn = draw_number("factor", factor, rng, low=0.25, high=4.0)
    return resample(y, orig_sr=drawn, target_sr=1.0)

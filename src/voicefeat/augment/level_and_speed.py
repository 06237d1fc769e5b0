"""Louder, faster."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from .._typing import FloatArray, Signal
from ..audio.resample import resample
from ..errors import check_choice, fail
from .seeds import Random
from .settings import Range, number, one_signal

__all__ = ["gain", "speed"]

_OVER = ("refuse", "clip", "keep")


def gain(
    y: Signal, *, db: Range, over: Literal["refuse", "clip", "keep"] = "refuse", rng: Random | None = None
) -> FloatArray:
    """Louder or softer.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    db : float or (float, float), -120 to 120
        Decibels; of two, a number between them is drawn.
    over : "refuse", "clip" or "keep"
        What is done where a sample would exceed 1: an error; cut off at 1, with a warning that says how many
        samples were; left as it is.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed where a number is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The signal times ``10 ** (db / 20)``.

    Raises
    ------
    ParameterError
        If a setting cannot be used, or a sample would exceed 1 and is refused.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.augment.gain(np.array([0.1, -0.2]), db=6.0)
    array([ 0.19952623, -0.39905246])
    """
    y = one_signal(y)
    check_choice("over", over, _OVER)
    decibels = number("db", db, rng, low=-120.0, high=120.0)
    made = (y * 10 ** (decibels / 20)).astype(y.dtype)
    beyond = int((np.abs(made) > 1).sum())
    if beyond and over == "refuse":
        most = -20 * np.log10(np.abs(y).max())
        problem = f"{decibels:.4g} dB make {beyond} samples exceed 1"
        fail("db", db, problem, f'give at most {most:.4g}, or over="clip" or "keep"')
    if beyond and over == "clip":
        told = f"{beyond} of {made.size} samples are cut off at 1 after {decibels:.4g} dB"
        warnings.warn(told, stacklevel=2)
        return made.clip(-1, 1)
    return made


def speed(y: Signal, *, factor: Range, rng: Random | None = None) -> FloatArray:
    """Faster or slower as a tape is: pitch and formants rise and fall with the tempo.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    factor : float or (float, float), 0.25 to 4
        Above 1 faster, higher and shorter; of two, a number between them is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed where a number is drawn.

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
    y = one_signal(y)
    drawn = number("factor", factor, rng, low=0.25, high=4.0)
    return resample(y, orig_sr=drawn, target_sr=1.0)

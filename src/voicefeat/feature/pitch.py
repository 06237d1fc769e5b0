"""Fundamental frequency: YIN, frame by frame, and probabilistic YIN over a whole clip."""

from __future__ import annotations

import numbers
from functools import partial
from typing import Any

import numpy as np

from ..chain import tables
from ..chain.lags import LagPlan, each_tile
from ..chain.voicing import voicing
from ..engine import periods
from ..errors import real, reject
from .pitchsettings import (
    check_win_length,
    checked_lags,
    checked_pitches,
    checked_range,
    checked_thresholds,
    framed_signal,
)

__all__ = ["pyin", "yin"]


def yin(
    y: Any,
    sr: float = 22050,
    *,
    fmin: float,
    fmax: float,
    frame_length: int = 2048,
    win_length: Any = None,
    hop_length: int | None = None,
    trough_threshold: float = 0.1,
    center: bool = True,
    pad_mode: Any = "constant",
) -> np.ndarray:
    """Fundamental frequency of each frame by YIN, as ``librosa.yin``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    fmin, fmax : float
        Range of pitches in Hz, ``0 < fmin < fmax <= sr / 2``.
    frame_length : int
        Samples of a frame; a period of `fmin` must fit into it, two should.
    win_length : None
        Has no effect, as in librosa 0.11.
    hop_length : int, optional
        Samples from frame to frame; a quarter of `frame_length` by default.
    trough_threshold : float, above 0
        The first local minimum of the normalised difference below it is the period; where there is none,
        the smallest value.
    center : bool
        True to pad half a frame at both ends, so that frame t is centred on sample ``t * hop_length``.
    pad_mode : str or callable
        How, as in `stft`.

    Returns
    -------
    float array of shape (..., frames)
        Hz; every frame has one, voiced or not. Silence has ``sr / floor(sr / fmax)``.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    See Also
    --------
    pyin : which also says which frames are voiced.

    Notes
    -----
    Source: librosa 0.11.0; A. de Cheveigné and H. Kawahara, "YIN, a fundamental frequency estimator for
    speech and music", 2002.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 220 * np.arange(22050) / 22050)
    >>> f0 = vf.yin(y, fmin=65, fmax=2093)
    >>> f0.shape, round(float(np.median(f0)))
    ((44,), 220)
    """
    sr, fmin, fmax, length = checked_range(sr, fmin, fmax, frame_length)
    check_win_length(win_length, length)
    threshold = real("trough_threshold", trough_threshold, above=0.0)
    lags = checked_lags(sr, fmin, fmax, length, hop_length, center, pad_mode)
    y = framed_signal(y, lags)
    plan = tables.table(LagPlan, lags, y.dtype)
    out = np.empty((y.size // y.shape[-1], lags.frames.count(y.shape[-1])))
    each_tile(plan, y, partial(_choose, plan, _at_least(threshold, y.dtype), out))
    np.divide(sr, out, out=out)
    return out.astype(y.dtype, copy=False).reshape(*y.shape[:-1], -1)


def _at_least(x: float, dtype: np.dtype) -> float:
    """The smallest number of that type that is not below x: what is below one is below the other."""
    near = dtype.type(x)
    return float(near if near >= x else np.nextafter(near, dtype.type(np.inf)))


def _choose(plan, threshold, out, work, tiles, item, first, frames):
    low, high = plan.lags.low, plan.lags.high
    places = work.array("places", plan.lanes)
    periods.choose_periods(
        tiles, low, high, frames, plan.lanes, threshold, plan.numbers, places, out[item], first
    )


def pyin(
    y: Any,
    sr: float = 22050,
    *,
    fmin: float,
    fmax: float,
    frame_length: int = 2048,
    win_length: Any = None,
    hop_length: int | None = None,
    n_thresholds: int = 100,
    beta_parameters: tuple[float, float] = (2, 18),
    boltzmann_parameter: float = 2,
    resolution: float = 0.1,
    max_transition_rate: float = 35.92,
    switch_prob: float = 0.01,
    no_trough_prob: float = 0.01,
    fill_na: float | None = np.nan,
    center: bool = True,
    pad_mode: Any = "constant",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fundamental frequency and voicing of a clip by probabilistic YIN, as ``librosa.pyin``.

    Parameters
    ----------
    y, sr, fmin, fmax, frame_length, win_length, hop_length, center, pad_mode
        As in `yin`.
    n_thresholds : int
        Thresholds that are tried, spread evenly over (0, 1].
    beta_parameters : pair of float above 0
        Shape of the beta distribution from which the threshold is drawn.
    boltzmann_parameter : float above 0
        How steeply longer periods are less likely.
    resolution : float in (0, 1]
        Step of the pitches told apart, in semitones; rounded down to one over a whole number.
    max_transition_rate : float, 0 or more
        How fast a pitch may move, in octaves a second.
    switch_prob : float in [0, 1]
        Chance that voicing begins or ends from one frame to the next.
    no_trough_prob : float in [0, 1]
        Weight of the lowest minimum where none is below the threshold.
    fill_na : float or None
        What stands for the pitch of unvoiced frames; None keeps the best guess.

    Returns
    -------
    f0 : float64 array of shape (..., frames)
        Hz.
    voiced_flag : bool array of shape (..., frames)
        Whether a frame is voiced on the most likely path through the whole clip.
    voiced_prob : float64 array of shape (..., frames)
        How likely a frame is voiced by itself. Silence has 0.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The path depends on the whole clip. Source: librosa 0.11.0; M. Mauch and S. Dixon, "pYIN: a fundamental
    frequency estimator using probabilistic threshold distributions", 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 220 * np.arange(22050) / 22050)
    >>> y[11025:] = 0
    >>> f0, voiced_flag, voiced_prob = vf.pyin(y, fmin=65, fmax=2093)
    >>> round(float(f0[10])), bool(voiced_flag[10]), bool(voiced_flag[40])
    (220, True, False)
    """
    sr, fmin, fmax, length = checked_range(sr, fmin, fmax, frame_length)
    check_win_length(win_length, length)
    lags = checked_lags(sr, fmin, fmax, length, hop_length, center, pad_mode)
    thresholds = checked_thresholds(n_thresholds, beta_parameters, boltzmann_parameter, no_trough_prob)
    pitches = checked_pitches(sr, fmin, fmax, lags.hop_length, resolution, max_transition_rate, switch_prob)
    if fill_na is not None and not isinstance(fill_na, numbers.Real):
        reject("fill_na", fill_na, "must be a number or None", "give numpy.nan, 0.0 or None")
    y = framed_signal(y, lags)
    states, chances = voicing(lags, thresholds, pitches, y)
    voiced = states < pitches.bins
    f0 = pitches.frequencies[states % pitches.bins]
    if fill_na is not None:
        f0[~voiced] = fill_na
    shape = (*y.shape[:-1], states.shape[-1])
    return f0.reshape(shape), voiced.reshape(shape), chances.reshape(shape)

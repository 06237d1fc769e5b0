"""Fundamental frequency: YIN, frame by frame, and probabilistic YIN over a whole clip."""

from __future__ import annotations

import math
import numbers
import warnings
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._typing import FloatArray, PadMode, SignalLike
from ...audio.signals import signal
from ...chain import tables
from ...chain.frames import Frames, PlainFrames
from ...chain.pitch.lags import LagPlan, Lags, each_tile
from ...chain.pitch.voicing import Pitches, Thresholds, voicing
from ...engine import periods
from ...errors import LONGEST, check_divisor, check_float, check_int, check_rate, fail
from ..recipe import framed_by

#: Largest number of thresholds, and of pitches.
MOST_STEPS = 100_000


def checked_range(sr: Any, fmin: Any, fmax: Any, frame_length: Any) -> tuple[float, float, float, int]:
    """Checked rate, range of pitches, and frame length, into which the longest period must fit."""
    sr = check_rate("sr", sr)
    remedy = "C2 to C7, 65.4 to 2093 Hz, is usual"
    fmin = check_float("fmin", fmin, above=0.0, unit="hertz", remedy=remedy)
    fmax = check_float("fmax", fmax, above=0.0, unit="hertz", remedy=remedy)
    # The shortest period has two samples, and a frame two more than the longest.
    length = check_int("frame_length", frame_length, least=4, unit="samples", remedy="try frame_length=2048")
    if fmax > sr / 2:
        fail("fmax", fmax, f"is above half of sr={sr:g}", f"give at most {sr / 2:g}")
    if fmin >= fmax:
        fail("fmin", fmin, f"is not below fmax={fmax:g}", "give a lower fmin or a higher fmax")
    period = min(sr / fmin, 1e15)
    if period >= length - 1:
        least = math.floor(period) + 2
        longer = f"frame_length={least} or more, or " if least <= LONGEST else ""
        fail(
            "fmin",
            fmin,
            f"a period of {period:.6g} samples does not fit into frame_length={length}",
            f"give {longer}an fmin above {sr / (length - 1):.6g}",
        )
    if period >= length // 2:
        warnings.warn(
            f"fmin={fmin:g}: fewer than two periods fit into frame_length={length}, which makes pitch"
            f" unreliable; frame_length={2 * math.ceil(period) + 2} or more holds two",
            stacklevel=3,
        )
    return sr, fmin, fmax, length


def checked_lags(
    sr: float, fmin: float, fmax: float, length: int, hop: Any, center: Any, pad_mode: Any
) -> Lags:
    hop = length // 4 if hop is None else hop
    hop = check_int("hop_length", hop, unit="samples", remedy=f"try hop_length={length // 4}")
    frames = PlainFrames.make(length, hop, None, "ones", center, pad_mode)
    low, high = math.floor(sr / fmax), min(math.ceil(sr / fmin), length - 1)
    return Lags(frames, low, high)


def check_win_length(win_length: Any, length: int) -> None:
    """Check an argument of older versions of librosa, which librosa 0.11 accepts and ignores."""
    if win_length is None:
        return
    if check_int("win_length", win_length, unit="samples", remedy="leave it out") >= length:
        fail("win_length", win_length, f"is not below frame_length={length}", "leave it out")
    warnings.warn("win_length has no effect, as in librosa 0.11; leave it out", FutureWarning, stacklevel=3)


def framed_signal(y: Any, lags: Lags) -> np.ndarray:
    """The checked signal, which must be long enough to be framed."""
    y = signal(y)
    lags.frames.check_length(y.shape[-1])
    return y


def checked_thresholds(count: Any, beta: Any, decay: Any, rescue: Any) -> Thresholds:
    count = check_int("n_thresholds", count)
    if count > MOST_STEPS:
        fail("n_thresholds", count, "are too many", f"give at most {MOST_STEPS}")
    try:
        a, b = (check_float("beta_parameters", x, above=0.0) for x in beta)
    except (TypeError, ValueError):
        fail("beta_parameters", beta, "must be two numbers above 0", "try (2, 18)")
    decay = check_divisor("boltzmann_parameter", decay, above=0.0)
    return Thresholds(count, (a, b), decay, check_float("no_trough_prob", rescue, 0.0, 1.0))


def checked_pitches(
    sr: float, fmin: float, fmax: float, hop: int, resolution: Any, rate: Any, switch: Any
) -> Pitches:
    resolution = check_divisor("resolution", resolution, above=0.0, high=1.0, unit="semitones")
    per_semitone = math.ceil(1.0 / resolution)
    bins = math.floor(12 * per_semitone * np.log2(fmax / fmin)) + 1
    if bins > MOST_STEPS:
        fail(
            "resolution",
            resolution,
            f"makes {bins} pitches from fmin to fmax",
            "give a larger one, such as 0.1",
        )
    if bins < 2:
        fail("resolution", resolution, "leaves one pitch between fmin and fmax", "give a smaller step")
    rate = check_float("max_transition_rate", rate, low=0.0, unit="octaves per second")
    width = round(rate * 12 * hop / sr) * per_semitone + 1
    if width > bins:
        most = (bins - 1) // per_semitone * sr / (12 * hop)
        fail(
            "max_transition_rate",
            rate,
            f"spans {width} pitches in one hop of {hop} samples, but fmin to fmax has only {bins}",
            f"give at most {most:g}, or a wider range",
        )
    switch = check_float("switch_prob", switch, 0.0, 1.0)
    return Pitches(sr, fmin, bins, 12 * per_semitone, width, switch)


__all__ = ["pyin", "yin"]


def _frames(
    sr: Any, fmin: Any, fmax: Any, frame_length: Any, hop_length: Any, center: Any, pad_mode: Any
) -> Frames:
    return checked_lags(*checked_range(sr, fmin, fmax, frame_length), hop_length, center, pad_mode).frames


@framed_by(_frames)
def yin(
    y: SignalLike,
    sr: float = 22050,
    *,
    fmin: float,
    fmax: float,
    frame_length: int = 2048,
    win_length: int | None = None,
    hop_length: int | None = None,
    trough_threshold: float = 0.1,
    center: bool = True,
    pad_mode: PadMode = "constant",
) -> FloatArray:
    """Fundamental frequency of each frame by YIN, as ``librosa.yin``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    fmin, fmax : float
        Range of pitches in Hz, ``0 < fmin < fmax <= sr / 2``.
    frame_length : int
        Frame length in samples; at least one period of `fmin`, better two.
    win_length : None
        Has no effect, as in librosa 0.11.
    hop_length : int, optional
        Hop in samples; a quarter of `frame_length` by default.
    trough_threshold : float, above 0
        The period is the first local minimum of the normalised difference below this threshold, or, if there
        is none, its global minimum.
    center : bool
        True to pad half a frame at both ends, so that frame t is centred on sample ``t * hop_length``.
    pad_mode : str or callable
        Padding mode, as in `stft`.

    Returns
    -------
    float array of shape (..., frames)
        Frequency in Hz, for unvoiced frames as well. Silence has ``sr / floor(sr / fmax)``.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    See Also
    --------
    pyin : also decides which frames are voiced.

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
    threshold = check_float("trough_threshold", trough_threshold, above=0.0)
    lags = checked_lags(sr, fmin, fmax, length, hop_length, center, pad_mode)
    y = framed_signal(y, lags)
    plan = tables.table(LagPlan, lags, y.dtype)
    out = np.empty((y.size // y.shape[-1], lags.frames.count(y.shape[-1])))
    each_tile(plan, y, partial(_choose, plan, _at_least(threshold, y.dtype), out))
    np.divide(sr, out, out=out)
    return out.astype(y.dtype, copy=False).reshape(*y.shape[:-1], -1)


def _at_least(x: float, dtype: np.dtype) -> float:
    """The smallest number of `dtype` that is not below x: values of `dtype` below one are below the other."""
    near = dtype.type(x)
    return float(near if near >= x else np.nextafter(near, dtype.type(np.inf)))


def _choose(plan, threshold, out, work, tiles, item, first, frames):
    low, high = plan.lags.low, plan.lags.high
    places = work.array("places", plan.lanes)
    periods.choose_periods(
        tiles, low, high, frames, plan.lanes, threshold, plan.numbers, places, out[item], first
    )


def pyin(
    y: SignalLike,
    sr: float = 22050,
    *,
    fmin: float,
    fmax: float,
    frame_length: int = 2048,
    win_length: int | None = None,
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
    pad_mode: PadMode = "constant",
) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    """Fundamental frequency and voicing of a clip by probabilistic YIN, as ``librosa.pyin``.

    Parameters
    ----------
    y, sr, fmin, fmax, frame_length, win_length, hop_length, center, pad_mode
        As in `yin`.
    n_thresholds : int
        Number of thresholds, spaced evenly over (0, 1].
    beta_parameters : pair of float above 0
        Parameters of the beta distribution that is the prior of the threshold.
    boltzmann_parameter : float above 0
        Parameter of the Boltzmann prior: the larger, the less likely are longer periods.
    resolution : float in (0, 1]
        Resolution of the pitches in semitones; rounded down to 1 / k with an integer k.
    max_transition_rate : float, 0 or more
        Largest change of pitch in octaves per second.
    switch_prob : float in [0, 1]
        Probability that voicing begins or ends from one frame to the next.
    no_trough_prob : float in [0, 1]
        Weight of the global minimum if no minimum is below the threshold.
    fill_na : float or None
        Value for unvoiced frames; None keeps the best guess.

    Returns
    -------
    f0 : float64 array of shape (..., frames)
        Frequency in Hz.
    voiced_flag : bool array of shape (..., frames)
        Whether a frame is voiced on the most likely path through the whole clip.
    voiced_prob : float64 array of shape (..., frames)
        Probability that a frame is voiced, from the frame alone. Silence has 0.

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
    pitches = checked_pitches(
        sr, fmin, fmax, lags.frames.hop_length, resolution, max_transition_rate, switch_prob
    )
    if fill_na is not None and not isinstance(fill_na, numbers.Real):
        fail("fill_na", fill_na, "must be a number or None", "give numpy.nan, 0.0 or None")
    y = framed_signal(y, lags)
    states, chances = voicing(lags, thresholds, pitches, y)
    voiced = states < pitches.bins
    f0 = pitches.frequencies[states % pitches.bins]
    if fill_na is not None:
        f0[~voiced] = fill_na
    shape = (*y.shape[:-1], states.shape[-1])
    return f0.reshape(shape), voiced.reshape(shape), chances.reshape(shape)

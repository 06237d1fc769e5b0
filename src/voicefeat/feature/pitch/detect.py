"""torchaudio's pitch tracker: the lag of the highest correlation in each frame, smoothed by medians."""

from __future__ import annotations

import math

import numpy as np

from ..._typing import FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...errors import check_divisor, check_float, check_int, check_rate, fail

__all__ = ["detect_pitch_frequency"]

#: Added to the root of an energy to keep it away from 0.
EPSILON = 1e-9
#: A maximum in the shorter half of the lags wins if it reaches this fraction of the overall maximum.
SHARE = 0.99
#: Samples, and lags of medians, that are held at a time.
AT_ONCE = 1 << 20
#: Largest number of lags.
MOST_LAGS = 1 << 17


def detect_pitch_frequency(
    y: SignalLike,
    sr: float = 22050,
    *,
    frame_time: float = 0.01,
    win_length: int = 30,
    freq_low: float = 85.0,
    freq_high: float = 3400.0,
) -> FloatArray:
    """Pitch of each frame, as in torchaudio: fast, without a voicing decision.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    frame_time : float above 0
        Frame length and hop in seconds.
    win_length : int
        Number of frames of the running median.
    freq_low, freq_high : float above 0
        Range of pitches in Hz, which sets the longest and the shortest lag.

    Returns
    -------
    array of shape (..., frames), of y's precision
        Pitch in Hz. A frame depends on ``win_length // 2`` later frames, so the result has that many
        fewer frames. Silence has the highest possible pitch.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or shorter than the median, or a setting cannot be used.

    Notes
    -----
    The correlation of a frame s with the samples u one lag later is ``sum(s u) / sum(s**2) / sum(u**2)``. It
    changes with the level of the signal, but the position of its maximum does not, until the level is so low
    that the 1e-9 added to the root of each energy matters. Rounding can change decisions; sums are computed
    in double precision here. Source: torchaudio 2.11.0, ``functional.detect_pitch_frequency``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 200 * np.arange(16000) / 16000)
    >>> found = vf.detect_pitch_frequency(y, 16000)
    >>> found.shape, round(float(np.median(found)), 3)
    ((85,), 200.0)
    """
    y = signal(y)
    not_finite(y)
    sr = check_rate("sr", sr)
    size = math.ceil(sr * check_float("frame_time", frame_time, above=0.0, unit="seconds"))
    win_length = check_int("win_length", win_length, unit="frames")
    high = check_divisor("freq_high", freq_high, above=0.0, high=sr, unit="hertz")
    low = check_divisor("freq_low", freq_low, above=0.0, unit="hertz")
    lags, least = math.ceil(sr / low), math.ceil(sr / high)
    if lags > MOST_LAGS:
        fail("freq_low", freq_low, f"asks for {lags} lags", f"give at least {sr / MOST_LAGS:.3g}")
    if least >= lags // 2:
        fail("freq_low", freq_low, f"leaves no range of lags with freq_high={high:g}", "give less")
    frames = -(-y.shape[-1] // size)
    ahead = win_length - 1 - (win_length - 1) // 2
    if frames <= ahead:
        fail(
            "y",
            y,
            f"has {frames} frames, but the median needs {ahead} later ones",
            "give a smaller win_length",
        )
    flat = y.reshape(-1, y.shape[-1])
    out = np.empty((len(flat), frames - ahead), y.dtype)
    for clip, made in zip(flat, out, strict=True):
        made[:] = sr / (EPSILON + _smoothed(_lags(clip, frames, size, lags, least), win_length))
    return out.reshape(*y.shape[:-1], frames - ahead)


def _lags(y: np.ndarray, frames: int, size: int, lags: int, least: int) -> np.ndarray:
    """The lag of each frame."""
    found = np.empty(frames, np.int64)
    step = max(1, AT_ONCE // (size + lags))
    for first in range(0, frames, step):
        count = min(step, frames - first)
        part = y[first * size : (first + count) * size + lags].astype(np.float64)
        part = np.pad(part, (0, count * size + lags - part.size))
        here = part[: count * size].reshape(count, size)
        power = _squared(here)
        correlations = np.empty((lags, count))
        for lag in range(1, lags + 1):
            there = part[lag : lag + count * size].reshape(count, size)
            products = np.einsum("ts,ts->t", here, there)
            correlations[lag - 1] = products / power / _squared(there)
        found[first : first + count] = 1 + _best(correlations, lags, least)
    return found


def _best(correlations: np.ndarray, lags: int, least: int) -> np.ndarray:
    """The row of the maximum of each column, or of a value close to it in the shorter half of the lags."""
    best = least + correlations[least:].argmax(axis=0)
    half = least + correlations[least : lags // 2].argmax(axis=0)
    t = np.arange(correlations.shape[1])
    return np.where(correlations[half, t] > SHARE * correlations[best, t], half, best)


def _squared(frames: np.ndarray) -> np.ndarray:
    """The squared norms of the frames; norms are kept away from 0 before they are squared."""
    return (EPSILON + np.sqrt(np.einsum("ts,ts->t", frames, frames))) ** 2


def _smoothed(lags: np.ndarray, win_length: int) -> np.ndarray:
    """The lower running median of `win_length` frames; the first frame is repeated before the beginning."""
    before = (win_length - 1) // 2
    padded = np.concatenate([np.repeat(lags[:1], before), lags])
    windows = np.lib.stride_tricks.sliding_window_view(padded, win_length)
    middle, step = (win_length - 1) // 2, max(1, AT_ONCE // win_length)
    parts = (windows[first : first + step] for first in range(0, len(windows), step))
    return np.concatenate([np.partition(p, middle, axis=-1)[:, middle] for p in parts]).astype(np.float64)

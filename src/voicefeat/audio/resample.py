"""Resampling: signals at another sampling rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._typing import FloatArray, ResType, SignalLike
from ..errors import check_bool, check_choice, check_int, check_rate, fail, to_array
from .limits import check_resampled, not_finite, usable
from .signals import signal

__all__ = ["resample"]

SOXR = ["soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq"]
WAYS = [*SOXR, "fft", "scipy", "polyphase"]
#: The largest ratio of two rates: audio has no larger one, and the filters would be far too long.
MOST_TIMES = 1000
#: The most phases of a polyphase filter, which has twenty taps for each of them.
MOST_PHASES = 1_000_000


def resample(
    y: SignalLike,
    *,
    orig_sr: float,
    target_sr: float,
    res_type: ResType | None = "soxr_hq",
    fix: bool = True,
    scale: bool = False,
    axis: int = -1,
) -> FloatArray:
    """A signal at another sampling rate.

    Parameters
    ----------
    y : array_like, shape (..., n, ...)
        A signal; int16 and int32 PCM is scaled to [-1, 1).
    orig_sr, target_sr : float > 0
        The sampling rate of `y` and the one wanted, in Hz.
    res_type : str or None
        "soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq" or "soxr_qq" (soxr, best to fastest); "fft" or "scipy"
        (`scipy.signal.resample`); "polyphase" (`scipy.signal.resample_poly`, whole rates only); None
        is "soxr_hq".
    fix : bool
        True to cut or zero-pad to exactly ``ceil(n * target_sr / orig_sr)`` samples.
    scale : bool
        True to keep the energy: the result is divided by ``sqrt(target_sr / orig_sr)``.
    axis : int
        The axis of samples.

    Returns
    -------
    numpy.ndarray, float32 or float64
        The resampled signal; the input itself if the rates are equal.

    Raises
    ------
    ParameterError
        If an argument cannot be used, or the rates differ by more than a factor of 1000.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.resample``. The number of samples is exact. librosa rounds the ratio of
    the rates, and so may return one more sample, which is 0 (see docs/accuracy.md).

    Examples
    --------
    >>> import numpy as np, voicefeat as vf
    >>> vf.resample(np.zeros(44100, dtype=np.float32), orig_sr=44100, target_sr=16000).shape
    (16000,)
    """
    orig_sr = check_rate("orig_sr", orig_sr)
    target_sr = check_rate("target_sr", target_sr)
    way: ResType = "soxr_hq" if res_type is None else check_choice("res_type", res_type, WAYS)
    if not near_rates(orig_sr, target_sr):
        problem = f"differs from orig_sr={orig_sr:g} by more than a factor of {MOST_TIMES}"
        fail("target_sr", target_sr, problem, "give sampling rates of audio, in hertz")
    if way == "polyphase" and not (orig_sr.is_integer() and target_sr.is_integer()):
        name, rate = ("target_sr", target_sr) if orig_sr.is_integer() else ("orig_sr", orig_sr)
        fail(name, rate, 'must be whole for res_type="polyphase"', 'use res_type="soxr_hq"')
    if way == "polyphase" and max(orig_sr, target_sr) > MOST_PHASES * math.gcd(int(orig_sr), int(target_sr)):
        problem = f"with orig_sr={orig_sr:g} needs a filter of more than {MOST_PHASES:,} phases"
        fail("target_sr", target_sr, problem, 'use res_type="soxr_hq"')
    fix, scale = check_bool("fix", fix), check_bool("scale", scale)
    y = _samples_last(y, axis)
    if orig_sr == target_sr:
        return np.moveaxis(y, -1, axis)
    n = resampled_length(y.shape[-1], orig_sr, target_sr)
    result = _resampled(y, orig_sr, target_sr, way, n)
    if fix and result.shape[-1] != n:
        fixed = np.zeros((*y.shape[:-1], n), result.dtype)
        fixed[..., : result.shape[-1]] = result[..., :n]
        result = fixed
    if scale:
        result = result / np.sqrt(target_sr / orig_sr)
    if not usable(result):
        not_finite(y)
        check_resampled(y, way)
    return np.moveaxis(result.astype(y.dtype, copy=False), -1, axis)


def near_rates(orig_sr: float, target_sr: float) -> bool:
    """Whether a signal at one rate can be resampled to the other."""
    return 1 / MOST_TIMES <= target_sr / orig_sr <= MOST_TIMES


def resampled_length(n: int, orig_sr: float, target_sr: float) -> int:
    """ceil(n * target_sr / orig_sr) in integers: a quotient of floats is often a little too large."""
    (up, of), (down, by) = target_sr.as_integer_ratio(), orig_sr.as_integer_ratio()
    return -(-n * up * by // (of * down))


def _samples_last(y: Any, axis: int) -> np.ndarray:
    if type(axis) is int and axis == -1:
        return signal(y)
    dims = to_array("y", y).ndim
    if check_int("axis", axis, -dims) >= dims:
        fail("axis", axis, f"y has {dims} axes", "the samples of a signal are on axis -1")
    return signal(np.moveaxis(np.asarray(y), axis, -1))


def _resampled(y: np.ndarray, orig_sr: float, target_sr: float, res_type: str, n: int) -> np.ndarray:
    if res_type in SOXR:
        import soxr

        channels = y.reshape(-1, y.shape[-1])
        done = soxr.resample(channels[0], orig_sr, target_sr, quality=res_type)[np.newaxis]
        if len(channels) > 1:
            first, done = done, np.empty((len(channels), done.size), done.dtype)
            done[0] = first
            for row, channel in zip(done[1:], channels[1:], strict=True):
                row[:] = soxr.resample(channel, orig_sr, target_sr, quality=res_type)
        return done.reshape(*y.shape[:-1], -1)
    from scipy import signal as scipy_signal

    if res_type == "polyphase":
        shared = math.gcd(int(orig_sr), int(target_sr))
        up, down = int(target_sr) // shared, int(orig_sr) // shared
        return scipy_signal.resample_poly(y, up, down, axis=-1)
    return scipy_signal.resample(y, n, axis=-1)

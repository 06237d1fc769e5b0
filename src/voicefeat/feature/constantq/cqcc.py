"""Cepstral coefficients of constant-Q channels: CQCC."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import FloatArray, SignalLike
from ...audio.signals import signal
from ...cache import memoised
from ...chain import tables
from ...chain.constantq import slices
from ...chain.constantq.gabor import Channels
from ...chain.constantq.splines import Uniform, cepstral
from ...errors import check_choice, check_float, check_int, fail
from ..deltas import delta
from ..recipe import sliced_by

__all__ = ["cqcc", "cqcc_frequencies", "cqcc_spectrum"]

#: Frames that are resampled to uniform frequencies at a time.
FRAMES = 256


def _uniform(channels: Channels, d: Any) -> Uniform:
    count = channels.frequencies().size
    if count < 4:
        problem = (
            f"gives {count} channels from {channels.fmin:g} to {channels.fmax:g} Hz; a spline "
            "needs at least 4"
        )
        remedy = "give more of them, or a wider range"
        fail("bins_per_octave", channels.bins_per_octave, problem, remedy)
    uniform = Uniform(channels, check_float("d", d, low=1.0, unit="frequencies"))
    if uniform.points > 1 << 24:
        fail("d", d, f"makes {uniform.points} uniform frequencies", "16 are usual")
    return uniform


@memoised
def _channels(*arguments: Any) -> Channels:
    return Channels.make(*arguments)


@memoised
def _spectrum(d: Any, *channels: Any) -> Uniform:
    return _uniform(Channels.make(*channels), d)


def _matrix(uniform: Uniform, first: int, rows: int, dtype: np.dtype) -> tables.Dense:
    return tables.dense(cepstral(uniform, first, rows), dtype)


@memoised
def _cepstrum(n_cqcc: Any, c0: Any, deltas: Any, width: Any, d: Any, *channels: Any) -> tuple[Uniform, int]:
    uniform = _uniform(Channels.make(*channels), d)
    n_cqcc = check_int("n_cqcc", n_cqcc, unit="coefficients")
    first = 0 if check_choice("c0", c0, (True, False)) else 1
    if first + n_cqcc > uniform.points:
        most = uniform.points - first
        fail("n_cqcc", n_cqcc, f"there are {most} coefficients", f"give at most {most}, or a larger d")
    check_choice("deltas", deltas, (0, 1, 2))
    if check_int("delta_width", width, least=3) % 2 != 1:
        problem = "must be odd, with one frame in the middle"
        fail("delta_width", width, problem, f"give {width - 1} or {width + 1}")
    return uniform, first


def _slices(
    sr: Any, bins_per_octave: Any, fmin: Any, fmax: Any, gamma: Any, block: Any, deltas: Any, delta_width: Any
) -> tuple[slices.Slices, int] | None:
    """The slices, and the frames to each side that deltas reach; None for the whole clip."""
    if block is None:
        return None
    found = slices.Slices.of(_channels(sr, fmin, fmax, bins_per_octave, gamma), block)
    check_choice("deltas", deltas, (0, 1, 2))
    return found, deltas * (check_int("delta_width", delta_width, least=3) // 2)


@sliced_by(_slices)
def cqcc(
    y: SignalLike,
    sr: float = 22050,
    *,
    n_cqcc: int = 20,
    c0: bool = True,
    deltas: int = 0,
    delta_width: int = 7,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
    d: float = 16,
    block: float | None = None,
) -> FloatArray:
    """Constant-Q cepstral coefficients (CQCC) of the whole clip: statics, deltas and delta-deltas.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_cqcc : int
        Number of coefficients.
    c0 : bool
        Whether the first is coefficient 0, the mean of the log spectrum; otherwise it is coefficient 1.
    deltas : {0, 1, 2}
        0 for coefficients alone, 1 to stack their deltas below them, 2 for delta-deltas as well.
    delta_width : int, odd, 3 or more
        Number of frames of the regression: a delta is the slope of the least-squares line, with the edges
        repeated; delta-deltas are deltas of deltas.
    bins_per_octave : int
        Channels per octave.
    fmin, fmax : float
        Centres of the first and the last channel in Hz. By default `fmax` is half of `sr` and `fmin` is nine
        octaves below `fmax`. Channels that reach beyond half of `sr` are left out.
    gamma : float, 0 or more
        Constant in Hz added to the bandwidth that constant Q gives to each channel. By default it follows
        hearing, ``228.7 * (2**(1/B) - 2**(-1/B))`` for B bins per octave.
    d : float, 1 or more
        Number of uniform frequencies in the first octave, to whose spacing the log spectrum is resampled
        before the cosine transform.
    block : float, optional
        Hop in seconds of the overlapping slices into which a long recording is cut. By default the whole
        recording is transformed at once, which is the published definition.

    Returns
    -------
    float array of shape (..., n_cqcc * (1 + deltas), frames)
        float32 for float32, else float64. Frames are ``n / (sr * frames)`` seconds apart, which need not be
        an integer number of samples; `nsgcqt_times` returns their times.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    ``ln(|X|**2 + 2**-52)`` of each channel is resampled to uniform frequencies by a cubic spline, then comes
    the orthonormal cosine transform. Every frame depends on the whole clip, or with `block` on ``2 * block``
    seconds around it. A silent clip has ``ln(2**-52)`` everywhere, so all coefficients but 0 vanish.

    References
    ----------
    M. Todisco, H. Delgado, N. Evans, "A new feature for automatic speaker verification anti-spoofing:
    constant Q cepstral coefficients", Odyssey 2016.

    Examples
    --------
    The baseline of ASVspoof 2019:

    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.cqcc(y, 16000, n_cqcc=30, deltas=2).shape
    (90, 117)
    """
    channels = sr, fmin, fmax, bins_per_octave, gamma
    uniform, first = _cepstrum(n_cqcc, c0, deltas, delta_width, d, *channels)
    y = signal(y)
    plan = slices.slice_plan(uniform.channels, y, y.shape[-1], block)
    matrix = tables.table(_matrix, uniform, first, n_cqcc, y.dtype)
    parts = [slices.computed(plan, y, n_cqcc, y.dtype, slices.products(matrix))]
    for _ in range(deltas):
        parts.append(delta(parts[-1], width=delta_width, mode="nearest"))
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-2)


def cqcc_spectrum(
    y: SignalLike,
    sr: float = 22050,
    *,
    uniform: bool = True,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
    d: float = 16,
    block: float | None = None,
) -> FloatArray:
    """Logarithmic constant-Q power spectrum, from which CQCC are computed by the cosine transform.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    uniform : bool
        True for uniform frequencies, those of `cqcc_frequencies`; False for the channels themselves, whose
        frequencies are those of `nsgcqt_frequencies`.
    bins_per_octave, fmin, fmax, gamma, d, block
        As in `cqcc`.

    Returns
    -------
    float array of shape (..., frequencies, frames)
        ``ln(|X|**2 + 2**-52)``, float32 for float32, else float64.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.cqcc_spectrum(y, 16000, bins_per_octave=12, fmin=62.5, fmax=4000).shape
    (1009, 489)
    >>> vf.cqcc_spectrum(y, 16000, bins_per_octave=12, fmin=62.5, fmax=4000, uniform=False).shape
    (73, 489)
    """
    grid = _spectrum(d, sr, fmin, fmax, bins_per_octave, gamma)
    check_choice("uniform", uniform, (True, False))
    y = signal(y)
    knots = grid.channels.frequencies()
    plan = slices.slice_plan(grid.channels, y, y.shape[-1], block)
    powers = slices.computed(plan, y, knots.size, y.dtype, slices.log_powers)
    if not uniform:
        return powers
    from scipy.interpolate import CubicSpline

    at = grid.frequencies()
    out = np.empty((*powers.shape[:-2], at.size, powers.shape[-1]), powers.dtype)
    for item in np.ndindex(powers.shape[:-2]):
        for first in range(0, powers.shape[-1], FRAMES):
            part = slice(first, first + FRAMES)
            out[item][:, part] = CubicSpline(knots, powers[item][:, part], axis=0)(at)
    return out


def cqcc_frequencies(
    sr: float = 22050,
    *,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
    d: float = 16,
) -> FloatArray:
    """Uniform frequencies of `cqcc_spectrum`.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    bins_per_octave, fmin, fmax, gamma, d
        As in `cqcc`.

    Returns
    -------
    float64 array
        Frequencies in Hz, ``fmin / d`` apart.

    Raises
    ------
    ParameterError
        If a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> f = vf.cqcc_frequencies(16000, bins_per_octave=12, fmin=62.5, fmax=4000)
    >>> f.size, f[-1].item()
    (1009, 4000.0)
    """
    return _spectrum(d, sr, fmin, fmax, bins_per_octave, gamma).frequencies()

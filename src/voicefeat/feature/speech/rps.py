"""Relative phase shift: the phases of harmonics relative to the phase of the fundamental."""

from __future__ import annotations

import numpy as np

from ..._typing import DctNorm, FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...cache import memoised
from ...chain.blocks import for_parts
from ...chain.pitch.phases import RelativePhasePlan
from ...chain.spectra import borrow, give_back
from ...chain.stages import cosines
from ...errors import check_bank, check_choice, check_int, fail
from ...filters.banks import bank
from ...filters.empty_bands import collected, tell
from ..pitch.residual import COST, THREADS
from ..pitch.srh import Search, tracked

__all__ = ["rps"]


def rps(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_rps: int = 20,
    n_filters: int = 20,
    norm: DctNorm = "ortho",
    differences: int = 0,
    voiced_only: bool = False,
    fmin: int = 80,
    fmax: int = 500,
    win_length: int = 1600,
    hop_length: int = 160,
    n_fft: int = 512,
) -> FloatArray:
    """Relative phase shift coefficients of the voiced frames of a clip.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_rps : int
        Number of coefficients, at most `n_filters`.
    n_filters : int
        Number of triangles on HTK's mel scale.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    differences : int
        Number of orders of differences stacked below the coefficients. A difference is the next voiced frame
        minus the one before, not divided, with the ends repeated; order 2 takes differences of order 1.
    voiced_only : bool
        False for a column per frame, 0 where the frame is unvoiced; True for the columns of voiced frames
        only, as published, which takes a single signal.
    fmin, fmax, win_length, hop_length
        As in `srh_pitch`.
    n_fft : int
        Sets the spacing of the frequencies, ``sr / n_fft``.

    Returns
    -------
    array of shape (..., n_rps * (1 + differences), frames), of y's precision
        Coefficients.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or shorter than a frame, or a setting cannot be used.

    Notes
    -----
    The phase p[k] of harmonic k = 1, 2, ... is that of the nearest peak in the spectrum of three periods
    around the middle of a frame, under a Blackman window. ``p[k] + pi - k (p[1] + pi)``, wrapped to -pi to
    pi, is placed at frequency ``(k + 1) f0``; the phase is -pi at f0 and 0 up to 0.95 f0. It is unwrapped,
    interpolated linearly, and constant above the last harmonic. Its steps from frequency to frequency are
    weighted by triangles from 0 to `sr`, in which each frequency counts as its double.

    As in the published code, frequencies are doubled, harmonics are placed one too high, and the pitch is
    that of spectra read 1 Hz too low. Computed in double precision for every type.

    References
    ----------
    I. Saratxaga, I. Hernaez, D. Erro, E. Navas, J. Sanchez, "Simple representation of signal phase for
    harmonic speech models", Electronics Letters 45 (7), 2009; M. Sahidullah, T. Kinnunen, C. Hanilçi,
    "A comparison of features for synthetic speech detection", Interspeech 2015, for the settings.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.zeros(32000)
    >>> y[1000:20000:80] = 1.0
    >>> vf.rps(y, 16000).shape, vf.rps(y, 16000, voiced_only=True, differences=2).shape
    ((20, 191), (60, 110))
    """
    search = Search.make(sr, fmin, fmax, win_length, hop_length, 12, 1)
    n_filters = check_int("n_filters", n_filters, unit="filters")
    n_rps = check_int("n_rps", n_rps, unit="coefficients")
    if n_rps > n_filters:
        fail("n_rps", n_rps, f"is more than n_filters={n_filters}", f"give at most {n_filters}")
    differences = check_int("differences", differences, least=0)
    check_choice("norm", norm, (None, "ortho"))
    if not isinstance(voiced_only, (bool, np.bool_)):
        fail("voiced_only", voiced_only, "must be True or False", "give True to leave other frames out")
    n_fft = check_int("n_fft", n_fft, least=4, unit="samples", remedy="try n_fft=512")
    check_bank("n_filters", n_filters, n_fft)
    y = signal(y)
    not_finite(y)
    if voiced_only and y.ndim > 1:
        fail("y", y, "signals differ in their numbers of voiced frames", "give one, or voiced_only=False")
    plan, messages = _plan(search.sr, search.fmin, n_fft, n_filters, n_rps, norm)
    for message in messages:
        tell(message)
    rows, count = n_rps * (1 + differences), search.count(y.shape[-1])
    out = np.zeros((*y.shape[:-1], rows, count), y.dtype)
    for i in np.ndindex(y.shape[:-1]):
        clip = y[i]
        f0, _, voiced = tracked(clip, search)
        voiced_frames = np.flatnonzero(voiced)
        middles = voiced_frames * search.hop_length + search.middle
        coefficients = _followed(_coefficients(clip, middles, f0[voiced_frames], plan), differences)
        if voiced_only:
            return coefficients.astype(y.dtype)
        out[i][:, voiced_frames] = coefficients
    return out


@memoised
def _plan(
    sr: float, fmin: int, n_fft: int, n_filters: int, n_rps: int, norm: DctNorm
) -> tuple[RelativePhasePlan, list[str]]:
    """The tables of the phases, with the matrix from their steps to coefficients, and warnings of that."""
    # The published bank doubles frequencies: it reaches to sr, although the spectrum ends at half of sr.
    with collected() as messages:
        weights = bank(sr=2 * sr, n_fft=n_fft, n_filters=n_filters)
    matrix = np.einsum("cb,bk->ck", cosines(n_filters, 2, norm == "ortho")[:n_rps], weights)
    return RelativePhasePlan(sr, fmin, n_fft, matrix), messages


def _followed(x: np.ndarray, times: int) -> np.ndarray:
    """`x`, with its differences of orders 1 to `times` below it."""
    parts = [x]
    for _ in range(times if x.shape[1] else 0):
        padded = np.pad(parts[-1], ((0, 0), (1, 1)), mode="edge")
        parts.append(padded[:, 2:] - padded[:, :-2])
    return np.concatenate(parts) if x.shape[1] else np.zeros((len(x) * (1 + times), 0))


def _coefficients(y: np.ndarray, middles: np.ndarray, f0: np.ndarray, plan: RelativePhasePlan) -> np.ndarray:
    """The weighted steps of the relative phase of the frames around `middles`, block by block."""
    out = np.empty((plan.matrix.rows, middles.size))

    def block(i: int) -> None:
        part, work = slice(i * plan.block, (i + 1) * plan.block), borrow(out.dtype)
        plan.fill(work, y, middles[part], f0[part], out[:, part])
        give_back(work)

    for_parts(block, -(-middles.size // plan.block), y.size, COST, THREADS)
    return out

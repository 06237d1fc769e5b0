"""Relative phase shift: the phases of harmonics relative to the phase of the fundamental."""

from __future__ import annotations

import numpy as np

from ..._typing import DctNorm, FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...chain.stages import cosines
from ...errors import check_bank, check_choice, check_int, fail
from ...filters.banks import bank
from ..pitch.residual import BLOCK
from ..pitch.srh import Search, tracked

__all__ = ["rps"]

#: Periods in a window, and least points of its transform.
PERIODS, POINTS = 3, 4096
#: Frequency up to which the phase is 0, as a fraction of the pitch.
BEGIN = 0.95


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
        fail("y", y, "signals differ in how many frames are voiced", "give one, or voiced_only=False")
    # The published bank doubles frequencies: it reaches to sr, although the spectrum ends at half of sr.
    weights = bank(sr=2 * search.sr, n_fft=n_fft, n_filters=n_filters)
    matrix = np.einsum("cb,bk->ck", cosines(n_filters, 2, norm == "ortho")[:n_rps], weights)
    rows, count = n_rps * (1 + differences), search.count(y.shape[-1])
    out = np.zeros((*y.shape[:-1], rows, count), y.dtype)
    for i in np.ndindex(y.shape[:-1]):
        clip = y[i]
        f0, _, voiced = tracked(clip, search)
        voiced_frames = np.flatnonzero(voiced)
        middles = voiced_frames * search.hop_length + search.middle
        coefficients = _followed(
            _coefficients(clip, middles, f0[voiced_frames], search.sr, n_fft, matrix), differences
        )
        if voiced_only:
            return coefficients.astype(y.dtype)
        out[i][:, voiced_frames] = coefficients
    return out


def _followed(x: np.ndarray, times: int) -> np.ndarray:
    """`x`, with its differences of orders 1 to `times` below it."""
    parts = [x]
    for _ in range(times if x.shape[1] else 0):
        padded = np.pad(parts[-1], ((0, 0), (1, 1)), mode="edge")
        parts.append(padded[:, 2:] - padded[:, :-2])
    return np.concatenate(parts) if x.shape[1] else np.zeros((len(x) * (1 + times), 0))


def _coefficients(
    y: np.ndarray, middles: np.ndarray, f0: np.ndarray, sr: float, n_fft: int, matrix: np.ndarray
) -> np.ndarray:
    """The matrix times the steps of the relative phase from one frequency to the next, the first of which is
    0, block by block of frames."""
    grid = np.arange(1 + n_fft // 2) * sr / n_fft
    out = np.zeros((len(matrix), middles.size))
    steps = np.zeros((grid.size, BLOCK))
    for first in range(0, middles.size, BLOCK):
        part = slice(first, first + BLOCK)
        spectra = _spectra(y, middles[part], f0[part], sr)
        for t, (X, pitch) in enumerate(zip(spectra, f0[part], strict=True)):
            phases = np.pi + _phases(X, pitch, sr)
            k = np.arange(1, phases.size + 1)
            shifts = np.concatenate([[-np.pi], _wrapped(phases - k * phases[0])])
            places = pitch * np.concatenate([[BEGIN], np.arange(1, shifts.size + 1)])
            steps[1:, t] = np.diff(np.interp(grid, places, np.concatenate([[0.0], np.unwrap(shifts)])))
        # numpy sums a single column in another order; only a clip of one frame has such a block.
        columns = max(len(spectra), min(2, middles.size))
        out[:, part] = np.einsum("ck,kt->ct", matrix, steps[:, :columns])[:, : len(spectra)]
    return out


def _wrapped(x: np.ndarray) -> np.ndarray:
    return np.mod(x + np.pi, 2 * np.pi) - np.pi


def _spectra(y: np.ndarray, middles: np.ndarray, f0: np.ndarray, sr: float) -> np.ndarray:
    """Spectra of windows around the middles, to which phases refer; zeros beyond the signal."""
    halves = np.floor(PERIODS * sr / f0 / 2)[:, None]
    reach = int(halves.max())
    points = max(POINTS, 2 ** (2 * reach).bit_length())
    n = np.arange(-reach, reach + 1)
    turns = np.pi * n / halves
    window = np.where(np.abs(n) <= halves, 0.42 + 0.5 * np.cos(turns) + 0.08 * np.cos(2 * turns), 0.0)
    places = middles[:, None] + n
    cut = np.where((places >= 0) & (places < y.size), y[places.clip(0, y.size - 1)], 0.0) * window
    round_zero = np.zeros((middles.size, points))
    round_zero[:, : reach + 1], round_zero[:, points - reach :] = cut[:, reach:], cut[:, :reach]
    return np.fft.rfft(round_zero)


def _phases(X: np.ndarray, f0: float, sr: float) -> np.ndarray:
    """The phase of each harmonic below half of `sr`: at the nearest peak, if that is within half of f0."""
    per_bin = sr / (2 * (X.size - 1))
    A = np.log(np.maximum(np.abs(X), np.finfo(np.float64).tiny))
    p = 1 + np.flatnonzero((A[1:-1] > A[:-2]) & (A[1:-1] >= A[2:]))
    aside = 0.5 * (A[p - 1] - A[p + 1]) / (A[p - 1] - 2 * A[p] + A[p + 1])  # offset of the parabola's top
    wanted = np.arange(1, int(np.ceil(sr / 2 / f0))) * f0 / per_bin
    values = X[np.round(wanted).astype(int)]
    if p.size:
        right = np.clip(np.searchsorted(p + aside, wanted), 1, max(p.size - 1, 1))
        right = np.minimum(right, p.size - 1)
        left = np.maximum(right - 1, 0)
        tops = p + aside
        nearest = np.where(np.abs(tops[left] - wanted) <= np.abs(tops[right] - wanted), left, right)
        near = np.abs(tops[nearest] - wanted) <= f0 / 2 / per_bin
        at, part = p[nearest], np.abs(aside[nearest])
        other = X[at + np.where(aside[nearest] > 0, 1, -1)]
        values = np.where(near, X[at] * (1 - part) + other * part, values)
    return np.angle(values)

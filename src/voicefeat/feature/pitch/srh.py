"""Pitch and voicing from the harmonics of the prediction residual (SRH)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._typing import FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...errors import check_float
from .residual import Search, summed

__all__ = ["srh_pitch"]

#: Strength from which a frame counts in the first pass.
SURE = 0.1
#: Least strength of a voiced frame; the second if the standard deviation of strengths exceeds the third.
USUAL, STRICT, SPREAD = 0.07, 0.085, 0.05


def srh_pitch(
    y: SignalLike,
    sr: float = 16000,
    *,
    fmin: int = 80,
    fmax: int = 500,
    win_length: int = 1600,
    hop_length: int = 160,
    order: int = 12,
    threshold: float | None = None,
    shift: int = 0,
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Pitch and voicing of a clip by the summation of residual harmonics.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    fmin, fmax : int
        Lowest and highest pitch in Hz.
    win_length : int
        Frame length in samples; 100 ms is usual. Frames are not centred; an incomplete last one is left out.
    hop_length : int
        Hop in samples.
    order : int
        Order of the prediction, in frames of 25 ms every 5 ms.
    threshold : float or None
        Least strength of a voiced frame. None for 0.07, and 0.085 where the strengths of the clip have a
        standard deviation above 0.05.
    shift : int
        Offset in Hz by which spectra are read too low, to match programs that count bins from 1 (see `rps`).

    Returns
    -------
    f0 : float64 array of shape (..., frames)
        Pitch in whole Hz; the best guess where a frame is unvoiced, 0 where its strength is 0.
    strength : float64 array of shape (..., frames)
        Strength of the harmonics. Frames that reach into digital silence (25 ms of zeros) have 0.
    voiced : bool array of shape (..., frames)
        Whether the strength is above the threshold.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or shorter than a frame, or a setting cannot be used.

    Notes
    -----
    E is the spectrum of a frame of the residual under a Blackman window, normalised to norm 1. The pitch is
    the f with the largest ``E(f) + sum of E(k f) - E((k - 1/2) f) for k = 2 to 5``. A first pass over the
    whole range finds the median pitch of frames with strength above 0.1; the second pass searches from half
    to twice that median. Computed in double precision for every type.

    References
    ----------
    T. Drugman, A. Alwan, "Joint robust voicing detection and pitch estimation based on residual harmonics",
    Interspeech 2011.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.zeros(32000)
    >>> y[1000:20000:80] = 1.0
    >>> f0, strength, voiced = vf.srh_pitch(y, 16000)
    >>> f0.shape, float(f0[40]), bool(voiced[40]), bool(voiced[-1])
    ((191,), 200.0, True, False)
    """
    search = Search.make(sr, fmin, fmax, win_length, hop_length, order, shift)
    if threshold is not None:
        threshold = check_float("threshold", threshold)
    y = signal(y)
    not_finite(y)
    count = search.count(y.shape[-1])
    shape = (*y.shape[:-1], count)
    f0, strength, voiced = np.empty(shape), np.empty(shape), np.empty(shape, bool)
    for i in np.ndindex(y.shape[:-1]):
        f0[i], strength[i], voiced[i] = tracked(y[i], search, threshold)
    return f0, strength, voiced


def tracked(
    y: np.ndarray, search: Search, threshold: float | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pitch, strength and voicing of one signal."""
    parts = summed(y, search)
    sure = np.concatenate([part.pitches[part.largest > SURE] for part in parts])
    number = int(2 * (np.median(sure) - search.fmin)) if sure.size else 0
    best, strength = np.zeros(search.count(y.size)), np.full(search.count(y.size), -np.inf)
    for part in parts:
        result = part.pitches, part.largest
        if sure.size:
            result = part.within(number, search.fmin)
        best[part.frames], strength[part.frames] = result
    if threshold is None:
        heard = strength[np.isfinite(strength)]
        silent = heard.size < strength.size  # the deviation of strengths differs in a clip with silence
        threshold = STRICT if not silent and heard.std() > SPREAD else USUAL
    strength = np.maximum(strength, 0.0)
    return np.where(strength > 0, best, 0.0), strength, strength > threshold

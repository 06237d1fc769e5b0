"""What is made of pitch classes: smoothed statistics, and places in tonal space."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chain.jobs import Rows
from ..chain.spec import Bands, Chain
from ..errors import ParameterError, whole
from ..filters import get_window
from ..norms import check_norm
from .chroma import chroma_cqt, scaled_frames
from .constantq import at_once
from .given import values

__all__ = ["chroma_cens", "tonnetz"]

#: Shares of a frame's sum above which a pitch class gains a step.
_STEPS = (0.4, 0.2, 0.1, 0.05)
#: Frames that are averaged, at most: hours of them.
SMOOTHED = 1 << 20


def chroma_cens(
    y: Any = None,
    sr: float = 22050,
    *,
    C: Any = None,
    hop_length: int = 512,
    fmin: float | None = None,
    tuning: float | None = None,
    n_chroma: int = 12,
    n_octaves: int = 7,
    bins_per_octave: int | None = 36,
    cqt_mode: str = "full",
    window: Any = None,
    norm: float | None = 2,
    win_len_smooth: int | None = 41,
    smoothing_window: Any = "hann",
) -> np.ndarray:
    """Pitch classes in four steps of loudness, smoothed over time, as ``librosa.feature.chroma_cens``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    C : float array of shape (..., bins, frames), optional
        Constant-Q magnitudes to use in place of `y`.
    hop_length, fmin, tuning, n_chroma, n_octaves, bins_per_octave, cqt_mode, window
        As in `chroma_cqt`.
    norm : float or None
        Each smoothed frame is divided by this norm.
    win_len_smooth : int or None
        Frames that are averaged; None for no smoothing.
    smoothing_window : str, tuple, float, callable or array_like
        The weights of the average: a symmetric window of `win_len_smooth` + 2, whose ends are often 0.

    Returns
    -------
    float array of shape (..., n_chroma, frames)
        One row a pitch class, C first.

    Raises
    ------
    ParameterError
        As `chroma_cqt`, and if `win_len_smooth` or `smoothing_window` cannot be used.

    Warns
    -----
    UserWarning
        If wavelets are longer than the signal.

    References
    ----------
    M. Mueller and S. Ewert, "Chroma toolbox: MATLAB implementations for extracting variants of chroma-based
    audio features", 2011. Definition and defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(44100) / 22050).astype(np.float32)
    >>> C = vf.chroma_cens(y, sr=22050)
    >>> C.shape, int(C[:, 40].argmax())
    ((12, 87), 9)
    """
    check_norm("norm", norm)
    weights = None
    if win_len_smooth is not None:
        none = "give None for no smoothing"
        width = whole("win_len_smooth", win_len_smooth, unit="frames", remedy=none, most=SMOOTHED)
        try:
            weights = get_window(smoothing_window, width + 2, fftbins=False)
        except ParameterError as problem:
            raise ParameterError(f"smoothing_{problem}") from None
        weights = weights / np.sum(weights)
    chroma = chroma_cqt(
        y,
        sr,
        C=C,
        hop_length=hop_length,
        fmin=fmin,
        norm=1,
        tuning=tuning,
        n_chroma=n_chroma,
        n_octaves=n_octaves,
        window=window,
        bins_per_octave=bins_per_octave,
        cqt_mode=cqt_mode,
    )
    steps = np.zeros_like(chroma)
    for least in _STEPS:
        steps += chroma.dtype.type(0.25) * (chroma > least)
    if weights is not None:
        from scipy.ndimage import convolve1d

        steps = convolve1d(steps, weights, axis=-1, mode="constant")
    return scaled_frames(steps, norm)


def tonnetz(
    y: Any = None,
    sr: float = 22050,
    *,
    chroma: Any = None,
    hop_length: int = 512,
    fmin: float | None = None,
    norm: float | None = np.inf,
    threshold: float | None = 0.0,
    tuning: float | None = None,
    n_chroma: int = 12,
    n_octaves: int = 7,
    window: Any = None,
    bins_per_octave: int | None = 36,
    cqt_mode: str = "full",
) -> np.ndarray:
    """Tonal centroids: pitch classes on the circles of fifths and thirds, as ``librosa.feature.tonnetz``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    chroma : float array of shape (..., n_chroma, frames), optional
        Pitch classes to use in place of `y`.
    hop_length, fmin, norm, threshold, tuning, n_chroma, n_octaves, window, bins_per_octave, cqt_mode
        As in `chroma_cqt`.

    Returns
    -------
    float array of shape (..., 6, frames)
        Sine and cosine on the circle of fifths, of minor thirds, and of major thirds at half the radius.

    Raises
    ------
    ParameterError
        As `chroma_cqt`.

    Warns
    -----
    UserWarning
        If wavelets are longer than the signal.

    References
    ----------
    C. Harte, M. Sandler and M. Gasser, "Detecting harmonic change in musical audio", 2006. Definition and
    defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(44100) / 22050).astype(np.float32)
    >>> vf.tonnetz(y, sr=22050).shape
    (6, 87)
    """
    if chroma is not None:
        chroma = values(chroma, "n_chroma", "chroma")
    elif y is None:
        raise ParameterError("y=None: a signal is needed; pass y, or pitch classes as chroma=")
    else:
        chroma = chroma_cqt(
            y,
            sr,
            hop_length=hop_length,
            fmin=fmin,
            norm=norm,
            threshold=threshold,
            tuning=tuning,
            n_chroma=n_chroma,
            n_octaves=n_octaves,
            window=window,
            bins_per_octave=bins_per_octave,
            cqt_mode=cqt_mode,
        )
    centroids = Bands.make("tonal_centroids", n_chroma=chroma.shape[-2])
    return at_once(Rows(Chain(bands=centroids)), scaled_frames(chroma, 1))

"""Chroma of constant-Q and variable-Q magnitudes."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, Intervals, SignalLike, Window
from ...chain.block_loop import run_spectra
from ...chain.stages import Bands, Chain, Scaling
from ...errors import ParameterError, check_choice, check_float, check_int, fail
from ...filters.folding import check_kernel
from ...filters.norms import check_norm
from ...filters.windows import get_window
from ...units.intervals import check_intervals
from ..spectral.inputs import check_spectra
from .cqt import checked_transform, responses
from .hybrid import hybrid_magnitudes

__all__ = ["chroma_cens", "chroma_cqt", "chroma_vqt", "tonnetz"]


#: Largest number of octaves.
MOST_OCTAVES = 64


def _bank(n_bins: int, bins_per_octave: Any, n_chroma: Any, fmin: Any, window: Any) -> Bands:
    if isinstance(window, (list, tuple, np.ndarray)):
        rows = check_kernel(window)
        window = tuple(map(tuple, rows.tolist()))
    bank = {"bins_per_octave": bins_per_octave, "n_chroma": n_chroma, "fmin": fmin, "window": window}
    return Bands.make("cq_to_chroma", n_input=n_bins, **bank)


def scaled_frames(chroma: np.ndarray, norm: float | None, name: str = "chroma") -> np.ndarray:
    """Each frame divided by its norm."""
    scaling = Scaling.make(norm)
    return chroma if scaling is None else run_spectra(Chain(scaling=scaling), chroma, name)


def _finished(chroma: np.ndarray, threshold: float | None, norm: float | None) -> np.ndarray:
    if threshold is not None:
        chroma[chroma < threshold] = 0
    return scaled_frames(chroma, norm)


def _octaves(n_octaves: Any) -> int:
    """The number of octaves; checked early, because fold weights are made before the range is checked."""
    n_octaves = check_int("n_octaves", n_octaves, unit="octaves")
    if n_octaves > MOST_OCTAVES:
        fail("n_octaves", n_octaves, "reach above any sampling rate", "give fewer, such as 7")
    return n_octaves


def _check(threshold: Any, norm: Any) -> None:
    if threshold is not None:
        check_float("threshold", threshold, remedy="give 0.0, or None for none")
    check_norm("norm", norm)


def chroma_cqt(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    C: ArrayLike | None = None,
    hop_length: int = 512,
    fmin: float | None = None,
    norm: float | None = np.inf,
    threshold: float | None = 0.0,
    tuning: float | None = None,
    n_chroma: int = 12,
    n_octaves: int = 7,
    window: Window | None = None,
    bins_per_octave: int | None = 36,
    cqt_mode: Literal["full", "hybrid"] = "full",
) -> FloatArray:
    """Energy of each pitch class from a constant-Q transform, as ``librosa.feature.chroma_cqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    C : float array of shape (..., bins, frames), optional
        Constant-Q magnitudes to use in place of `y`.
    hop_length, fmin
        As in `cqt`.
    norm : float or None
        Norm by which each frame is divided: inf, -inf, 0 or a number above 0; None for no division.
    threshold : float or None
        Sums below it are set to 0 before the division; None for no threshold.
    tuning : float, optional
        As in `cqt`. By default it is estimated from the whole clip (the whole batch together).
    n_chroma : int
        Number of pitch classes.
    n_octaves : int
        Number of octaves, from `fmin` upwards.
    window : array of float, optional
        Window that smooths pitch classes, as in `filters.cq_to_chroma`.
    bins_per_octave : int or None
        Constant-Q bins per octave, a multiple of `n_chroma`; None for `n_chroma`.
    cqt_mode : "full" or "hybrid"
        Magnitudes of `cqt` or of `hybrid_cqt`.

    Returns
    -------
    float array of shape (..., n_chroma, frames)
        One row per pitch class, C first.

    Raises
    ------
    ParameterError
        As `cqt`, and if `bins_per_octave` is not a multiple of `n_chroma`.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

    References
    ----------
    Definition and defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(44100) / 22050).astype(np.float32)
    >>> C = vf.chroma_cqt(y, sr=22050)
    >>> C.shape, C.dtype, int(C[:, 40].argmax())
    ((12, 87), dtype('float32'), 9)
    """
    _check(threshold, norm)
    n_chroma = check_int("n_chroma", n_chroma, unit="pitch classes")
    bins = n_chroma if bins_per_octave is None else check_int("bins_per_octave", bins_per_octave, unit="bins")
    check_choice("cqt_mode", cqt_mode, ("full", "hybrid"))
    if C is not None:
        C = check_spectra(C, "bins", "C")
        bank = _bank(C.shape[-2], bins, n_chroma, fmin, window)
        return _finished(run_spectra(Chain(bands=bank), C, "C"), threshold, norm)
    if y is None:
        raise ParameterError("y=None: a signal is needed; pass y, or constant-Q magnitudes as C=")
    n_bins = _octaves(n_octaves) * bins
    bank = _bank(n_bins, bins, n_chroma, fmin, window)
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins, tuning, counted=("n_octaves", bins))
    magnitudes = responses if cqt_mode == "full" else hybrid_magnitudes
    return _finished(magnitudes(q, y, y.dtype, bank), threshold, norm)


def chroma_vqt(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    V: ArrayLike | None = None,
    hop_length: int = 512,
    fmin: float | None = None,
    intervals: Intervals = "equal",
    norm: float | None = np.inf,
    threshold: float | None = 0.0,
    n_octaves: int = 7,
    bins_per_octave: int = 12,
    gamma: float | None = 0,
) -> FloatArray:
    """Energy of each degree of a scale from a variable-Q transform, as ``librosa.feature.chroma_vqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    V : float array of shape (..., bins, frames), optional
        Variable-Q magnitudes to use in place of `y`.
    hop_length, fmin, intervals, gamma
        As in `vqt`; librosa has no default for `intervals`.
    norm : float or None
        Norm by which each frame is divided: inf, -inf, 0 or a number above 0; None for no division.
    threshold : float or None
        Sums below it are set to 0 before the division; None for no threshold.
    n_octaves : int
        Number of octaves, from `fmin` upwards.
    bins_per_octave : int
        Bins per octave, and rows of the result; for given `intervals`, their number.

    Returns
    -------
    float array of shape (..., bins_per_octave, frames)
        One row per degree.

    Raises
    ------
    ParameterError
        As `vqt`.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

    References
    ----------
    Definition and defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> vf.chroma_vqt(y, sr=22050, intervals="ji5").shape
    (12, 44)
    """
    _check(threshold, norm)
    intervals = check_intervals(intervals)
    bins = check_int("bins_per_octave", bins_per_octave, unit="bins")
    bins = len(intervals) if isinstance(intervals, tuple) else bins
    if V is not None:
        V = check_spectra(V, "bins", "V")
        bank = _bank(V.shape[-2], bins, bins, fmin, None)
        return _finished(run_spectra(Chain(bands=bank), V, "V"), threshold, norm)
    if y is None:
        raise ParameterError("y=None: a signal is needed; pass y, or variable-Q magnitudes as V=")
    n_bins = _octaves(n_octaves) * bins
    bank = _bank(n_bins, bins, bins, fmin, None)
    octaves = ("n_octaves", bins)
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins, 0.0, intervals, gamma, counted=octaves)
    return _finished(responses(q, y, y.dtype, bank), threshold, norm)


#: Fractions of a frame's sum; a pitch class gains one step for each that it exceeds.
_STEPS = (0.4, 0.2, 0.1, 0.05)
#: Largest number of frames that are averaged: hours.
SMOOTHED = 1 << 20


def chroma_cens(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    C: ArrayLike | None = None,
    hop_length: int = 512,
    fmin: float | None = None,
    tuning: float | None = None,
    n_chroma: int = 12,
    n_octaves: int = 7,
    bins_per_octave: int | None = 36,
    cqt_mode: Literal["full", "hybrid"] = "full",
    window: Window | None = None,
    norm: float | None = 2,
    win_len_smooth: int | None = 41,
    smoothing_window: Window = "hann",
) -> FloatArray:
    """CENS: chroma quantised in four steps and smoothed over time, as ``librosa.feature.chroma_cens``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    C : float array of shape (..., bins, frames), optional
        Constant-Q magnitudes to use in place of `y`.
    hop_length, fmin, tuning, n_chroma, n_octaves, bins_per_octave, cqt_mode, window
        As in `chroma_cqt`.
    norm : float or None
        Norm by which each smoothed frame is divided.
    win_len_smooth : int or None
        Number of frames that are averaged; None for no smoothing.
    smoothing_window : str, tuple, float, callable or array_like
        Weights of the average: a symmetric window of `win_len_smooth` + 2 samples, whose ends are often 0.

    Returns
    -------
    float array of shape (..., n_chroma, frames)
        One row per pitch class, C first.

    Raises
    ------
    ParameterError
        As `chroma_cqt`, and if `win_len_smooth` or `smoothing_window` cannot be used.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

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
        width = check_int("win_len_smooth", win_len_smooth, unit="frames", remedy=none, most=SMOOTHED)
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
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    chroma: ArrayLike | None = None,
    hop_length: int = 512,
    fmin: float | None = None,
    norm: float | None = np.inf,
    threshold: float | None = 0.0,
    tuning: float | None = None,
    n_chroma: int = 12,
    n_octaves: int = 7,
    window: Window | None = None,
    bins_per_octave: int | None = 36,
    cqt_mode: Literal["full", "hybrid"] = "full",
) -> FloatArray:
    """Tonal centroids of chroma on circles of fifths and thirds, as ``librosa.feature.tonnetz``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    chroma : float array of shape (..., n_chroma, frames), optional
        Chroma to use in place of `y`.
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
        If a wavelet is longer than the signal.

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
        chroma = check_spectra(chroma, "n_chroma", "chroma")
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
    return run_spectra(Chain(bands=centroids), scaled_frames(chroma, 1), "y")

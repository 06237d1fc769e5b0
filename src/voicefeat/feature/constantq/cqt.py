"""Constant-Q and variable-Q transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..._typing import ComplexArray, Intervals, PadMode, ResType, SignalLike, Window
from ...audio.signals import signal
from ...cache import memoised
from ...chain.block_loop import compute
from ...chain.constantq import octaves as transforms
from ...chain.constantq.transform import ConstantQ, octaves
from ...chain.jobs import AllPeaks
from ...chain.stages import Bands
from ...errors import check_complex_dtype
from ...filters.empty_bands import warn
from ...units.intervals import check_intervals
from ..spectral.peaks import counter, peaks_among, tuning_of
from ..spectral.stft import spectrogram_chain

__all__ = ["cqt", "vqt"]

transform_of: Callable[..., ConstantQ] = memoised(ConstantQ.make)


def checked_transform(
    y: Any,
    sr: Any,
    hop_length: Any,
    fmin: Any,
    n_bins: Any,
    bins_per_octave: Any,
    tuning: Any,
    *shape: Any,
    counted: tuple[str, int] = ("n_bins", 1),
) -> tuple[ConstantQ, np.ndarray]:
    """The checked transform and the checked signal; a `tuning` of None is estimated from the whole signal.

    `counted` is the argument that sets `n_bins`, and the number of bins for each unit of it.
    """
    head = (sr, hop_length, fmin, n_bins, bins_per_octave)
    shape = (counted, *shape)
    q = transform_of(*head, 0.0 if tuning is None else tuning, *shape)
    y = signal(y)
    if tuning is None:
        q = transform_of(*head, _tuning(y, sr, q.bins_per_octave), *shape)
    return q, y


def _tuning(y: np.ndarray, sr: float, bins_per_octave: int) -> float:
    """The tuning of `estimate_tuning` with its defaults; 0 where there is no pitch."""
    chain = spectrogram_chain(2048, None, None, "hann", True, "constant", 1.0)
    peaks = peaks_among(sr, 2048, 150.0, 4000.0, 0.1)
    (counts,) = compute([AllPeaks(chain, peaks, counter(0.01, bins_per_octave))], y)
    return 0.0 if counts is None else tuning_of(counts, 0.01)


def responses(q: ConstantQ, y: np.ndarray, result: np.dtype, fold: Bands | None = None) -> np.ndarray:
    """The transform of `y` as type `result`: complex values or real magnitudes, folded if `fold` is given."""
    wide = result in (np.float64, np.complex128)
    kind = np.dtype(np.float64) if wide else y.dtype
    n = y.shape[-1]
    q.check_length(n)  # before the tables are made: wavelets can have any length
    ready = octaves(q, fold, kind)
    warn_if_mostly_padding(q, ready.longest, n)
    computed = np.result_type(kind, np.complex64) if result.kind == "c" else kind
    return transforms.run(ready, y, computed).astype(result, copy=False)


def warn_if_mostly_padding(q: ConstantQ, longest: float, n: int) -> None:
    if longest > n:
        problem = f"a wavelet has {longest:.0f} samples, the signal only {n}: it covers mostly padding"
        warn(f"fmin={q.given_fmin:.4g}: {problem}")


def complex_type(dtype: Any, y: np.ndarray) -> np.dtype:
    """The complex type of a transform: `dtype`, or by default that of the signal's precision."""
    if dtype is None:
        return np.result_type(y.dtype, np.complex64)
    return check_complex_dtype("dtype", dtype)


def cqt(
    y: SignalLike,
    sr: float = 22050,
    *,
    hop_length: int = 512,
    fmin: float | None = None,
    n_bins: int = 84,
    bins_per_octave: int = 12,
    tuning: float | None = 0.0,
    filter_scale: float = 1,
    norm: float | None = 1,
    sparsity: float = 0.01,
    window: Window = "hann",
    scale: bool = True,
    pad_mode: PadMode = "constant",
    res_type: ResType | None = "soxr_hq",
    dtype: DTypeLike | None = None,
) -> ComplexArray:
    """Constant-Q transform, with frequencies in equal steps of pitch, as ``librosa.cqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    hop_length : int
        Hop in samples. Each factor of 2 in it saves work: with one for every octave below the
        highest, each octave is computed at half the rate of the one above.
    fmin : float, optional
        Frequency of the first bin in Hz; C1, 32.7 Hz, by default.
    n_bins, bins_per_octave : int
        Number of bins, and bins per octave.
    tuning : float or None
        Tuning deviation in bins, by which all frequencies are raised; None estimates it from the whole
        signal.
    filter_scale : float
        Factor of the lengths of the wavelets.
    norm : float or None
        Order p of the norm to which wavelets are normalised; None for no normalisation.
    sparsity : float in [0, 1)
        Fraction of each wavelet's magnitude that may be discarded.
    window : str, tuple, float or callable
        Window of the wavelets.
    scale : bool
        True to divide by the square roots of the wavelets' lengths.
    pad_mode : str or callable
        As in `stft`.
    res_type : str or None
        Resampling to half the rate, as in `resample`; None for "soxr_hq".
    dtype : complex64 or complex128, optional
        Type of the result; by default that of the signal's precision.

    Returns
    -------
    complex array of shape (..., n_bins, frames)
        Responses of the wavelets, one row per bin.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite, or shorter than a period of `fmin`, the highest wavelets reach
        above half of `sr`, or a setting cannot be used.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

    References
    ----------
    C. Schoerkhuber and A. Klapuri, "Constant-Q transform toolbox for music processing", 2010. Definition and
    defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> C = vf.cqt(y, sr=22050, fmin=vf.note_to_hz("C3"), n_bins=48)
    >>> C.shape, C.dtype, int(abs(C[:, 20]).argmax())  # A4 is 21 semitones above C3
    ((48, 44), dtype('complex64'), 21)
    """
    shape = ("equal", 0.0, filter_scale, norm, sparsity, window, scale, pad_mode, res_type)
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins_per_octave, tuning, *shape)
    return responses(q, y, complex_type(dtype, y))


def vqt(
    y: SignalLike,
    sr: float = 22050,
    *,
    hop_length: int = 512,
    fmin: float | None = None,
    n_bins: int = 84,
    intervals: Intervals = "equal",
    gamma: float | None = None,
    bins_per_octave: int = 12,
    tuning: float | None = 0.0,
    filter_scale: float = 1,
    norm: float | None = 1,
    sparsity: float = 0.01,
    window: Window = "hann",
    scale: bool = True,
    pad_mode: PadMode = "constant",
    res_type: ResType | None = "soxr_hq",
    dtype: DTypeLike | None = None,
) -> ComplexArray:
    """Variable-Q transform: any scale, and shorter wavelets at low frequencies, as ``librosa.vqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr, hop_length, fmin, n_bins
        As in `cqt`.
    intervals : str or array of float
        "equal" for equal steps; "pythagorean" for stacked fifths; "ji3", "ji5" or "ji7" for just intonation
        with primes up to 3, 5 or 7; or the ratios of the frequencies of an octave to its first.
    gamma : float or None
        Bandwidth offset in Hz: added to each bandwidth, it makes wavelets of low frequencies shorter. 0 for
        `cqt`; None for the equivalent rectangular bandwidths of hearing.
    bins_per_octave : int
        Bins per octave; for given `intervals`, their number.
    tuning, filter_scale, norm, sparsity, window, scale, pad_mode, res_type, dtype
        As in `cqt`.

    Returns
    -------
    complex array of shape (..., n_bins, frames)
        Responses of the wavelets, one row per bin.

    Raises
    ------
    ParameterError
        As `cqt`.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

    References
    ----------
    C. Schoerkhuber, A. Klapuri, N. Holighaus and M. Doerfler, "A Matlab toolbox for efficient perfect
    reconstruction time-frequency transforms with log-frequency resolution", 2014. Definition and defaults:
    librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> vf.vqt(y, sr=22050, intervals="ji5", fmin=55.0, n_bins=60).shape
    (60, 44)
    """
    shape = (
        check_intervals(intervals),
        gamma,
        filter_scale,
        norm,
        sparsity,
        window,
        scale,
        pad_mode,
        res_type,
    )
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins_per_octave, tuning, *shape)
    return responses(q, y, complex_type(dtype, y))

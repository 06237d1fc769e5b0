"""Spectral peaks, and the tuning estimated from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run, run_spectra
from ...chain.jobs import AllPeaks, PeaksInRows
from ...chain.loud_peaks import StrongerHalf
from ...chain.stages import Chain, Peaks
from ...engine.peaks import tally_residuals
from ...errors import check_float, check_int, check_numeric, fail
from ...filters.empty_bands import warn
from ...units.hertz import hz_to_octs
from .inputs import check_bins, signal_or_spectra
from .stft import spectrogram_chain

__all__ = ["estimate_tuning", "piptrack", "pitch_tuning"]

#: The chain of given spectra: it has no stage.
GIVEN = Chain()

peaks_among: Callable[..., Peaks] = memoised(Peaks.make)


def absolute(S: Any, n_fft: Any) -> tuple[np.ndarray, int]:
    """The magnitudes of `S`, which may be complex, and its frame length."""
    return check_bins(np.abs(check_numeric("S", S, "fiuc")), n_fft)


def piptrack(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int | None = None,
    fmin: float = 150.0,
    fmax: float = 4000.0,
    threshold: float = 0.1,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    ref: float | Callable[..., Any] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Peaks of each frame's spectrum by parabolic interpolation, as ``librosa.piptrack``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude or power spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    fmin, fmax : float
        Range of the peaks in Hz: from `fmin` to below `fmax`.
    threshold : float, 0 or more
        A peak must be above `threshold` times the reference of its frame.
    ref : callable or float, optional
        Reference of each frame: ``ref(S, axis=-2)``, by default its largest value. A number replaces both
        reference and threshold.

    Returns
    -------
    pitches : float array of shape (..., 1 + n_fft // 2, frames)
        Frequency in Hz of the peak at each bin, 0 where there is none.
    magnitudes : float array of the same shape
        Interpolated height of that peak.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> pitches, magnitudes = vf.piptrack(y, sr=22050)
    >>> round(float(pitches[magnitudes[:, 20].argmax(), 20]))
    440
    """
    reference: Any = None if ref is None or callable(ref) else abs(check_float("ref", ref))
    if signal_or_spectra(y, S) is S:
        magnitudes, n_fft = absolute(S, n_fft)
    else:
        chain = spectrogram_chain(n_fft, hop_length, win_length, window, center, pad_mode, 1.0)
        assert chain.frames is not None
        n_fft = chain.frames.n_fft
    peaks = peaks_among(sr, n_fft, fmin, fmax, threshold)
    if S is None and not callable(ref):
        return run(PeaksInRows(chain, peaks, reference), y)
    if S is None:
        magnitudes = run(chain, y)
    if callable(ref):
        reference = np.asarray(peaks.threshold * ref(magnitudes, axis=-2), magnitudes.dtype)
    return run_spectra(PeaksInRows(GIVEN, peaks, reference), magnitudes)


def estimate_tuning(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    resolution: float = 0.01,
    bins_per_octave: int = 12,
    **kwargs: Any,
) -> float:
    """Tuning of a clip, in fractions of a bin from A440, as ``librosa.estimate_tuning``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; the whole batch together gives one number.
    sr : float
        Sampling rate in Hz.
    S : array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude or power spectrogram to use in place of `y`.
    n_fft : int
        Frame length in samples.
    resolution : float in (0, 1)
        Resolution of the estimate, in fractions of a bin.
    bins_per_octave : int
        Bins per octave.
    **kwargs
        The other arguments of `piptrack`.

    Returns
    -------
    float
        Tuning in [-0.5, 0.5).

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * 2 ** (0.2 / 12) * np.arange(22050) / 22050)
    >>> abs(vf.estimate_tuning(y, sr=22050) - 0.2) < 0.05
    True
    """
    _check(resolution, bins_per_octave)
    if kwargs.get("ref") is not None:
        pitches, heights = piptrack(y, sr, S=S, n_fft=n_fft, **kwargs)
        half = StrongerHalf(counter(resolution, bins_per_octave))
        half.see(pitches[pitches > 0], heights[pitches > 0])
        return tuning_of(half.result(), resolution)
    kwargs.pop("ref", None)
    for unknown in kwargs.keys() - _PIPTRACK.keys():
        remedy = f"those are {', '.join(_PIPTRACK)}"
        fail(unknown, kwargs[unknown], "is not an argument of piptrack", remedy)
    options = _PIPTRACK | kwargs
    limits = (options["fmin"], options["fmax"], options["threshold"])
    count = counter(resolution, bins_per_octave)
    if signal_or_spectra(y, S) is S:
        S, n_fft = absolute(S, n_fft)
        counts = run_spectra(AllPeaks(GIVEN, peaks_among(sr, n_fft, *limits), count), S)
    else:
        names = ("hop_length", "win_length", "window", "center", "pad_mode")
        hop_length, win_length, window, center, pad_mode = (options[name] for name in names)
        chain = spectrogram_chain(n_fft, hop_length, win_length, window, center, pad_mode, 1.0)
        assert chain.frames is not None
        counts = run(AllPeaks(chain, peaks_among(sr, chain.frames.n_fft, *limits), count), y)
    return tuning_of(counts, resolution)


def counter(resolution: float, bins_per_octave: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function that makes a histogram of the distances of pitches from the nearest bin."""
    edges = _edges(resolution)

    def count(pitches: np.ndarray) -> np.ndarray:
        """How many distances in [-0.5, 0.5) lie in each step of width `resolution`."""
        bins, counts = bins_per_octave * hz_to_octs(pitches), np.zeros(edges.size - 1, np.int64)
        tally_residuals(bins.astype(np.result_type(bins, np.float32), copy=False), edges, counts)
        return counts

    return count


def _fullest(counts: np.ndarray, resolution: float) -> float:
    """The left edge of the step with the largest count."""
    return float(_edges(resolution)[np.argmax(counts)])


@memoised
def _edges(resolution: float) -> np.ndarray:
    return np.linspace(-0.5, 0.5, int(np.ceil(1.0 / resolution)) + 1)


def tuning_of(counts: np.ndarray | None, resolution: float) -> float:
    """The tuning of the stronger half of all peaks; 0.0, with a warning, where there are no peaks."""
    return _untuned() if counts is None else _fullest(counts, resolution)


def _untuned() -> float:
    warn("no frequency to estimate the tuning from; it is taken as 0.0")
    return 0.0


_PIPTRACK: dict[str, Any] = {
    "hop_length": None, "fmin": 150.0, "fmax": 4000.0, "threshold": 0.1, "win_length": None,
    "window": "hann", "center": True, "pad_mode": "constant",
}  # fmt: skip


def _check(resolution: Any, bins_per_octave: Any) -> None:
    check_float("resolution", resolution, low=1e-6, high=1.0, remedy="give 0.01 for hundredths of a bin")
    check_int("bins_per_octave", bins_per_octave)


def pitch_tuning(frequencies: ArrayLike, *, resolution: float = 0.01, bins_per_octave: int = 12) -> float:
    """Tuning of given frequencies, in fractions of a bin from A440, as ``librosa.pitch_tuning``.

    Parameters
    ----------
    frequencies : float array
        Frequencies in Hz; values of 0 and below are ignored.
    resolution : float in (0, 1]
        Resolution of the estimate, in fractions of a bin.
    bins_per_octave : int
        Bins per octave.

    Returns
    -------
    float
        Tuning in [-0.5, 0.5); 0.0, with a warning, when no frequency is left.

    Raises
    ------
    ParameterError
        If `resolution` or `bins_per_octave` cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> round(vf.pitch_tuning([440.0, 880.0]), 2)
    0.0
    """
    _check(resolution, bins_per_octave)
    hertz = np.atleast_1d(check_numeric("frequencies", frequencies))
    # The logarithm of the smallest subnormal numbers is not finite.
    hertz = hertz[(hertz / 27.5 > 0) & np.isfinite(hertz)]
    if hertz.size == 0:
        return _untuned()
    return _fullest(counter(resolution, bins_per_octave)(hertz), resolution)

"""Spectral peaks, and the tuning that they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...audio.signals import signal
from ...cache import memoised
from ...chain.block_loop import one, run
from ...chain.frames import Frames, window_value
from ...chain.jobs import AllPeaks, PeaksInRows
from ...chain.loud_peaks import StrongerHalf
from ...chain.sinks import commonest, counted
from ...chain.stages import Chain, Peaks, Spectrum
from ...errors import check_float, check_int, check_numeric, fail
from ...filters.empty_bands import warn
from ...units.hertz import hz_to_octs
from .inputs import either, spectra, values
from .stft import warn_if_mostly_padding

__all__ = ["estimate_tuning", "piptrack", "pitch_tuning"]


@memoised
def _framed(power, n_fft, *frames):
    return Chain(Frames.make(n_fft, *frames), Spectrum.make(power))


peaks_among = memoised(Peaks.make)


def spectra_of(y, S, n_fft, hop_length, win_length, window, center, pad_mode, power=1.0):
    """The chain up to the spectrum, and its n_fft; no sample has been looked at."""
    if either(y, S) is S:
        return Chain(), spectra(np.abs(check_numeric("S", S, "fiuc")), n_fft)[1]
    chain = _framed(power, n_fft, hop_length, win_length, window_value(window), center, pad_mode)
    return chain, chain.frames.n_fft


def data_of(chain, y, S):
    """The checked data that the chain starts from, and the argument that it came in as."""
    if chain.frames is None:
        return values(np.abs(check_numeric("S", S, "fiuc")), "bins"), "S"
    y = signal(y)
    warn_if_mostly_padding(chain.frames.n_fft, chain.frames.center, y.shape[-1])
    return y, "y"


def piptrack(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    n_fft: int = 2048,
    hop_length: int | None = None,
    fmin: float = 150.0,
    fmax: float = 4000.0,
    threshold: float = 0.1,
    win_length: int | None = None,
    window: Any = "hann",
    center: bool = True,
    pad_mode: Any = "constant",
    ref: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
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
        Hz; peaks are looked for from `fmin` up to, not including, `fmax`.
    threshold : float, 0 or more
        A peak is above `threshold` times the frame's reference.
    ref : callable or float, optional
        The reference: ``ref(S, axis=-2)``, by default the frame's largest value; or a number that replaces
        both reference and threshold.

    Returns
    -------
    pitches : float array of shape (..., 1 + n_fft // 2, frames)
        Frequency in Hz of the peak at each bin, 0 where there is none.
    magnitudes : float array of the same shape
        Its interpolated height.

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
    chain, n = spectra_of(y, S, n_fft, hop_length, win_length, window, center, pad_mode)
    peaks = peaks_among(sr, n, fmin, fmax, threshold)
    data, name = data_of(chain, y, S)
    references = None
    if callable(ref):
        if chain.frames is not None:
            chain, data, name = Chain(), run(chain, data, name), "S"
        references = np.asarray(peaks.threshold * ref(data, axis=-2), data.dtype)
    elif ref is not None:
        frames = data.shape[-1] if chain.frames is None else chain.frames.count(data.shape[-1])
        batch = data.shape[: -2 if chain.frames is None else -1]
        references = np.full((*batch, frames), abs(check_float("ref", ref)), data.dtype)
    return one(PeaksInRows(chain, peaks, references), data, name)


def estimate_tuning(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    n_fft: int = 2048,
    resolution: float = 0.01,
    bins_per_octave: int = 12,
    **kwargs: Any,
) -> float:
    """Tuning of a clip, in fractions of a bin from A440, as ``librosa.estimate_tuning``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; all of a batch together give one number.
    sr : float
        Sampling rate in Hz.
    S : array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude or power spectrogram to use in place of `y`.
    n_fft : int
        Samples of a frame.
    resolution : float in (0, 1)
        Step of the estimate.
    bins_per_octave : int
        Bins of an octave.
    **kwargs
        The other arguments of `piptrack`.

    Returns
    -------
    float
        In [-0.5, 0.5).

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
        counts = half.result()
    else:
        kwargs.pop("ref", None)
        options = _PIPTRACK | kwargs
        for unknown in kwargs.keys() - _PIPTRACK.keys():
            fail(
                unknown,
                kwargs[unknown],
                "is not an argument of piptrack",
                f"those are {', '.join(_PIPTRACK)}",
            )
        limits = (options.pop("fmin"), options.pop("fmax"), options.pop("threshold"))
        chain, n = spectra_of(y, S, n_fft, **options)
        peaks = peaks_among(sr, n, *limits)
        counts = one(AllPeaks(chain, peaks, counter(resolution, bins_per_octave)), *data_of(chain, y, S))
    return tuning_of(counts, resolution)


def counter(resolution: float, bins_per_octave: int) -> Callable[[np.ndarray], np.ndarray]:
    """What counts pitches by how far they are from the nearest bin."""
    return lambda pitches: counted(_residuals(pitches, bins_per_octave), resolution)


def tuning_of(counts: np.ndarray | None, resolution: float) -> float:
    """The tuning that the stronger half of all peaks shows; 0.0, with a warning, where there are none."""
    return _untuned() if counts is None else commonest(counts, resolution)


def _untuned() -> float:
    warn("no frequency to estimate the tuning from; it is taken as 0.0")
    return 0.0


def _residuals(frequencies: np.ndarray, bins_per_octave: int) -> np.ndarray:
    """How far frequencies are from the nearest bin, in bins."""
    bins = bins_per_octave * hz_to_octs(frequencies)
    residuals = bins - np.floor(bins)  # exact, as bins mod 1 is
    residuals[residuals >= 0.5] -= 1.0
    return residuals


_PIPTRACK: dict[str, Any] = {
    "hop_length": None, "fmin": 150.0, "fmax": 4000.0, "threshold": 0.1, "win_length": None,
    "window": "hann", "center": True, "pad_mode": "constant",
}  # fmt: skip


def _check(resolution: Any, bins_per_octave: Any) -> None:
    check_float("resolution", resolution, low=1e-6, high=1.0, remedy="give 0.01 for hundredths of a bin")
    check_int("bins_per_octave", bins_per_octave)


def pitch_tuning(frequencies: Any, *, resolution: float = 0.01, bins_per_octave: int = 12) -> float:
    """Tuning of given frequencies, in fractions of a bin from A440, as ``librosa.pitch_tuning``.

    Parameters
    ----------
    frequencies : float array
        Hz; values of 0 and below are left out.
    resolution : float in (0, 1]
        Step of the estimate.
    bins_per_octave : int
        Bins of an octave.

    Returns
    -------
    float
        In [-0.5, 0.5); 0.0, with a warning, when no frequency is left.

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
    frequencies = np.atleast_1d(check_numeric("frequencies", frequencies))
    # The least subnormal numbers have no octave.
    frequencies = frequencies[(frequencies / 27.5 > 0) & np.isfinite(frequencies)]
    if frequencies.size == 0:
        return _untuned()
    return commonest(counter(resolution, bins_per_octave)(frequencies), resolution)

"""Where the energy of a frame lies: centroid, bandwidth, roll-off."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chain.descriptors import Bandwidth, Centroid, Rolloff
from ..errors import real, reject, whole
from . import varying
from .magnitudes import described, frequencies, magnitudes, of_bins, varies

__all__ = ["spectral_bandwidth", "spectral_centroid", "spectral_rolloff"]


def _centroid(n_fft, sr, given):
    return {"descriptor": Centroid(of_bins(sr, n_fft, given))}


def _bandwidth(n_fft, sr, given, norm, p):
    p = real("p", p, low=0.01, high=30.0, remedy="give 2 for the standard deviation about the centroid")
    if not isinstance(norm, (bool, np.bool_)):
        reject("norm", norm, "must be True or False", "give norm=True to weigh by shares of the magnitude")
    return {"descriptor": Bandwidth(of_bins(sr, n_fft, given), p, bool(norm))}


def _rolloff(n_fft, sr, given, percent):
    percent = real("roll_percent", percent, above=0.0, remedy="give 0.85 for 85 %")
    if percent >= 1.0:
        reject("roll_percent", percent, "must be below 1", "give 0.85 for 85 %")
    return {"descriptor": Rolloff(of_bins(sr, n_fft, given), percent)}


def spectral_centroid(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    freq: Any = None,
    win_length: int | None = None,
    window: Any = "hann",
    center: bool = True,
    pad_mode: Any = "constant",
) -> np.ndarray:
    """Mean frequency of each frame, weighted by magnitude, as ``librosa.feature.spectral_centroid``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Hz of each bin; those of the transform by default.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Hz; 0 where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    A. Klapuri, M. Davy (eds.), "Signal processing methods for music transcription", 2007, chapter 5.
    Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> round(float(vf.spectral_centroid(y, sr=22050)[0, 20]))
    440
    """
    frames = (n_fft, hop_length, win_length, window, center, pad_mode)
    given = frequencies(sr, freq)
    if varies(freq):
        return varying.centroid(*varying.data(y, S, freq, frames))
    return described(y, S, _centroid, (sr, given), frames)


def spectral_bandwidth(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Any = "hann",
    center: bool = True,
    pad_mode: Any = "constant",
    freq: Any = None,
    centroid: Any = None,
    norm: bool = True,
    p: float = 2,
) -> np.ndarray:
    """Spread of each frame about its centroid, as ``librosa.feature.spectral_bandwidth``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Hz of each bin; those of the transform by default.
    centroid : array of shape (..., 1, frames), optional
        Hz about which the spread is taken; the centroid by default.
    norm : bool
        Divide each frame's magnitudes by their sum.
    p : float above 0
        ``(sum S abs(freq - centroid) ** p) ** (1 / p)``.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Hz; 0 where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    A. Klapuri, M. Davy (eds.), "Signal processing methods for music transcription", 2007, chapter 5.
    Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> t = np.arange(22050) / 22050
    >>> y = np.sin(2 * np.pi * 1000 * t) + np.sin(2 * np.pi * 3000 * t)
    >>> round(float(vf.spectral_bandwidth(y, sr=22050)[0, 20]), -1)
    1000.0
    """
    frames = (n_fft, hop_length, win_length, window, center, pad_mode)
    given = frequencies(sr, freq)
    if varies(freq) or centroid is not None:
        _bandwidth(2, sr, None, norm, p)
        where = np.asarray(freq) if freq is not None else None
        if where is None or where.ndim == 1:
            if S is None:
                bins = 1 + whole("n_fft", n_fft, unit="samples", remedy="try n_fft=2048") // 2
            else:
                bins = magnitudes(S, n_fft)[0].shape[-2]
            where = of_bins(sr, 2 * (bins - 1), given).array(bins)[:, np.newaxis]
        return varying.bandwidth(*varying.data(y, S, where, frames), centroid, norm, p)
    return described(y, S, _bandwidth, (sr, given, norm, p), frames)


def spectral_rolloff(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Any = "hann",
    center: bool = True,
    pad_mode: Any = "constant",
    freq: Any = None,
    roll_percent: float = 0.85,
) -> np.ndarray:
    """Frequency below which most of a frame's magnitude lies, as ``librosa.feature.spectral_rolloff``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Samples a second.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Hz of each bin; those of the transform by default.
    roll_percent : float in (0, 1)
        The part of the magnitude that lies below.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Hz, the frequency of a bin; that of the first bin, 0, where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The bin is where a running sum passes a limit. Where it does so within rounding, float32 and float64 can
    be one bin apart.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(22050)
    >>> bool(8000 < vf.spectral_rolloff(y, sr=22050).mean() < 10000)
    True
    """
    frames = (n_fft, hop_length, win_length, window, center, pad_mode)
    given = frequencies(sr, freq)
    if varies(freq):
        _rolloff(2, sr, None, roll_percent)
        return varying.rolloff(*varying.data(y, S, freq, frames), roll_percent)
    return described(y, S, _rolloff, (sr, given, roll_percent), frames)

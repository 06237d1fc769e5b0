"""Spectrograms through a filter bank: mel and linear."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...audio.signals import signal
from ...cache import memoised
from ...chain.block_loop import run
from ...chain.frames import Frames, window_value
from ...chain.stages import Bands, Chain, Spectrum
from ...errors import check_bool
from .inputs import either, spectra
from .stft import warn_if_mostly_padding

__all__ = ["linear_spectrogram", "melspectrogram"]


def mel_bank(sr, n_fft, n_mels, fmin, fmax, htk, norm, dtype) -> Bands:
    return Bands.make(
        "mel",
        sr=sr,
        n_fft=n_fft,
        n_mels=n_mels,
        fmin=fmin,
        fmax=fmax,
        htk=check_bool("htk", htk),
        norm=norm,
        dtype=dtype,
    )


def linear_bank(sr, n_fft, n_filters, fmin, fmax, norm, dtype) -> Bands:
    return Bands.make(
        "linear", sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, norm=norm, dtype=dtype
    )


# Arguments come one by one, not in tuples: the memory of `settings` tells 40 from 40.0 only at the top.
@memoised
def _framed(make_bank, bank_size, sr, power, *rest):
    made = Frames.make(*rest[bank_size:])
    return Chain(made, Spectrum.make(power), make_bank(sr, made.n_fft, *rest[:bank_size]))


@memoised
def _given(make_bank, sr, n_fft, *bank):
    return Chain(bands=make_bank(sr, n_fft, *bank))


def _banded(y, sr, S, make_bank, bank, power, n_fft, hop_length, win_length, window, center, pad_mode):
    if either(y, S) is S:
        S, n_fft = spectra(S, n_fft)
        return run(_given(make_bank, sr, n_fft, *bank), S, "S")
    frames = (n_fft, hop_length, win_length, window_value(window), center, pad_mode)
    chain = _framed(make_bank, len(bank), sr, power, *bank, *frames)
    y = signal(y)
    warn_if_mostly_padding(n_fft, center, y.shape[-1])
    return run(chain, y)


def melspectrogram(
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
    power: float = 2.0,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: Any = "slaney",
    dtype: Any = np.float32,
) -> np.ndarray:
    """Mel spectrogram, as ``librosa.feature.melspectrogram``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    power : float above 0
        1.0 for magnitude, 2.0 for power; not applied to `S`.
    n_mels, fmin, fmax, htk, norm, dtype
        As in `filters.mel`. Weights are rounded to `dtype`, as in librosa float32 for float64 signals too.

    Returns
    -------
    float32 or float64 array of shape (..., n_mels, frames)
        One row per band, from low to high.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> vf.melspectrogram(y, sr=16000, n_fft=512, hop_length=160, n_mels=80).shape
    (80, 101)
    """
    bank = (n_mels, fmin, fmax, htk, norm, dtype)
    return _banded(y, sr, S, mel_bank, bank, power, n_fft, hop_length, win_length, window, center, pad_mode)


def linear_spectrogram(
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
    power: float = 2.0,
    n_filters: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    norm: Any = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Spectrogram through triangles spaced evenly in Hz, the linear twin of `melspectrogram`.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    power : float above 0
        1.0 for magnitude, 2.0 for power; not applied to `S`.
    n_filters, fmin, fmax, norm, dtype
        As in `filters.linear`.

    Returns
    -------
    float32 or float64 array of shape (..., n_filters, frames)
        One row per band, from low to high.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> vf.linear_spectrogram(y, sr=16000, n_fft=512, hop_length=160, n_filters=20).shape
    (20, 101)
    """
    bank = (n_filters, fmin, fmax, norm, dtype)
    return _banded(
        y, sr, S, linear_bank, bank, power, n_fft, hop_length, win_length, window, center, pad_mode
    )

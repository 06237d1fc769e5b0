"""Spectrograms through a filter bank: mel and linear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import BankNorm, FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run, run_spectra
from ...chain.frames import Frames
from ...chain.stages import Bands, Chain, Spectrum
from ...errors import check_bool
from ..recipe import computed_by
from .inputs import check_bins, signal_or_spectra

__all__ = ["linear_spectrogram", "melspectrogram"]


@memoised
def melspectrogram_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    power: float,
    n_mels: int,
    fmin: float,
    fmax: float | None,
    htk: bool,
    norm: BankNorm,
    dtype: DTypeLike,
) -> Chain:
    """Frames, spectrum, mel bands."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    spectrum = Spectrum.make(power)
    return Chain(frames, spectrum, mel_bands(sr, frames.n_fft, n_mels, fmin, fmax, htk, norm, dtype))


@memoised
def linear_spectrogram_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    power: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    norm: BankNorm,
    dtype: DTypeLike,
) -> Chain:
    """Frames, spectrum, linear bands."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    spectrum = Spectrum.make(power)
    return Chain(frames, spectrum, linear_bands(sr, frames.n_fft, n_filters, fmin, fmax, norm, dtype))


def mel_bands(
    sr: float,
    n_fft: int,
    n_mels: int,
    fmin: float,
    fmax: float | None,
    htk: bool,
    norm: BankNorm,
    dtype: DTypeLike,
) -> Bands:
    """Mel bands, as `filters.mel` makes them."""
    htk = check_bool("htk", htk)
    return Bands.make(
        "mel", sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk, norm=norm, dtype=dtype
    )


def linear_bands(
    sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float | None, norm: BankNorm, dtype: DTypeLike
) -> Bands:
    """Linear bands, as `filters.linear` makes them."""
    return Bands.make(
        "linear", sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, norm=norm, dtype=dtype
    )


@memoised
def _bands_chain(make_bands: Callable[..., Bands], *arguments: Any) -> Chain:
    """The bands alone, for given spectra."""
    return Chain(bands=make_bands(*arguments))


@computed_by(melspectrogram_chain)
def melspectrogram(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    power: float = 2.0,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: BankNorm = "slaney",
    dtype: DTypeLike = np.float32,
) -> FloatArray:
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
        As in `filters.mel`. Weights are rounded to `dtype`: float32 for float64 signals too, as in librosa.

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
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_bins(S, n_fft)
        return run_spectra(_bands_chain(mel_bands, sr, n_fft, n_mels, fmin, fmax, htk, norm, dtype), S)
    chain = melspectrogram_chain(
        sr, n_fft, hop_length, win_length, window, center, pad_mode, power, n_mels, fmin, fmax, htk, norm,
        dtype,
    )  # fmt: skip
    return run(chain, y)


@computed_by(linear_spectrogram_chain)
def linear_spectrogram(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    power: float = 2.0,
    n_filters: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    norm: BankNorm = None,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """Spectrogram of triangular bands spaced evenly in Hz: `melspectrogram` with a linear bank.

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
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_bins(S, n_fft)
        return run_spectra(_bands_chain(linear_bands, sr, n_fft, n_filters, fmin, fmax, norm, dtype), S)
    chain = linear_spectrogram_chain(
        sr, n_fft, hop_length, win_length, window, center, pad_mode, power, n_filters, fmin, fmax, norm, dtype
    )
    return run(chain, y)

"""The spectrogram in decibels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log10
from typing import Any

from numpy.typing import ArrayLike

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run
from ...chain.frames import Frames
from ...chain.stages import Chain, Compression, Spectrum
from ...errors import check_float, fail
from ...units.decibels import amplitude_to_db
from ..recipe import computed_by
from .stft import spectrogram

__all__ = ["log_spectrogram"]

#: The squares of magnitudes from here on are normal numbers of single precision.
LEAST_AMIN = 1.1e-19


@memoised
def log_spectrogram_chain(
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: Any,
    center: bool,
    pad_mode: Any,
    ref: float,
    amin: float,
    top_db: float | None,
) -> Chain:
    """Frames, power spectrum, decibels."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    ref = check_float("ref", ref, remedy="give 1.0, or a function of the magnitudes such as numpy.max")
    amin = check_float("amin", amin, above=0.0, remedy="give a small positive number such as 1e-5")
    if amin < LEAST_AMIN:
        fail("amin", amin, f"is below {LEAST_AMIN}, whose square is the least power", "give a larger amin")
    decibels = Compression.make("db", amin**2, 0.0, top_db)
    return Chain(frames, Spectrum(2.0), compression=replace(decibels, add=-10 * log10(max(amin**2, ref**2))))


@computed_by(log_spectrogram_chain, alone=lambda settings: callable(settings["ref"]))
def log_spectrogram(
    y: SignalLike,
    *,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    ref: float | Callable[..., ArrayLike] = 1.0,
    amin: float = 1e-5,
    top_db: float | None = 80.0,
) -> FloatArray:
    """Spectrogram in decibels, ``amplitude_to_db(abs(stft(y)))`` of librosa, in one pass.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    ref : float or function
        The magnitude that is 0 dB; a function such as ``numpy.max`` computes it from the magnitudes of the
        whole clip (of each channel by itself, if the function takes `axis` and `keepdims`).
    amin : float above 0
        Magnitudes below `amin` are replaced by `amin`.
    top_db : float or None
        Decibels are clipped at `top_db` below the maximum of the clip (each channel by itself). With None,
        and a number for `ref`, a frame's values depend on its own samples alone.

    Returns
    -------
    float32 or float64 array of shape (..., 1 + n_fft // 2, frames)
        Decibels; one row per frequency, ``k * sr / n_fft`` Hz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    librosa 0.11, ``amplitude_to_db``; for several channels `top_db` follows librosa 1.0.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    >>> D = vf.log_spectrogram(y, n_fft=512, hop_length=160, ref=np.max)
    >>> D.shape, int(D[:, 50].argmax()), float(D.max())
    ((257, 101), 32, 0.0)
    """
    if callable(ref):
        magnitudes = spectrogram(
            y, n_fft=n_fft, hop_length=hop_length, win_length=win_length, window=window, center=center,
            pad_mode=pad_mode,
        )  # fmt: skip
        return amplitude_to_db(magnitudes, ref=ref, amin=amin, top_db=top_db)
    chain = log_spectrogram_chain(
        n_fft, hop_length, win_length, window, center, pad_mode, ref, amin, top_db
    )  # fmt: skip
    return run(chain, y)

"""Chroma of the short-time Fourier transform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run, run_spectra
from ...chain.frames import Frames
from ...chain.jobs import Job, Rows, Tuned
from ...chain.stages import Bands, Chain, Scaling, Spectrum
from ...errors import check_float
from ..recipe import computed_by
from .inputs import signal_or_spectra
from .peaks import GIVEN, absolute, counter, peaks_among, tuning_of
from .stft import spectrogram_chain

__all__ = ["chroma_stft"]


@memoised
def chroma_stft_chain(
    sr: float,
    norm: float | None,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    tuning: float,
    n_chroma: int,
    ctroct: float,
    octwidth: float | None,
    base_c: bool,
    dtype: Any,
) -> Chain:
    """Frames, power spectrum, chroma bands, scaling."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    bands = _bands(sr, frames.n_fft, tuning, n_chroma, ctroct, octwidth, base_c, dtype)
    return Chain(frames, Spectrum(2.0), bands, scaling=Scaling.make(norm))


@memoised
def _bands_chain(sr: float, norm: float | None, n_fft: int, *bank: Any) -> Chain:
    """Chroma bands and scaling alone, of power spectra that are given."""
    return Chain(bands=_bands(sr, n_fft, *bank), scaling=Scaling.make(norm))


def _bands(
    sr: float,
    n_fft: int,
    tuning: float,
    n_chroma: int,
    ctroct: float,
    octwidth: float | None,
    base_c: bool,
    dtype: Any,
) -> Bands:
    return Bands.make(
        "chroma", sr=sr, n_fft=n_fft, tuning=tuning, n_chroma=n_chroma, ctroct=ctroct, octwidth=octwidth,
        base_c=base_c, dtype=dtype,
    )  # fmt: skip


def chroma_stft_job(
    sr: float,
    norm: float | None,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    tuning: float | None,
    n_chroma: int,
    ctroct: float,
    octwidth: float | None,
    base_c: bool,
    dtype: Any,
) -> Job:
    """The job of the chain; with a `tuning` of None the tuning is estimated from the whole clip."""
    frames = (n_fft, hop_length, win_length, window, center, pad_mode)
    bank = (n_chroma, ctroct, octwidth, base_c, dtype)
    spectra = spectrogram_chain(*frames, 2.0)
    assert spectra.frames is not None
    return _tuned(
        spectra, sr, spectra.frames.n_fft, tuning, n_chroma,
        lambda tuning: chroma_stft_chain(sr, norm, *frames, tuning, *bank),
    )  # fmt: skip


def _tuned(
    spectra: Chain,
    sr: float,
    n_fft: int,
    tuning: float | None,
    n_chroma: int,
    chain_of: Callable[[float], Chain],
) -> Job:
    """The job for the given `tuning`, or for the one estimated from the peaks of the power spectra."""
    if tuning is not None:
        check_float("tuning", tuning, unit="chroma bins")
        return Rows(chain_of(tuning))
    chain_of(0.0)  # checks the other settings before the peaks are searched
    # librosa's estimate treats every spectrum as one of an even n_fft.
    peaks = peaks_among(sr, n_fft - n_fft % 2, 150.0, 4000.0, 0.1)
    return Tuned(spectra, peaks, counter(0.01, n_chroma), lambda counts: chain_of(tuning_of(counts, 0.01)))


@computed_by(chroma_stft_job)
def chroma_stft(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    norm: float | None = np.inf,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    tuning: float | None = None,
    n_chroma: int = 12,
    ctroct: float = 5.0,
    octwidth: float | None = 2,
    base_c: bool = True,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """Energy of each pitch class, as ``librosa.feature.chroma_stft``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Power spectrogram to use in place of `y`.
    norm : float or None
        Norm by which each frame is divided: inf, -inf, 0 or a number above 0; None for no division.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    tuning : float, optional
        Deviation from A440 in fractions of a chroma bin. By default it is estimated from the whole clip (the
        whole batch together), so that a frame's values depend on other frames; 0.0 prevents that.
    n_chroma, ctroct, octwidth, base_c, dtype
        As in `filters.chroma`.

    Returns
    -------
    float32 or float64 array of shape (..., n_chroma, frames)
        One row per pitch class, C first.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    D. Ellis, "Chroma feature analysis and synthesis", 2007. Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> C = vf.chroma_stft(y, sr=22050)
    >>> C.shape, int(C[:, 20].argmax())
    ((12, 44), 9)
    """
    if signal_or_spectra(y, S) is S:
        S, n_fft = absolute(S, n_fft)
        bank = (n_chroma, ctroct, octwidth, base_c, dtype)
        job = _tuned(
            GIVEN, sr, n_fft, tuning, n_chroma, lambda tuning: _bands_chain(sr, norm, n_fft, tuning, *bank)
        )
        return run_spectra(job, S)
    job = chroma_stft_job(
        sr, norm, n_fft, hop_length, win_length, window, center, pad_mode, tuning, n_chroma, ctroct, octwidth,
        base_c, dtype,
    )  # fmt: skip
    return run(job, y)

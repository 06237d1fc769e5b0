"""Cepstral coefficients: MFCC, and LFCC, the same with a linear bank."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import BankNorm, DctNorm, DctType, FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run, run_spectra
from ...chain.frames import Frames
from ...chain.stages import Cepstrum, Chain, Compression, Spectrum
from ...filters.norms import check_norm
from ..recipe import computed_by
from .inputs import check_spectra, signal_or_spectra
from .mel import linear_bands, mel_bands

__all__ = ["lfcc", "mfcc"]


@memoised
def mfcc_chain(
    sr: float,
    n_mfcc: int,
    dct_type: DctType,
    norm: DctNorm,
    lifter: float,
    mel_norm: BankNorm,
    top_db: float | None,
    amin: float,
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
    dtype: DTypeLike,
) -> Chain:
    """Frames, spectrum, mel bands, decibels, cepstrum."""
    check_norm("mel_norm", mel_norm, "slaney")  # named here as `mfcc` names it
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    spectrum = Spectrum.make(power)
    bands = mel_bands(sr, frames.n_fft, n_mels, fmin, fmax, htk, mel_norm, dtype)
    logarithm = Compression.make("db", amin, 0.0, top_db)
    cepstrum = Cepstrum.make("n_mfcc", len(bands.matrix()), n_mfcc, dct_type, norm, lifter)
    return Chain(frames, spectrum, bands, logarithm, cepstrum)


@memoised
def lfcc_chain(
    sr: float,
    n_lfcc: int,
    dct_type: DctType,
    norm: DctNorm,
    lifter: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    filter_norm: BankNorm,
    log: str,
    amin: float,
    log_offset: float,
    top_db: float | Literal["auto"] | None,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    power: float,
    dtype: DTypeLike,
) -> Chain:
    """Frames, spectrum, linear bands, logarithm, cepstrum."""
    check_norm("filter_norm", filter_norm, "slaney")  # named here as `lfcc` names it
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    spectrum = Spectrum.make(power)
    bands = linear_bands(sr, frames.n_fft, n_filters, fmin, fmax, filter_norm, dtype)
    logarithm = Compression.make(log, amin, log_offset, top_db)
    cepstrum = Cepstrum.make("n_lfcc", len(bands.matrix()), n_lfcc, dct_type, norm, lifter)
    return Chain(frames, spectrum, bands, logarithm, cepstrum)


@memoised
def _cepstrum_chain(name: str, bands: int, n: int, dct_type: DctType, norm: DctNorm, lifter: float) -> Chain:
    """The cepstrum alone, of `bands` log bands that are given; `name` is the argument `n`."""
    return Chain(cepstrum=Cepstrum.make(name, bands, n, dct_type, norm, lifter))


@computed_by(mfcc_chain)
def mfcc(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_mfcc: int = 20,
    dct_type: DctType = 2,
    norm: DctNorm = "ortho",
    lifter: float = 0,
    mel_norm: BankNorm = "slaney",
    top_db: float | None = 80.0,
    amin: float = 1e-10,
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
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """Mel-frequency cepstral coefficients, as ``librosa.feature.mfcc``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., n_mels, frames), optional
        Log-power mel spectrogram to use in place of `y`.
    n_mfcc : int
        Number of coefficients, c0 first; at most `n_mels`.
    dct_type : {2, 1, 3, 4}
        Type of the cosine transform over bands.
    norm : {"ortho", None}
        Norm of the cosine transform.
    lifter : float, 0 or more
        Coefficient i is multiplied by ``1 + lifter / 2 * sin(pi * (i + 1) / lifter)``; 0 for no lifter.
    mel_norm : {"slaney", None} or float
        Norm of the mel bank; see `norm` of `filters.mel`.
    top_db : float or None
        Decibels are clipped at `top_db` below the maximum of the clip (each channel by itself). With None
        nothing is clipped, and a frame's values depend on its own samples alone.
    amin : float above 0
        Powers below `amin` are replaced by `amin`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    power : float above 0
        Exponent of the magnitudes.
    n_mels, fmin, fmax, htk, dtype
        As in `filters.mel`.

    Returns
    -------
    float32 or float64 array of shape (..., n_mfcc, frames)
        One row per coefficient.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    S. B. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word recognition
    in continuously spoken sentences", IEEE Trans. ASSP 28 (4), 1980. Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> vf.mfcc(y, sr=22050, n_mfcc=13).shape
    (13, 44)
    """
    if signal_or_spectra(y, S) is S:
        S = check_spectra(S, "bands")
        return run_spectra(_cepstrum_chain("n_mfcc", S.shape[-2], n_mfcc, dct_type, norm, lifter), S)
    chain = mfcc_chain(
        sr, n_mfcc, dct_type, norm, lifter, mel_norm, top_db, amin, n_fft, hop_length, win_length, window,
        center, pad_mode, power, n_mels, fmin, fmax, htk, dtype,
    )  # fmt: skip
    return run(chain, y)


@computed_by(lfcc_chain)
def lfcc(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_lfcc: int = 20,
    dct_type: DctType = 2,
    norm: DctNorm = "ortho",
    lifter: float = 0,
    n_filters: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    filter_norm: BankNorm = None,
    log: Literal["db", "ln", "log10"] = "db",
    amin: float = 1e-10,
    log_offset: float = 0.0,
    top_db: float | Literal["auto"] | None = "auto",
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    power: float = 2.0,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """Linear-frequency cepstral coefficients: `mfcc` with triangular filters spaced evenly in Hz.

    There is no single LFCC: published systems differ in frames, filters, logarithm and deltas. This one
    differs from `mfcc` only in its filter bank.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., n_filters, frames), optional
        Log spectrogram of the bands, to use in place of `y`.
    n_lfcc : int
        Number of coefficients, c0 first; at most `n_filters`.
    dct_type, norm, lifter
        As in `mfcc`.
    n_filters, fmin, fmax, dtype
        As in `filters.linear`.
    filter_norm : {None, "slaney"} or float
        Norm of the bank; see `norm` of `filters.linear`. With None the triangles have height 1.
    log : {"db", "ln", "log10"}
        Logarithm of ``max(x + log_offset, amin)``: ``10 log10``, natural or decimal.
    amin : float above 0
        Lower bound of the values whose logarithm is taken.
    log_offset : float, 0 or more
        Constant added before the logarithm.
    top_db : float, None or "auto"
        As in `mfcc`, for decibels only; "auto" means 80.0 for ``log="db"`` and None otherwise.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    power : float above 0
        Exponent of the magnitudes.

    Returns
    -------
    float32 or float64 array of shape (..., n_lfcc, frames)
        One row per coefficient.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> c = vf.lfcc(y, sr=16000, n_fft=512, hop_length=160, win_length=320, n_filters=20, log="ln")
    >>> c.shape
    (20, 101)
    """
    if signal_or_spectra(y, S) is S:
        S = check_spectra(S, "bands")
        return run_spectra(_cepstrum_chain("n_lfcc", S.shape[-2], n_lfcc, dct_type, norm, lifter), S)
    chain = lfcc_chain(
        sr, n_lfcc, dct_type, norm, lifter, n_filters, fmin, fmax, filter_norm, log, amin, log_offset, top_db,
        n_fft, hop_length, win_length, window, center, pad_mode, power, dtype,
    )  # fmt: skip
    return run(chain, y)

"""Spectra and signals from mel bands and MFCC."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import BankNorm, DctNorm, DctType, FloatArray, PadMode, Rng, Window
from ...chain.stages import Bands
from ...errors import MOST_ROWS, check_choice, check_divisor, check_float, check_int, fail
from ...filters.empty_bands import tell
from ...filters.norms import check_norm
from ...units.decibels import db_to_power
from ..spectral.inputs import check_nonnegative, check_spectra
from ..spectral.mel import mel_bands
from .griffinlim import Reconstruction
from .nnls import least_squares

__all__ = ["mel_to_audio", "mel_to_stft", "mfcc_to_audio", "mfcc_to_mel"]


def mel_to_stft(
    M: ArrayLike,
    sr: float = 22050,
    *,
    n_fft: int = 2048,
    power: float = 2.0,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: BankNorm = "slaney",
) -> FloatArray:
    """Approximate magnitudes from mel bands, as ``librosa.feature.inverse.mel_to_stft``.

    Computed by non-negative least squares. Many spectra have the same bands: the result is one near the
    pseudo-inverse.

    Parameters
    ----------
    M : float array of shape (..., n_mels, frames)
        Mel bands, as returned by `melspectrogram`.
    sr : float
        Sampling rate in Hz.
    n_fft : int
        Frame length in samples.
    power : float above 0
        Exponent of the magnitudes in `M`.
    fmin, fmax, htk, norm
        As in `melspectrogram`.

    Returns
    -------
    float array of shape (..., 1 + n_fft // 2, frames)
        Magnitudes, ``X ** (1 / power)``.

    Raises
    ------
    ParameterError
        If `M` holds negative or infinite values, or a setting cannot be used.

    Notes
    -----
    The solver (L-BFGS-B, as in scipy) works on blocks of frames and stops when their mean error is small
    enough, as in librosa: a frame's values depend on its neighbours.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(8192) / 5)
    >>> M = vf.melspectrogram(y, 16000, n_mels=40)
    >>> S = vf.mel_to_stft(M, sr=16000)
    >>> S.shape, bool(np.allclose(vf.melspectrogram(S=S**2, sr=16000, n_mels=40), M, atol=0.02 * M.max()))
    ((1025, 17), True)
    """
    M, power, bank = _mel(M, sr, n_fft, power, fmin, fmax, htk, norm)
    return _magnitudes(M, power, bank)


def _mel(M, sr, n_fft, power, fmin, fmax, htk, norm) -> tuple[np.ndarray, float, Bands]:
    """Checked bands, the exponent of the magnitudes in them, and the bank that made them."""
    M = check_nonnegative("M", M, "n_mels", "pass powers; db_to_power(M) of decibels")
    power = check_float("power", power, low=0.01, high=100.0)
    n_fft = check_int("n_fft", n_fft, least=2, unit="samples", remedy="try n_fft=2048")
    bank = mel_bands(sr, n_fft, M.shape[-2], fmin, fmax, htk, norm, M.dtype.type)
    if bank.empty:
        tell(bank.empty.replace("filters (n_mels)", "bands"))
    return M, power, bank


def _magnitudes(M: np.ndarray, power: float, bank: Bands) -> np.ndarray:
    X = least_squares(bank, M)
    with np.errstate(over="ignore"):
        np.power(X, 1.0 / power, out=X)
    if not np.isfinite(X).all():
        fail("power", power, "makes magnitudes too large for their type", "give 2.0 for powers")
    return X


def mel_to_audio(
    M: ArrayLike,
    sr: float = 22050,
    *,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    power: float = 2.0,
    n_iter: int = 32,
    length: int | None = None,
    dtype: DTypeLike = np.float32,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: BankNorm = "slaney",
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
    rng: Rng | None = None,
) -> FloatArray:
    """Approximate a signal from mel bands, as ``librosa.feature.inverse.mel_to_audio``.

    It calls `mel_to_stft`, then `griffinlim`.

    Parameters
    ----------
    M : float array of shape (..., n_mels, frames)
        Mel bands, as returned by `melspectrogram`.
    sr, n_fft, power, fmin, fmax, htk, norm
        As in `mel_to_stft`.
    hop_length, win_length, window, center, pad_mode, n_iter, length
        As in `griffinlim`.
    dtype : float32 or float64
        Type of the result; by default float32 even for float64 `M`, as in librosa.
    random_state, rng
        As in `griffinlim`. librosa has no such argument here.

    Returns
    -------
    float array of shape (..., n)
        Signal.

    Raises
    ------
    ParameterError
        If `M` holds negative or infinite values, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(8192) / 5)
    >>> M = vf.melspectrogram(y, 16000, n_fft=512, hop_length=128, n_mels=40)
    >>> back = vf.mel_to_audio(M, sr=16000, n_fft=512, hop_length=128, rng=0)
    >>> back.shape, back.dtype
    ((8192,), dtype('float32'))
    """
    M, power, bank = _mel(M, sr, n_fft, power, fmin, fmax, htk, norm)
    shape = (*M.shape[:-2], 1 + n_fft // 2, M.shape[-1])
    plan = Reconstruction.make(
        shape, M.dtype, n_iter, hop_length, win_length, n_fft, window, center, dtype, length, pad_mode,
        0.99, "random", random_state, rng,
    )  # fmt: skip
    return plan.run(_magnitudes(M, power, bank))


def mfcc_to_mel(
    mfcc: ArrayLike,
    *,
    n_mels: int = 128,
    dct_type: DctType = 2,
    norm: DctNorm = "ortho",
    ref: float = 1.0,
    lifter: float = 0,
) -> FloatArray:
    """Mel bands from MFCC, as ``librosa.feature.inverse.mfcc_to_mel``.

    Missing coefficients count as 0, which gives smooth bands.

    Parameters
    ----------
    mfcc : float array of shape (..., n_mfcc, frames)
        Coefficients, as returned by `mfcc`.
    n_mels : int
        Number of bands, at least that of the coefficients.
    dct_type, norm, lifter
        The arguments with which `mfcc` was called.
    ref : float above 0
        Power of 0 dB.

    Returns
    -------
    float array of shape (..., n_mels, frames)
        Powers of mel bands.

    Raises
    ------
    ParameterError
        If `mfcc` holds values that are not finite or too large, or a setting cannot be used.

    Warns
    -----
    UserWarning
        If the lifter multiplied a coefficient by 0; the lost coefficient counts as 0.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> M = vf.melspectrogram(np.sin(np.arange(8192) / 5), 16000, n_mels=40)
    >>> c = vf.mfcc(S=vf.power_to_db(M), n_mfcc=40)
    >>> bool(np.allclose(vf.mfcc_to_mel(c, n_mels=40), M, atol=1e-6 * M.max()))
    True
    """
    c = check_spectra(mfcc, "n_mfcc", "mfcc")
    n_mels = check_int("n_mels", n_mels, unit="bands", most=MOST_ROWS)
    n_mfcc = c.shape[-2]
    if n_mels < n_mfcc:
        fail("n_mels", n_mels, f"fewer bands than the {n_mfcc} coefficients", f"give {n_mfcc} or more")
    check_choice("dct_type", dct_type, (1, 2, 3, 4))
    check_choice("norm", norm, (None, "ortho"))
    if dct_type == 1 and n_mels < 2:
        fail("dct_type", dct_type, "needs 2 bands or more", "use dct_type=2")
    ref = check_float("ref", ref, above=0.0)
    lifter = check_divisor("lifter", lifter, low=0.0, remedy="give 0 for none, or about 22")
    if not np.isfinite(c).all():
        fail("mfcc", c, "holds values that are not finite", "repair them, numpy.nan_to_num(mfcc)")
    from scipy.fft import idct

    log_mel = idct(_unliftered(c, lifter), axis=-2, type=dct_type, norm=norm, n=n_mels)
    with np.errstate(over="ignore"):  # reported below
        mel = db_to_power(log_mel, ref=ref)
    if not np.isfinite(mel).all():
        fail("mfcc", c, f"gives powers beyond {c.dtype}", "check dct_type, norm and lifter")
    return mel


def _unliftered(c: np.ndarray, lifter: float) -> np.ndarray:
    """Coefficients as they were before the lifter."""
    if lifter == 0:
        return c
    places = np.arange(1, 1 + c.shape[-2], dtype=c.dtype)
    weights = 1 + lifter * 0.5 * np.sin(np.pi * places / lifter)
    lost = np.abs(weights) < np.finfo(c.dtype).eps
    if lost.any():
        rows = ", ".join(str(i) for i in np.flatnonzero(lost))
        warnings.warn(f"lifter={lifter:g} has set coefficients {rows} to 0: they are lost", stacklevel=3)
    return np.where(lost[:, np.newaxis], 0, c / np.where(lost, 1, weights)[:, np.newaxis])


def mfcc_to_audio(
    mfcc: ArrayLike,
    *,
    n_mels: int = 128,
    dct_type: DctType = 2,
    norm: DctNorm = "ortho",
    ref: float = 1.0,
    lifter: float = 0,
    mel_norm: BankNorm = "slaney",
    **to_audio: Any,
) -> FloatArray:
    """Approximate a signal from MFCC, as ``librosa.feature.inverse.mfcc_to_audio``.

    It calls `mfcc_to_mel`, then `mel_to_audio`.

    Parameters
    ----------
    mfcc : float array of shape (..., n_mfcc, frames)
        Coefficients, as returned by `mfcc`.
    n_mels, dct_type, norm, ref, lifter
        As in `mfcc_to_mel`.
    mel_norm : {"slaney", None} or float
        Norm of the mel bank, as in `mfcc`. librosa has no such argument here.
    **to_audio
        Keyword arguments of `mel_to_audio`: `sr`, `n_fft`, `hop_length`, `rng` and the rest.

    Returns
    -------
    float array of shape (..., n)
        Signal.

    Raises
    ------
    ParameterError
        If `mfcc` holds values that are not finite or too large, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> c = vf.mfcc(np.sin(np.arange(8192) / 5), 16000, n_fft=512, hop_length=128, n_mels=40)
    >>> vf.mfcc_to_audio(c, n_mels=40, sr=16000, n_fft=512, hop_length=128, rng=0).shape
    (8192,)
    """
    check_norm("mel_norm", mel_norm, "slaney")
    mel = mfcc_to_mel(mfcc, n_mels=n_mels, dct_type=dct_type, norm=norm, ref=ref, lifter=lifter)
    return mel_to_audio(mel, norm=mel_norm, **to_audio)

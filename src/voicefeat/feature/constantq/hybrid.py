"""Constant-Q magnitudes from spectra of one frame length: for all bins, or for the short wavelets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..._typing import FloatArray, PadMode, ResType, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import compute
from ...chain.constantq.transform import ConstantQ
from ...chain.frames import Frames
from ...chain.jobs import Rows
from ...chain.stages import Bands, Chain, Spectrum
from ...filters.folding import bandwidths
from ...filters.wavelets import wavelet_lengths
from ..recipe import framed_by
from .cqt import checked_transform, complex_type, responses, warn_if_mostly_padding

__all__ = ["hybrid_cqt", "pseudo_cqt"]


def _reflect_again(padded: np.ndarray, pad: tuple[int, int], axis: int, settings: dict[str, Any]) -> None:
    padded[:] = np.pad(padded[pad[0] : padded.size - pad[1]], pad, "reflect")


def _mirror_again(padded: np.ndarray, pad: tuple[int, int], axis: int, settings: dict[str, Any]) -> None:
    padded[:] = np.pad(padded[pad[0] : padded.size - pad[1]], pad, "symmetric")


#: Functions that pad a signal shorter than its padding: numpy's, which mirror it repeatedly.
_AGAIN = {"reflect": _reflect_again, "symmetric": _mirror_again}


@memoised
def _chain(q: ConstantQ, fold: Bands | None) -> Chain:
    """Frames as long as the longest wavelet, their magnitudes, and the magnitudes of the wavelets as bands.

    With `fold`, whose last columns are these bins, the bands are folded by it.
    """
    q.check_room(q._wavelets(None, q.sr)[2])
    bands = Bands.make(
        "pseudo_response",
        freqs=tuple(q.frequencies().tolist()),
        bins_per_octave=q.bins_per_octave,
        sr=q.sr,
        hop_length=q.hop_length,
        filter_scale=q.filter_scale,
        norm=q.norm,
        sparsity=q.sparsity,
        window=q.window,
        scale=q.scale,
        fold=fold,
    )
    n_fft = 2 * (bands.matrix().shape[1] - 1)
    frames = Frames.make(n_fft, q.hop_length, None, "hann", True, q.pad_mode)
    return Chain(frames, Spectrum(1.0), bands)


def pseudo_magnitudes(q: ConstantQ, y: np.ndarray, result: np.dtype, fold: Bands | None = None) -> np.ndarray:
    n = y.shape[-1]
    q.check_length(n)
    chain = _chain(q, fold)
    assert chain.frames is not None
    if n <= chain.frames.pad and q.pad_mode in _AGAIN:
        chain = _chain(replace(q, pad_mode=_AGAIN[q.pad_mode]), fold)
    warn_if_mostly_padding(q, q.longest(), n)
    wide = y.astype(np.float64) if result == np.float64 else y
    return compute([Rows(chain)], wide)[0].astype(result, copy=False)


def hybrid_magnitudes(q: ConstantQ, y: np.ndarray, result: np.dtype, fold: Bands | None = None) -> np.ndarray:
    """The magnitudes of the long wavelets, with those of the others below; if folded, their sum."""
    low, high = parted(q)
    parts = []
    if low is not None:
        parts.append(responses(low, y, result, fold))
    if high is not None:
        parts.append(pseudo_magnitudes(high, y, result, fold))
    frames = min(part.shape[-1] for part in parts)
    parts = [part[..., :frames] for part in parts]
    return np.concatenate(parts, axis=-2) if fold is None else sum(parts[1:], parts[0])


def _frames(
    sr: Any,
    hop_length: Any,
    fmin: Any,
    n_bins: Any,
    bins_per_octave: Any,
    tuning: Any,
    filter_scale: Any,
    norm: Any,
    sparsity: Any,
    window: Any,
    scale: Any,
    pad_mode: Any,
) -> Frames:
    shape = ("equal", 0.0, filter_scale, norm, sparsity, window, scale, pad_mode)
    few = np.zeros(1, np.float32)
    q, _ = checked_transform(few, sr, hop_length, fmin, n_bins, bins_per_octave, tuning, *shape)
    frames = _chain(q, None).frames
    assert frames is not None
    return frames


@framed_by(_frames)
def pseudo_cqt(
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
    dtype: DTypeLike | None = None,
) -> FloatArray:
    """Constant-Q magnitudes as bands of an ordinary spectrogram, as ``librosa.pseudo_cqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr, hop_length, fmin, n_bins, bins_per_octave, tuning, filter_scale, norm, sparsity, window
        As in `cqt`. The frame length is a power of two, at least the longest wavelet and two hops.
    scale : bool
        True to divide by the square root of the frame length; False to multiply by the square roots of the
        wavelets' lengths as well.
    pad_mode : str or callable
        As in `stft`.
    dtype : complex64 or complex128, optional
        Complex type of the transform: the result is its real counterpart. By default that of the signal.

    Returns
    -------
    float array of shape (..., n_bins, frames)
        Magnitudes, one row per bin.

    Raises
    ------
    ParameterError
        If the signal is empty or not finite, the highest wavelets reach above half of `sr`, or a setting
        cannot be used.

    Warns
    -----
    UserWarning
        If the frames are longer than the signal.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.pseudo_cqt``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> C = vf.pseudo_cqt(y, sr=22050, fmin=110.0, n_bins=48)
    >>> C.shape, C.dtype, int(C[:, 20].argmax())
    ((48, 44), dtype('float32'), 24)
    """
    shape = ("equal", 0.0, filter_scale, norm, sparsity, window, scale, pad_mode)
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins_per_octave, tuning, *shape)
    return pseudo_magnitudes(q, y, np.dtype(f"f{complex_type(dtype, y).itemsize // 2}"))


def hybrid_cqt(
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
) -> FloatArray:
    """Constant-Q magnitudes, those of short wavelets by `pseudo_cqt`, as ``librosa.hybrid_cqt``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr, hop_length, fmin, n_bins, bins_per_octave, tuning, filter_scale, norm, sparsity, window, scale, pad_mode, res_type
        As in `cqt`. `pseudo_cqt` computes the bins of wavelets that, padded to a power of two, are shorter
        than two hops.
    dtype : complex64 or complex128, optional
        Complex type of the transform: the result is its real counterpart. By default that of the signal.

    Returns
    -------
    float array of shape (..., n_bins, frames)
        Magnitudes, one row per bin.

    Raises
    ------
    ParameterError
        As `cqt`.

    Warns
    -----
    UserWarning
        If a wavelet is longer than the signal.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.hybrid_cqt``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> C = vf.hybrid_cqt(y, sr=22050, fmin=110.0, n_bins=48)
    >>> C.shape, C.dtype, int(C[:, 20].argmax())
    ((48, 44), dtype('float32'), 24)
    """  # noqa: E501
    shape = ("equal", 0.0, filter_scale, norm, sparsity, window, scale, pad_mode, res_type)
    q, y = checked_transform(y, sr, hop_length, fmin, n_bins, bins_per_octave, tuning, *shape)
    result = np.dtype(f"f{complex_type(dtype, y).itemsize // 2}")
    return hybrid_magnitudes(q, y, result)


@memoised
def parted(q: ConstantQ) -> tuple[ConstantQ | None, ConstantQ | None]:
    """The transform of the long wavelets, and that of the wavelets shorter than two hops."""
    hertz = q.frequencies()
    lengths, _ = wavelet_lengths(
        freqs=hertz,
        sr=q.sr,
        window=q.window,
        filter_scale=q.filter_scale,
        alpha=bandwidths(hertz, q.bins_per_octave),
    )
    count = int(np.sum(2.0 ** np.ceil(np.log2(lengths)) < 2 * q.hop_length))
    shape = ("equal", 0.0, q.filter_scale, q.norm, q.sparsity, q.window, q.scale, q.pad_mode, q.res_type)

    def part(n: int, fmin: float) -> ConstantQ | None:
        head = (q.sr, q.hop_length, fmin, n, q.bins_per_octave, 0.0, ("n_bins", 1))
        return ConstantQ.make(*head, *shape) if n else None

    return part(q.n_bins - count, q.fmin), part(count, float(hertz[q.n_bins - count]) if count else 0.0)

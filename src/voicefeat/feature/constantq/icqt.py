"""From a constant-Q transform back to a signal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, ResType, Window
from ...audio.resample import resample
from ...chain.constantq.transform import ConstantQ
from ...chain.inverse import InversePlan, OverlapAdd, inverse_plan
from ...chain.tables import table
from ...errors import check_float_dtype, check_int, fail, to_array
from ...filters.folding import bandwidths, response
from ...filters.wavelets import wavelet_lengths
from ..inverse.istft import check_padding
from .cqt import transform_of

__all__ = ["icqt"]

#: A period of this many samples is accepted for any number of frames, so that a transform can be cut.
ALWAYS = 1 << 16


def icqt(
    C: ArrayLike,
    *,
    sr: float = 22050,
    hop_length: int = 512,
    fmin: float | None = None,
    bins_per_octave: int = 12,
    tuning: float = 0.0,
    filter_scale: float = 1,
    norm: float | None = 1,
    sparsity: float = 0.01,
    window: Window = "hann",
    scale: bool = True,
    length: int | None = None,
    res_type: ResType | None = "soxr_hq",
    dtype: DTypeLike | None = None,
) -> FloatArray:
    """Inverse constant-Q transform (approximate), as ``librosa.icqt``.

    Each octave's responses are spread over the bins of their wavelets, transformed back, added where frames
    overlap, and resampled to the full rate. What no wavelet covers is lost: the rest of the spectrum, and the
    time between wavelets that are shorter than the hop.

    Parameters
    ----------
    C : complex array of shape (..., n_bins, frames)
        Constant-Q transform, as returned by `cqt`.
    sr, hop_length, fmin, bins_per_octave, tuning, filter_scale, norm, sparsity, window, scale
        The arguments with which `cqt` was called.
    length : int or None
        Length of the result in samples: the signal is cut, or padded with up to 2^24 zeros. None gives all
        samples that the frames cover.
    res_type : str or None
        Resampling of octaves to the full rate, as in `resample`; None for "soxr_hq".
    dtype : float32 or float64, optional
        Type of the result; by default that of C's precision.

    Returns
    -------
    float array of shape (..., n)
        Signal.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    References
    ----------
    Definition: librosa 0.11, whose result is float64 for every type of `C`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(44100) / 22050)
    >>> C = vf.cqt(y, sr=22050, hop_length=64, fmin=110.0, n_bins=48)
    >>> back = vf.icqt(C, sr=22050, hop_length=64, fmin=110.0, length=44100)
    >>> bool(abs(back - y)[4096:-4096].max() < 0.2)
    True
    """
    C = np.asarray(to_array("C", C, "pass the result of cqt"))
    if C.dtype.kind != "c" or C.dtype.itemsize not in (8, 16):
        fail("C", C, "must be complex", "a magnitude needs a phase, pass magnitude * phase, as complex64")
    if C.ndim < 2 or not C.size:
        fail("C", C, "has no bins or no frames", "pass shape (..., n_bins, frames)")
    kind = np.dtype(f"f{C.dtype.itemsize // 2}") if dtype is None else check_float_dtype("dtype", dtype)
    shape = (("n_bins", 1), "equal", 0.0, filter_scale, norm, sparsity, window, scale, "constant", res_type)
    q = transform_of(sr, hop_length, fmin, C.shape[-2], bins_per_octave, tuning, *shape)
    if length is not None:
        length = check_int("length", length, unit="samples", remedy="give None for all that the frames cover")
    if not np.isfinite(C).all():
        fail("C", C, "holds a NaN or an infinite value", "repair it, numpy.nan_to_num(C)")
    _check_length(q, C.shape[-1], length)
    octaves = table(_octaves, q, kind)
    if length is not None:
        longest = max(octave.longest for octave in octaves)
        C = C[..., : math.ceil((length + longest) / q.hop_length)]
    flat = C.reshape(-1, *C.shape[-2:])
    y = np.stack([_signal(item, q, octaves, kind, length) for item in flat])
    return y.reshape(*C.shape[:-2], -1)


def _check_length(q: ConstantQ, frames: int, length: int | None) -> None:
    """Refuse, before the wavelets are made, a length that is too short, or almost only padding."""
    covered = q.hop_length * frames
    if q.sr / q.fmin > max(covered, ALWAYS):
        q.check_length(covered)
    if length is not None:
        check_padding(length, covered)


@dataclass(frozen=True)
class Octave:
    """How the responses of one octave become its signal, at its own rate."""

    #: Rows of the transform.
    rows: slice
    #: By how much the rate is lower, and the hop at that rate.
    factor: int
    hop: int
    n_fft: int
    #: Length of the longest wavelet at the full rate.
    longest: float
    #: For each row a run of bins, and the spectrum of the wavelet divided by its power there.
    wavelets: list[tuple[slice, np.ndarray]]
    inverse: InversePlan


def _octaves(q: ConstantQ, kind: np.dtype) -> list[Octave]:
    """The octaves from the lowest."""
    hertz = q.frequencies()
    alpha = bandwidths(hertz, q.bins_per_octave)
    lengths, _ = wavelet_lengths(
        freqs=hertz, sr=q.sr, window=q.window, filter_scale=q.filter_scale, alpha=alpha
    )
    found, halvings, count = [], 0, math.ceil(q.n_bins / q.bins_per_octave)
    q.check_room(lengths[: q.bins_per_octave] / 2 ** (count - 1))  # a lower bound of the room needed
    for i in reversed(range(count)):
        rows = slice(i * q.bins_per_octave, min((i + 1) * q.bins_per_octave, q.n_bins))
        half = q.sr / 2 ** (halvings + 1)
        if i < count - 1 and (q.hop_length >> halvings) % 2 == 0 and q.passes(rows, half):
            halvings += 1
        q.check_room(lengths[rows] / 2**halvings)
        weights, _ = response(
            hertz[rows], q.sr / 2**halvings, q.filter_scale, q.norm, q.sparsity, q.window, alpha[rows]
        )
        n_fft, hop = 2 * (weights.shape[1] - 1), q.hop_length >> halvings
        wavelets = _wavelets(weights, n_fft / lengths[rows], lengths[rows] if q.scale else None, kind)
        inverse = inverse_plan("ones", n_fft, hop, n_fft, kind)
        found.append(Octave(rows, 2**halvings, hop, n_fft, float(lengths[rows].max()), wavelets, inverse))
    return found[::-1]


def _wavelets(
    weights: np.ndarray, shares: np.ndarray, scaled: np.ndarray | None, kind: np.dtype
) -> list[tuple[slice, np.ndarray]]:
    """Each wavelet divided by its power, over the run of bins where it is not zero."""
    back = weights.conj()
    gains = 1 / np.sum(back.real**2 + back.imag**2, axis=1)  # in float32, as the weights are
    gains *= shares
    gains = gains if scaled is None else gains * np.sqrt(scaled)
    found = []
    for row, gain in zip(back, gains, strict=True):
        used = np.flatnonzero(row)
        run = slice(int(used[0]), int(used[-1]) + 1)
        wavelet = (row[run].astype(np.complex128) * gain).astype(np.result_type(kind, np.complex64))
        found.append((run, wavelet[:, np.newaxis]))
    return found


def _signal(
    C: np.ndarray, q: ConstantQ, octaves: list[Octave], kind: np.dtype, length: int | None
) -> np.ndarray:
    y: np.ndarray | None = None
    for octave in octaves:
        part = _octave(C[octave.rows], octave, kind)
        if octave.factor > 1 and part.size:
            part = resample(part, orig_sr=1, target_sr=octave.factor, res_type=q.res_type, fix=False)
        if y is None:
            y = part
        else:
            n = min(y.size, part.size)
            y[:n] += part[:n]
    assert y is not None
    if length is None:
        return y
    return y[:length] if y.size >= length else np.pad(y, (0, length - y.size))


def _octave(C: np.ndarray, octave: Octave, kind: np.dtype) -> np.ndarray:
    """The signal of one octave at its own rate: the sum of its wavelets, each times its response."""
    frames = C.shape[1]
    spectra = np.zeros((octave.n_fft // 2 + 1, frames), np.result_type(kind, np.complex64))
    for (run, wavelet), values in zip(octave.wavelets, C, strict=True):
        spectra[run] += wavelet * values
    y = np.zeros(octave.hop * (frames - 1), kind)
    OverlapAdd(octave.inverse, frames, y, octave.n_fft // 2).rows(spectra)
    return y

"""Inverse short-time Fourier transform."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, Window
from ...chain.inverse import OverlapAdd, inverse_plan
from ...errors import LONGEST, check_bool, check_float_dtype, check_int, check_numeric, fail

__all__ = ["istft"]


def istft(
    stft_matrix: ArrayLike,
    *,
    hop_length: int | None = None,
    win_length: int | None = None,
    n_fft: int | None = None,
    window: Window = "hann",
    center: bool = True,
    dtype: DTypeLike | None = None,
    length: int | None = None,
    out: np.ndarray | None = None,
) -> FloatArray:
    """Inverse short-time Fourier transform by least squares, as ``librosa.istft``.

    Frames are transformed back, windowed again, added where they overlap and divided by the sum of the
    squared windows.

    Parameters
    ----------
    stft_matrix : numpy.ndarray, shape (..., 1 + n_fft // 2, frames), complex64 or complex128
        Spectra, as returned by `stft`.
    hop_length : int > 0 or None
        Hop in samples, at most `win_length`; None for ``win_length // 4``.
    win_length : int > 0 or None
        Length of the window in samples, centred in the frame; None for `n_fft`.
    n_fft : int > 0 or None
        Frame length in samples; None for ``2 * (bins - 1)``. It must be given if it is odd.
    window : str, tuple, float, callable or array_like
        Window with which the spectra were computed, as in `filters.get_window`.
    center : bool
        True if frames are centred on multiples of the hop: half a frame is cut off at both ends.
    dtype : float32, float64 or None
        Type of the result; None for the precision of the spectra.
    length : int > 0 or None
        Length of the result in samples: the signal is cut, or padded with up to 2^24 zeros. None gives all
        samples that the frames cover.
    out : numpy.ndarray or None
        Array for the result.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        Signal; `out` if it was given.

    Raises
    ------
    ParameterError
        If an argument cannot be used. A hop above the window's length is refused: the samples between two
        windows would be unknown.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.istft``; D. W. Griffin and J. S. Lim, "Signal estimation from modified
    short-time Fourier transform", 1984.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(8000) / 20)
    >>> back = vf.istft(vf.stft(y), length=8000)
    >>> bool(np.allclose(back, y))
    True
    """
    spectra = _spectra(stft_matrix)
    *channels, bins, n_frames = spectra.shape
    n_fft = frame_length(n_fft, bins, "stft_matrix")
    win_length = n_fft if win_length is None else check_int("win_length", win_length, unit="samples")
    if win_length > n_fft:
        fail("win_length", win_length, f"is longer than the frame, n_fft={n_fft}", f"give at most {n_fft}")
    hop = (
        max(win_length // 4, 1) if hop_length is None else check_int("hop_length", hop_length, unit="samples")
    )
    check_hop(hop, win_length)
    before = n_fft // 2 if check_bool("center", center) else 0
    if length is None:
        n = n_fft + hop * (n_frames - 1) - 2 * before
    else:
        n = check_int("length", length, unit="samples", remedy="give None for all that the frames cover")
        check_padding(n, n_fft + hop * (n_frames - 1) - 2 * before)
        n_frames = min(n_frames, math.ceil((n + 2 * before) / hop))
    kind = (
        check_float_dtype("dtype", dtype)
        if dtype is not None
        else np.dtype(f"f{spectra.dtype.itemsize // 2}")
    )
    y = _result(out, (*channels, n), kind)
    plan = inverse_plan(window, n_fft, hop, win_length, np.result_type(kind, y.dtype, spectra.real.dtype))
    with np.errstate(invalid="ignore", over="ignore"):  # infinite bins are reported below
        for index in np.ndindex(*channels):
            OverlapAdd(plan, n_frames, y[index], before).rows(spectra[index])
    if not np.isfinite(y).all():
        _not_finite(spectra)
    return y


def _spectra(stft_matrix: Any) -> np.ndarray:
    spectra = np.asarray(check_numeric("stft_matrix", stft_matrix, "fiuc", "give the result of stft"))
    if spectra.dtype.kind != "c" or spectra.dtype.itemsize not in (8, 16):
        remedy = "a magnitude needs a phase, pass magnitude * phase; use complex64 or complex128"
        fail("stft_matrix", spectra, "must be complex", remedy)
    if spectra.ndim < 2:
        fail("stft_matrix", spectra, "has no bins or no frames", "pass shape (..., bins, frames)")
    if not spectra.size:
        fail("stft_matrix", spectra, "holds no frames", "pass at least one")
    return spectra


def frame_length(n_fft: Any, bins: int, name: str) -> int:
    """The frame length of spectra with `bins` bins, given as argument `name`."""
    if n_fft is None:
        if bins < 2:
            fail("n_fft", n_fft, "one bin belongs to a frame of one sample", "give n_fft=1")
        return 2 * (bins - 1)
    n_fft = check_int("n_fft", n_fft, unit="samples")
    if bins != 1 + n_fft // 2:
        remedy = f"{bins} bins belong to n_fft={max(2 * (bins - 1), 1)} or {2 * bins - 1}"
        fail("n_fft", n_fft, f"has {1 + n_fft // 2} bins, but {name} has {bins}", remedy)
    return n_fft


def check_padding(length: int, covered: int) -> None:
    """Refuse a length that adds many minutes of zeros after the samples that the frames cover."""
    if length > covered + LONGEST:
        problem = f"is more than {LONGEST:,} samples beyond the {covered:,} that the frames cover"
        fail("length", length, problem, "give fewer, or None for all that the frames cover")


def check_hop(hop: int, win_length: int) -> None:
    """Refuse a hop that leaves samples between the windows."""
    if hop > win_length:
        problem = f"is larger than the window of {win_length} samples, so some samples are in no window"
        fail("hop_length", hop, problem, f"give at most {win_length}; {max(win_length // 4, 1)} is usual")


def _result(out: Any, shape: tuple[int, ...], kind: np.dtype) -> np.ndarray:
    if out is None:
        return np.zeros(shape, kind)
    if not isinstance(out, np.ndarray) or out.shape != shape or out.dtype not in (np.float32, np.float64):
        fail("out", out, f"the result is an array of shape {shape}, {kind}", "give such an array, or None")
    if not out.flags.writeable:
        fail("out", out, "is read-only", "give a writable array, or None")
    out.fill(0)
    return out


def _not_finite(spectra: np.ndarray) -> None:
    """Raise the error for the bins of `spectra` that make samples NaN or infinite."""
    bad = np.argwhere(~np.isfinite(spectra))
    remedy = "repair it, numpy.nan_to_num(stft_matrix)"
    worse = ""
    if not len(bad):  # the bins are finite, but their sum is not
        with np.errstate(over="ignore"):
            bad = np.array([np.unravel_index(np.abs(spectra).argmax(), spectra.shape)])
        worse = f", too large for {spectra.dtype}"
        remedy = "scale it, stft_matrix / numpy.abs(stft_matrix).max()"
    *channel, k, t = (int(i) for i in bad[0])
    of = f" of channel {channel[0] if len(channel) == 1 else tuple(channel)}" if channel else ""
    problem = f"bin {k} of frame {t}{of} is {spectra[tuple(bad[0])]}{worse}"
    fail("stft_matrix", spectra, problem, remedy)

"""Features of the samples themselves: energy and changes of sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..._typing import FloatArray, PadMode, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...cache import memoised
from ...chain import tables
from ...chain.blocks import check_finite, for_parts
from ...chain.frames import Frames
from ...engine import crossings, parseval, squares
from ...errors import check_float, check_float_dtype, check_int, fail, to_array
from ..recipe import framed_by
from ..spectral import inputs
from .frames import by_frames, sample_frames

__all__ = ["rms", "zero_crossing_rate", "zero_crossings"]


@framed_by(sample_frames)
def rms(
    y: SignalLike | None = None,
    *,
    S: ArrayLike | None = None,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    pad_mode: PadMode = "constant",
    dtype: DTypeLike | None = None,
) -> FloatArray:
    """Root mean square of each frame, as ``librosa.feature.rms``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; int16 and int32 PCM is scaled to [-1, 1).
    S : float array of shape (..., bins, frames)
        Magnitude spectrogram to use in place of `y`. Only with a rectangular window is the result equal to
        that of the samples.
    frame_length : int
        Frame length in samples. With `S` it must satisfy ``bins == 1 + frame_length // 2``.
    hop_length : int
        Hop in samples.
    center : bool
        Pad half a frame at both ends, so that frame t is centred on sample ``t * hop_length``.
    pad_mode : str or callable
        Padding mode, as in `stft`.
    dtype : float32, float64 or None
        Precision of the sums and the result; None for that of the input.

    Returns
    -------
    float array of shape (..., 1, frames)
        Root mean squares; 0 for silence.

    Raises
    ------
    ParameterError
        If the input cannot be used, or `frame_length` does not fit `S`.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.feature.rms``, whose `dtype` is float32 unless given, for float64
    signals as well.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sqrt(2) * np.sin(2 * np.pi * np.arange(8192) / 64)
    >>> print(vf.rms(y, frame_length=1024, hop_length=2048, center=False))
    [[1. 1. 1. 1.]]
    """
    if S is not None:
        return _rms_of_spectra(S, frame_length, dtype)
    frames = sample_frames(frame_length, hop_length, center, pad_mode)
    if dtype is not None:
        dtype = check_float_dtype("dtype", dtype)
    y = signal(inputs.signal_or_spectra(y, S))
    return by_frames(y, frames, dtype or y.dtype, squares.root_mean_squares)


def _rms_of_spectra(S: Any, frame_length: Any, dtype: Any) -> np.ndarray:
    S = np.asarray(to_array("S", S, "pass spectra of float32 or float64"))
    # Frame after frame, the layout of librosa.stft; sums over bins work in this layout as well.
    rows_first = not (
        S.ndim == 2 and S.size and S.dtype in (np.float32, np.float64) and S.T.flags.c_contiguous
    )
    S = inputs.check_spectra(S if rows_first else S.T, "bins")
    if dtype is not None:
        S = S.astype(check_float_dtype("dtype", dtype), copy=False)
    bins, count = S.shape[-2:] if rows_first else S.shape[::-1]
    length = check_int("frame_length", frame_length, unit="samples", remedy="give an even number")
    if bins != 1 + length // 2:
        fitting = f"{2 * bins - 2} or {2 * bins - 1}" if bins > 1 else "1"
        fail("frame_length", length, f"S has {bins} bins", f"give frame_length={fitting}")
    out = np.empty((*S.shape[:-2], 1, count), S.dtype)
    spectra, rows, lanes = S.reshape(-1, bins * count), out.reshape(-1, count), tables.lanes(S.dtype)

    def item(i: int) -> None:
        if not parseval.root_mean_squares_of_bins(
            spectra[i], bins, count, length, rows_first, lanes, rows[i]
        ):
            not_finite(S if rows_first else S.T, "S", spectra=True)

    for_parts(item, len(rows), S.size)
    return out


def _crossing_frames(frame_length: Any, hop_length: Any, center: Any) -> Frames:
    return sample_frames(frame_length, hop_length, center, "constant")  # no changes in the padding


@framed_by(_crossing_frames)
def zero_crossing_rate(
    y: SignalLike,
    *,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    threshold: float = 1e-10,
    ref_magnitude: float | Callable[[np.ndarray], ArrayLike] | None = None,
    pad: bool = False,
    zero_pos: bool = True,
) -> FloatArray:
    """Fraction of the samples at which the sign changes, as ``librosa.feature.zero_crossing_rate``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; int16 and int32 PCM is scaled to [-1, 1).
    frame_length : int
        Frame length in samples.
    hop_length : int
        Hop in samples.
    center : bool
        Pad half a frame at both ends with the first and the last sample, so that frame t is centred on sample
        ``t * hop_length``.
    threshold, ref_magnitude, zero_pos
        Definition of a change, as in `zero_crossings`; a callable `ref_magnitude` gets the magnitudes of all
        frames, (..., frame_length, frames).
    pad : bool
        Whether the first sample of a frame counts as a change.

    Returns
    -------
    float array of shape (..., 1, frames)
        Number of changes divided by `frame_length`; 0 for silence.

    Raises
    ------
    ParameterError
        If the input cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.feature.zero_crossing_rate``, which returns float64 for float32 signals.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.where(np.arange(4096) % 4 < 2, 1.0, -1.0)
    >>> print(vf.zero_crossing_rate(y, frame_length=1000, hop_length=1000, center=False))
    [[0.499 0.499 0.499 0.499]]
    """
    frames = _crossing_frames(frame_length, hop_length, center)
    _check(threshold, ref_magnitude, pad, zero_pos)
    y = signal(y)
    if ref_magnitude is not None:
        threshold = threshold * _reference(ref_magnitude, y, lambda x: _framed(x, frames))
    limit = float(y.dtype.type(threshold))
    row = (limit, bool(zero_pos), int(pad), tables.lanes(y.dtype))
    return by_frames(y, frames, y.dtype, crossings.crossing_rates, row)


def zero_crossings(
    y: SignalLike,
    *,
    threshold: float = 1e-10,
    ref_magnitude: float | Callable[[np.ndarray], ArrayLike] | None = None,
    pad: bool = True,
    zero_pos: bool = True,
    axis: int = -1,
) -> NDArray[np.bool_]:
    """Samples at which the sign of a signal changes, as ``librosa.zero_crossings``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; int16 and int32 PCM is scaled to [-1, 1).
    threshold : float, 0 or more
        Samples of at most this magnitude count as 0.
    ref_magnitude : float, callable or None
        Factor of `threshold`: a magnitude, or a function such as ``numpy.max`` that computes it from the
        magnitudes of all samples; None for 1.
    pad : bool
        Result for the first sample.
    zero_pos : bool
        Whether 0 counts as positive; otherwise 0 is a third sign.
    axis : int
        Axis of samples.

    Returns
    -------
    bool array of y's shape
        True where the sign differs from that of the sample before.

    Raises
    ------
    ParameterError
        If the input cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.zero_crossings``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.zero_crossings([1.0, -1.0, -1.0, 0.0, 2.0], pad=False))
    [False  True False  True False]
    """
    _check(threshold, ref_magnitude, pad, zero_pos)
    y = signal(_time_last(y, axis))
    if ref_magnitude is not None:
        threshold = threshold * _reference(ref_magnitude, y, lambda x: np.moveaxis(np.abs(x), -1, axis))
    limit, lanes, n = float(y.dtype.type(threshold)), tables.lanes(y.dtype), y.shape[-1]
    found = np.empty(y.size, np.uint8)
    if not crossings.crossing_marks(
        y.reshape(-1), y.size // n, n, limit, bool(zero_pos), int(pad), lanes, found
    ):
        not_finite(y)
    marks = found.view(np.bool_).reshape(y.shape)
    return marks if axis == -1 else np.moveaxis(marks, -1, axis)


def _time_last(y: Any, axis: Any) -> Any:
    """`y` with its axis of samples last; `signal` checks later that it is an array."""
    try:
        array = np.asarray(y)
    except ValueError:
        return y
    dims = max(1, array.ndim)
    if check_int("axis", axis, -dims, remedy="give axis=-1 for time last") >= dims:
        fail("axis", axis, f"y has {dims} axes", "give axis=-1 for time last")
    return y if axis in (-1, dims - 1) else np.moveaxis(array, axis, -1)


@memoised
def _check(threshold: Any, ref_magnitude: Any, pad: Any, zero_pos: Any) -> None:
    check_float("threshold", threshold, low=0, remedy="the default is 1e-10")
    if ref_magnitude is not None and not callable(ref_magnitude):
        check_float(
            "ref_magnitude", ref_magnitude, low=0, remedy="give a magnitude, or a function such as numpy.max"
        )
    for name, value in (("pad", pad), ("zero_pos", zero_pos)):
        if not isinstance(value, (bool, np.bool_)):
            fail(name, value, "must be True or False", f"give {name}=True or {name}=False")


def _reference(ref_magnitude: Any, y: np.ndarray, magnitudes: Callable[[np.ndarray], np.ndarray]) -> float:
    """The magnitude by which thresholds are multiplied."""
    if not callable(ref_magnitude):
        return float(ref_magnitude)
    check_finite(y)
    found = np.asarray(ref_magnitude(magnitudes(y)))
    if found.size != 1 or found.dtype.kind not in "fiu" or not 0 <= found.item() < np.inf:
        fail("ref_magnitude", ref_magnitude, "must return one magnitude", "give numpy.max or a number")
    return float(found.item())


def _framed(y: np.ndarray, frames: Frames) -> np.ndarray:
    """Magnitudes of the samples of all frames, (..., frame_length, frames), as a view of one padded copy."""
    frames.check_length(y.shape[-1])
    count, pad = frames.count(y.shape[-1]), frames.pad
    sizes = np.pad(np.abs(y), [(0, 0)] * (y.ndim - 1) + [(pad, pad)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(sizes, frames.n_fft, axis=-1)
    windows = windows[..., :: frames.hop_length, :][..., :count, :]
    return np.swapaxes(windows, -1, -2)

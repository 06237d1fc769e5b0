"""Gammatone spectrograms: of filtered signals, and of spectra."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..._typing import FloatArray, SignalLike
from ...audio.signals import signal
from ...cache import memoised
from ...chain import tables
from ...chain.blocks import check_finite, for_parts
from ...chain.frames import WindowArray
from ...chain.shortterm import NO_TRANSFORM, ShortFrames, TransformFrames, short_frames
from ...chain.stages import Chain, Spectrum
from ...engine import auditory as kernels
from ...errors import check_choice, check_int
from ...filters.gammatones import cascades, checked
from ...filters.windows import get_window
from ..recipe import framed_by
from .plp import GammatoneBands
from .shortterm import run_alone

__all__ = ["gammatone_spectrogram"]

#: Samples that are filtered at a time, and rows of squares that are kept, at least a frame's.
CHUNK, ROWS = 256, 2048
#: Time per sample, relative to a spectrogram.
COST = 10


@memoised
def _settings(sr, n_filters, fmin, fmax, method, frame_length, hop_length, n_fft, partial):
    """The checked frames and arguments of the filters; `method` is checked by the caller."""
    frames = short_frames(frame_length, hop_length, NO_TRANSFORM, "boxcar", 0.0, partial)
    frame_length = frames.win_length
    if n_fft is None:
        n_fft = 1 << (2 * frame_length - 1).bit_length()
    n_fft = check_int("n_fft", n_fft, max(frame_length, 2), unit="samples")
    bank = checked(sr, n_filters, fmin, fmax)
    if method == "fft":
        length = frame_length // 2 * 2
        before = (n_fft - length) // 2
        window = np.zeros(n_fft)
        window[before : before + length] = get_window("hann", length) if length else 1.0
        values = WindowArray(tuple(window.tolist()))
        frames = TransformFrames(
            n_fft, frames.hop_length, n_fft, values, False, "constant", "left", frames.partial
        )
    return frames, bank


@memoised
def _chain(*settings: Any) -> Chain:
    """Frames, magnitudes, gammatone bands."""
    frames, bank = _settings(*settings)
    return Chain(frames, Spectrum(1.0), descriptor=GammatoneBands(*bank))


def _constants(bank: tuple, lanes: int) -> np.ndarray:
    """The constants of `kernels.cascade` for each group of lanes; lanes beyond the last filter are silent."""
    filters = cascades(*bank)
    count = filters.hertz.size
    out = np.zeros((kernels.CONSTANTS, -(-count // lanes) * lanes))
    out[0, :count] = -2 * filters.radii * np.cos(filters.angles)
    out[1, :count] = filters.radii**2
    out[2:6, :count] = -filters.zeros
    out[6, :count] = 1 / filters.gains
    return np.ascontiguousarray(out.reshape(kernels.CONSTANTS, -1, lanes).swapaxes(0, 1))


def _filtered(y: Any, frames: ShortFrames, bank: tuple) -> np.ndarray:
    """Root mean squares of the filtered signals; a part of the work is a group of lanes of one signal."""
    y = signal(y)
    count, length, hop = frames.check_length(y.shape[-1]), frames.win_length, frames.hop_length
    check_finite(y)
    lanes = tables.lanes(np.dtype(np.float64))
    constants = tables.table(_constants, bank, lanes)
    data = y.reshape(-1, y.shape[-1])
    out = np.empty((data.shape[0], bank[1], count), y.dtype)
    block = 1 + max(0, ROWS - length) // hop
    size = max((block - 1) * hop + length, CHUNK)

    def part(i: int) -> None:
        item, group = divmod(i, len(constants))
        means, squares = np.empty(count * lanes), np.empty(size * lanes)
        kernels.filter_frames(
            data[item], count, length, hop, constants[group].reshape(-1), lanes,
            np.zeros(kernels.STATES * lanes), np.empty(CHUNK), squares, block, means,
        )  # fmt: skip
        part = out[item, group * lanes : (group + 1) * lanes]
        part[...] = means.reshape(count, lanes).T[: len(part)]

    for_parts(part, len(data) * len(constants), y.size, COST)
    return out.reshape(*y.shape[:-1], *out.shape[1:])


def _frames(
    sr: Any,
    n_filters: Any,
    fmin: Any,
    fmax: Any,
    method: Any,
    frame_length: Any,
    hop_length: Any,
    n_fft: Any,
    partial: Any,
) -> ShortFrames:
    check_choice("method", method, ("filter", "fft"))
    frames: ShortFrames = _settings(
        sr, n_filters, fmin, fmax, method, frame_length, hop_length, n_fft, partial
    )[0]
    return frames


@framed_by(_frames)
def gammatone_spectrogram(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_filters: int = 64,
    fmin: float = 50.0,
    fmax: float | None = None,
    method: Literal["filter", "fft"] = "filter",
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int | None = None,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """Magnitudes in the bands of a gammatone filter bank, a model of the inner ear.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_filters : int
        Number of filters, equally spaced on the scale of their bandwidths.
    fmin, fmax : float
        Centre of the lowest filter, and the centre that a filter above the highest would have, in Hz; by
        default `fmax` is half of `sr`.
    method : {"filter", "fft"}
        "filter" filters the signal and takes the root mean square of every frame; "fft" weights the
        magnitudes of a Fourier transform by the responses of the filters: faster, but not the same values.
    frame_length : int
        Frame length in samples; with "fft" the length of the Hann window.
    hop_length : int
        Hop in samples.
    n_fft : int, optional
        Length of the transform, with the window in its middle; by default the least power of 2 that is not
        below twice the `frame_length`. It has no effect on "filter".
    partial : str
        What to do with an incomplete last frame: "pad" it with zeros, or "drop" it. A frame of "fft" has
        `n_fft` samples.

    Returns
    -------
    array of shape (..., n_filters, frames), of y's precision
        Magnitudes, the lowest filter first; 0 for silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    A filter is four second-order sections with gain 1 at its centre f, whose bandwidth is
    ``1.019 * (f / 9.26449 + 24.7)``. The filters are recursive, so a frame depends on all samples before it.
    They run in double precision for every type. The magnitudes of "fft" are divided by `n_fft`.

    References
    ----------
    M. Slaney, "An efficient implementation of the Patterson-Holdsworth auditory filter bank", 1993; D. Ellis,
    "Gammatone-like spectrograms", 2009. Reference values: J. Heeris, gammatone.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.gammatone_spectrogram(y, 16000).shape
    (64, 98)
    """
    check_choice("method", method, ("filter", "fft"))
    settings = sr, n_filters, fmin, fmax, method, frame_length, hop_length, n_fft, partial
    if method == "fft":
        return run_alone(_chain(*settings), y)
    return _filtered(y, *_settings(*settings))

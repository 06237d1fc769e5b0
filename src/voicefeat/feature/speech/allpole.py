"""Features of the all-pole model of a frame: its cepstrum, and its group delay."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..._typing import DctNorm, FloatArray, SignalLike, Window
from ...audio.signals import signal
from ...cache import memoised
from ...chain import tables
from ...chain.blocks import for_blocks
from ...chain.frames import window_value
from ...chain.shortterm import NO_TRANSFORM, ShortFrames, short_frames
from ...chain.spectra import Work
from ...chain.stages import Cepstrum
from ...engine import allpole as kernels, angles, rows as row_kernels
from ...errors import MOST_ROWS, check_float, check_int, fail
from ..recipe import framed_by
from .shortterm import multiplied

__all__ = ["apgdf", "lpcc"]

#: Groups of lanes of a block.
GROUPS = 32


@memoised
def _settings(order, offset, frame_length, hop_length, n_fft, window, preemphasis, partial):
    """The checked frames, order and offset."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    order, length = check_int("order", order), frames.win_length
    if order >= length:
        fail("order", order, f"a frame has {length} samples", "give fewer, or a larger frame_length")
    return frames, order, check_float("offset", offset, remedy="give 0 for none, or 1e-8")


class _Predictions:
    """Prediction error filters of the frames, in double precision, and `rows` values computed from them."""

    dtype = np.dtype(np.float64)

    def __init__(self, frames: ShortFrames, order: int, offset: float, rows: int):
        self.frames, self.order, self.offset, self.rows = frames, order, offset, rows
        self.lanes = tables.lanes(self.dtype)
        self.block = GROUPS * self.lanes
        self.lags = -(-(order + 1) // kernels.LAGS) * kernels.LAGS
        self.window = frames.window_array()[: frames.win_length]

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        """Values of the first `frames` frames of samples `x`, (rows, frames or more)."""
        raise NotImplementedError

    def filters(self, work: Work, x: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        """The order + 1 rows of the filters, and their number of frames, rounded up to full groups."""
        width, hop = -(-frames // self.lanes) * self.lanes, self.frames.hop_length
        samples = work.array("samples", (width - 1) * hop + self.window.size)
        samples[: x.size], samples[x.size :] = x[: samples.size], 0
        scratch = work.array("frames", (self.window.size + self.lags) * self.lanes)
        r = work.array("lags", self.lags * width)
        kernels.lag_rows(samples, hop, self.window, self.offset, width, self.lanes, self.lags, scratch, r)
        a = work.array("filters", (self.order + 1) * width)
        kernels.filter_rows(r, self.order, width, a, work.array("spare", (self.order + 1) * width))
        return a, width


class _Cepstra(_Predictions):
    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        a, width = self.filters(work, x, frames)
        out = work.array("rows", self.rows * width)
        kernels.cepstrum_rows(a, self.order, self.rows, width, out)
        return out[: self.rows * width].reshape(self.rows, width)


class _Delays(_Predictions):
    def __init__(self, frames: ShortFrames, order: int, offset: float, cepstrum: Cepstrum):
        super().__init__(frames, order, offset, cepstrum.n)
        self.points, n_fft = frames.n_fft // 2, frames.n_fft
        turns = np.outer(np.arange(self.points), np.arange(order + 1)) % n_fft
        z = np.exp(-2j * np.pi * turns / n_fft)
        self.response = tables.dense(np.concatenate([z.real, z.imag]), self.dtype)
        self.transform = tables.dense(cepstrum.matrix(self.points), self.dtype)

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        a, width = self.filters(work, x, frames)
        lanes, groups, z = self.lanes, width // self.lanes, self.response
        filters = work.array("tiles", z.columns * width)
        row_kernels.take_rows(a, 0, width, filters, z.columns, z.columns, lanes, width)
        response = multiplied(work, z, filters, z.columns, groups, "response")
        delays = work.array("delays", width * self.points)
        angles.delay_tiles(response, z.tile_rows, self.points, groups, lanes, delays)
        out = multiplied(work, self.transform, delays, self.points, groups, "product")
        laid = work.array("rows", self.rows * frames)
        row_kernels.put_rows(out, self.transform.tile_rows, self.rows, lanes, frames, laid, 0, frames)
        return laid[: self.rows * frames].reshape(self.rows, frames)


def _run(y: Any, make: Any, frames: ShortFrames, *settings: Any) -> np.ndarray:
    """The rows of ``make(frames, *settings)`` of signals (..., n), rounded to their type."""
    y = signal(y)
    count = frames.check_length(y.shape[-1])
    model = tables.table(make, frames, *settings)
    data = y.reshape(-1, y.shape[-1])
    out = np.empty((data.shape[0], model.rows, count), y.dtype)

    def block(work: Work, item: int, first: int, size: int) -> None:
        x = frames.samples(work, data[item], first, size)
        out[item, :, first : first + size] = model.values(work, x, size)[:, :size]

    for_blocks(block, y, count, model.block, model.dtype)
    return out.reshape(*y.shape[:-1], *out.shape[1:])


def _lpcc_frames(
    frame_length: Any, hop_length: Any, window: Any, preemphasis: Any, partial: Any
) -> ShortFrames:
    return short_frames(frame_length, hop_length, NO_TRANSFORM, window_value(window), preemphasis, partial)


def _apgdf_frames(
    frame_length: Any, hop_length: Any, n_fft: Any, window: Any, preemphasis: Any, partial: Any
) -> ShortFrames:
    return short_frames(frame_length, hop_length, n_fft, window_value(window), preemphasis, partial)


@framed_by(_lpcc_frames)
def lpcc(
    y: SignalLike,
    *,
    n_lpcc: int = 20,
    order: int = 20,
    frame_length: int = 320,
    hop_length: int = 160,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Linear prediction cepstral coefficients: the cepstrum of a frame's all-pole model.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_lpcc : int
        Number of coefficients; it may exceed `order`.
    order : int
        Order of the prediction, less than `frame_length`.
    frame_length, hop_length, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_lpcc, frames), of y's precision
        Coefficients c_1, c_2, ...; the gain, c_0, is left out. 0 for silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The model is computed from the autocorrelation of the windowed frame. With its prediction error filter 1,
    a_1, a_2, ..., ``c[n] = -a[n] - sum(k / n * c[k] * a[n - k] for k in range(1, n))``. Computed in double
    precision for every type. The published code divides 0 by 0 in a frame of digital silence.

    References
    ----------
    B. S. Atal, "Effectiveness of linear prediction characteristics of the speech wave for automatic speaker
    identification and verification", 1974; settings of M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison
    of features for synthetic speech detection", Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.lpcc(y).shape
    (20, 99)
    """
    settings = _settings(
        order, 0.0, frame_length, hop_length, NO_TRANSFORM, window_value(window), preemphasis, partial
    )
    n = check_int("n_lpcc", n_lpcc, unit="coefficients", most=MOST_ROWS)
    return _run(y, _Cepstra, *settings, n)


@framed_by(_apgdf_frames)
def apgdf(
    y: SignalLike,
    *,
    n_apgdf: int = 20,
    norm: DctNorm = "ortho",
    order: int = 20,
    offset: float = 1e-8,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """All-pole group delay features: cosine transform of the group delay of a frame's all-pole model.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_apgdf : int
        Number of coefficients, at most ``n_fft // 2``.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    order : int
        Order of the prediction, less than `frame_length`.
    offset : float
        Constant added to every sample of a windowed frame, so that silence has a model as well.
    n_fft : int
        Number of points on the unit circle at which the phase is computed, `frame_length` or more.
    frame_length, hop_length, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_apgdf, frames), of y's precision
        Coefficients, including the zeroth.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    With A the prediction error filter as in `lpcc`, the group delay at point k is the phase of 1 / A at k
    minus that at k + 1, in radians between -pi and pi, for the first half of the circle; the last value is
    repeated. Computed in double precision for every type.

    References
    ----------
    P. Rajan, T. Kinnunen, C. Hanilçi, J. Pohjalainen, P. Alku, "Using group delay functions from all-pole
    models for speaker recognition", Interspeech 2013; settings of M. Sahidullah, T. Kinnunen, C. Hanilçi, "A
    comparison of features for synthetic speech detection", Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.apgdf(y).shape
    (20, 99)
    """
    settings = _settings(
        order, offset, frame_length, hop_length, n_fft, window_value(window), preemphasis, partial
    )
    cepstrum = _transform(settings[0].n_fft // 2, n_apgdf, norm)
    return _run(y, _Delays, *settings, cepstrum)


@memoised
def _transform(points, n, norm):
    if points < 2:
        fail("n_fft", 2 * points, "has too few points for a group delay", "try n_fft=512")
    return Cepstrum.make("n_apgdf", points, n, 2, norm, 0.0)

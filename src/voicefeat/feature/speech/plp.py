"""Critical bands and perceptual linear prediction, with or without the RASTA filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ... import filters
from ..._typing import FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.allpole import loudness
from ...chain.descriptors import Descriptor
from ...chain.shortterm import short_frames
from ...chain.spectra import Work
from ...chain.stages import Chain, Spectrum
from ...chain.tables import Dense
from ...engine import (
    allpole as kernels,
    auditory as auditory_kernels,
    bands as band_kernels,
    rows as row_kernels,
)
from ...errors import check_float, check_int, check_rate, fail
from ...filters.barks import bark_centres, bark_count
from ..recipe import computed_by
from .shortterm import Reading, multiplied, run_alone

__all__ = ["bark_spectrogram", "plp", "rasta_plp"]


@dataclass(frozen=True)
class CriticalBands(Descriptor):
    """Power in critical bands: the arguments of the bank, and the power of white noise in a frame."""

    bank: tuple[tuple[str, Any], ...]
    noise: float

    def matrix(self) -> np.ndarray:
        return filters.bark(**dict(self.bank), dtype=np.float64)

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return CriticalReading(self, bins, dtype)


@dataclass(frozen=True)
class Model:
    """The all-pole model of the bands, and its cepstrum."""

    n: int
    order: int
    exponent: float
    lift: float
    #: The pole of the RASTA filter; None without that filter.
    pole: float = 0.0


def lag_matrix(order: int, centres: np.ndarray, exponent: float) -> np.ndarray:
    """The matrix from compressed bands to autocorrelation, (order + 1, bands).

    The bands are half of an even spectrum; its ends are the bands next to them.
    """
    n = centres.size
    cosines = np.cos(np.pi * np.outer(np.arange(order + 1), np.arange(n)) / (n - 1)) / (n - 1)
    cosines[:, [0, -1]] /= 2
    cosines[:, 1] += cosines[:, 0]
    cosines[:, -2] += cosines[:, -1]
    cosines[:, [0, -1]] = 0
    return cosines * loudness(centres) ** exponent


class CriticalReading(Reading):
    """Power in critical bands."""

    def __init__(self, bands: CriticalBands, bins: int, dtype: np.dtype, rows: int | None = None):
        matrix = bands.matrix()
        super().__init__(bins, dtype, rows or len(matrix))
        self.bank: Dense = tables.dense(matrix, dtype)
        self.added: np.ndarray = np.zeros((self.bank.tile_rows, 1), dtype)
        self.added[: len(matrix), 0] = bands.noise * matrix.sum(axis=1)

    def bands(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        """The bands as tiles, and their number of groups of lanes."""
        groups = self.groups(frames)
        tiles = multiplied(work, self.bank, bins, self.bins, groups, "bands")
        shape = groups, self.bank.tile_rows, self.lanes
        tiles[: shape[0] * shape[1] * shape[2]].reshape(shape)[...] += self.added
        return tiles, groups

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        return self.bands(work, bins, frames)[0], self.bank.tile_rows


@dataclass(frozen=True)
class PerceptualPrediction(Descriptor):
    """Cepstra of the all-pole model of the loudness of the bands."""

    bands: CriticalBands
    model: Model
    double = True

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return PredictionReading(self.bands, self.model, bins, dtype)


class PredictionReading(CriticalReading):
    in_tiles = False

    def __init__(self, bands: CriticalBands, model: Model, bins: int, dtype: np.dtype):
        super().__init__(bands, bins, dtype, model.n)
        self.model: Model = model
        count = self.bank.rows
        bank = dict(bands.bank)
        centres = bark_centres(count, bank["fmin"], bank["fmax"])
        self.lags: Dense = tables.dense(lag_matrix(model.order, centres, model.exponent), dtype)
        self.lift: np.ndarray = np.maximum(np.arange(model.n), 1.0)[:, np.newaxis] ** model.lift
        self.least: float = float(np.finfo(dtype).tiny)

    def values(self, work: Work, bins: np.ndarray, frames: int, state: Any) -> np.ndarray:
        tiles, groups = self.bands(work, bins, frames)
        size = groups * self.bank.tile_rows * self.lanes
        self.compress(work, tiles, size, frames, state)
        order, lanes, width = self.model.order, self.lanes, groups * self.lanes
        products = multiplied(work, self.lags, tiles, self.bank.tile_rows, groups, "products")
        r = work.array("lags", (order + 1) * width)
        row_kernels.put_rows(products, self.lags.tile_rows, order + 1, lanes, width, r, 0, width)
        a, spare = work.array("filters", (order + 1) * width), work.array("spare", (order + 1) * width)
        kernels.filter_rows(r, order, width, a, spare)
        out = work.array("rows", self.rows * width)
        out[:width] = spare[:width]  # the prediction error power
        band_kernels.log_tiles(out, 1, 1, width, lanes, 0.0, self.least, 1.0, 0.0, work.peak)
        kernels.cepstrum_rows(a, order, self.rows - 1, width, out[width:])
        rows = out[: self.rows * width].reshape(self.rows, width)
        rows *= self.lift
        return rows

    def compress(self, work: Work, tiles: np.ndarray, size: int, frames: int, state: Any) -> None:
        """Bands to the power of the exponent, in place."""
        row_kernels.power_tiles(tiles, size, self.lanes, self.model.exponent, tiles)


@dataclass(frozen=True)
class RastaPrediction(PerceptualPrediction):
    """The same for bands whose logarithms are filtered by the RASTA filter."""

    ordered = True

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return RastaReading(self.bands, self.model, bins, dtype)


class RastaReading(PredictionReading):
    def state(self) -> np.ndarray:
        """The number of frames so far, and the state of the filter."""
        return np.zeros(1 + auditory_kernels.MEMORY * self.bank.rows, self.dtype)

    def compress(self, work: Work, tiles: np.ndarray, size: int, frames: int, state: Any) -> None:
        tile_rows, count, lanes = self.bank.tile_rows, self.bank.rows, self.lanes
        band_kernels.log_tiles(tiles, tile_rows, count, frames, lanes, 0.0, self.least, 1.0, 0.0, work.peak)
        auditory_kernels.rasta_tiles(
            tiles, tile_rows, count, frames, lanes, self.model.pole, int(state[0]), state[1:]
        )
        state[0] += frames
        auditory_kernels.exponential_tiles(tiles, size, lanes, self.model.exponent)


@dataclass(frozen=True)
class GammatoneBands(Descriptor):
    """Magnitudes divided by the length of the transform, weighted by gammatone responses."""

    sr: float
    n_filters: int
    fmin: float
    fmax: float

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        n_fft = 2 * (bins - 1)
        return GammatoneReading(self, n_fft, bins, dtype)


class GammatoneReading(Reading):
    def __init__(self, bands: GammatoneBands, n_fft: int, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype, bands.n_filters)
        settings: dict[str, Any] = {"n_filters": bands.n_filters, "fmin": bands.fmin, "fmax": bands.fmax}
        matrix = filters.gammatone(sr=bands.sr, n_fft=n_fft, **settings, dtype=np.float64)
        self.bank: Dense = tables.dense(matrix / n_fft, dtype)

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        out = multiplied(work, self.bank, bins, self.bins, self.groups(frames), "product")
        return out, self.bank.tile_rows


@memoised
def bark_spectrogram_chain(
    sr: float,
    n_filters: int | None,
    fmin: float,
    fmax: float | None,
    width: float,
    labelled: int | None,
    scale: float,
    noise: float,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, power spectrum, critical bands."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    sr = check_rate("sr", sr, remedy="give the sampling rate, such as 16000")
    low = check_float("fmin", fmin, low=0.0, unit="Hz")
    high = sr / 2 if fmax is None else check_float("fmax", fmax, above=0.0, high=sr / 2, unit="Hz")
    if low < high and n_filters is None:
        n_filters = bark_count(low, high)
    bank = {"sr": sr, "n_fft": frames.n_fft, "n_filters": n_filters, "fmin": low, "fmax": high,
            "width": width, "labelled": labelled}  # fmt: skip
    scale = check_float("scale", scale, above=0.0, high=1e10, remedy="give 32768 for 16-bit samples, or 1")
    noise = check_float("noise", noise, low=0.0, high=1e10, remedy="give 0 for none, or 1")
    bands = CriticalBands(tuple(bank.items()), noise * frames.win_length)
    bands.matrix()  # checks the bank
    return Chain(frames.scaled(scale), Spectrum(2.0), descriptor=bands)


@memoised
def _model(name, n, order, exponent, lift, pole, bands):
    """The all-pole model of the given number of bands."""
    n, order = check_int(name, n, unit="coefficients"), check_int("order", order)
    if bands < 3:
        fail("n_filters", bands, "the first and the last band copy their neighbours", "give 3 or more")
    if order >= bands:
        fail("order", order, f"{bands} bands have {bands - 1} lags", "give fewer, or more n_filters")
    exponent = check_float(
        "exponent", exponent, above=0.0, high=10.0, remedy="give 0.33, about the cube root of loudness"
    )
    lift = check_float("lift", lift, low=0.0, high=10.0, remedy="give 0 for none, or 0.6")
    pole = check_float("pole", pole, low=0.0, remedy="give 0.94")
    if pole >= 1:
        fail("pole", pole, "a filter with such a pole does not decay", "give less than 1, such as 0.94")
    return Model(n, order, exponent, lift, pole)


@memoised
def plp_chain(
    sr: float,
    n_plp: int,
    order: int,
    exponent: float,
    lift: float,
    n_filters: int | None,
    fmin: float,
    fmax: float | None,
    width: float,
    labelled: int | None,
    scale: float,
    noise: float,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, power spectrum, critical bands, their loudness, its all-pole model, cepstrum."""
    bands = bark_spectrogram_chain(
        sr, n_filters, fmin, fmax, width, labelled, scale, noise,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    critical = bands.descriptor
    model = _model("n_plp", n_plp, order, exponent, lift, 0.0, dict(critical.bank)["n_filters"])
    return Chain(bands.frames, bands.spectrum, descriptor=PerceptualPrediction(critical, model))


@memoised
def rasta_plp_chain(
    sr: float,
    n_plp: int,
    pole: float,
    order: int,
    exponent: float,
    lift: float,
    n_filters: int | None,
    fmin: float,
    fmax: float | None,
    width: float,
    labelled: int | None,
    scale: float,
    noise: float,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, power spectrum, critical bands, RASTA filter, loudness, its all-pole model, cepstrum."""
    bands = bark_spectrogram_chain(
        sr, n_filters, fmin, fmax, width, labelled, scale, noise,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    critical = bands.descriptor
    model = _model("n_plp", n_plp, order, exponent, lift, pole, dict(critical.bank)["n_filters"])
    return Chain(bands.frames, bands.spectrum, descriptor=RastaPrediction(critical, model))


@computed_by(bark_spectrogram_chain)
def bark_spectrogram(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_filters: int | None = None,
    fmin: float = 0.0,
    fmax: float | None = None,
    width: float = 1.0,
    labelled: int | None = None,
    scale: float = 32768.0,
    noise: float = 1.0,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hann_symmetric",
    preemphasis: float = 0.0,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """Power in critical bands, spaced evenly on the Bark scale.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_filters : int, optional
        Number of bands; by default the smallest for which they are at most one Bark apart (21 for 16 kHz).
    fmin, fmax : float
        Centres of the first and the last band in Hz; by default `fmax` is half of `sr`.
    width : float above 0
        Width of a band in Bark, as in ``filters.bark``.
    labelled : int, optional
        Use only the first n bins, and label them with frequencies from 0 Hz to half of `sr`. The published
        code under GNU Octave uses 256 of 257 bins in this way.
    scale : float above 0
        Factor by which samples are multiplied.
    noise : float
        Variance of white noise in units of the scaled samples; its expected power is added to every bin. 0
        for none.
    frame_length : int
        Frame length in samples.
    hop_length : int
        Hop in samples.
    n_fft : int
        Length of the transform, `frame_length` or more; the frame is padded with zeros at its end.
    window : str, tuple, float, callable or array of shape (frame_length,)
        As in ``scipy.signal.get_window``; a name that ends in "_symmetric" gives a symmetric window.
    preemphasis : float
        Pre-emphasis coefficient p: ``y[n] - p * y[n - 1]``, with the first sample unchanged; 0 for none.
    partial : str
        What to do with an incomplete last frame: "pad" it with zeros, or "drop" it.

    Returns
    -------
    array of shape (..., n_filters, frames), of y's precision
        Power; in silence that of the noise.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    H. Hermansky, "Perceptual linear predictive (PLP) analysis of speech", 1990. Reference values: D. Ellis,
    rastamat.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.bark_spectrogram(y, 16000).shape
    (21, 98)
    """
    chain = bark_spectrogram_chain(
        sr, n_filters, fmin, fmax, width, labelled, scale, noise,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return run_alone(chain, y)


@computed_by(plp_chain)
def plp(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_plp: int = 13,
    order: int = 12,
    exponent: float = 0.33,
    lift: float = 0.6,
    n_filters: int | None = None,
    fmin: float = 0.0,
    fmax: float | None = None,
    width: float = 1.0,
    labelled: int | None = None,
    scale: float = 32768.0,
    noise: float = 1.0,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hann_symmetric",
    preemphasis: float = 0.0,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """Perceptual linear prediction: the cepstrum of an all-pole model of the loudness of critical bands.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_plp : int
        Number of coefficients, including the zeroth; it may exceed `order`.
    order : int
        Order of the model, below the number of bands.
    exponent : float above 0
        Exponent that turns power into loudness.
    lift : float
        Coefficient n is multiplied by ``n ** lift``, the zeroth by 1.
    n_filters, fmin, fmax, width, labelled, scale, noise
        As in `bark_spectrogram`.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `bark_spectrogram`.

    Returns
    -------
    array of shape (..., n_plp, frames), of y's precision
        Coefficients; the zeroth is the logarithm of the prediction error power.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The power of each band of `bark_spectrogram`, times the equal-loudness curve
    ``(f**2 / (f**2 + 1.6e5))**2 * (f**2 + 1.44e6) / (f**2 + 9.61e6)``, is raised to `exponent`; the first and
    the last band take the values of their neighbours. The inverse transform of that even spectrum is the
    autocorrelation of the model. Computed in double precision for every type.

    References
    ----------
    H. Hermansky, "Perceptual linear predictive (PLP) analysis of speech", 1990. Reference values: D. Ellis,
    rastamat.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.plp(y, 16000).shape
    (13, 98)
    """
    chain = plp_chain(
        sr, n_plp, order, exponent, lift, n_filters, fmin, fmax, width, labelled, scale, noise,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return run_alone(chain, y)


@computed_by(rasta_plp_chain)
def rasta_plp(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_plp: int = 13,
    pole: float = 0.94,
    order: int = 12,
    exponent: float = 0.33,
    lift: float = 0.6,
    n_filters: int | None = None,
    fmin: float = 0.0,
    fmax: float | None = None,
    width: float = 1.0,
    labelled: int | None = None,
    scale: float = 32768.0,
    noise: float = 1.0,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hann_symmetric",
    preemphasis: float = 0.0,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """RASTA-PLP: perceptual linear prediction of bands without their slow changes.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_plp : int
        Number of coefficients, including the zeroth.
    pole : float, 0 to below 1
        Pole of the RASTA filter.
    order, exponent, lift
        As in `plp`.
    n_filters, fmin, fmax, width, labelled, scale, noise
        As in `bark_spectrogram`.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `bark_spectrogram`.

    Returns
    -------
    array of shape (..., n_plp, frames), of y's precision
        Coefficients; a frame depends on all frames before it.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The logarithm x of each band of `bark_spectrogram` becomes
    ``z[t] = 0.2 x[t] + 0.1 x[t - 1] - 0.1 x[t - 3] - 0.2 x[t - 4] + pole * z[t - 1]``, and 0 in the first
    four frames; the rest is `plp`, of the exponential of z. Computed in double precision for every type.

    References
    ----------
    H. Hermansky, N. Morgan, "RASTA processing of speech", 1994. Reference values: D. Ellis, rastamat.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.rasta_plp(y, 16000).shape
    (13, 98)
    """
    chain = rasta_plp_chain(
        sr, n_plp, pole, order, exponent, lift, n_filters, fmin, fmax, width, labelled, scale, noise,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return run_alone(chain, y)

"""Features of linear sub-bands: centroid frequency, centroid magnitude, spectral flux."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ... import filters
from ..._typing import DctNorm, FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.descriptors import Descriptor
from ...chain.shortterm import short_frames
from ...chain.spectra import Work
from ...chain.stages import Cepstrum, Chain, Spectrum
from ...engine import bands as band_kernels, flux as flux_kernels
from ...errors import check_float, check_int, check_rate, fail
from ...filters.banks import bank
from ...filters.empty_bands import collected
from ...units.hertz import fft_frequencies
from ..recipe import computed_by
from .shortterm import Reading, multiplied, run_alone

__all__ = ["scfc", "scmc", "ssc", "ssfc"]

#: Added to a sum of magnitudes before a division by it: MATLAB's eps.
EPS = 2.0**-52


@dataclass(frozen=True)
class Rectangles:
    """Rectangular bands two spacings wide that overlap by half and include both edges."""

    sr: float
    n_fft: int
    n_filters: int
    fmin: float
    fmax: float

    def matrix(self) -> np.ndarray:
        """The bank, (n_filters, 1 + n_fft // 2)."""
        settings: dict[str, Any] = {"n_filters": self.n_filters, "fmin": self.fmin, "fmax": self.fmax}
        with collected():  # the caller refuses empty bands
            return filters.bank(sr=self.sr, n_fft=self.n_fft, **settings, scale="hz", shape="rectangle")

    @property
    def frequencies(self) -> np.ndarray:
        return fft_frequencies(sr=self.sr, n_fft=self.n_fft)


class SubbandReading(Reading):
    """Sums of magnitudes over bands."""

    def summed(self, bank: tables.Runs, bins: np.ndarray, groups: int, out: np.ndarray) -> None:
        places = bank.starts, bank.counts, bank.firsts
        band_kernels.band_tiles(bins, self.bins, groups, self.lanes, *places, bank.weights, out)


@dataclass(frozen=True)
class SubbandCentroids(Descriptor):
    """sum(f |X|) / (sum(|X|) + eps) / sr of each band."""

    bands: Rectangles

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return _Centroids(self.bands, bins, dtype)


class _Centroids(SubbandReading):
    def __init__(self, bands: Rectangles, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype, bands.n_filters)
        matrix = bands.matrix()
        self.plain = tables.runs(matrix, dtype)
        self.weighted = tables.runs(matrix * (bands.frequencies / bands.sr), dtype)

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        groups = self.groups(frames)
        size = groups * self.plain.tile_rows * self.lanes
        above, below = work.array("tiles", size), work.array("below", size)
        self.summed(self.weighted, bins, groups, above)
        self.summed(self.plain, bins, groups, below)
        np.add(below[:size], self.dtype.type(EPS), out=below[:size])
        np.divide(above[:size], below[:size], out=above[:size])
        return above, self.plain.tile_rows


@dataclass(frozen=True)
class SubbandMagnitudes(Descriptor):
    """Cosine transform of log10(sum(f |X|) / sum(f) + offset) of each band."""

    bands: Rectangles
    cepstrum: Cepstrum
    offset: float

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        weighted = self.bands.matrix() * self.bands.frequencies
        weights = weighted / weighted.sum(axis=1, keepdims=True)
        return _Cepstra(weights, self.cepstrum, self.offset, bins, dtype)


class _Cepstra(SubbandReading):
    """Logarithms of band values, and their cosine transform."""

    def __init__(self, weights: np.ndarray, cepstrum: Cepstrum, offset: float, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype, cepstrum.n)
        self.offset, self.floor = offset, float(np.finfo(dtype).tiny)
        self.transform = tables.dense(cepstrum.matrix(len(weights)), dtype)
        self.runs = tables.runs(weights, dtype)

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        groups, tile_rows, lanes = self.groups(frames), self.runs.tile_rows, self.lanes
        bins = self.changed(work, bins, groups)
        values = work.array("tiles", groups * tile_rows * lanes)
        self.summed(self.runs, bins, groups, values)
        band_kernels.log_tiles(
            values, tile_rows, self.runs.rows, groups * lanes, lanes,
            self.offset, self.floor, 1 / math.log(10), 0.0, work.peak,
        )  # fmt: skip
        out = multiplied(work, self.transform, values, tile_rows, groups, "product")
        return out, self.transform.tile_rows

    def changed(self, work: Work, bins: np.ndarray, groups: int) -> np.ndarray:
        """The values that are summed over bands in place of the magnitudes."""
        return bins


@dataclass(frozen=True)
class SubbandFlux(Descriptor):
    """Cosine transform of the logarithms of each band's flux.

    The flux is the sum of the squared changes of the magnitudes, each frame divided by its maximum.
    """

    bands: Rectangles
    cepstrum: Cepstrum
    offset: float
    lead = 1

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return _Flux(self.bands.matrix(), self.cepstrum, self.offset, bins, dtype)


class _Flux(_Cepstra):
    def changed(self, work: Work, bins: np.ndarray, groups: int) -> np.ndarray:
        out = work.array("changes", groups * self.bins * self.lanes)
        peaks, before = work.array("peaks", self.lanes), work.array("before", self.bins)
        flux_kernels.flux_tiles(bins, self.bins, groups, self.lanes, peaks, before, out)
        return out


def _bands(sr: Any, n_fft: int, n_filters: Any, fmin: Any, fmax: Any) -> Rectangles:
    """Checked bands, none of them without a bin above 0 Hz."""
    sr = check_rate("sr", sr, remedy="give the sampling rate, such as 16000")
    n_filters = check_int("n_filters", n_filters, unit="bands")
    low = check_float("fmin", fmin, low=0.0, unit="Hz")
    high = sr / 2 if fmax is None else check_float("fmax", fmax, above=0.0, high=sr / 2, unit="Hz")
    if low >= high:
        fail("fmin", fmin, f"leaves nothing below fmax={high:g}", "give fmin below fmax, in Hz")
    bands = Rectangles(sr, n_fft, n_filters, low, high)
    if not bands.matrix()[:, 1:].any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={n_fft} above 0 Hz"
        fail("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    return bands


@memoised
def scfc_chain(
    sr: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, magnitudes, the centroid of each band."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    bands = _bands(sr, frames.n_fft, n_filters, fmin, fmax)
    return Chain(frames, Spectrum(1.0), descriptor=SubbandCentroids(bands))


@memoised
def scmc_chain(
    sr: float,
    n_scmc: int,
    norm: str | None,
    log_offset: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, magnitudes, the magnitude of each band, logarithm, cosine transform."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    bands = _bands(sr, frames.n_fft, n_filters, fmin, fmax)
    cepstrum = Cepstrum.make("n_scmc", bands.n_filters, n_scmc, 2, norm, 0.0)
    offset = check_float("log_offset", log_offset, low=0.0)
    return Chain(frames, Spectrum(1.0), descriptor=SubbandMagnitudes(bands, cepstrum, offset))


@memoised
def ssfc_chain(
    sr: float,
    n_ssfc: int,
    norm: str | None,
    log_offset: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, magnitudes, the flux of each band, logarithm, cosine transform."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    bands = _bands(sr, frames.n_fft, n_filters, fmin, fmax)
    cepstrum = Cepstrum.make("n_ssfc", bands.n_filters, n_ssfc, 2, norm, 0.0)
    offset = check_float("log_offset", log_offset, low=0.0)
    return Chain(frames, Spectrum(1.0), descriptor=SubbandFlux(bands, cepstrum, offset))


@computed_by(scfc_chain)
def scfc(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Sub-band centroid frequencies: the mean frequency of the magnitudes in each linear band.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz; it matters only if `fmin` or `fmax` is given.
    n_filters : int
        Number of bands; each is two spacings wide, overlaps its neighbours by half and includes its edges.
    fmin, fmax : float
        Lowest and highest edge of the bands in Hz; by default `fmax` is half of `sr`.
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
        Centroids in cycles per sample, 0 to 0.5; 0 for silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Frame t starts at sample ``t * hop_length``. A centroid is ``sum(f |X|) / (sum(|X|) + 2**-52) / sr`` over
    the bins of a band.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015; J. M. K. Kua et al., "Investigation of spectral centroid magnitude and frequency for
    speaker recognition", Odyssey 2010.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.scfc(y, 16000).shape
    (20, 99)
    """
    chain = scfc_chain(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
    )
    return run_alone(chain, y)


@computed_by(scmc_chain)
def scmc(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_scmc: int = 20,
    norm: DctNorm = "ortho",
    log_offset: float = 2.0**-52,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Sub-band centroid magnitude coefficients: cepstra of magnitudes weighted by frequency.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz; it matters only if `fmin` or `fmax` is given.
    n_scmc : int
        Number of coefficients, at most `n_filters`.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        Constant added to a band's value before the logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_scmc, frames), of y's precision
        Coefficients, including the zeroth.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The value of a band is ``log10(sum(f |X|) / sum(f) + log_offset)``, f being the frequencies of its bins.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.scmc(y, 16000).shape
    (20, 99)
    """
    chain = scmc_chain(
        sr, n_scmc, norm, log_offset, n_filters, fmin, fmax,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return run_alone(chain, y)


@computed_by(ssfc_chain)
def ssfc(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_ssfc: int = 20,
    norm: DctNorm = "ortho",
    log_offset: float = 2.0**-52,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Sub-band spectral flux coefficients: cepstra of the change of each band from frame to frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz; it matters only if `fmin` or `fmax` is given.
    n_ssfc : int
        Number of coefficients, at most `n_filters`.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        Constant added to a band's value before the logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_ssfc, frames), of y's precision
        Coefficients, including the zeroth.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The value of a band is ``log10(sum((m[t] - m[t - 1]) ** 2) + log_offset)``, m being the magnitudes divided
    by the maximum of their frame. The first frame is compared with zeros. The published code divides 0 by 0
    in a frame of digital silence; here such a frame counts as zeros.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.ssfc(y, 16000).shape
    (20, 99)
    """
    chain = ssfc_chain(
        sr, n_ssfc, norm, log_offset, n_filters, fmin, fmax,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return run_alone(chain, y)


def _mel_bank(sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float | None) -> np.ndarray:
    """Triangles over whole bins."""
    settings: dict[str, Any] = {"n_filters": n_filters, "fmin": fmin, "fmax": fmax}
    with collected():  # the caller refuses empty bands
        return bank(sr=sr, n_fft=n_fft, **settings, scale="htk", edges="floor")


@dataclass(frozen=True)
class MelCentroids(Descriptor):
    """sum(f |X|^2) / sum(|X|^2) over the weights of a mel band, f in equal steps from 1 Hz to half of sr.

    Nothing is added to the power: a band with little power keeps its own mean, and a band without power gets
    the mean frequency of its weights.
    """

    sr: float
    n_fft: int
    n_filters: int
    fmin: float
    fmax: float | None

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        weights = _mel_bank(self.sr, self.n_fft, self.n_filters, self.fmin, self.fmax)
        return _MelCentroids(weights, self.sr, dtype)


class _MelCentroids(SubbandReading):
    def __init__(self, weights: np.ndarray, sr: float, dtype: np.dtype):
        super().__init__(weights.shape[1], dtype, len(weights))
        weighted = weights * np.linspace(1.0, sr / 2, weights.shape[1])
        self.banks = tables.runs(weighted, dtype), tables.runs(weights, dtype)
        #: The sums of a flat spectrum in each row of tiles; 1 in rows of padding.
        self.flat = np.ones((2, self.banks[0].tile_rows, 1), dtype)
        self.flat[:, : len(weights), 0] = weighted.sum(axis=1), weights.sum(axis=1)

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        shape = groups, rows, lanes = self.groups(frames), self.banks[0].tile_rows, self.lanes
        sums = []
        for name, runs in zip(("tiles", "below"), self.banks, strict=True):
            out = work.array(name, groups * rows * lanes)
            self.summed(runs, bins, groups, out)
            sums.append(out[: groups * rows * lanes].reshape(shape))
        nothing = sums[1] < np.finfo(self.dtype).tiny  # subnormal sums are too inaccurate for a quotient
        for part, flat in zip(sums, self.flat, strict=True):
            np.copyto(part, flat, where=nothing)
        sums[0] /= sums[1]
        return sums[0].reshape(-1), rows


@memoised
def ssc_chain(
    sr: float,
    n_filters: int,
    fmin: float,
    fmax: float | None,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, power spectrum, the centroid of each mel band."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    n_filters = check_int("n_filters", n_filters, unit="bands")
    if not _mel_bank(sr, frames.n_fft, n_filters, fmin, fmax).any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={frames.n_fft}"
        fail("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    centroids = MelCentroids(sr, frames.n_fft, n_filters, fmin, fmax)
    return Chain(frames, Spectrum(2.0), descriptor=centroids)


@computed_by(ssc_chain)
def ssc(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_filters: int = 26,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "ones",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Spectral subband centroids: the mean frequency of the power in each mel band.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_filters : int
        Number of bands: triangles whose edges are rounded to bins, spaced evenly in mel.
    fmin, fmax : float
        Lowest and highest edge of the bands in Hz; by default `fmax` is half of `sr`.
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
        Mean frequencies in Hz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Frame t starts at sample ``t * hop_length``. As in python_speech_features, the bins are given frequencies
    in equal steps from 1 Hz to half of `sr`. In silence the result is the mean frequency of a band's weights.

    References
    ----------
    K. K. Paliwal, "Spectral subband centroid features for speech recognition", ICASSP 1998;
    python_speech_features 0.6, ``ssc``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.ssc(y, 16000).shape
    (26, 99)
    """
    chain = ssc_chain(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
    )
    return run_alone(chain, y)

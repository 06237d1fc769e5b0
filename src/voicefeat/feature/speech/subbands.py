"""Features of linear sub-bands: centroid frequency, centroid magnitude, spectral flux."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from ... import filters
from ..._typing import DctNorm, FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.frames import window_value
from ...chain.spectra import FramedSpectra, Work
from ...chain.stages import Cepstrum
from ...chain.tables import Dense, Runs
from ...engine import bands as band_kernels, flux as flux_kernels, rows as row_kernels
from ...errors import check_float, check_int, check_rate, fail
from ...filters import empty_bands
from ...filters.banks import bank
from ...filters.empty_bands import collected
from ...units.hertz import fft_frequencies
from .shortterm import Cut, Reading, multiplied, rows

__all__ = ["scfc", "scmc", "ssc", "ssfc"]

#: What is added to a sum of magnitudes before it divides: MATLAB's eps.
EPS = 2.0**-52


def rectangles(sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float) -> np.ndarray:
    """Bands two spacings wide, half overlapped, both ends inside: (n_filters, 1 + n_fft // 2)."""
    with empty_bands.collected():  # who calls this refuses them
        return filters.bank(
            sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, scale="hz", shape="rectangle"
        )


class Bands(Reading):
    """Magnitudes and sums of them over bands."""

    def __init__(self, cut: Cut, bank: tuple[Any, ...], dtype: np.dtype, rows: int):
        super().__init__(cut, dtype, rows)
        self.source: FramedSpectra = cut.spectra(False, dtype)
        self.matrix: np.ndarray = rectangles(*bank)
        self.frequencies: np.ndarray = fft_frequencies(sr=bank[0], n_fft=cut.n_fft)

    @property
    def block(self) -> int:
        return self.source.block

    def magnitudes(self, work: Work, x: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        """|X| as tiles, and how many groups of lanes they are."""
        size = self.source.values(frames)
        bins = work.array("bins", size)
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        row_kernels.root_tiles(bins, size, self.lanes, bins)
        return bins, -(-frames // self.lanes)

    def summed(self, bank: tables.Runs, bins: np.ndarray, groups: int, out: np.ndarray) -> None:
        band_kernels.band_tiles(
            bins,
            self.source.bins,
            groups,
            self.lanes,
            bank.starts,
            bank.counts,
            bank.firsts,
            bank.weights,
            out,
        )


class Centroids(Bands):
    """sum(f |X|) / (sum(|X|) + eps) / sr."""

    def __init__(self, cut: Cut, bank: tuple[Any, ...], dtype: np.dtype):
        super().__init__(cut, bank, dtype, bank[2])
        self.plain: Runs = tables.runs(self.matrix, dtype)
        self.weighted: Runs = tables.runs(self.matrix * (self.frequencies / bank[0]), dtype)

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        bins, groups = self.magnitudes(work, x, frames)
        size = groups * self.plain.tile_rows * self.lanes
        above, below = work.array("tiles", size), work.array("below", size)
        self.summed(self.weighted, bins, groups, above)
        self.summed(self.plain, bins, groups, below)
        np.add(below[:size], self.dtype.type(EPS), out=below[:size])
        np.divide(above[:size], below[:size], out=above[:size])
        return self.laid_out(work, above, self.plain.tile_rows, frames)


class Cepstra(Bands):
    """Logarithms of band values, and their cosine transform."""

    def __init__(self, cut: Cut, bank: tuple[Any, ...], cepstrum: Cepstrum, offset: float, dtype: np.dtype):
        super().__init__(cut, bank, dtype, cepstrum.n)
        self.offset: float = offset
        self.floor: float = float(np.finfo(dtype).tiny)
        self.transform: Dense = tables.dense(cepstrum.matrix(bank[2]), dtype)
        self.runs: Runs = tables.runs(self.weights(), dtype)

    def weights(self) -> np.ndarray:
        return self.matrix

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        bins, groups = self.magnitudes(work, x, frames)
        bins = self.changed(work, bins, groups)
        tile_rows, lanes = self.runs.tile_rows, self.lanes
        values = work.array("tiles", groups * tile_rows * lanes)
        self.summed(self.runs, bins, groups, values)
        band_kernels.log_tiles(
            values, tile_rows, len(self.matrix), groups * lanes, lanes,
            self.offset, self.floor, 1 / math.log(10), 0.0, work.peak,
        )  # fmt: skip
        out = multiplied(work, self.transform, values, tile_rows, groups, "product")
        return self.laid_out(work, out, self.transform.tile_rows, frames)

    def changed(self, work: Work, bins: np.ndarray, groups: int) -> np.ndarray:
        return bins


class Magnitudes(Cepstra):
    """sum(f |X|) / sum(f)."""

    def weights(self) -> np.ndarray:
        weighted = self.matrix * self.frequencies
        return weighted / weighted.sum(axis=1, keepdims=True)


class Flux(Cepstra):
    """Sums of squared changes of the magnitudes, each frame divided by its largest."""

    lead = 1

    def changed(self, work: Work, bins: np.ndarray, groups: int) -> np.ndarray:
        n = self.source.bins
        out = work.array("changes", groups * n * self.lanes)
        peaks, before = work.array("peaks", self.lanes), work.array("before", n)
        flux_kernels.flux_tiles(bins, n, groups, self.lanes, peaks, before, out)
        return out


@memoised
def _made(
    sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial,
    name="", n=None, norm=None, log_offset=0.0,
):  # fmt: skip
    """The cut, the bank's arguments, and the cosine transform and offset where there are any."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    sr = check_rate("sr", sr, remedy="give the sampling rate, such as 16000")
    n_filters = check_int("n_filters", n_filters, unit="bands")
    low = check_float("fmin", fmin, low=0.0, unit="Hz")
    high = sr / 2 if fmax is None else check_float("fmax", fmax, above=0.0, high=sr / 2, unit="Hz")
    if low >= high:
        fail("fmin", fmin, f"leaves nothing below fmax={high:g}", "give fmin below fmax, in Hz")
    bank = (sr, cut.n_fft, n_filters, low, high)
    if not rectangles(*bank)[:, 1:].any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={cut.n_fft} above 0 Hz"
        fail("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    if not name:
        return cut, bank
    cepstrum = Cepstrum.make(name, n_filters, n, 2, norm, 0.0)
    return cut, bank, cepstrum, check_float("log_offset", log_offset, low=0.0)


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
    """Sub-band centroid frequencies: where in each linear band the spectrum's weight lies.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in hertz; used only if `fmin` or `fmax` is given.
    n_filters : int
        Bands, each two spacings wide, half overlapped, with both ends inside.
    fmin, fmax : float
        Lowest and highest edge of the bands in hertz; `fmax` is half of `sr` by default.
    frame_length : int
        Frame length in samples.
    hop_length : int
        Hop in samples.
    n_fft : int
        FFT length, `frame_length` or more; frames are zero-padded at the end.
    window : str, tuple, float, callable or array of shape (frame_length,)
        As in ``scipy.signal.get_window``; names may end in "_symmetric".
    preemphasis : float
        Pre-emphasis coefficient, applied to all samples but the first of the signal; 0 for none.
    partial : str
        What to do with an incomplete last frame: "pad" it with zeros, or "drop" it.

    Returns
    -------
    array of shape (..., n_filters, frames), of y's precision
        Centroids in cycles a sample, 0 to 0.5; 0 for silence.

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
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis, partial
    )
    return rows(y, Centroids, *made)


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
        Sampling rate in hertz; used only if `fmin` or `fmax` is given.
    n_scmc : int
        Number of coefficients, at most `n_filters`.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        Offset that is added to a band's value before its logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_scmc, frames), of y's precision
        Number of coefficients, including the zeroth.

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
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis,
        partial, "n_scmc", n_scmc, norm, log_offset,
    )  # fmt: skip
    return rows(y, Magnitudes, *made)


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
    """Sub-band spectral flux coefficients: cepstra of how much each band changes from frame to frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in hertz; used only if `fmin` or `fmax` is given.
    n_ssfc : int
        Number of coefficients, at most `n_filters`.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        Offset that is added to a band's value before its logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_ssfc, frames), of y's precision
        Number of coefficients, including the zeroth.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The value of a band is ``log10(sum((m[t] - m[t - 1]) ** 2) + log_offset)``, m being the magnitudes divided
    by the largest of their frame. The first frame is compared with zeros. The published code divides 0 by 0
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
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis,
        partial, "n_ssfc", n_ssfc, norm, log_offset,
    )  # fmt: skip
    return rows(y, Flux, *made)


class Centres(Reading):
    """sum(f |X|^2) / sum(|X|^2) over the weights of a band, f in equal steps from 1 Hz to half the rate.

    Nothing is added to the power: a band without any has the mean of its weights, one with little its own.
    """

    def __init__(self, cut: Cut, given: tuple[Any, ...], dtype: np.dtype):
        weights = _bank(*given)
        super().__init__(cut, dtype, len(weights))
        self.source: FramedSpectra = cut.spectra(False, dtype)
        weighted = weights * np.linspace(1.0, given[0] / 2, weights.shape[1])
        self.banks: tuple[Runs, Runs] = tables.runs(weighted, dtype), tables.runs(weights, dtype)
        #: The sums of a flat spectrum in each row of tiles; 1 in those that only fill up.
        self.flat: np.ndarray = np.ones((2, self.banks[0].tile_rows, 1), dtype)
        self.flat[:, : len(weights), 0] = weighted.sum(axis=1), weights.sum(axis=1)

    @property
    def block(self) -> int:
        return self.source.block

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        groups = -(-frames // self.lanes)
        bins = work.array("bins", self.source.values(frames))
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        shape = groups, self.banks[0].tile_rows, self.lanes
        sums = []
        for name, runs in zip(("tiles", "below"), self.banks, strict=True):
            out = work.array(name, shape[0] * shape[1] * shape[2])
            band_kernels.band_tiles(
                bins,
                self.source.bins,
                groups,
                self.lanes,
                runs.starts,
                runs.counts,
                runs.firsts,
                runs.weights,
                out,
            )
            sums.append(out[: shape[0] * shape[1] * shape[2]].reshape(shape))
        nothing = sums[1] < np.finfo(self.dtype).tiny  # what is below holds too few digits for a quotient
        for part, flat in zip(sums, self.flat, strict=True):
            np.copyto(part, flat, where=nothing)
        sums[0] /= sums[1]
        return self.laid_out(work, sums[0].reshape(-1), shape[1], frames)


def _bank(sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float | None) -> np.ndarray:
    with collected():  # who calls this refuses empty ones
        return bank(sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, scale="htk", edges="floor")


@memoised
def _ssc_settings(sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial):
    """The cut and the bank's arguments."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    given = (sr, cut.n_fft, check_int("n_filters", n_filters, unit="bands"), fmin, fmax)
    if not _bank(*given).any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={cut.n_fft}"
        fail("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    return cut, given


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
        Sampling rate in hertz.
    n_filters : int
        Bands: triangles over whole bins, equally spaced in mel.
    fmin, fmax : float
        Lowest and highest edge of the bands in hertz; `fmax` is half of `sr` by default.
    frame_length : int
        Frame length in samples.
    hop_length : int
        Hop in samples.
    n_fft : int
        FFT length, `frame_length` or more; frames are zero-padded at the end.
    window : str, tuple, float, callable or array of shape (frame_length,)
        As in ``scipy.signal.get_window``; names may end in "_symmetric".
    preemphasis : float
        Pre-emphasis coefficient, applied to all samples but the first of the signal; 0 for none.
    partial : str
        What to do with an incomplete last frame: "pad" it with zeros, or "drop" it.

    Returns
    -------
    array of shape (..., n_filters, frames), of y's precision
        Mean frequencies in hertz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Frame t starts at sample ``t * hop_length``. As in python_speech_features the frequencies of the bins are
    taken to run in equal steps from 1 Hz to half the rate. In silence a band's mean is that of its weights.

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
    made = _ssc_settings(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis, partial
    )
    return rows(y, Centres, *made)

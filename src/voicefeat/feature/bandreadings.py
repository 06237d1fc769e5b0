"""What the features of sub-bands make of a block of frames."""

from __future__ import annotations

import math

import numpy as np

from .. import emptiness, filters
from ..chain import tables
from ..chain.source import Work
from ..chain.spec import Cepstrum
from ..convert import fft_frequencies
from ..engine import bands as band_kernels, flux as flux_kernels, rows as row_kernels
from .shortterm import Cut, Reading, multiplied

#: What is added to a sum of magnitudes before it divides: MATLAB's eps.
EPS = 2.0**-52


def rectangles(sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float) -> np.ndarray:
    """Bands two spacings wide, half overlapped, both ends inside: (n_filters, 1 + n_fft // 2)."""
    with emptiness.collected():  # who calls this refuses them
        return filters.bank(
            sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, scale="hz", shape="rectangle"
        )


class Bands(Reading):
    """Magnitudes and sums of them over bands."""

    def __init__(self, cut: Cut, bank: tuple, dtype: np.dtype, rows: int):
        super().__init__(cut, dtype, rows)
        self.source = cut.spectra(False, dtype)
        self.matrix = rectangles(*bank)
        self.frequencies = fft_frequencies(sr=bank[0], n_fft=cut.n_fft)

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

    def __init__(self, cut: Cut, bank: tuple, dtype: np.dtype):
        super().__init__(cut, bank, dtype, bank[2])
        self.plain = tables.runs(self.matrix, dtype)
        self.weighted = tables.runs(self.matrix * (self.frequencies / bank[0]), dtype)

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

    def __init__(self, cut: Cut, bank: tuple, cepstrum: Cepstrum, offset: float, dtype: np.dtype):
        super().__init__(cut, bank, dtype, cepstrum.n)
        self.offset, self.floor = offset, float(np.finfo(dtype).tiny)
        self.transform = tables.dense(cepstrum.matrix(bank[2]), dtype)
        self.runs = tables.runs(self.weights(), dtype)

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

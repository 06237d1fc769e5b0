"""What critical bands, perceptual linear prediction and gammatone weights make of a block of frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import filters
from ..barks import bark_centres
from ..chain import tables
from ..chain.framing import WindowArray
from ..chain.predicting import loudness
from ..chain.source import Work
from ..engine import (
    allpole as kernels,
    auditory as auditory_kernels,
    bands as band_kernels,
    rows as row_kernels,
)
from .shortterm import Cut, Reading, multiplied


@dataclass(frozen=True)
class Critical:
    """Critical bands: the arguments of the bank, what samples are times, and white noise that is added."""

    bank: tuple[tuple[str, Any], ...]
    scale: float
    noise: float

    def matrix(self) -> np.ndarray:
        return filters.bark(**dict(self.bank), dtype=np.float64)


@dataclass(frozen=True)
class Model:
    """The all-pole model of the bands, and its cepstrum."""

    n: int
    order: int
    exponent: float
    lift: float
    #: Where RASTA's filter has its pole, if there is that filter.
    pole: float = 0.0


def lag_matrix(order: int, centres: np.ndarray, exponent: float) -> np.ndarray:
    """From compressed bands to autocorrelation, (order + 1, bands).

    The bands are half of an even spectrum; its ends are the bands next to them.
    """
    n = centres.size
    cosines = np.cos(np.pi * np.outer(np.arange(order + 1), np.arange(n)) / (n - 1)) / (n - 1)
    cosines[:, [0, -1]] /= 2
    cosines[:, 1] += cosines[:, 0]
    cosines[:, -2] += cosines[:, -1]
    cosines[:, [0, -1]] = 0
    return cosines * loudness(centres) ** exponent


class Bands(Reading):
    """Power in critical bands."""

    def __init__(self, cut: Cut, critical: Critical, dtype: np.dtype, rows: int | None = None):
        matrix = critical.matrix()
        super().__init__(cut, dtype, rows or len(matrix))
        louder = WindowArray(tuple((critical.scale * cut.window_array()).tolist()))
        self.source = replace(cut, window=louder).spectra(False, dtype)
        self.bank = tables.dense(matrix, dtype)
        self.added = np.zeros((self.bank.tile_rows, 1), dtype)
        self.added[: len(matrix), 0] = critical.noise * cut.frame_length * matrix.sum(axis=1)

    @property
    def block(self) -> int:
        return self.source.block

    def bands(self, work: Work, x: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        """The bands as tiles, and how many groups of lanes they are."""
        groups = -(-frames // self.lanes)
        bins = work.array("bins", self.source.values(frames))
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        tiles = multiplied(work, self.bank, bins, self.source.bins, groups, "bands")
        shape = groups, self.bank.tile_rows, self.lanes
        tiles[: shape[0] * shape[1] * shape[2]].reshape(shape)[...] += self.added
        return tiles, groups

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        tiles, _ = self.bands(work, x, frames)
        return self.laid_out(work, tiles, self.bank.tile_rows, frames)


class Prediction(Bands):
    """Cepstra of the all-pole model of the bands, as loud as they sound."""

    def __init__(self, cut: Cut, critical: Critical, model: Model, dtype: np.dtype):
        super().__init__(cut, critical, dtype, model.n)
        self.model, count = model, self.bank.rows
        bank = dict(critical.bank)
        centres = bark_centres(count, bank["fmin"], bank["fmax"])
        self.lags = tables.dense(lag_matrix(model.order, centres, model.exponent), dtype)
        self.lift = np.maximum(np.arange(model.n), 1.0)[:, np.newaxis] ** model.lift
        self.least = float(np.finfo(dtype).tiny)

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        tiles, groups = self.bands(work, x, frames)
        size = groups * self.bank.tile_rows * self.lanes
        self.compress(work, tiles, size, frames)
        order, lanes, width = self.model.order, self.lanes, groups * self.lanes
        products = multiplied(work, self.lags, tiles, self.bank.tile_rows, groups, "products")
        r = work.array("lags", (order + 1) * width)
        row_kernels.put_rows(products, self.lags.tile_rows, order + 1, lanes, width, r, 0, width)
        a, spare = work.array("filters", (order + 1) * width), work.array("spare", (order + 1) * width)
        kernels.filter_rows(r, order, width, a, spare)
        out = work.array("rows", self.rows * width)
        out[:width] = spare[:width]  # what is left of the power
        band_kernels.log_tiles(out, 1, 1, width, lanes, 0.0, self.least, 1.0, 0.0, work.peak)
        kernels.cepstrum_rows(a, order, self.rows - 1, width, out[width:])
        found = out[: self.rows * width].reshape(self.rows, width)
        found *= self.lift
        return found

    def compress(self, work: Work, tiles: np.ndarray, size: int, frames: int) -> None:
        """Bands to the power of the exponent, in place."""
        row_kernels.power_tiles(tiles, size, self.lanes, self.model.exponent, tiles)


class Relative(Prediction):
    """The same of bands whose logarithms went through RASTA's filter."""

    ordered = True

    def begin(self, work: Work) -> None:
        work.array("memory", 1 + auditory_kernels.MEMORY * self.bank.rows)[:] = 0

    def compress(self, work: Work, tiles: np.ndarray, size: int, frames: int) -> None:
        memory = work.array("memory", 1 + auditory_kernels.MEMORY * self.bank.rows)
        tile_rows, count, lanes = self.bank.tile_rows, self.bank.rows, self.lanes
        band_kernels.log_tiles(tiles, tile_rows, count, frames, lanes, 0.0, self.least, 1.0, 0.0, work.peak)
        auditory_kernels.rasta_tiles(
            tiles, tile_rows, count, frames, lanes, self.model.pole, int(memory[0]), memory[1:]
        )
        memory[0] += frames
        auditory_kernels.exponential_tiles(tiles, size, lanes, self.model.exponent)


class Weighted(Reading):
    """Magnitudes over the length of the transform, under the responses of gammatone filters."""

    def __init__(self, cut: Cut, bank: tuple, dtype: np.dtype):
        sr, n_filters, fmin, fmax = bank
        super().__init__(cut, dtype, n_filters)
        self.source = cut.spectra(False, dtype)
        matrix = filters.gammatone(
            sr=sr, n_fft=cut.n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, dtype=np.float64
        )
        self.bank = tables.dense(matrix / cut.n_fft, dtype)

    @property
    def block(self) -> int:
        return self.source.block

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        size = self.source.values(frames)
        bins = work.array("bins", size)
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        row_kernels.root_tiles(bins, size, self.lanes, bins)
        out = multiplied(work, self.bank, bins, self.source.bins, -(-frames // self.lanes), "product")
        return self.laid_out(work, out, self.bank.tile_rows, frames)

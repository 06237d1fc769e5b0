"""Phases of the harmonics of voiced frames, relative to that of the fundamental, along frequency."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...engine import relativephase as kernels
from ...engine.product import product_tiles
from .. import tables
from ..frames import Frames
from ..spectra import Work

#: Periods in a window, and least points of its transform.
PERIODS, POINTS = 3, 4096
#: Frequency up to which the phase is 0, as a fraction of the pitch.
BEGIN = 0.95
#: Frames, and samples of their windows, at a time.
BLOCK, SAMPLES = 256, 1 << 19


class RelativePhasePlan:
    """The tables for pitches from `fmin` on.

    The steps of the relative phase from one frequency to the next, every ``sr / n_fft``, are multiplied by
    `matrix` (rows, 1 + n_fft // 2).
    """

    def __init__(self, sr: float, fmin: int, n_fft: int, matrix: np.ndarray):
        kind = np.dtype(np.float64)
        self.sr: float = sr
        self.lanes: int = tables.lanes(kind)
        self.reach: int = int(np.floor(PERIODS * sr / fmin / 2))
        self.points: int
        self.points = n = max(POINTS, 2 ** (2 * self.reach).bit_length())
        natural = tables.transform(Frames(n, n, n, "ones", False, "constant"), self.lanes, kind)
        assert natural is not None
        # The middle of a window is sample 0 of the transform.
        row = (np.asarray(natural.offsets, np.int64) // self.lanes + self.reach) % n
        inside = row <= 2 * self.reach
        self.tables: tables.Transform = replace(
            natural,
            offsets=tables.frozen(np.where(inside, row, 0) * self.lanes, np.int32),
            window=tables.frozen(np.where(inside, 0.5, 0.0), kind),
        )
        self.grid: np.ndarray = tables.frozen(np.arange(1 + n_fft // 2) * sr / n_fft, kind)
        self.matrix: tables.Dense = tables.dense(matrix, kind)
        #: The largest number of harmonics below half of the rate.
        self.harmonics: int = int(np.ceil(sr / 2 / fmin))
        self.block: int = max(1, min(BLOCK, SAMPLES // (self.reach + self.grid.size)))

    def fill(self, work: Work, y: np.ndarray, middles: np.ndarray, f0: np.ndarray, out: np.ndarray) -> None:
        """Write the products (rows, frames) of the frames of y around `middles`, whose pitches are `f0`."""
        lanes, n, t, count = self.lanes, self.points, self.tables, middles.size
        groups, rows, bins = -(-count // lanes), self.grid.size, n // 2 + 1
        halves = np.floor(PERIODS * self.sr / f0 / 2).astype(np.int64)
        windows, firsts = half_windows(halves)
        steps = work.array("steps", groups * rows * lanes)
        kernels.step_tiles(
            y, middles, f0, halves, windows, firsts, self.reach, self.sr, BEGIN, self.grid, lanes,
            work.array("frame", (2 * self.reach + 1) * lanes), t.offsets, t.window,
            work.array("points", n * lanes), t.radices, t.factors, t.part, t.last,
            work.array("bins", 2 * bins * lanes), work.array("logs", bins * lanes),
            np.empty(bins, np.int64), work.array("asides", bins),
            work.array("values", self.harmonics + 1), steps,
        )  # fmt: skip
        matrix = self.matrix
        tiles = work.array("product", groups * matrix.tile_rows * lanes)
        product_tiles(
            steps, 0, rows, matrix.columns, groups, lanes, matrix.matrix, matrix.quads, -np.inf, tiles
        )
        tiles = tiles[: groups * matrix.tile_rows * lanes].reshape(groups, matrix.tile_rows, lanes)
        out[...] = tiles[:, : matrix.rows].transpose(1, 0, 2).reshape(matrix.rows, -1)[:, :count]


def half_windows(halves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blackman windows from their middle on, one after another, and where that of each half begins."""
    kinds, which = np.unique(halves, return_inverse=True)
    begins = np.cumsum(kinds + 1) - (kinds + 1)
    n = np.arange(begins[-1] + kinds[-1] + 1) - np.repeat(begins, kinds + 1)
    turns = np.pi * n / np.repeat(kinds, kinds + 1)
    return 0.42 + 0.5 * np.cos(turns) + 0.08 * np.cos(2 * turns), begins[which]

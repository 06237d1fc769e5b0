"""Sinks: each takes blocks of spectra and writes a result.

A sink takes blocks in any order, from several threads, and never changes their bins, so that several
sinks can share one pass. `finish` does the work that depends on the whole clip.
"""

from __future__ import annotations

import numpy as np

from ..engine import (
    bands as band_kernels,
    peaks as peak_kernels,
    product as product_kernels,
    rows as row_kernels,
    scaling as scaling_kernels,
)
from ..engine.aligned import aligned
from . import tables
from .loud_peaks import StrongerHalf
from .plan import Plan
from .spectra import Work
from .stages import Peaks

#: Largest number of log band values in one step of the second pass.
FINISH_VALUES = 131072


class Sink:
    """Takes blocks of spectra."""

    #: Whether a part of the work is deferred until all blocks were taken; `finish` does it.
    deferred = False
    #: The power of the magnitudes that the sink uses; None for the bins as their source gives them.
    power: float | None = None

    def take(self, work: Work, first: int, count: int) -> None:
        """Take frames first .. first + count - 1, whose bins are ``work.to_power(self.power)``."""
        raise NotImplementedError

    def finish(self, work: Work, part: int = 0, parts: int = 1) -> None:
        """Do one of `parts` shares of the deferred work; each may run on another thread."""
        raise NotImplementedError


class SpectrumRows(Sink):
    """Writes the bins themselves, real or complex, as rows."""

    def __init__(self, plan: Plan, out: np.ndarray):
        self.power: float | None = plan.power
        self.complex: bool = out.dtype.kind == "c"
        real = np.dtype(f"f{out.dtype.itemsize // 2}") if self.complex else out.dtype
        self.lanes: int = tables.lanes(real)
        self.bins: int
        self.stride: int
        self.bins, self.stride = out.shape
        self.flat: np.ndarray = out.reshape(-1).view(real)

    def take(self, work: Work, first: int, count: int) -> None:
        bins = work.to_power(self.power)
        if self.complex:
            row_kernels.put_complex(bins, self.bins, self.lanes, count, self.flat, first, self.stride)
        else:
            row_kernels.put_rows(bins, self.bins, self.bins, self.lanes, count, self.flat, first, self.stride)


class ChainRows(Sink):
    """Computes the stages that the chain has, from bands to scaling, and writes the rows."""

    def __init__(self, plan: Plan, out: np.ndarray):
        self.plan: Plan = plan
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.flat: np.ndarray = out.reshape(-1)
        self.frames: int = out.shape[-1]
        self.kept: np.ndarray | None = None
        if plan.below is not None:
            self.deferred = True
            #: The largest value of each block, appended by several threads; only their maximum is used.
            self.peaks: list[float] = []
            self.kept = aligned(-(-self.frames // self.lanes) * plan.tile_rows * self.lanes, plan.dtype)

    def take(self, work: Work, first: int, count: int) -> None:
        plan, lanes, compression = self.plan, self.lanes, self.plan.chain.compression
        bins = work.to_power(self.power)
        groups = -(-count // lanes)
        size = groups * plan.tile_rows * lanes
        if self.kept is not None:
            at = first * plan.tile_rows
            tiles = self.kept[at : at + size]
        elif plan.bank is None and compression is None and plan.chain.scaling is None:
            tiles = bins
        else:
            tiles = work.arrays["tiles", size]
        bank = plan.bank
        if isinstance(bank, tables.Runs):
            band_kernels.band_tiles(
                bins, plan.bins, groups, lanes, bank.starts, bank.counts, bank.firsts, bank.weights, tiles
            )
        elif bank is not None:
            product_kernels.product_tiles(
                bins, 0, plan.bins, bank.columns, groups, lanes, bank.matrix, bank.quads, -np.inf, tiles
            )
        elif tiles is not bins:
            tiles[:size] = bins[:size]
        if compression is not None and plan.log is not None:
            if compression.zero:
                compression.replace_zeros(tiles[:size])
            peak = band_kernels.log_tiles(
                tiles, plan.tile_rows, plan.bands, count, lanes, *plan.log, work.peak
            )
            if self.deferred:
                self.peaks.append(peak)
        if self.kept is None:
            self._emit(tiles, groups, work, first, count, -np.inf)

    def _emit(self, tiles: np.ndarray, groups: int, work: Work, first: int, count: int, floor: float) -> None:
        plan, lanes = self.plan, self.lanes
        tile_rows = plan.tile_rows
        c = plan.matrix
        if c is not None:
            out = work.arrays["product", groups * c.tile_rows * lanes]
            product_kernels.product_tiles(
                tiles, 0, tile_rows, c.columns, groups, lanes, c.matrix, c.quads, floor, out
            )
            tiles, tile_rows = out, c.tile_rows
        elif floor > -np.inf:
            band_kernels.floor_tiles(tiles, groups * tile_rows * lanes, lanes, floor)
        if plan.chain.scaling is not None:
            norm = plan.chain.scaling.norm
            scaling_kernels.scale_tiles(tiles, tile_rows, plan.rows, groups, lanes, norm, work.peak)
        row_kernels.put_rows(tiles, tile_rows, plan.rows, lanes, count, self.flat, first, self.frames)

    def finish(self, work: Work, part: int = 0, parts: int = 1) -> None:
        plan, lanes = self.plan, self.lanes
        assert self.kept is not None and plan.below is not None
        floor = max(self.peaks) - plan.below
        share = -(-self.frames // (parts * lanes)) * lanes
        step = lanes * max(1, FINISH_VALUES // (lanes * plan.tile_rows))
        for first in range(part * share, min((part + 1) * share, self.frames), step):
            count = min(step, (part + 1) * share - first, self.frames - first)
            groups = -(-count // lanes)
            at = first * plan.tile_rows
            tiles = self.kept[at : at + groups * plan.tile_rows * lanes]
            self._emit(tiles, groups, work, first, count, floor)


class PeakTiles(Sink):
    """Frequencies and heights of spectral peaks; `put` stores them."""

    def __init__(self, plan: Plan, peaks: Peaks, references: np.ndarray | None = None):
        self.peaks: Peaks = peaks
        self.bins: int = plan.bins
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.references = references

    def take(self, work: Work, first: int, count: int) -> None:
        p, lanes, groups = self.peaks, self.lanes, -(-count // self.lanes)
        size = groups * (p.high - p.low) * lanes
        bins = work.to_power(self.power)
        references = work.array("references", groups * lanes)
        pitches, heights = work.array("pitches", size), work.array("heights", size)
        if self.references is None:
            peak_kernels.references_of(bins, self.bins, groups, lanes, p.threshold, references)
        else:
            references[:count] = self.references[first : first + count]
            references[count : groups * lanes] = 0
        peak_kernels.peak_tiles(
            bins, self.bins, groups, lanes, references, p.low, p.high, p.hertz, pitches, heights
        )
        self.put(pitches, heights, work, first, count)

    def put(self, pitches: np.ndarray, heights: np.ndarray, work: Work, first: int, count: int) -> None:
        raise NotImplementedError


class PeakRows(PeakTiles):
    """Peaks as rows of two arrays of (bins, frames) that hold zeros."""

    def __init__(
        self,
        plan: Plan,
        peaks: Peaks,
        pitches: np.ndarray,
        heights: np.ndarray,
        references: np.ndarray | None,
    ):
        super().__init__(plan, peaks, references)
        self.out: tuple[np.ndarray, np.ndarray] = pitches, heights

    def put(self, pitches: np.ndarray, heights: np.ndarray, work: Work, first: int, count: int) -> None:
        rows = self.peaks.high - self.peaks.low
        for tiles, out in zip((pitches, heights), self.out, strict=True):
            at = self.peaks.low * out.shape[-1] + first
            row_kernels.put_rows(tiles, rows, rows, self.lanes, count, out.reshape(-1), at, out.shape[-1])


class PeakList(PeakTiles):
    """Peaks one after another, in any order, for `half`."""

    def __init__(self, plan: Plan, peaks: Peaks, half: StrongerHalf):
        super().__init__(plan, peaks)
        self.half = half

    def put(self, pitches: np.ndarray, heights: np.ndarray, work: Work, first: int, count: int) -> None:
        rows = self.peaks.high - self.peaks.low
        room = count * (rows // 2 + 1)  # of two neighbours at most one is a peak
        kept = work.array("kept pitches", room), work.array("kept heights", room)
        n = peak_kernels.collect(pitches, heights, rows, self.lanes, count, *kept)
        self.half.see(kept[0][:n], kept[1][:n])

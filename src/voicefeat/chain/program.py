"""The program of a chain: what the compiled driver does with the blocks of one signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine import (
    bands as band_kernels,
    driver,
    frames as frame_kernels,
    prepared as prepared_kernels,
    product as product_kernels,
    rows as row_kernels,
    scaling as scaling_kernels,
    spectrum as spectrum_kernels,
    streaming_stores,
)
from ..engine.by_address import address, entry
from . import tables
from .plan import Plan
from .spectra import Arrays, FramedSpectra, GivenSpectra, Work
from .stages import Beside

#: Sets of scratch arrays whose addresses a program keeps.
BOUND = 32


def flat_view(out: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """A contiguous array as flat numbers of `dtype`, two for a complex number."""
    flat = out.reshape(-1)
    return flat if flat.dtype is dtype else flat.view(dtype)


class Program:
    """The steps of a chain as the integers that `engine.driver` reads.

    With `source`, they begin with the spectra; without, with the bins of a block, at the chain's power.
    With `past_cache`, the rows go past the cache.
    """

    def __init__(self, plan: Plan, source: bool, past_cache: bool):
        #: Not the plan itself, which holds its programs: a circle would outlive it.
        self.source: FramedSpectra | GivenSpectra = plan.source
        #: Frames of a block: with `source`, nothing but this chain is made of it.
        self.block: int = plan.long_block if source else plan.block
        self.past_cache: bool = past_cache
        self.lanes: int = plan.lanes
        self.dtype: np.dtype[Any] = plan.dtype
        #: Whether the first step fills a block with spectra.
        self.fills: bool = source
        self.below: float = 0.0 if plan.below is None else plan.below
        #: Values of the tiles of one frame that are kept for a second turn.
        self.keeps: int = 0 if plan.below is None else plan.tile_rows
        self.drive: Any = entry(driver.drive, driver.DRIVE_SPEC, plan.dtype)
        transform = self.source.tables if isinstance(self.source, FramedSpectra) else None
        self.radices: np.ndarray | None = None if transform is None else transform.radices
        #: Scratch arrays: their place among the integers, name, and number of values.
        self.scratch: list[tuple[int, str, int]] = []
        #: The tables at the addresses among the integers.
        self.held: list[np.ndarray] = []
        self.integers: list[int] = self._header(plan, source)
        self.integers[driver.FIRST_TURN] = len(self.integers)
        if source:
            self._source(plan)
        self._tiles(plan)
        if self.keeps:
            self._step(driver.END)
            self.integers[driver.SECOND_TURN] = len(self.integers)
        self._rows(plan)
        if plan.chain.beside is not None:
            self._beside(plan, plan.chain.beside)
        self._step(driver.END)
        self.template: np.ndarray = np.array(self.integers, np.int64)
        #: The same with the addresses of scratch arrays, by their number, and their state at the time.
        self.bound: dict[int, tuple[int, np.ndarray]] = {}

    def _header(self, plan: Plan, source: bool) -> list[int]:
        width = plan.bins * (2 if plan.source.complex else 1)
        header = [0] * driver.HEADER
        header[driver.LANES], header[driver.BLOCK] = plan.lanes, self.block
        header[driver.WIDTH], header[driver.TILE_ROWS] = width, plan.tile_rows
        header[driver.ITEM] = plan.dtype.itemsize
        header[driver.LIMIT] = bits(tables.limit_factor(plan.dtype, plan.chain.frames is None))
        header[driver.FINITE] = address(frame_kernels.finite, driver.FINITE_SPEC, plan.dtype)
        header[driver.FILL] = address(driver.fill, driver.FILL_SPEC, plan.dtype) if source else 0
        header[driver.TURN] = address(driver.turn, driver.TURN_SPEC, plan.dtype)
        if source:
            self.scratch.append((driver.BINS, "bins", self.block * width))
        return header

    def _step(self, kind: int, kernel: Any = None, *parts: Any) -> None:
        """Add a step; its parts are integers, floats, tables, and scratch arrays as (name, size)."""
        start = len(self.integers)
        self.integers += [kind, 0, 0]
        if kernel is not None:
            self.integers[-1] = address(kernel, driver.spec_of(kind, self.radices), self.dtype)
        for part in parts:
            if isinstance(part, tuple):
                self.scratch.append((len(self.integers), *part))
                self.integers += [0, 0]
            elif isinstance(part, np.ndarray):
                self.held.append(part)
                self.integers += [part.ctypes.data, part.size]
            else:
                self.integers.append(bits(part) if isinstance(part, float) else part)
        self.integers[start + 1] = len(self.integers)

    def _source(self, plan: Plan) -> None:
        """The bins of a block, and their power."""
        source = plan.source
        if isinstance(source, GivenSpectra):
            return self._step(driver.SPECTRA, row_kernels.take_rows, plan.bins)
        self._frames(source)
        if source.base is None or plan.power is None or plan.power == source.base:
            return None
        exponent = plan.power / source.base
        if exponent == 0.5:
            return self._step(driver.CHANGE, row_kernels.root_tiles)
        if exponent == 2.0:
            return self._step(driver.CHANGE, row_kernels.square_tiles)
        return self._step(driver.POWER, row_kernels.power_tiles, exponent)

    def _frames(self, source: FramedSpectra) -> None:
        t, frames = source.tables, source.frames
        assert t is not None
        columns = "columns", source.rows * source.stride
        points = "points", frames.n_fft * source.lanes
        parts: list[Any] = [source.hop, source.pad, source.rows, source.overlap, source.stride, source.chunk]
        parts += [t.part, columns, points, t.offsets, t.window, t.radices, t.factors, t.last]
        if not source.prepared:
            kernel = spectrum_kernels.complex_bins if source.complex else spectrum_kernels.power_bins
            return self._step(driver.FRAMES, kernel, *parts)
        frame, energies = ("frame", frames.n_fft * source.lanes), ("energies", self.block)
        changes = float(frames.remove_dc), float(frames.preemphasis), int(source.complex)
        kernel = prepared_kernels.prepared_bins
        return self._step(driver.PREPARED, kernel, *parts, source.places, frame, energies, *changes)

    def _tiles(self, plan: Plan) -> None:
        """Bands, and their logarithm."""
        bank, compression = plan.bank, plan.chain.compression
        tiles = "tiles", self.block * plan.tile_rows
        if bank is not None:
            self._bank(bank, plan.bins, tiles)
        elif compression is not None or plan.chain.scaling is not None:
            self._step(driver.COPY, row_kernels.copy_tiles, plan.bins, tiles, plan.tile_rows)
        if compression is not None and plan.log is not None:
            if compression.zero:
                self._step(driver.ZEROS, row_kernels.replace_zeros, float(compression.zero))
            peak = "peak", self.lanes
            self._step(driver.LOG, band_kernels.log_tiles, plan.bands, *map(float, plan.log), peak)

    def _rows(self, plan: Plan) -> None:
        """The cepstrum or the floor, scaling, and the rows of the result."""
        c = plan.matrix
        if c is not None:
            product = "product", self.block * c.tile_rows
            kernel = product_kernels.product_tiles
            self._step(driver.PRODUCT, kernel, product, c.columns, c.quads, c.matrix)
        elif self.keeps:
            self._step(driver.FLOOR, band_kernels.floor_tiles)
        if plan.chain.scaling is not None:
            norm, length = float(plan.chain.scaling.norm), ("peak", self.lanes)
            self._step(driver.SCALE, scaling_kernels.scale_tiles, plan.rows, norm, length)
        complex = plan.source.complex
        if self.past_cache:
            run = "run", self.block * (2 if complex else 1)
            kernel = streaming_stores.stream_complex if complex else streaming_stores.stream_rows
            self._step(driver.COMPLEX_STREAM if complex else driver.STREAM, kernel, plan.rows, run)
        elif complex:
            self._step(driver.COMPLEX_ROWS, row_kernels.put_complex, plan.rows)
        else:
            first = 0 if plan.chain.beside is None else plan.chain.beside.place
            self._step(driver.ROWS, row_kernels.put_rows, plan.rows, first)

    def _beside(self, plan: Plan, beside: Beside) -> None:
        """The row of energies: of the bins, or those that were found as frames were prepared."""
        loudness, c = ("loudness", self.block), beside.compression
        if plan.beside_bank is None:
            energies = "energies", self.block
            self._step(driver.ENERGY, row_kernels.gain_tiles, energies, float(beside.gain), loudness)
        else:
            self._step(driver.AGAIN)
            self._bank(plan.beside_bank, plan.bins, ("loudness", self.block * plan.beside_bank.tile_rows))
        if c.zero:
            self._step(driver.ZEROS, row_kernels.replace_zeros, float(c.zero))
        log = float(c.offset), float(c.least(plan.dtype)), float(c.scale), float(-c.add)
        self._step(driver.LOG, band_kernels.log_tiles, 1, *log, ("peak", self.lanes))
        self._step(driver.ROWS, row_kernels.put_rows, 1, beside.at)

    def _bank(self, bank: tables.Runs | tables.Dense, bins: int, tiles: tuple[str, int]) -> None:
        """The bands of a bank of so many bins."""
        into = bins, tiles, bank.tile_rows
        if isinstance(bank, tables.Runs):
            runs = bank.starts, bank.counts, bank.firsts, bank.weights
            return self._step(driver.BANDS, band_kernels.band_tiles, *into, *runs)
        dense = bank.columns, bank.quads, bank.matrix
        return self._step(driver.MATRIX, product_kernels.product_tiles, *into, *dense)

    def room(self, frames: int) -> int:
        """Number of values of the tiles that are kept of `frames` frames."""
        return -(-frames // self.lanes) * self.lanes * self.keeps

    def run(
        self,
        work: Work,
        given: Sequence[np.ndarray],
        kept: np.ndarray,
        out: np.ndarray,
        stride: int,
        first: int,
        end: int,
        todo: int,
    ) -> bool:
        """Frames first .. end - 1 with the scratch arrays of `work`; see `engine.driver.drive`.

        `given` are the samples and the padding at their ends.
        """
        arrays = work.arrays
        bound = self.bound.get(arrays.number)
        if bound is None or bound[0] != arrays.state:
            bound = self._bind(arrays)
        return self.drive(bound[1], *given, kept, out, stride, first, end, todo, self.below, work.level)

    def _bind(self, arrays: Arrays) -> tuple[int, np.ndarray]:
        """The integers with the addresses of scratch arrays, and the state of these."""
        made = [(place, arrays[name, size]) for place, name, size in self.scratch]
        integers = self.template.copy()
        for place, array in made:
            integers[place : place + 2] = array.ctypes.data, array.size
        if len(self.bound) >= BOUND:
            self.bound.clear()
        found = self.bound[arrays.number] = arrays.state, integers
        return found


def program_of(plan: Plan, source: bool = True, past_cache: bool = False) -> Program:
    """The program of a plan, from the samples or the given spectra on, or from the bins of a block."""
    found = plan.programs.get((source, past_cache))
    if found is None:
        found = plan.programs[source, past_cache] = Program(plan, source, past_cache)
    return found


def bits(x: float) -> int:
    """The bits of a float as an integer."""
    return int(np.float64(x).view(np.int64))

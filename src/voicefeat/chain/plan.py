"""A chain with its tables for one precision, looked up once per call."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cache import memoised
from . import tables
from .large_results import long_block
from .shortterm import ShortFrames, ShortSpectra
from .spectra import FramedSpectra, GivenSpectra
from .stages import Chain
from .tables import Dense, Runs


class Plan:
    """The source of a chain's spectra, and the tables of its stages.

    `bins` is the number of bins of given spectra; None for spectra of frames.
    """

    def __init__(self, chain: Chain, bins: int | None, dtype: np.dtype):
        described, given = chain.descriptor, dtype
        if described is not None and described.double:
            dtype = np.dtype(np.float64)
        self.chain: Chain = chain
        self.dtype: np.dtype[Any] = dtype
        self.lanes: int = tables.lanes(dtype)
        #: Number of frames before each block that the block includes.
        self.lead: int = 0 if described is None else described.lead
        #: Whether the blocks of an item must follow one another.
        self.ordered: bool = described is not None and described.ordered
        #: The power of the magnitudes that the chain uses; None for the bins as they are.
        self.power: float | None = None if chain.spectrum is None else chain.spectrum.power
        self.source: FramedSpectra | GivenSpectra
        if chain.frames is None:
            self.source = GivenSpectra(bins or 0, dtype)
        elif isinstance(chain.frames, ShortFrames):
            extra = self.lead, described is not None and described.ramped
            self.source = tables.table(ShortSpectra, chain.frames, self.power is None, dtype, *extra)
        else:
            self.source = tables.table(FramedSpectra, chain.frames, self.power is None, dtype)
        #: The type of the result.
        self.result: np.dtype[Any] = given
        if self.source.complex and described is None:
            self.result = np.result_type(dtype, np.complex64)
        self.bins: int = self.source.bins
        self.block: int = self.source.block
        self.bank: Runs | Dense | None = None if chain.bands is None else tables.bank(chain.bands, dtype)
        #: Number of bands, and of rows of their tiles, which are padded for the kernels.
        self.bands: int = self.bins if self.bank is None else self.bank.rows
        self.tile_rows: int = self.bins if self.bank is None else self.bank.tile_rows
        compression = chain.compression
        #: Settings of the logarithm: the offset, the lower bound of its argument, its factor, and the value
        #: subtracted from it.
        self.log: tuple[float, float, float, float] | None = None
        #: Distance of the floor of the result below the clip's maximum; None for no floor.
        self.below: float | None = None
        if compression is not None:
            floor = compression.least(dtype)
            self.log = (float(compression.offset), floor, compression.scale, -compression.add)
            self.below = compression.below
        self.matrix: Dense | None = (
            None if chain.cepstrum is None else tables.dense(chain.cepstrum.matrix(self.bands), dtype)
        )
        self.rows: int = self.bands if self.matrix is None else self.matrix.rows
        beside = chain.beside
        #: Number of rows with those beside the chain's own, and the bank of the latter.
        self.all_rows: int = self.rows if beside is None else beside.rows
        self.beside_bank: Runs | Dense | None = None
        if beside is not None and beside.bands is not None:
            self.beside_bank = tables.bank(beside.bands, dtype)
        #: The descriptor of the bins, with its tables.
        self.descriptor: Any = (
            None if chain.descriptor is None else chain.descriptor.prepare(self.bins, dtype)
        )
        if self.descriptor is not None:
            self.rows = self.all_rows = self.descriptor.rows
        #: Whether the result is the bins themselves; the frames of a block, if nothing else is made of it.
        self.plain: bool = (
            chain.bands is chain.compression is chain.cepstrum is chain.scaling is chain.descriptor is None
        )
        self.long_block: int = self.block
        if self.plain:
            self.long_block = long_block(self.bins, 2 if self.source.complex else 1, dtype)
        short = isinstance(self.source, ShortSpectra)
        lanes = isinstance(self.source, GivenSpectra) or self.source.tables is not None
        #: Whether the driver computes the rows from the samples on.
        self.driven: bool = described is None and lanes and not short
        #: What the driver does, by the settings of `program.program_of`.
        self.programs: dict[tuple[bool, bool], Any] = {}


@memoised
def plan_for(chain: Chain, bins: int | None, dtype: np.dtype) -> Plan:
    """The plan of `chain`, from the cache if possible; `bins` only for given spectra."""
    return Plan(chain, bins, dtype)

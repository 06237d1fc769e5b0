"""A chain with the tables that it needs for one precision, looked up once a call."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cache import memoised
from . import tables
from .shortterm import ShortFrames, ShortSpectra
from .spectra import FramedSpectra, GivenSpectra
from .stages import Chain
from .tables import Dense, Runs


class Plan:
    """The source of a chain's spectra, and the tables of what is done with them.

    `bins` is the number of frequencies of spectra that are given; framed spectra know their own.
    """

    def __init__(self, chain: Chain, bins: int | None, dtype: np.dtype):
        described, given = chain.descriptor, dtype
        if described is not None and described.double:
            dtype = np.dtype(np.float64)
        self.chain: Chain = chain
        self.dtype: np.dtype[Any] = dtype
        self.lanes: int = tables.lanes(dtype)
        #: Frames before each block that the block has as well.
        self.lead: int = 0 if described is None else described.lead
        #: Whether the blocks of an item must follow one another.
        self.ordered: bool = described is not None and described.ordered
        #: The power of the magnitudes that the chain goes on from; None for the bins as they are.
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
        #: Rows of bands, and of their tiles, which are padded to what the kernels do at a time.
        self.bands: int = self.bins if self.bank is None else self.bank.rows
        self.tile_rows: int = self.bins if self.bank is None else self.bank.tile_rows
        compression = chain.compression
        #: Of the logarithm: the offset, the least value it is taken of, what it is multiplied by, and what is
        #: subtracted from it.
        self.log: tuple[float, float, float, float] | None = None
        #: How far below the clip's largest value the floor of the result is; None for no floor.
        self.below: float | None = None
        if compression is not None:
            floor = compression.least(dtype)
            self.log = (float(compression.offset), floor, compression.scale, -compression.add)
            self.below = compression.below
        self.matrix: Dense | None = (
            None if chain.cepstrum is None else tables.dense(chain.cepstrum.matrix(self.bands), dtype)
        )
        self.rows: int = self.bands if self.matrix is None else self.matrix.rows
        #: What the bins of a frame are reduced to, and the tables of it.
        self.descriptor: Any = (
            None if chain.descriptor is None else chain.descriptor.prepare(self.bins, dtype)
        )
        if self.descriptor is not None:
            self.rows = self.descriptor.rows
        #: The bins as they are, with nothing done to them.
        self.plain: bool = (
            chain.bands is chain.compression is chain.cepstrum is chain.scaling is chain.descriptor is None
        )


@memoised
def plan_for(chain: Chain, bins: int | None, dtype: np.dtype) -> Plan:
    """The plan of `chain`, from the cache where it is there; `bins` only for spectra that are given."""
    return Plan(chain, bins, dtype)

"""Readings: descriptors of short frames that are more than a filter bank."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...audio.signals import signal
from ...chain import tables
from ...chain.blocks import for_blocks
from ...chain.descriptors import PreparedDescriptor
from ...chain.plan import Plan, plan_for
from ...chain.sinks import Sink
from ...chain.spectra import Work
from ...chain.stages import Chain
from ...engine import product as product_kernels, rows as row_kernels


class Reading(PreparedDescriptor):
    """A descriptor of short frames with its tables; its result has `rows` rows."""

    #: Whether values come as tiles.
    in_tiles = True

    def __init__(self, bins: int, dtype: np.dtype, rows: int):
        super().__init__(bins, dtype)
        self.rows: int = rows
        self.lanes: int = tables.lanes(dtype)

    def state(self) -> Any:
        """The state that is passed from block to block of one signal."""
        return None

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        """Values of the first `frames` frames of a block as tiles, and the rows of a tile."""
        raise NotImplementedError

    def values(self, work: Work, bins: np.ndarray, frames: int, state: Any) -> np.ndarray:
        """The same as an array (rows, frames or more); in place of tiles where `in_tiles` is False."""
        return self.laid_out(work, *self.tile_values(work, bins, frames), frames)

    def sink(self, plan: Plan, out: np.ndarray) -> Sink:
        return ReadingRows(self, plan, out)

    def groups(self, frames: int) -> int:
        """The number of groups of lanes that hold the given number of frames."""
        return -(-frames // self.lanes)

    def laid_out(self, work: Work, tiles: np.ndarray, tile_rows: int, frames: int) -> np.ndarray:
        """The first rows of `tiles` as an array."""
        out = work.array("rows", self.rows * frames)
        row_kernels.put_rows(tiles, tile_rows, self.rows, self.lanes, frames, out, 0, frames)
        return out[: self.rows * frames].reshape(self.rows, frames)


class ReadingRows(Sink):
    """The rows of a reading, rounded to the type of `out`."""

    def __init__(self, reading: Reading, plan: Plan, out: np.ndarray):
        self.reading: Reading = reading
        self.out: np.ndarray = out
        self.power: float | None = plan.power
        self.lead: int = plan.lead
        self.state: Any = reading.state()
        #: Whether tiles go to `out` without an array between them.
        self.direct: bool = reading.in_tiles and out.dtype == plan.dtype and not plan.lead
        self.flat: np.ndarray = out.reshape(-1)
        self.frames: Any = out.shape[-1]

    def take(self, work: Work, first: int, count: int) -> None:
        reading, bins, before = self.reading, work.to_power(self.power), min(self.lead, first)
        if self.direct:
            tiles, rows = reading.tile_values(work, bins, count)
            row_kernels.put_rows(
                tiles, rows, reading.rows, reading.lanes, count, self.flat, first, self.frames
            )
            return
        values = reading.values(work, bins, count + before, self.state)
        self.out[:, first : first + count] = values[:, before : before + count]


def multiplied(
    work: Work, matrix: tables.Dense, tiles: np.ndarray, tile_rows: int, groups: int, name: str
) -> np.ndarray:
    """The product of a matrix and each group of tiles, kept in `work` under `name`."""
    out = work.array(name, groups * matrix.tile_rows * work.lanes)
    product_kernels.product_tiles(
        tiles, 0, tile_rows, matrix.columns, groups, work.lanes, matrix.matrix, matrix.quads, -np.inf, out
    )
    return out


def run_alone(chain: Chain, y: Any) -> np.ndarray:
    """The rows of a chain that ends in a reading, of signals (..., n).

    The source and the sinks are those of the block loop. What several jobs need to share a pass is left out
    here, which saves a third of the time of a short call.
    """
    y = signal(y)
    assert chain.frames is not None
    count = chain.frames.check_length(y.shape[-1])
    plan = plan_for(chain, None, y.dtype)
    source: Any = plan.source
    reading: Any = plan.descriptor
    parts = 2 if source.complex else 1
    data = y.reshape(-1, y.shape[-1])
    out = np.empty((len(data), plan.rows, count), plan.result)
    sinks = [reading.sink(plan, rows) for rows in out]

    def take(work: Work, item: int, first: int, size: int) -> None:
        values = source.values(size)
        bins = work.array("bins", values * parts)
        source.fill(bins, work, (data[item],), first, size)
        work.set_block(bins, values, source.base, True)
        sinks[item].take(work, first, size)

    for_blocks(take, y, count, plan.block, plan.dtype, ordered=plan.ordered)
    return out.reshape(*y.shape[:-1], *out.shape[1:])

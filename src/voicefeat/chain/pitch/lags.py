"""Difference functions of YIN: frames compared with themselves at each lag, block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import lags as lag_kernels
from .. import tables
from ..blocks import check_finite, for_blocks
from ..frames import Frames, WindowArray
from ..spectra import Work, ends

#: Bytes of the spectra and differences that are made at a time.
TILE_BYTES = 256 * 1024
#: Tiles of frames that a thread takes at a time.
SHARE = 8


@dataclass(frozen=True)
class Lags:
    """The frames, and the lags `low` to `high` at which each is compared with itself."""

    frames: Frames
    low: int
    high: int


def transform_length(least: int) -> int:
    """The next multiple of 16 that the engine's transform supports."""
    n = max(32, -(-least // 16) * 16)
    while not tables.radices(n // 8):
        n += 16
    return n


class LagPlan:
    """The tables of the difference functions, for one precision."""

    def __init__(self, lags: Lags, dtype: np.dtype):
        self.lags: Lags = lags
        self.dtype: np.dtype[Any] = dtype
        self.lanes: int = tables.lanes(dtype)
        length, hop = lags.frames.n_fft, lags.frames.hop_length
        self.n_fft: int
        self.n_fft = n = transform_length(length + lags.high)
        self.hop: int = hop
        self.rows: int = min(hop, n)
        self.overlap: int = -(-n // hop)
        #: Groups of lanes that are laid out, transformed and compared at a time.
        self.groups: int = max(1, TILE_BYTES // ((n // 2 + 1 + lags.high) * self.lanes * dtype.itemsize))
        line = 64 // dtype.itemsize
        lines = -(-(self.groups * self.lanes - 1 + self.overlap) // line)
        self.stride: int = line * (lines + 1 - lines % 2)
        ones = WindowArray((1.0,) * length + (0.0,) * (n - length))
        t = tables.transform(Frames(n, hop, n, ones, False, "constant"), self.stride, dtype)
        assert t is not None
        self.tables = t
        # The same transform of the powers; sample n of them is at bin min(n, n_fft - n).
        natural = tables.transform(Frames(n, n, n, "ones", False, "constant"), 1, dtype)
        assert natural is not None
        sample = np.asarray(natural.offsets, np.int64) % n
        k = np.arange(lags.high)
        self.mirrored: np.ndarray = tables.frozen(np.minimum(sample, n - sample) * self.lanes, np.int32)
        self.scale: np.ndarray = tables.frozen(np.full(n, 0.5 / n), dtype)
        self.places: np.ndarray = tables.frozen((k % hop) * self.stride + k // hop, np.int32)
        self.numbers: np.ndarray = tables.frozen(k + 1, dtype)
        self.tiny: float = float(np.finfo(dtype).tiny)

    @property
    def block(self) -> int:
        """Number of frames of a tile."""
        return self.groups * self.lanes

    def fill(self, work: Work, opened: Any, first: int, frames: int) -> np.ndarray:
        """Normalised differences of `frames` frames from `first` on, as tiles; row k - 1 is lag k."""
        t, lanes, groups = self.tables, self.lanes, -(-frames // self.lanes)
        out = work.array("differences", groups * self.lags.high * lanes)
        lag_kernels.difference_tiles(
            *opened, first * self.hop - self.lags.frames.pad, self.hop, self.rows, self.overlap,
            work.array("columns", self.rows * self.stride), self.stride, groups, lanes,
            t.offsets, t.window, work.array("points", self.n_fft * lanes), t.radices, t.factors, t.part,
            t.last, work.array("bins", groups * (self.n_fft // 2 + 1) * lanes), self.mirrored, self.scale,
            work.array("lags", 4 * t.part * lanes), self.places, self.numbers, self.tiny, out,
        )  # fmt: skip
        return out


#: Called with the differences of a tile: (work, tiles, item, first frame, frames).
Take = Callable[[Work, np.ndarray, int, int, int], None]


def each_tile(plan: LagPlan, data: np.ndarray, take: Take) -> None:
    """Call `take` for every tile of frames of every item; `data` is (..., samples)."""
    frames = plan.lags.frames
    count = frames.count(data.shape[-1])
    check_finite(data)  # before a caller's own `pad_mode` gets them
    signals = data.reshape(-1, data.shape[-1])
    opened = [(y, *ends(y, frames)) for y in signals]

    def block(work: Work, item: int, begin: int, share: int) -> None:
        for first in range(begin, begin + share, plan.block):
            size = min(plan.block, begin + share - first)
            take(work, plan.fill(work, opened[item], first, size), item, first, size)

    for_blocks(block, data, count, SHARE * plan.block, plan.dtype, check=False)

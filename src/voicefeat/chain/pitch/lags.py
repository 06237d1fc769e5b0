"""Frames compared with themselves a few samples later: the tables and the loop over blocks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...audio.limits import not_finite
from ...engine import lags as lag_kernels
from .. import tables, threads
from ..frames import Frames, WindowArray
from ..spectra import Work, borrow, ends, give_back

#: Bytes of the spectra and differences that are made at a time.
TILE_BYTES = 256 * 1024
#: Tiles of frames that a thread takes at a time.
SHARE = 8
#: Samples below which a call starts no thread: some ten seconds of speech.
SHORT = 200_000


@dataclass(frozen=True)
class Lags:
    """Which frames, and the lags `low` to `high` at which each is compared with itself."""

    frame_length: int
    hop_length: int
    center: bool
    pad_mode: Any
    low: int
    high: int

    @property
    def frames(self) -> Frames:
        length, mode = self.frame_length, self.pad_mode if self.center else "constant"
        return Frames(length, self.hop_length, length, "ones", self.center, mode)


def transform_length(least: int) -> int:
    """The next multiple of 16 that the engine's transform takes."""
    n = max(32, -(-least // 16) * 16)
    while not tables.radices(n // 8):
        n += 16
    return n


class LagPlan:
    """What the difference functions of frames need, for one precision."""

    def __init__(self, lags: Lags, dtype: np.dtype):
        self.lags, self.dtype, self.lanes = lags, dtype, tables.lanes(dtype)
        self.n_fft = n = transform_length(lags.frame_length + lags.high)
        hop = lags.hop_length
        self.hop, self.rows, self.overlap = hop, min(hop, n), -(-n // hop)
        #: Groups of lanes that are laid out, transformed and compared at a time.
        self.groups = max(1, TILE_BYTES // ((n // 2 + 1 + lags.high) * self.lanes * dtype.itemsize))
        line = 64 // dtype.itemsize
        lines = -(-(self.groups * self.lanes - 1 + self.overlap) // line)
        self.stride = line * (lines + 1 - lines % 2)
        ones = WindowArray((1.0,) * lags.frame_length + (0.0,) * (n - lags.frame_length))
        t = tables.transform(Frames(n, hop, n, ones, False, "constant"), self.stride, dtype)
        assert t is not None
        self.tables = t
        # The same transform of the powers, whose n-th sample stands at bin min(n, n_fft - n).
        natural = tables.transform(Frames(n, n, n, "ones", False, "constant"), 1, dtype)
        assert natural is not None
        sample = np.asarray(natural.offsets, np.int64) % n
        k = np.arange(lags.high)
        self.mirrored = tables._frozen(np.minimum(sample, n - sample) * self.lanes, np.int32)
        self.scale = tables._frozen(np.full(n, 0.5 / n), dtype)
        self.places = tables._frozen((k % hop) * self.stride + k // hop, np.int32)
        self.numbers = tables._frozen(k + 1, dtype)
        self.tiny = float(np.finfo(dtype).tiny)

    @property
    def block(self) -> int:
        """Frames of a tile."""
        return self.groups * self.lanes

    def fill(self, work: Work, opened: Any, first: int, frames: int) -> np.ndarray:
        """d' of `frames` frames from `first` on, as tiles of `high` rows; row k - 1 is lag k."""
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


#: What is done with the differences of a tile: (work, tiles, item, first frame, frames).
Take = Callable[[Work, np.ndarray, int, int, int], None]


def each_tile(plan: LagPlan, data: np.ndarray, take: Take) -> None:
    """`take` the differences of every tile of frames of every item; `data` is (..., samples)."""
    frames = plan.lags.frames
    count = frames.count(data.shape[-1])
    shares = -(-count // (plan.block * SHARE))

    def share(opened: Any, item: int, number: int) -> None:
        work = borrow(plan.dtype)
        begin = number * SHARE * plan.block
        for first in range(begin, min(count, begin + SHARE * plan.block), plan.block):
            size = min(plan.block, count - first)
            take(work, plan.fill(work, opened, first, size), item, first, size)
        give_back(work)

    def whole(item: int) -> None:
        opened = (data[item], *ends(data[item], frames))
        for number in range(shares):
            share(opened, item, number)

    if not tables.usable(data):
        not_finite(data)
    data = data.reshape(-1, data.shape[-1])
    budget = threads.get_num_threads() if data.size > SHORT else 1
    if budget == 1 or budget <= data.shape[0]:
        threads.each(whole, data.shape[0], budget)
        return
    for item in range(data.shape[0]):
        opened = (data[item], *ends(data[item], frames))
        threads.each(partial(share, opened, item), shares, budget)

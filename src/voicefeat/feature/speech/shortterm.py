"""Short frames of a pre-emphasised signal, block by block, for the features that are no filter bank.

A feature is a *reading*: a plan that turns one block of frames into rows. `rows` does the rest: checks,
blocks, threads, and the result. Frames are not centred; the window stands at the left of a longer transform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import filters
from ..._typing import Window
from ...audio.signals import signal
from ...chain import tables
from ...chain.blocks import for_blocks
from ...chain.frames import Frames, WindowArray, window_value
from ...chain.spectra import FramedSpectra, Work
from ...engine import product as product_kernels, rows as row_kernels
from ...errors import LONGEST, check_choice, check_float, check_int, fail

#: In place of a transform's length.
NO_TRANSFORM = object()


@dataclass(frozen=True)
class Cut:
    """How a signal is cut: `frame_length` samples every `hop_length`, in transforms of `n_fft`."""

    frame_length: int
    hop_length: int
    n_fft: int
    window: Window | WindowArray
    preemphasis: float
    partial: str
    #: The setting that says how long a frame is.
    length_name: str = "frame_length"

    @classmethod
    def make(
        cls, frame_length: Any, hop_length: Any, n_fft: Any, window: Any, preemphasis: Any, partial: Any
    ) -> Cut:
        """Checked; `n_fft` is `NO_TRANSFORM` where none is made of the frames."""
        frame_length = check_int("frame_length", frame_length, unit="samples", remedy="try frame_length=320")
        hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=160")
        if n_fft is NO_TRANSFORM:
            n_fft = max(frame_length, 2)
        n_fft = check_int("n_fft", n_fft, unit="samples", remedy="try n_fft=512")
        if n_fft > LONGEST:
            name, value = ("n_fft", n_fft) if n_fft > frame_length else ("frame_length", frame_length)
            fail(name, value, f"a frame has at most {LONGEST} samples", "try n_fft=512, frame_length=320")
        if n_fft < max(frame_length, 2):
            fail("n_fft", n_fft, f"is shorter than frame_length={frame_length}", "give as much, or more")
        preemphasis = check_float("preemphasis", preemphasis, -10.0, 10.0, remedy="give 0 for none, or 0.97")
        check_choice("partial", partial, ("pad", "drop"))
        made = cls(frame_length, hop_length, n_fft, window_value(window), preemphasis, partial)
        made.window_array()
        return made

    def window_array(self) -> np.ndarray:
        """The window, `frame_length` values in float64."""
        window = np.asarray(self.window.values) if isinstance(self.window, WindowArray) else self.window
        return np.asarray(filters.get_window(window, self.frame_length), np.float64)

    def spectra(self, complex: bool, dtype: Any, ramp: bool = False) -> FramedSpectra:
        """Spectra of the frames of a block; with `ramp` of the frames whose samples are times 1, 2, 3, ..."""
        window = np.zeros(self.n_fft)
        window[: self.frame_length] = self.window_array()
        if ramp:
            window *= np.arange(1, self.n_fft + 1)
        framed = Frames(
            self.n_fft, self.hop_length, self.n_fft, WindowArray(tuple(window.tolist())), False, "constant"
        )
        return FramedSpectra(framed, complex, np.dtype(dtype))

    def count(self, n: int) -> int:
        """Frames of `n` samples; the last may be filled up with zeros, or is left out."""
        beyond = n - self.frame_length
        if self.partial == "pad":
            return max(1, 1 - (-beyond // self.hop_length))
        if beyond < 0:
            fail(
                self.length_name,
                self.frame_length,
                f"the signal has {n} samples, fewer than one frame",
                f"give at most {n}, or partial='pad'",
            )
        return 1 + beyond // self.hop_length

    def samples(self, y: np.ndarray, first: int, count: int, dtype: np.dtype) -> np.ndarray:
        """The pre-emphasised samples of `count` frames from `first` on, as far as the signal goes."""
        start = first * self.hop_length
        stop = min(y.size, start + (count - 1) * self.hop_length + self.frame_length)
        if stop <= start:  # hops beyond the frame may leave the last one nothing
            return np.zeros(1, dtype)
        x = y[start:stop].astype(dtype)
        if self.preemphasis:
            factor, begin = dtype.type(self.preemphasis), max(start, 1)
            x[begin - start :] -= factor * y[begin - 1 : stop - 1]
        return x


class Reading:
    """What is made of a block of frames: a row of the result for each of `rows` values."""

    #: Frames before a block that its first frame is compared with.
    lead = 0
    #: Whether `values` sees the blocks of a signal one after the other, with the same `work`.
    ordered = False

    def __init__(self, cut: Cut, dtype: Any, rows: int):
        self.cut: Cut = cut
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.rows: int = rows
        self.lanes: int = tables.lanes(self.dtype)

    @property
    def block(self) -> int:
        """Frames of a block, those of the lead among them."""
        raise NotImplementedError

    def begin(self, work: Work) -> None:
        """Called before the first block of a signal where blocks are `ordered`."""

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        """Values of the first `frames` frames of samples `x`, (rows, frames or more)."""
        raise NotImplementedError

    def laid_out(self, work: Work, tiles: np.ndarray, tile_rows: int, frames: int) -> np.ndarray:
        """The first rows of `tiles` as an array."""
        out = work.array("rows", self.rows * frames)
        row_kernels.put_rows(tiles, tile_rows, self.rows, self.lanes, frames, out, 0, frames)
        return out[: self.rows * frames].reshape(self.rows, frames)


def multiplied(
    work: Work, matrix: tables.Dense, tiles: np.ndarray, tile_rows: int, groups: int, name: str
) -> np.ndarray:
    """The product of a matrix and each group of tiles, kept in `work` under `name`."""
    out = work.array(name, groups * matrix.tile_rows * work.lanes)
    product_kernels.product_tiles(
        tiles, 0, tile_rows, matrix.columns, groups, work.lanes, matrix.matrix, matrix.quads, -np.inf, out
    )
    return out


def rows(y: Any, make: Any, cut: Cut, *settings: Any, double: bool = False) -> np.ndarray:
    """The rows that the reading ``make(cut, *settings, dtype)`` has of signals (..., n).

    With `double` all is computed in double precision, and rounded at the end where `y` is float32.
    """
    y = signal(y)
    count = cut.count(y.shape[-1])
    reading = tables.table(make, cut, *settings, np.dtype(np.float64) if double else y.dtype)
    data = y.reshape(-1, y.shape[-1])
    out = np.empty((data.shape[0], reading.rows, count), y.dtype)

    def block(work: Work, item: int, first: int, frames: int) -> None:
        if reading.ordered and first == 0:
            reading.begin(work)
        before = min(reading.lead, first)
        x = cut.samples(data[item], first - before, frames + before, reading.dtype)
        values = reading.values(work, x, frames + before)
        out[item, :, first : first + frames] = values[:, before : before + frames]

    size = reading.block - reading.lead
    for_blocks(block, y, count, size, reading.dtype, ordered=reading.ordered)
    return out.reshape(*y.shape[:-1], *out.shape[1:])

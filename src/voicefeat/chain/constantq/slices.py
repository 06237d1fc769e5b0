"""Constant-Q channels of whole signals, or of the overlapping slices of a long recording.

A slice of 2 H samples has a Tukey window that is flat over its middle H samples; only their frames are kept.
Its channels have a multiple of four points, so that the frames of all slices are equally spaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import gabor as kernels, rows as row_kernels
from ...errors import check_float, fail
from .. import tables
from ..blocks import for_blocks
from ..spectra import Work
from .gabor import OFFSET, Channels, Layout, each_block, transformed


@dataclass(frozen=True)
class SlicePlan:
    """How the channels of n samples are computed: frames and slices."""

    layout: Layout
    frames: int
    #: Frames kept per slice, and number of slices; without slices, all frames and 1.
    kept: int
    slices: int
    #: Hop of the slices in samples; 0 for a single slice.
    step: int = 0

    @property
    def period(self) -> float:
        """Hop of the frames in samples."""
        return self.layout.n / self.layout.points


@dataclass(frozen=True)
class Slices:
    """The overlapping slices of a signal of any length: of 2 `step` samples, every `step` samples.

    Slice k has the frames from k * `kept` on, `period` samples apart.
    """

    step: int
    kept: int
    period: float
    points: int

    @classmethod
    def of(cls, channels: Channels, block: Any) -> Slices:
        """The slices that advance by `block` seconds; checked."""
        plan = slice_plan(channels, None, max(channels.least, 1), block)
        return cls(plan.step, plan.kept, plan.period, plan.layout.points)

    def frames(self, n: int) -> int:
        """Number of frames of `n` samples."""
        return -(-n * self.points // (2 * self.step))


def slice_plan(channels: Channels, y: Any, n: int, block: Any, name: str = "y") -> SlicePlan:
    """The plan for a signal `y` of n samples, in slices that advance by `block` seconds, or whole."""
    least = channels.least
    step = (
        0
        if block is None
        else 2 * round(check_float("block", block, above=0, high=3600, unit="seconds") * channels.sr / 2)
    )
    if block is not None and 2 * step < least:
        seconds = least / 2 / channels.sr
        fail("block", block, "is too short for one frame", f"give {seconds + 5e-3:.2f} seconds or more")
    if n < least:
        problem = f"has {n} samples, but one frame of these channels needs {least}"
        fail(name, y, problem, f"give {least} samples or more, fewer bins_per_octave, or a larger gamma")
    if block is None:
        layout = channels.layout(n)
        return SlicePlan(layout, layout.points, layout.points, 1)
    from scipy.fft import next_fast_len

    layout = channels.layout(2 * step)
    points = 4 * next_fast_len(-(-layout.points // 4))
    layout = Layout(layout.n, layout.centres, layout.lengths, points)
    frames = Slices(step, points // 2, layout.n / points, points).frames(n)
    return SlicePlan(layout, frames, points // 2, -(-frames // (points // 2)), step)


def _slice(y: np.ndarray, number: int, step: int) -> np.ndarray:
    """Slice `number` under its window, with zeros beyond the ends of the signal."""
    begin, half = number * step - step // 2, step // 2
    piece = np.zeros(2 * step)
    low, high = max(begin, 0), min(begin + 2 * step, y.size)
    piece[low - begin : high - begin] = y[low:high]
    flank = 0.5 - 0.5 * np.cos(np.pi * (np.arange(half) + 0.5) / half)
    piece[:half] *= flank
    piece[-half:] *= flank[::-1]
    return piece


#: Writes the channels of one spectrum to an array of (rows, points).
Fill = Callable[[np.ndarray, Layout, Work, np.ndarray], None]


def computed(plan: SlicePlan, y: np.ndarray, rows: int, kind: Any, fill: Fill) -> np.ndarray:
    """The result of `fill` for each signal: (..., rows, frames) of type `kind`."""
    signals = y.reshape(-1, y.shape[-1])
    out = np.empty((len(signals), rows, plan.frames), kind)

    def take(work: Work, item: int, part: int, one: int) -> None:
        if not plan.step:
            fill(transformed(signals[item]), plan.layout, work, out[item])
        else:
            into = np.empty((rows, plan.layout.points), kind)
            fill(transformed(_slice(signals[item], part, plan.step)), plan.layout, work, into)
            first = part * plan.kept
            last = min(first + plan.kept, plan.frames)
            middle = plan.layout.points // 4
            out[item, :, first:last] = into[:, middle : middle + last - first]

    for_blocks(take, y, plan.slices, 1, y.dtype)
    return out.reshape(*y.shape[:-1], rows, plan.frames)


def _log_tiles(layout: Layout, work: Work, count: int, pairs: np.ndarray) -> np.ndarray:
    lanes = work.lanes
    tiles = work.array("powers", count * -(-layout.points // lanes) * lanes)
    kernels.log_power_tiles(pairs, layout.points, count, lanes, OFFSET, tiles)
    return tiles


def bins(spectrum: np.ndarray, layout: Layout, work: Work, into: np.ndarray) -> None:
    """Write the channels themselves."""
    points = layout.points

    def take(first: int, count: int, pairs: np.ndarray) -> None:
        values = pairs[: 2 * count * points].view(into.dtype)
        into[first : first + count] = values.reshape(count, points)

    each_block(spectrum, layout, work, take)


def log_powers(spectrum: np.ndarray, layout: Layout, work: Work, into: np.ndarray) -> None:
    """Write the natural logarithms of the powers of the channels."""
    points, flat = layout.points, into.reshape(-1)

    def take(first: int, count: int, pairs: np.ndarray) -> None:
        tiles = _log_tiles(layout, work, count, pairs)
        row_kernels.put_rows(tiles, count, count, work.lanes, points, flat, first * points, points)

    each_block(spectrum, layout, work, take)


def products(matrix: tables.Dense) -> Fill:
    """A `Fill` that writes the product of a matrix and those logarithms."""

    def fill(spectrum: np.ndarray, layout: Layout, work: Work, into: np.ndarray) -> None:
        lanes, rows = work.lanes, matrix.tile_rows
        groups = -(-layout.points // lanes)
        sums = work.array("sums", groups * rows * lanes)
        sums[: groups * rows * lanes] = 0.0

        def take(first: int, count: int, pairs: np.ndarray) -> None:
            tiles = _log_tiles(layout, work, count, pairs)
            columns = matrix.columns
            kernels.add_products(
                tiles, count, groups, lanes, matrix.matrix, matrix.quads, columns, first, sums
            )

        each_block(spectrum, layout, work, take)
        flat = into.reshape(-1)
        row_kernels.put_rows(sums, rows, matrix.rows, lanes, layout.points, flat, 0, layout.points)

    return fill

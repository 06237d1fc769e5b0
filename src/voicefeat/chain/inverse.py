"""Frames of spectra back to one signal: inverse transforms, windowed, overlapping frames added."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cache import memoised
from ..engine import inverse as kernels
from ..engine.phases import put_magnitudes
from ..filters.windows import get_window
from . import tables
from .frames import Frames, WindowArray
from .spectra import Work, borrow, give_back

#: Bytes of the frames that are transformed together, and their largest number in groups of lanes.
_FRAME_BYTES, _GROUPS = 512 * 1024, 8
#: Samples of all frames that are copied, or transformed by scipy, at once.
_BLOCK_SAMPLES = 1 << 17
#: From this hop on, scipy's frames are added a hop of all of them at a time instead of one by one.
_WIDE_HOP = 16


class InversePlan:
    """The tables of an inverse transform by least squares, for one precision."""

    def __init__(self, window: np.ndarray, hop: int, dtype: np.dtype) -> None:
        self.n_fft: int = len(window)
        self.hop: int = hop
        self.dtype: np.dtype[Any] = dtype
        #: Number of hops that a frame reaches into.
        self.reach: int = math.ceil(self.n_fft / hop)
        self.squares: np.ndarray = np.zeros((self.reach, hop))
        self.squares.reshape(-1)[: self.n_fft] = window**2
        self.inner: np.ndarray = self._divisor(0, self.reach)
        #: The window divided by the sum of the squared windows.
        self.window: np.ndarray = window / np.resize(self.inner, self.n_fft)
        self.lanes: int = tables.lanes(dtype)
        self.block: int = max(_BLOCK_SAMPLES // self.n_fft // self.lanes, 1) * self.lanes
        whole = Frames(self.n_fft, self.n_fft, self.n_fft, "ones", center=False)
        self.tables: tables.Transform | None = tables.transform(whole, self.lanes, dtype, exact=True)
        self.rows: int = min(hop, self.n_fft)
        if self.tables is None:
            self.window = self.window.astype(dtype)
            return
        self.window = (self.window / self.n_fft).astype(dtype)
        groups = max(1, min(_GROUPS, _FRAME_BYTES // (self.n_fft * self.lanes * dtype.itemsize)))
        #: Number of frames that are transformed together; of columns, without those that they reach beyond.
        self.width: int = groups * self.lanes
        # Columns move by the width: spectra that are taken in pieces come in whole widths.
        self.block = max(_BLOCK_SAMPLES // self.n_fft // self.width, 1) * self.width
        kept = -(-(self.reach - 1) // self.lanes) * self.lanes
        line = 64 // dtype.itemsize  # rows begin at a cache line, but not all in the same set
        lines = -(-(self.width + kept) // line)
        self.stride: int = line * (lines + 1 - lines % 2)

    def _divisor(self, low: int, high: int) -> np.ndarray:
        """The sum of the squares of hops low .. high - 1 of the window; 1 where it is 0."""
        total = self.squares[low:high].sum(axis=0)
        total[total.astype(self.dtype) <= np.finfo(self.dtype).tiny] = 1
        return total

    def ends(self, m: int) -> np.ndarray:
        """The excess of the divisors of `inner` where few frames overlap, in rows of a hop.

        `m` is the smaller of `reach` and the number of frames; see `engine.inverse.finish`.
        """
        found = [
            self.inner / self._divisor(max(row - m + 1, 0), min(row + 1, self.reach))
            for row in range(m + self.reach - 1)
        ]
        return np.array(found).astype(self.dtype)


@memoised
def inverse_plan(window: Any, n_fft: int, hop: int, win_length: int, dtype: np.dtype) -> InversePlan:
    """The plan for a window as for `filters.get_window`, or a `WindowArray`, in the middle of the frame."""
    given = np.array(window.values) if isinstance(window, WindowArray) else window
    values = np.zeros(n_fft)
    left = (n_fft - win_length) // 2
    values[left : left + win_length] = get_window(given, win_length)
    return InversePlan(values, hop, dtype)


@memoised
def _ends(plan: InversePlan, m: int) -> np.ndarray:
    return plan.ends(m)


class OverlapAdd:
    """The signal of `frames` frames, added up and written to `y` from place -`before` on.

    Samples that no frame reaches stay unchanged.
    """

    def __init__(self, plan: InversePlan, frames: int, y: np.ndarray, before: int) -> None:
        self.plan: InversePlan = plan
        self.frames: int = frames
        self.y: np.ndarray = y
        self.before: int = before
        self.ends: np.ndarray = _ends(plan, min(frames, plan.reach))

    def rows(self, X: np.ndarray) -> None:
        """Take complex spectra (bins, `frames` or more)."""
        plan, kind = self.plan, np.result_type(self.plan.dtype, np.complex64)
        if plan.tables is None:
            return self._by_scipy(lambda first, count: X[:, first : first + count].T.astype(kind, copy=False))
        plain = self.y.flags.c_contiguous and self.y.dtype == plan.dtype
        plain = plain and X.flags.c_contiguous and X.dtype == kind
        step = self.frames if plain else plan.block
        work = borrow(plan.dtype)
        before, after = self._arguments(work)
        for first in range(0, self.frames, step):
            count = min(step, self.frames - first)
            y, start, part = self.y, -self.before, X
            if not plain:
                y = np.zeros((count + plan.reach - 1) * plan.hop, plan.dtype)
                start, part = -first * plan.hop, np.ascontiguousarray(X[:, first : first + count], kind)
            flat = part.reshape(-1).view(plan.dtype)
            kernels.add_spectra(flat, 0, part.shape[1], count, first, self.frames, *before, *after, y, start)
            if not plain:
                _put(self.y, y[: self._done(first, count) * plan.hop], first * plan.hop - self.before)
        give_back(work)

    def wanted(self, now: np.ndarray, before: np.ndarray, weight: np.ndarray, magnitudes: np.ndarray) -> None:
        """Take tiles of spectra with the magnitudes (bins, frames) that `engine.phases` gives them.

        `y` must be contiguous, and all arrays of one precision.
        """
        plan, (bins, spacing) = self.plan, magnitudes.shape
        spectra = (now, before, weight, magnitudes.reshape(-1))
        work = borrow(plan.dtype)
        if plan.tables is None:
            tiles = work.array("tiles", plan.block * bins * 2)
            spare = work.array("spare", plan.lanes)

            def frames(first: int, count: int) -> np.ndarray:
                put_magnitudes(*spectra, bins, spacing, first, count, plan.lanes, spare, tiles)
                groups = -(-count // plan.lanes)
                parts = tiles[: groups * bins * 2 * plan.lanes].reshape(groups, bins, 2, plan.lanes)
                re, im = parts.transpose(2, 0, 3, 1).reshape(2, -1, bins)[:, :count]
                return re + 1j * im

            self._by_scipy(frames)
        else:
            first, last = self._arguments(work)
            kernels.add_wanted(*spectra, spacing, self.frames, *first, *last, self.y, -self.before)
        give_back(work)

    def _arguments(self, work: Work) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """What the kernels need of the plan and as room, with columns of zeros."""
        plan, t = self.plan, self.plan.tables
        assert t is not None
        columns = work.array("columns", plan.rows * plan.stride)
        columns[: plan.rows * plan.stride] = 0
        frames = work.array("frames", (plan.n_fft + 2) * plan.width)
        points = work.array("points", plan.n_fft * plan.lanes)
        spare = work.array("spare", 2 * plan.lanes)
        return (plan.reach, self.ends.reshape(-1), plan.lanes, spare, frames), (
            t.offsets, t.window, points, t.radices, t.factors, t.part, t.last, plan.window, plan.hop,
            plan.rows, columns, plan.stride, plan.width,
        )  # fmt: skip

    def _done(self, first: int, count: int) -> int:
        """Number of hops that are complete once `count` frames from `first` on are added."""
        return count if first + count < self.frames else count + self.plan.reach - 1

    def _by_scipy(self, spectra: Callable[[int, int], np.ndarray]) -> None:
        """Take ``spectra(first, count)``, one frame a row, a block at a time.

        The signal is viewed as rows of one hop. Frame t adds its r-th hop to row t + r, so the r-th hops of
        all frames of a block are added by one sum of two matrices, and a row is complete once no later frame
        reaches it.
        """
        from scipy.fft import irfft

        plan, m = self.plan, min(self.frames, self.plan.reach)
        rows = np.zeros((plan.block + plan.reach - 1, plan.hop), plan.dtype)
        for first in range(0, self.frames, plan.block):
            count = min(plan.block, self.frames - first)
            frames = irfft(spectra(first, count), n=plan.n_fft, axis=-1)
            frames *= plan.window
            self._add(rows, frames)
            done = self._done(first, count)
            for row in range(done):
                end = min(first + row, m - 1) + max(first + row - self.frames + 1, 0)
                if m < plan.reach or end != m - 1:
                    rows[row] *= self.ends[end]
            _put(self.y, rows[:done].reshape(-1), first * plan.hop - self.before)
            rows[: plan.reach - 1] = rows[count : count + plan.reach - 1].copy()
            rows[plan.reach - 1 :] = 0

    def _add(self, rows: np.ndarray, frames: np.ndarray) -> None:
        hop, count = self.plan.hop, len(frames)
        if hop < _WIDE_HOP:
            samples = rows.reshape(-1)
            for t in range(count):
                samples[t * hop : t * hop + self.plan.n_fft] += frames[t]
            return
        # Last hops first: every sample is then summed in the order of its frames, for any size of block.
        for r in reversed(range(self.plan.reach)):
            part = frames[:, r * hop : (r + 1) * hop]
            rows[r : r + count, : part.shape[1]] += part


def _put(y: np.ndarray, samples: np.ndarray, place: int) -> None:
    """Write `samples` to `y` from `place` on, as far as they fit."""
    low, high = max(place, 0), min(place + len(samples), len(y))
    if low < high:
        y[low:high] = samples[low - place : high - place]

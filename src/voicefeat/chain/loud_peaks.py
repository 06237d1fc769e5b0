"""The stronger half of all peaks of a clip; an hour of audio has millions."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from ..engine import peaks as kernels

#: Bytes of peaks that are kept, and the fraction of them that remains when there are more.
ROOM, LEFT = 36_000_000, 0.6
#: One in this many heights is examined to decide what to keep.
SKIP = 16
#: Pitches that are counted together, at least.
TOGETHER = 1 << 15


class StrongerHalf:
    """Counts the pitches of the peaks that are at least as high as the median of all.

    The median is known at the end. Until then, peaks near the median so far are kept. For lower peaks their
    number is enough; higher peaks are counted at once by `count`. If the median ends up outside of the peaks
    that were kept, `second_pass` returns an object that examines all peaks once more, now in a known range.
    """

    def __init__(
        self, count: Callable[[np.ndarray], np.ndarray], within: tuple[float, float] | None = None
    ) -> None:
        self.count: Callable[..., np.ndarray] = count
        self.fixed: bool = within is not None
        self.low: float
        self.high: float
        self.low, self.high = within or (-np.inf, np.inf)
        self.lock: threading.Lock = threading.Lock()
        self.blocks: list[tuple[np.ndarray, np.ndarray]] = []
        self.kept: int
        self.bytes: int
        self.below: int
        self.above: int
        self.kept = self.bytes = self.below = self.above = 0
        self.room: float = ROOM
        #: Counts of the higher peaks; and numbers of peaks not kept, by the first half of their bits.
        self.counts: np.ndarray | int = 0
        self.outside: np.ndarray | int = 0

    def see(self, pitches: np.ndarray, heights: np.ndarray) -> None:
        """Add the peaks of a block, in any order and from any thread; the arrays are copied."""
        with self.lock:
            self._put(pitches, heights)
            if self.bytes > self.room and not self.fixed:
                self._narrow()

    def _put(self, pitches: np.ndarray, heights: np.ndarray) -> None:
        if self.low > -np.inf or self.high < np.inf:
            low, high = heights < self.low, heights > self.high
            out = low | high
            self.below += int(np.count_nonzero(low))
            self.above += int(np.count_nonzero(high))
            self.counts = self.counts + self.count(pitches[high])
            self.outside = self.outside + _coarse(heights[out])
            pitches, heights = pitches[~out], heights[~out]
        else:
            pitches, heights = pitches.copy(), heights.copy()
        self.blocks.append((pitches, heights))
        self.kept += heights.size
        self.bytes += heights.nbytes + pitches.nbytes

    def _narrow(self) -> None:
        """Keep only the peaks near the median so far; the range is estimated from a sample of the heights."""
        some = np.concatenate([heights[::SKIP] for _, heights in self.blocks])
        middle, last = (self.seen / 2 - self.below) / self.kept, some.size - 1
        at = [int(last * min(max(middle + side, 0), 1)) for side in (-LEFT / 2, LEFT / 2)]
        some.partition(at)
        self.low, self.high = float(some[at[0]]), float(some[at[1]])
        blocks, self.blocks, self.kept, self.bytes = self.blocks, [], 0, 0
        while blocks:
            self._put(*blocks.pop())
        self.room = max(ROOM, 1.25 * self.bytes)  # peaks of equal height are all kept

    @property
    def seen(self) -> int:
        """Number of all peaks."""
        return self.below + self.kept + self.above

    def _middle(self) -> tuple[int, int]:
        """The indices of the median's one or two peaks among those that were kept."""
        return (self.seen - 1) // 2 - self.below, self.seen // 2 - self.below

    def second_pass(self) -> StrongerHalf | None:
        """The object for another pass over all peaks; None if the median is among those that were kept."""
        first, last = self._middle()
        if not self.seen or (first >= 0 and last < self.kept):
            return None
        all_of = self.outside + sum(_coarse(heights) for _, heights in self.blocks)
        upto = np.cumsum(all_of)
        places = np.searchsorted(upto, [first + self.below, last + self.below], "right")
        # One step wider on both sides: heights of double precision were rounded.
        low, high = int(places[0]) - 1, min(int(places[1]) + 2, 0x7F80)
        return StrongerHalf(self.count, (_edge(low) if low > 0 else -np.inf, _edge(high)))

    def result(self) -> np.ndarray | None:
        """The counts of the stronger half; None if there were no peaks."""
        if not self.seen:
            return None
        median, counts = self._median(), self.counts
        room = max([TOGETHER, *(heights.size for _, heights in self.blocks)])
        strong, n = np.empty(min(room, self.kept) + 1, self.blocks[0][0].dtype), 0
        for pitches, heights in self.blocks:
            if n + heights.size > room:
                counts, n = counts + self.count(strong[:n]), 0
            n = kernels.pick_stronger(pitches, heights, median, strong, n)
        return np.asarray(counts + self.count(strong[:n]))

    def _median(self) -> np.floating:
        """The median of all heights, one or the mean of two among those that were kept."""
        first, last = self._middle()
        counts, parts = np.zeros(kernels.RANGES, np.int64), [heights for _, heights in self.blocks]
        shift, integer = (19, np.int32) if parts[0].itemsize == 4 else (51, np.int64)
        for heights in parts:
            kernels.tally_heights(heights.view(integer), shift, counts)
        low, below = kernels.range_of(counts, first)
        high, below_high = kernels.range_of(counts, last)
        near, n = np.empty(below_high + counts[high] - below + 1, parts[0].dtype), 0
        for heights in parts:
            n = kernels.pick_heights(heights, heights.view(integer), shift, low, high, near, n)
        near = near[:n]
        near.partition([first - below, last - below])
        two = near[first - below], near[last - below]
        return two[0] if first == last else (two[0] + two[1]) / two[0].dtype.type(2)


def _coarse(heights: np.ndarray) -> np.ndarray:
    """Histogram of heights by the first half of their bits in single precision, which grow with them."""
    with np.errstate(over="ignore"):
        bits = np.maximum(heights, 0).astype(np.float32).view(np.uint32)
    return np.bincount(bits >> 16, minlength=1 << 15)


def _edge(bits: int) -> float:
    return float(np.array([bits << 16], np.uint32).view(np.float32)[0])

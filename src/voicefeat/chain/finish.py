"""What needs the whole clip: the floor below its largest value, and the tuning of its pitches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np


class ClipFloor:
    """The floor `top_db` below the largest value of the clip; no floor where `top_db` is None."""

    def __init__(self, top_db: float | None):
        self.top_db = top_db
        self.peaks: list[float] = []  # appended to by several threads; the largest does not depend on order

    def see(self, peak: float) -> None:
        self.peaks.append(peak)

    def level(self) -> float:
        return -np.inf if self.top_db is None else max(self.peaks) - self.top_db


#: Frequencies and heights of the peaks of one block.
Found = tuple[np.ndarray, np.ndarray]


def commonest(residuals: Iterable[np.ndarray], resolution: float) -> float:
    """The commonest of `residuals` in [-0.5, 0.5), to `resolution`: the left edge of the fullest bin."""
    edges = np.linspace(-0.5, 0.5, int(np.ceil(1.0 / resolution)) + 1)
    last = edges.size - 2
    counts = np.zeros(last + 1, np.int64)
    for part in residuals:
        # The bin by arithmetic, then put right where rounding has it on the wrong side of an edge.
        place = np.clip(((part + 0.5) * (last + 1)).astype(np.int64), 0, last)
        place -= part < edges[place]
        place += (part >= edges[place + 1]) & (place < last)
        counts += np.bincount(place, minlength=last + 1)
    return float(edges[np.argmax(counts)])


def stronger_half(found: list[Found]) -> Iterator[np.ndarray]:
    """The pitches of the peaks that are at least as high as the median of all, block by block."""
    heights = np.concatenate([heights for _, heights in found]) if found else np.empty(0)
    if not heights.size:
        return
    median = np.median(heights, overwrite_input=True)
    del heights
    for pitches, of_block in found:
        yield pitches[of_block >= median]

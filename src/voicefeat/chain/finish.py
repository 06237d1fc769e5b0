"""What needs the whole clip: the floor below its largest value, and the tuning of its pitches."""

from __future__ import annotations

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


def counted(residuals: np.ndarray, resolution: float) -> np.ndarray:
    """How many of `residuals` in [-0.5, 0.5) lie in each bin as wide as `resolution`."""
    edges = _edges(resolution)
    last = edges.size - 2
    # The bin by arithmetic, then put right where rounding has it on the wrong side of an edge.
    place = np.clip(((residuals + 0.5) * (last + 1)).astype(np.int64), 0, last)
    place -= residuals < edges[place]
    place += (residuals >= edges[place + 1]) & (place < last)
    return np.bincount(place, minlength=last + 1)


def commonest(counts: np.ndarray, resolution: float) -> float:
    """The left edge of the fullest bin."""
    return float(_edges(resolution)[np.argmax(counts)])


def _edges(resolution: float) -> np.ndarray:
    return np.linspace(-0.5, 0.5, int(np.ceil(1.0 / resolution)) + 1)

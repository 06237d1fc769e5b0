"""Deltas and normalisation of incoming frames; each keeps the frames that it still needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..chain.deltas import Dynamics
from ..chain.normalisation import Normalisation

__all__ = ["Deltas", "Follower", "Means", "followers_of"]


class Follower:
    """Takes new frames (..., rows, n), and returns those whose values are final."""

    def __init__(self) -> None:
        #: The frames that are still needed, and the number of the first of them.
        self.held: np.ndarray | None = None
        self.start: int = 0
        #: Number of frames given so far.
        self.given: int = 0

    def take(self, frames: np.ndarray, last: bool) -> np.ndarray:
        """The frames that are final after `frames` have arrived; all of them if these are the `last`."""
        x = frames if self.held is None else np.concatenate([self.held, frames], axis=-1)
        total = self.start + x.shape[-1]
        end = max(self.given, total if last else self.complete(total))
        keep = self.first(end, total)
        out = self.frames(x, end, total, keep)
        self.held = x[..., keep - self.start :].copy()
        self.start, self.given = keep, end
        return out

    def complete(self, total: int) -> int:
        """Number of frames that are final after `total` frames, whatever follows."""
        raise NotImplementedError

    def first(self, t: int, total: int) -> int:
        """The first of `total` frames that frame `t` and later ones need."""
        raise NotImplementedError

    def frames(self, x: np.ndarray, end: int, total: int, keep: int) -> np.ndarray:
        """Frames `given` .. end - 1, from the `total` frames so far, of which x holds the last."""
        raise NotImplementedError


class Deltas(Follower):
    """Deltas of every row."""

    def __init__(self, dynamics: Dynamics):
        super().__init__()
        self.dynamics: Dynamics = dynamics

    def complete(self, total: int) -> int:
        return total - self.dynamics.reach

    def first(self, t: int, total: int) -> int:
        return max(0, t - self.dynamics.reach)

    def frames(self, x: np.ndarray, end: int, total: int, keep: int) -> np.ndarray:
        if not x.shape[-1]:
            x = np.zeros((*x.shape[:-1], 1), x.dtype)  # an edge to repeat; no frame is taken of it
        return self.dynamics.apply(x)[..., self.given - self.start : end - self.start]


class Means(Follower):
    """Normalisation over a sliding window."""

    def __init__(self, normalisation: Normalisation):
        super().__init__()
        self.normalisation: Normalisation = normalisation
        #: The running sums of each row at frame `start`.
        self.sums: np.ndarray | None = None

    def complete(self, total: int) -> int:
        return self.normalisation.complete(total)

    def first(self, t: int, total: int) -> int:
        return self.normalisation.first(t, total)

    def frames(self, x: np.ndarray, end: int, total: int, keep: int) -> np.ndarray:
        frames = x.shape[-1]
        if self.sums is None:
            self.sums = np.zeros(2 * (x.size // frames) if frames else 0)
        if not frames:
            self.sums = None
            return x
        # Windows that reach beyond the frames so far are those of frames that are not given yet.
        first, end_of = (bound[: end - self.given] for bound in self.normalisation.bounds(total, self.given))
        at, start = self.given - self.start, self.start
        return self.normalisation.windows(x, first - start, end_of - start, at, self.sums, keep - start)


class Each:
    """Normalisation of each frame by itself."""

    def __init__(self, normalisation: Normalisation):
        self.each: Callable[[np.ndarray], np.ndarray] = normalisation.each

    def take(self, frames: np.ndarray, last: bool) -> np.ndarray:
        return self.each(frames)

    def complete(self, total: int) -> int:
        return total


def followers_of(
    dynamics: Dynamics | None, normalisation: Normalisation | None
) -> list[Deltas | Means | Each]:
    """The followers of a front end's statics, in their first state."""
    found: list[Deltas | Means | Each] = []
    if dynamics is not None:
        found.append(Deltas(dynamics))
    if normalisation is not None:
        found.append(Means(normalisation) if normalisation.over == "sliding" else Each(normalisation))
    return found

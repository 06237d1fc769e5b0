"""Mean and variance normalisation of features, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..engine.windows import standardise
from ..errors import check_choice, check_float, check_int, fail


@dataclass(frozen=True)
class Normalisation:
    """Subtract the mean of each row, and divide by its standard deviation if `variance` is True.

    over       statistics of the whole "utterance", of a "sliding" window, or of a "corpus" (given as `means`
               and `deviations`); or "frame", which divides each frame by the sum of its values (a frame whose
               sum is 0 is unchanged)
    window     length of the sliding window in frames
    least      least number of frames of a sliding window at the ends, if it is not centred
    center     whether the sliding window is centred on its frame, or ends with it
    floor      lower bound of the variance
    means, deviations
               statistics of the corpus, one for each row; deviations only with `variance`
    """

    over: Literal["utterance", "sliding", "corpus", "frame"] = "utterance"
    variance: bool = False
    window: int = 600
    least: int = 100
    center: bool = False
    floor: float = 1e-20
    means: tuple[float, ...] = ()
    deviations: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_choice("over", self.over, ("utterance", "sliding", "corpus", "frame"))
        if self.over == "frame" and self.variance:
            fail("variance", True, "cannot be used with over='frame'", "give variance=False")
        check_int("window", self.window, unit="frames")
        check_int("least", self.least, unit="frames")
        check_float("floor", self.floor, above=0.0)
        self._check_corpus()

    def _check_corpus(self) -> None:
        for name in ("means", "deviations"):
            wanted = self.over == "corpus" and (name == "means" or self.variance)
            values = getattr(self, name)
            if bool(values) != wanted:
                settings = f"over={self.over!r}, variance={self.variance}"
                give = "one number for each row" if wanted else "none"
                fail(name, values, f"cannot be used with {settings}", f"give {give}")
            if not np.isfinite(values).all():
                fail(name, values, "must be finite", "compute them again, from finite features")
        if self.deviations and (len(self.deviations) != len(self.means) or min(self.deviations) <= 0):
            fail("deviations", self.deviations, "must be above 0, one per mean", "compute them again")

    def bounds(self, frames: int, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """For the window of each frame from `first` on: its first frame, and the one after its last."""
        t = np.arange(first, frames)
        if self.over == "utterance":
            return np.zeros_like(t), np.full_like(t, frames)
        begin, end = self._window(t)
        over = np.maximum(end - frames, 0)
        return np.maximum(begin - over, 0), end - over

    def _window(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The bounds of the windows of frames `t` if the signal went on."""
        if self.center:
            first = t - self.window // 2
            end = first + self.window - np.minimum(first, 0)  # shifted if the window begins before the clip
        else:
            first, end = t - self.window, np.maximum(t + 1, self.least)
        return np.maximum(first, 0), end

    def complete(self, frames: int) -> int:
        """Number of frames whose windows lie within the first `frames` frames, whatever follows."""
        if self.over != "sliding":
            return frames
        if not self.center:
            return frames if frames >= self.least else 0
        ahead = self.window - self.window // 2 - 1
        return max(0, frames - ahead) if frames >= self.window else 0

    def first(self, t: int, frames: int) -> int:
        """The first of `frames` frames that the windows of frame `t` and of later frames reach."""
        if self.over != "sliding":
            return t
        return max(0, min(t - (self.window // 2 if self.center else self.window), frames - self.window))

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Normalise features (..., rows, frames); sums are computed in double precision."""
        frames = x.shape[-1]
        if self.over in ("frame", "corpus"):
            return self.each(x)
        state = np.zeros(2 * (x.size // frames))
        return self.windows(x, *self.bounds(frames), 0, state, frames)

    def each(self, x: np.ndarray) -> np.ndarray:
        """Normalise frames that depend on no others."""
        if self.over == "corpus":
            return self._standard(x)
        # Row after row: the order of numpy's own sum depends on the number of frames.
        total = x[..., :1, :].astype(np.float64)
        for row in range(1, x.shape[-2]):
            total += x[..., row : row + 1, :]
        return (x / np.where(total == 0.0, 1.0, total)).astype(x.dtype)

    def windows(
        self, x: np.ndarray, first: np.ndarray, end: np.ndarray, at: int, state: np.ndarray, after: int
    ) -> np.ndarray:
        """Normalise frames `at`, at + 1, ... of x over the windows first[i] .. end[i] - 1.

        `state` holds two running sums of each row at the first frame of x, and is set to those at frame
        `after`.
        """
        frames, count = x.shape[-1], first.size
        x, out = np.ascontiguousarray(x), np.empty((*x.shape[:-1], count), x.dtype)
        sums, rows = np.empty((2, frames + 1)), x.size // frames
        bounds = first, end, at, self.variance, self.floor
        standardise(x.reshape(-1), rows, frames, *bounds, state, after, *sums, out.reshape(-1))
        return out

    def _standard(self, x: np.ndarray) -> np.ndarray:
        """Subtract the means of the corpus and divide by its deviations, frame by frame."""
        if x.shape[-2] != len(self.means):
            wrong = f"do not match features of {x.shape[-2]} rows"
            fail("means", len(self.means), wrong, "compute them from such features")
        out = x.astype(np.float64) - np.array(self.means)[:, np.newaxis]
        if self.variance:
            out /= np.array(self.deviations)[:, np.newaxis]
        return out.astype(x.dtype)

"""Mean and variance normalisation of features, as a value."""

from __future__ import annotations

from dataclasses import dataclass

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

    over: str = "utterance"
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
            fail("variance", True, "is not taken while over='frame'", "give variance=False")
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
                fail(name, values, f"do not go with {settings}", f"give {give}")
            if not np.isfinite(values).all():
                fail(name, values, "must be finite", "gather them again, from finite features")
        if self.deviations and (len(self.deviations) != len(self.means) or min(self.deviations) <= 0):
            fail("deviations", self.deviations, "must be as many as means, and above 0", "gather them again")

    def bounds(self, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """For the window of each frame: the first frame, and the one after the last."""
        t = np.arange(frames)
        if self.over == "utterance":
            return np.zeros_like(t), np.full_like(t, frames)
        if self.center:
            first = t - self.window // 2
            end = first + self.window - np.minimum(first, 0)  # shifted if the window begins before the clip
        else:
            first, end = t - self.window, np.maximum(t + 1, self.least)
        over = np.maximum(end - frames, 0)
        return np.maximum(np.maximum(first, 0) - over, 0), end - over

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Normalise features (..., rows, frames); sums are computed in double precision."""
        if self.over == "frame":
            total = x.sum(axis=-2, keepdims=True, dtype=np.float64)
            return (x / np.where(total == 0.0, 1.0, total)).astype(x.dtype)
        if self.over == "corpus":
            return self._standard(x)
        frames = x.shape[-1]
        bounds, sums, squares = self.bounds(frames), np.empty(frames + 1), np.empty(frames + 1)
        x, out = np.ascontiguousarray(x), np.empty(x.shape, x.dtype)
        rows, flat = x.size // frames, x.reshape(-1)
        standardise(flat, rows, frames, *bounds, self.variance, self.floor, sums, squares, out.reshape(-1))
        return out

    def _standard(self, x: np.ndarray) -> np.ndarray:
        """Subtract the means of the corpus and divide by its deviations, frame by frame."""
        if x.shape[-2] != len(self.means):
            wrong = f"are not those of {x.shape[-2]} rows"
            fail("means", len(self.means), wrong, "gather them of these rows")
        out = x.astype(np.float64) - np.array(self.means)[:, np.newaxis]
        if self.variance:
            out /= np.array(self.deviations)[:, np.newaxis]
        return out.astype(x.dtype)

"""Means and variances of features, taken off and divided by, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import one_of, real, reject, whole


@dataclass(frozen=True)
class Normalisation:
    """Each row less its mean, and divided by its standard deviation where `variance` says so.

    over       the whole "utterance", or a "sliding" window; or each "frame" by itself, which is divided by
               the sum of its values (one whose sum is 0 stays)
    window     frames of the sliding window
    least      frames that a sliding window has at least, where it is at an end and not centred
    center     whether the sliding window is centred on its frame, or ends with it
    floor      least variance
    """

    over: str = "utterance"
    variance: bool = False
    window: int = 600
    least: int = 100
    center: bool = False
    floor: float = 1e-20

    def __post_init__(self) -> None:
        one_of("over", self.over, ("utterance", "sliding", "frame"))
        if self.over == "frame" and self.variance:
            reject("variance", True, "is not taken while over='frame'", "give variance=False")
        whole("window", self.window, unit="frames")
        whole("least", self.least, unit="frames")
        real("floor", self.floor, above=0.0)

    def bounds(self, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """First frame, and the one after the last, of the window of each frame."""
        t = np.arange(frames)
        if self.over == "utterance":
            return np.zeros_like(t), np.full_like(t, frames)
        if self.center:
            first = t - self.window // 2
            end = first + self.window - np.minimum(first, 0)  # moved where it begins before the clip
        else:
            first, end = t - self.window, np.maximum(t + 1, self.least)
        over = np.maximum(end - frames, 0)
        return np.maximum(np.maximum(first, 0) - over, 0), end - over

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Features (..., rows, frames), normalised; sums are in double precision."""
        if self.over == "frame":
            total = x.sum(axis=-2, keepdims=True, dtype=np.float64)
            return (x / np.where(total == 0.0, 1.0, total)).astype(x.dtype)
        first, end = self.bounds(x.shape[-1])
        count = (end - first).astype(np.float64)

        def sums(values: np.ndarray) -> np.ndarray:
            if self.over == "utterance":
                return values.sum(axis=-1, keepdims=True)
            running = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
            np.cumsum(values, axis=-1, out=running[..., 1:])
            return running[..., end] - running[..., first]

        wide = x.astype(np.float64)
        number = count[:1] if self.over == "utterance" else count
        mean = sums(wide) / number
        out = wide - mean
        if self.variance:
            spread = sums(wide * wide) / number - mean * mean
            out *= 1.0 / np.sqrt(np.maximum(spread, self.floor))
        return out.astype(x.dtype)

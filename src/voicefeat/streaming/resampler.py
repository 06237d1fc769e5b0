"""Resampling piece by piece."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.resample import resampled_length

__all__ = ["StreamResampler"]


class StreamResampler:
    """soxr's own resampler of a stream, which holds back the samples that later input can still change.

    The whole signal has as many samples as `resample` gives.
    """

    def __init__(self, orig_sr: float, target_sr: float, shape: tuple[int, ...], dtype: np.dtype):
        import soxr

        self.rates: tuple[float, float] = (orig_sr, target_sr)
        self.shape: tuple[int, ...] = shape
        channels = int(np.prod(shape, dtype=int))
        self.inner: Any = soxr.ResampleStream(orig_sr, target_sr, channels, dtype=dtype, quality="soxr_hq")
        #: Samples taken and given so far.
        self.taken: int = 0
        self.given: int = 0

    def next(self, y: np.ndarray, last: bool) -> np.ndarray:
        """The samples (..., n) that are final with `y`."""
        self.taken += y.shape[-1]
        columns = y if not self.shape else np.ascontiguousarray(y.T)
        x: np.ndarray = self.inner.resample_chunk(columns, last=last)
        x = x if not self.shape else x.T
        if last:
            due = resampled_length(self.taken, *self.rates) - self.given
            zeros = np.zeros((*self.shape, max(0, due - x.shape[-1])), x.dtype)
            x = np.concatenate([x[..., :due], zeros], axis=-1)
        self.given += x.shape[-1]
        return np.ascontiguousarray(x)

"""Short frames of a pre-emphasised signal, and their spectra.

Frames are not centred, and are padded with zeros at their end for a longer transform. The signal is
pre-emphasised block by block, so that it is not copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.recursion import differences
from ..errors import LONGEST, check_choice, check_float, check_int, fail
from .frames import Frames, PlainFrames, WindowArray, window_value
from .spectra import FramedSpectra, Work

#: Length of the transform if there is none.
NO_TRANSFORM = object()


@dataclass(frozen=True)
class ShortFrames(PlainFrames):
    """Frames of `win_length` samples of a signal that is pre-emphasised first.

    emphasis  coefficient a of the pre-emphasis, y[n] - a y[n - 1]; the first sample is unchanged
    """

    emphasis: float = 0.0

    def check_length(self, n: int) -> int:
        """The number of frames of `n` samples; fewer than one frame are refused."""
        if self.partial == "drop" and n < self.win_length:
            fail(
                self.length_name,
                self.win_length,
                f"the signal has {n} samples, fewer than one frame",
                f"give at most {n}, or partial='pad'",
            )
        return self.count(n)

    def samples(self, work: Work, y: np.ndarray, first: int, count: int) -> np.ndarray:
        """The pre-emphasised samples of `count` frames from `first` on, up to the end of the signal."""
        start, dtype = first * self.hop_length, work.dtype
        stop = min(y.size, start + (count - 1) * self.hop_length + self.win_length)
        if stop <= start:  # with a hop above the frame length, the last frame may be empty
            return np.zeros(1, dtype)
        x = y[start:stop].astype(dtype, copy=False)
        if not self.emphasis:
            return x
        factor, size = dtype.type(self.emphasis), stop - start
        out = work.array("emphasised", size)[:size]
        # Added to the first sample: a negative zero changes no sample, not even a zero.
        before = np.array([-factor * dtype.type(y[start - 1]) if start else -0.0], dtype)
        differences(x, size, factor, before, work.lanes, out)
        return out


class TransformFrames(ShortFrames):
    """Short frames that are as long as their transform, whose length is an argument."""

    length_name = "n_fft"


def short_frames(
    frame_length: Any, hop_length: Any, n_fft: Any, window: Any, preemphasis: Any, partial: Any
) -> ShortFrames:
    """Checked frames; `n_fft` is `NO_TRANSFORM` for features without a transform."""
    frame_length = check_int("frame_length", frame_length, unit="samples", remedy="try frame_length=320")
    hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=160")
    if n_fft is NO_TRANSFORM:
        n_fft = max(frame_length, 2)
    n_fft = check_int("n_fft", n_fft, unit="samples", remedy="try n_fft=512")
    if n_fft > LONGEST:
        name, value = ("n_fft", n_fft) if n_fft > frame_length else ("frame_length", frame_length)
        fail(name, value, f"a frame has at most {LONGEST} samples", "try n_fft=512, frame_length=320")
    if n_fft < max(frame_length, 2):
        fail("n_fft", n_fft, f"is shorter than frame_length={frame_length}", "give as much, or more")
    preemphasis = check_float("preemphasis", preemphasis, -10.0, 10.0, remedy="give 0 for none, or 0.97")
    check_choice("partial", partial, ("pad", "drop"))
    window = window_value(window)
    frames = ShortFrames(
        n_fft, hop_length, frame_length, window, False, "constant", "left", partial, emphasis=preemphasis
    )
    frames.window_array()  # checks the window
    return frames


class ShortSpectra(FramedSpectra):
    """Spectra of short frames in any precision.

    A block includes `lead` frames before its first one, as far as they exist, for comparison. With `ramped`,
    the scratch array "ramped" holds the spectra of frames whose samples are multiplied by 1, 2, 3, ...
    """

    def __init__(self, frames: ShortFrames, complex: bool, dtype: np.dtype, lead: int, ramped: bool):
        super().__init__(frames, complex, dtype)
        self.short: ShortFrames = frames
        self.lead: int = lead
        self.block: int = self.block - lead
        self.key: tuple[Any, ...] = (*self.key, lead, ramped)
        self.ramp: FramedSpectra | None = _ramp(frames, complex, dtype) if ramped else None

    def values(self, count: int) -> int:
        return super().values(count + self.lead)

    def fill(self, bins: np.ndarray, work: Work, signal: Any, first: int, count: int) -> None:
        before = min(self.lead, first)
        frames = count + before
        x = self.short.samples(work, signal[0], first - before, frames)
        opened = x, x[:0], x[:0]
        super().fill(bins, work, opened, 0, frames)
        if self.ramp is not None:
            ramped = work.array("ramped", self.values(count) * (2 if self.complex else 1))
            self.ramp.fill(ramped, work, opened, 0, frames)


def _ramp(frames: ShortFrames, complex: bool, dtype: np.dtype) -> FramedSpectra:
    n, hop = frames.n_fft, frames.hop_length
    window = WindowArray(tuple((frames.window_array() * np.arange(1, n + 1)).tolist()))
    return FramedSpectra(Frames(n, hop, n, window, False), complex, dtype)

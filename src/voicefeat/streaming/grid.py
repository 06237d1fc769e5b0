"""The frames of a growing signal: which are complete, and which samples give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._typing import PadMode
from ..chain.constantq.slices import Slices
from ..chain.frames import Frames

__all__ = ["Grid", "SliceGrid"]


@dataclass(frozen=True)
class Grid:
    """Frame t begins at sample t * hop - pad and has `length` samples.

    A frame is the same in every crop that begins a whole number of hops after the beginning of the signal, if
    enough frames of the crop lie before it. So the frames that are complete are computed from such a crop, by
    the call that computes those of a whole signal.
    """

    hop: int
    length: int
    pad: int
    #: Samples from which the padding before the first frame is known.
    least: int
    #: Frames of a crop before the first one that is the same as in the whole signal.
    lead: int
    #: Samples that a crop needs, so that it can be framed and padded.
    room: int
    #: The frames as a value; None for one frame per sample.
    frames: Frames | None = None
    #: Frames that become complete at once.
    per: int = 1

    @classmethod
    def of_frames(cls, frames: Frames, left: int) -> Grid:
        """The grid of frames of which each depends on `left` frames before it."""
        mirrored: dict[PadMode, int] = {"reflect": frames.pad + 1, "symmetric": frames.pad}
        mode: PadMode = "symmetric" if frames.partial == "mirror" else frames.pad_mode
        least = mirrored.get(mode, 1) if frames.pad else 1
        lead = left - (-frames.pad // frames.hop_length)
        # Frames that are left out at the end are frames of the crop.
        room = frames.n_fft + frames.pad + 1 + frames.trim * frames.hop_length
        return cls(frames.hop_length, frames.length, frames.pad, least, lead, room, frames)

    @classmethod
    def of_samples(cls, left: int, least: int = 1) -> Grid:
        """The grid of a feature with one value per sample, which depends on `left` samples before it."""
        return cls(1, 1, 0, least, left, least + left)

    def total(self, n: int) -> int:
        """Number of frames of a finished signal of `n` samples; refuses one that is too short."""
        return n if self.frames is None else self.frames.check_length(n)

    def start(self, first: int, lead: int, n: int) -> int:
        """The frame with which a crop of `n` samples begins, so that frames from `first` on are in it.

        `lead` frames come before them, and the crop is long enough to be padded.
        """
        return max(0, min(first - lead, (n - self.room) // self.hop))

    def sample(self, start: int) -> int:
        """The sample with which a crop from frame `start` on begins."""
        return start * self.hop

    def end(self, t: int) -> int:
        """The sample after the last one of frame `t`."""
        return t * self.hop - self.pad + self.length

    def centres(self, first: int, end: int) -> np.ndarray:
        """The centres of frames first .. end - 1, in samples."""
        t = np.arange(first, end)
        return t * 1.0 if self.frames is None else t * self.hop - self.pad + self.length / 2

    def complete(self, n: int) -> int:
        """Number of frames that are final after the first `n` samples, whatever follows."""
        if n < self.least:
            return 0
        whole = (n + self.pad - self.length) // self.hop + 1
        return max(0, whole if self.frames is None else min(whole, self.frames.count(n)))

    def arrival(self, t: int) -> int:
        """Number of samples from which frame `t` is complete."""
        low = max(self.least, self.end(t))
        high = low + self.hop
        while self.complete(high) <= t:
            high += self.hop
        while low < high:
            middle = (low + high) // 2
            if self.complete(middle) > t:
                high = middle
            else:
                low = middle + 1
        return low


@dataclass(frozen=True)
class SliceGrid(Grid):
    """Frames of overlapping slices (`cqcc` with `block`): those of a slice are complete together.

    The pad, the length and the room of `Grid` are those of slices.
    """

    #: The slices, and the frames to each side that deltas reach.
    slices: Slices | None = None
    reach: int = 0

    @classmethod
    def of_slices(cls, slices: Slices, reach: int) -> SliceGrid:
        """The grid of slices; frames also depend on `reach` frames to each side."""
        step = slices.step
        return cls(step, 2 * step, step // 2, 1, reach, 3 * step, None, slices.kept, slices, reach)

    def total(self, n: int) -> int:
        assert self.slices is not None
        return self.slices.frames(n)

    def start(self, first: int, lead: int, n: int) -> int:
        number = min((first - lead) // self.per - 1, (n - self.room) // self.hop)
        return max(0, number) * self.per

    def sample(self, start: int) -> int:
        return start // self.per * self.hop

    def end(self, t: int) -> int:
        """The centre of frame `t`: it has no last sample of its own."""
        assert self.slices is not None
        return int(t * self.slices.period)

    def centres(self, first: int, end: int) -> np.ndarray:
        assert self.slices is not None
        return np.arange(first + 1, end + 1) * self.slices.period  # as `nsgcqt_times`

    def complete(self, n: int) -> int:
        whole = (n + self.pad - self.length) // self.hop + 1
        return max(0, max(0, whole) * self.per - self.reach)

    def arrival(self, t: int) -> int:
        return (t + self.reach) // self.per * self.hop - self.pad + self.length

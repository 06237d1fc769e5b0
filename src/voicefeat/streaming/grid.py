"""The frames of a growing signal: which are complete, and which samples give them."""

from __future__ import annotations

from dataclasses import dataclass

from ..chain.frames import Frames

__all__ = ["Grid"]


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

    @classmethod
    def of_frames(cls, frames: Frames, left: int) -> Grid:
        """The grid of frames of which each depends on `left` frames before it."""
        mirrored = {"reflect": frames.pad + 1, "symmetric": frames.pad}
        mode = "symmetric" if frames.partial == "mirror" else frames.pad_mode
        least = mirrored.get(mode, 1) if frames.pad else 1
        lead = left - (-frames.pad // frames.hop_length)
        room = frames.n_fft + frames.pad + 1
        return cls(frames.hop_length, frames.length, frames.pad, least, lead, room, frames)

    @classmethod
    def of_samples(cls, left: int, least: int = 1) -> Grid:
        """The grid of a feature with one value per sample, which depends on `left` samples before it."""
        return cls(1, 1, 0, least, left, least + left)

    def total(self, n: int) -> int:
        """Number of frames of a finished signal of `n` samples; refuses one that is too short."""
        return n if self.frames is None else self.frames.check_length(n)

    def complete(self, n: int) -> int:
        """Number of frames that are known from the first `n` samples, whatever follows."""
        if n < self.least:
            return 0
        whole = (n + self.pad - self.length) // self.hop + 1
        return max(0, whole if self.frames is None else min(whole, self.frames.count(n)))

    def arrival(self, t: int) -> int:
        """Number of samples from which frame `t` is complete."""
        low = max(self.least, t * self.hop - self.pad + self.length)
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

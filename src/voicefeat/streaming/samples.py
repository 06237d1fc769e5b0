"""The samples of a stream that later frames still need."""

from __future__ import annotations

import numpy as np

from ..chain.signal import Signal, SignalPieces

__all__ = ["Samples"]

#: Samples for which there is room from the beginning.
ROOM = 4096


class Samples:
    """Samples after the stage `signal`, (..., n); those that no later frame needs are forgotten."""

    def __init__(self, stage: Signal, scaled: bool, shape: tuple[int, ...], dtype: np.dtype):
        self.pieces: SignalPieces = SignalPieces(stage, scaled)
        self.held: np.ndarray = np.empty((*shape, ROOM), dtype)
        #: The samples that are kept: held[..., low:high]; and the number of all samples so far.
        self.low: int = 0
        self.high: int = 0
        self.total: int = 0

    def append(self, piece: np.ndarray) -> None:
        """Take the next samples."""
        piece, n = self.pieces.next(piece), piece.shape[-1]
        if self.high + n > self.held.shape[-1]:
            self._make_room(n)
        self.held[..., self.high : self.high + n] = piece
        self.high += n
        self.total += n

    def _make_room(self, n: int) -> None:
        """Move the samples that are kept to the front, of a larger array if there is little room."""
        kept = self.held[..., self.low : self.high]
        size = kept.shape[-1]
        if 2 * (size + n) > self.held.shape[-1]:
            self.held = np.empty((*kept.shape[:-1], 2 * (size + n)), kept.dtype)
        self.held[..., :size] = kept
        self.low, self.high = 0, size

    def since(self, first: int, room: int = 0) -> np.ndarray:
        """The samples from number `first` on; zeros follow them up to a length of `room`."""
        crop = self.held[..., self.low + first - (self.total - (self.high - self.low)) : self.high]
        short = room - crop.shape[-1]
        if short <= 0:
            return crop
        return np.concatenate([crop, np.zeros((*crop.shape[:-1], short), crop.dtype)], axis=-1)

    def forget(self, first: int) -> None:
        """Forget the samples before number `first`."""
        self.low = max(self.low, self.high - (self.total - first))

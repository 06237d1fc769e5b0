"""From a source to the samples of one of its pieces: parts of long recordings, segments, channels."""

from __future__ import annotations

import sys
import threading
from typing import NamedTuple

import numpy as np

from ...audio.decoding import length, read, sample_at
from ...audio.resample import resample
from ...errors import AudioError
from ..inputs.sources import Source

__all__ = ["CHANNELS", "Piece", "cut"]

#: What becomes of several channels.
CHANNELS = ("mean", "first", "each")
#: Seconds that the last part may be longer than the others, so that no part is a splinter.
SPLINTER = 1.0
FLOAT32 = np.dtype(np.float32)
#: Samples that every thread keeps room for: two minutes at 16 kHz.
ROOM = 1 << 21

_local = threading.local()


class Piece(NamedTuple):
    """One channel of one part."""

    #: float32, (n,); what the thread cuts next may stand in the same place.
    y: np.ndarray
    sr: int
    #: Pieces of the whole recording; this one is channel `channel` of part `part`.
    pieces: int
    part: int
    channel: int | None
    #: Seconds from the beginning of the file.
    start: float
    duration: float


def cut(source: Source, piece: int, sr: int | None, channels: str, longest: float) -> Piece:
    """The samples of piece number `piece`, resampled to `sr` where that is given.

    Recordings longer than `longest` seconds come in parts, each a piece for every channel that is kept; the
    last part takes up to a second more. Where the recording has no more than `piece` of them, what comes is
    any of its samples, and `Piece.pieces` says that there is no such piece.

    Raises
    ------
    AudioError
        If the file cannot be read, ends before the segment does, or has no such channel.
    """
    if piece == 0:
        frames, rate, parts = _first(source, longest)
        part = 0
    else:
        there, rate = length(source.path)
        parts = Parts.of(_samples(source, rate, there), rate, longest)
        part = piece % parts.number
        frames = _read(source, rate, *parts.place(part))
    kept = _kept(source, frames.shape[1], channels)
    # A file that has lost parts or channels has no such piece any more: `Piece.pieces` says so.
    column = kept[min(piece // parts.number, len(kept) - 1)] if kept else None
    if frames.shape[1] == 1:
        y = frames[:, 0]
    else:
        y = frames.mean(axis=1) if column is None else np.ascontiguousarray(frames[:, column])
    start = source.start + parts.place(part)[0] / rate
    if sr is not None and sr != rate:
        y, rate = resample(y, orig_sr=rate, target_sr=sr), sr
    return Piece(y, int(rate), parts.number * max(1, len(kept)), part, column, start, y.size / rate)


class Parts(NamedTuple):
    """How a recording is divided: parts of one length, the last of which takes up to a second more."""

    samples: int
    size: int
    number: int

    @classmethod
    def of(cls, samples: int, rate: int, longest: float) -> Parts:
        """Those of so many samples."""
        size = max(1, sample_at(longest, rate))
        return cls(samples, size, max(1, -(-(samples - sample_at(SPLINTER, rate)) // size)))

    def place(self, part: int) -> tuple[int, int]:
        """The first sample of a part, and how many it has."""
        begin = part * self.size
        return begin, self.samples - begin if part == self.number - 1 else self.size


def _first(source: Source, longest: float) -> tuple[np.ndarray, int, Parts]:
    """The first part, the rate, and how the whole is divided."""
    one = 0

    def wanted(rate: int) -> tuple[int, int]:
        nonlocal one
        one = sample_at(longest, rate) + sample_at(SPLINTER, rate)  # the most that are in one part
        count = _samples(source, rate, sys.maxsize)
        if count < 1:
            problem = f"the segment has less than one sample at {rate} Hz"
            raise AudioError(f"{source.path}: {problem}; give a later end")
        return sample_at(source.start, rate), min(one + 1, count)

    frames, rate = read(source.path, wanted, FLOAT32, _room())
    if len(frames) > one:
        parts = Parts.of(_samples(source, rate, length(source.path)[0]), rate, longest)
        return frames[: parts.size], rate, parts
    _check(source, rate, len(frames), wanted(rate)[1])
    return frames, rate, Parts.of(len(frames), rate, longest)


def _samples(source: Source, rate: int, there: int) -> int:
    """How many samples a source has in a file of `there`."""
    return (there if source.end is None else sample_at(source.end, rate)) - sample_at(source.start, rate)


def _read(source: Source, rate: int, begin: int, count: int) -> np.ndarray:
    """`count` samples from `begin` behind the source's start on, shape (n, channels)."""
    first = sample_at(source.start, rate) + begin
    frames, rate = read(source.path, lambda _: (first, count), FLOAT32, _room())
    _check(source, rate, begin + len(frames), begin + count)
    return frames


def _check(source: Source, rate: int, got: int, wanted: int) -> None:
    """Refuse a segment that ends behind the file."""
    if source.end is not None and got < wanted:
        there = (sample_at(source.start, rate) + got) / rate
        raise AudioError(
            f"{source.path}: the segment ends at {source.end:g} s, but the file at {there:.6g} s; "
            "give an end within it"
        )


def _room() -> np.ndarray:
    """Where this thread puts samples."""
    try:
        return _local.room
    except AttributeError:
        _local.room = np.empty(ROOM, FLOAT32)
        return _local.room


def _kept(source: Source, count: int, channels: str) -> list[int]:
    """The channels that have rows of their own; none where they are averaged."""
    if source.channel is not None:
        if source.channel >= count:
            raise AudioError(
                f"{source.path}: has {count} channel{'s' * (count > 1)}, and channel {source.channel} was "
                "asked for; count from 0"
            )
        return [source.channel]
    return {"mean": [], "first": [0], "each": list(range(count))}[channels]

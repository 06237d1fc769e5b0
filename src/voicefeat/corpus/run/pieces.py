"""The samples of one piece of a source: parts of long recordings, segments, channels."""

from __future__ import annotations

import sys
import threading
from typing import NamedTuple

import numpy as np

from ...audio.decoding import Content, length, read, sample_at
from ...audio.resample import resample
from ...errors import AudioError
from ..inputs.sources import Source

__all__ = ["CHANNELS", "Piece", "cut"]

#: Choices for several channels: their mean, the first, or each.
CHANNELS = ("mean", "first", "each")
#: Seconds by which the last part may be longer than the others, so that no part is tiny.
SPLINTER = 1.0
FLOAT32 = np.dtype(np.float32)
#: Number of samples for which every thread keeps memory: two minutes at 16 kHz.
ROOM = 1 << 21

_local = threading.local()


class Piece(NamedTuple):
    """One channel of one part."""

    #: float32, (n,); the next piece of this thread may take the same memory.
    y: np.ndarray
    #: Sampling rate in Hz.
    sr: int
    #: Pieces of the whole recording; this one is channel `channel` of part `part`.
    pieces: int
    part: int
    channel: int | None
    #: Start in seconds from the beginning of the file.
    start: float
    duration: float
    #: The library that decoded it, and its version.
    decoder: str = ""
    #: Its file, if that is one piece and all its bytes were read.
    content: Content | None = None


class Parts(NamedTuple):
    """The division of a source: parts of equal length; the last may be up to a second longer."""

    #: The first sample of the source in its file, and its length in samples.
    first: int
    samples: int
    #: Samples of a part, and the number of parts.
    size: int
    number: int

    @classmethod
    def of(cls, source: Source, rate: int, total: int, longest: float) -> Parts:
        """The parts of a source in a file of `total` samples."""
        first, end = _span(source, rate)
        samples = (total if end is None else end) - first
        size, spare = _part_sizes(longest, rate)
        return cls(first, samples, size, max(1, -(-(samples - spare) // size)))

    def place(self, part: int) -> tuple[int, int]:
        """The first sample of a part, counted from the first of the source, and its length."""
        begin = part * self.size
        return begin, self.samples - begin if part == self.number - 1 else self.size


def cut(source: Source, piece: int, sr: int | None, channels: str, longest: float) -> Piece:
    """The samples of piece number `piece`, resampled to `sr` if it is given.

    Recordings longer than `longest` seconds are divided into parts, and each part has a piece for every
    channel that is kept; the last part may be up to a second longer. If a recording has no piece of that
    number, some of its samples are returned, and `Piece.pieces` shows that there is no such piece.

    Raises
    ------
    AudioError
        If the file cannot be read, ends before the segment does, or has no such channel.
    """
    if piece == 0:
        frames, rate, parts, decoder, content = _first_part(source, longest)
        part = 0
    else:
        total, rate = length(source.path)
        parts = Parts.of(source, rate, total, longest)
        part = piece % parts.number
        frames, decoder = _read(source, rate, parts, part)
        content = None
    kept = _kept(source, frames.shape[1], channels)
    # A file that has lost parts or channels no longer has this piece; `Piece.pieces` shows this.
    column = kept[min(piece // parts.number, len(kept) - 1)] if kept else None
    if frames.shape[1] == 1:
        y = frames[:, 0]
    else:
        y = frames.mean(axis=1) if column is None else np.ascontiguousarray(frames[:, column])
    start = source.start + part * parts.size / rate
    if sr is not None and sr != rate:
        y, rate = resample(y, orig_sr=rate, target_sr=sr), sr
    pieces = parts.number * max(1, len(kept))
    return Piece(y, int(rate), pieces, part, column, start, y.size / rate, decoder, content)


def _part_sizes(longest: float, rate: int) -> tuple[int, int]:
    """The length of a part in samples, and how many more samples the last part may have."""
    return max(1, sample_at(longest, rate)), sample_at(SPLINTER, rate)


def _span(source: Source, rate: int) -> tuple[int, int | None]:
    """The first sample of a source in its file, and the one after its last; None for the end of the file."""
    first = sample_at(source.start, rate) if source.start else 0
    return first, None if source.end is None else sample_at(source.end, rate)


def _first_part(source: Source, longest: float) -> tuple[np.ndarray, int, Parts, str, Content | None]:
    """The first part, the rate, the parts of the whole, what decoded it, and the file if that is one part."""
    first = size = most = wanted = 0

    def part(rate: int) -> tuple[int, int]:
        nonlocal first, size, most, wanted
        size, spare = _part_sizes(longest, rate)
        first, end = _span(source, rate)
        most = size + spare
        # One sample more than the first part can have shows whether there is another part.
        wanted = min(most + 1, (sys.maxsize if end is None else end) - first)
        if wanted < 1:
            problem = f"the segment has less than one sample at {rate} Hz"
            raise AudioError(f"{source.path}: {problem}; give a later end")
        return first, wanted

    frames, rate, decoder, content = read(source.path, part, FLOAT32, _room())
    samples = len(frames)
    if samples > most:
        parts = Parts.of(source, rate, length(source.path)[0], longest)
        return frames[:size], rate, parts, decoder, None
    if source.end is not None and samples < wanted:
        _fail_behind_end(source, rate, first + samples)
    if source.start or source.end is not None:  # a file of many segments is read for its digest once
        content = None
    return frames, rate, Parts(first, samples, size, 1), decoder, content


def _read(source: Source, rate: int, parts: Parts, part: int) -> tuple[np.ndarray, str]:
    """The samples of a part, shape (n, channels), and what decoded them."""
    begin, count = parts.place(part)
    first = parts.first + begin
    frames, rate, decoder, _ = read(source.path, lambda _: (first, count), FLOAT32, _room())
    if source.end is not None and len(frames) < count:
        _fail_behind_end(source, rate, first + len(frames))
    return frames, decoder


def _fail_behind_end(source: Source, rate: int, end: int) -> None:
    """Raise the error for a segment that ends after the end of the file, which has `end` samples."""
    raise AudioError(
        f"{source.path}: the segment ends at {source.end:g} s, but the file at {end / rate:.6g} s; "
        "give an end within it"
    )


def _room() -> np.ndarray:
    """The memory of this thread for samples."""
    try:
        return _local.room
    except AttributeError:
        _local.room = np.empty(ROOM, FLOAT32)
        return _local.room


def _kept(source: Source, count: int, channels: str) -> list[int]:
    """The channels that have their own rows; none if they are averaged."""
    if source.channel is not None:
        if source.channel >= count:
            raise AudioError(
                f"{source.path}: has {count} channel{'s' * (count > 1)}, and channel {source.channel} was "
                "asked for; count from 0"
            )
        return [source.channel]
    return {"mean": [], "first": [0], "each": list(range(count))}[channels]

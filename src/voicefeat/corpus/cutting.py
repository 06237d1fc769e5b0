"""From a source to the samples of one of its pieces: parts of long recordings, segments, channels."""

from __future__ import annotations

import math
import threading
from typing import NamedTuple

import numpy as np

from ..audio import resample
from ..errors import AudioError
from ..reading import read
from .decode import openable
from .sources import Source

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
    last part takes up to a second more.

    Raises
    ------
    AudioError
        If the file cannot be read, ends before the segment does, or has no such channel.
    """
    path = openable(source.path)
    whole = math.inf if source.end is None else source.end - source.start
    if piece == 0:
        # One sample more than a recording in one part can have: whether it was there tells which it is.
        frames, rate = _read(source, path, 0.0, min(whole, longest + SPLINTER + 1e-3))
        long = frames.shape[0] / rate > longest + SPLINTER
        parts = _parts(_seconds(source, path, rate), longest) if long else 1
        if long:
            frames = frames[: round(longest * rate)]
    else:
        seconds = _seconds(source, path, None)
        parts = _parts(seconds, longest)
        begin = piece % parts * longest
        last = piece % parts == parts - 1
        frames, rate = _read(source, path, begin, whole - begin if last else longest)
    part = piece % parts
    kept = _kept(source, frames.shape[1], channels)
    column = kept[piece // parts] if kept else None
    if frames.shape[1] == 1:
        y = frames[:, 0]
    else:
        y = frames.mean(axis=1) if column is None else np.ascontiguousarray(frames[:, column])
    duration = y.size / rate
    if sr is not None and sr != rate:
        y, rate = resample(y, orig_sr=rate, target_sr=sr), sr
        duration = y.size / rate
    start = source.start + part * longest
    return Piece(y, int(rate), parts * max(1, len(kept)), part, column, start, duration)


def _room() -> np.ndarray:
    """Where this thread puts samples."""
    try:
        return _local.room
    except AttributeError:
        _local.room = np.empty(ROOM, FLOAT32)
        return _local.room


def _read(source: Source, path: str | bytes, begin: float, seconds: float) -> tuple[np.ndarray, int]:
    """Samples (n, channels) from `begin` seconds behind the source's start on."""
    wanted = None if seconds == math.inf else seconds
    frames, rate = read(path, source.start + begin, wanted, FLOAT32, _room())
    if source.end is not None:
        asked = int(min(source.end - source.start - begin, seconds) * rate)
        if frames.shape[0] < asked:
            there = source.start + begin + frames.shape[0] / rate
            raise AudioError(
                f"{source.path}: the segment ends at {source.end:g} s, but the file at {there:.6g} s; "
                "give an end within it"
            )
    return frames, rate


def _seconds(source: Source, path: str | bytes, rate: int | None) -> float:
    """How long the source is."""
    if source.end is not None:
        return source.end - source.start
    import soundfile

    about = soundfile.info(path)
    if about.frames >= 2**62:
        raise AudioError(f"{source.path}: is long, and its header does not say how long; write it anew")
    return about.frames / about.samplerate - source.start


def _parts(seconds: float, longest: float) -> int:
    return max(1, math.ceil((seconds - SPLINTER) / longest))


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

"""FLAC read by a kernel, in less time than libraries take: whole, small, sound files."""

from __future__ import annotations

import threading
from functools import cache

import numpy as np

from ... import __version__
from ...audio.decoding.dr_flac import Header, Reader
from ...engine.flac import BEFORE, BEHIND, flac_samples

__all__ = ["flac_reader"]

#: Largest number of samples of a frame, in all channels, for which every thread keeps memory.
ROOM = 1 << 17

_local = threading.local()


@cache
def flac_reader() -> Reader:
    """The reader of FLAC files by the kernel."""
    return Reader(f"voicefeat {__version__}", _samples)


def _samples(data: bytes, header: Header, room: np.ndarray | None) -> np.ndarray | None:
    """All samples, (n, channels), float32; None unless every frame is as it should be."""
    size, channels = header.total * header.channels, header.channels
    y = np.empty(size, np.float32) if room is None or room.size < size else room[:size]
    stream = np.frombuffer(data + bytes(BEHIND), np.uint8)
    frame = _frame(channels * (BEFORE + header.block))
    rate, bits = header.rate, header.bits
    sound = flac_samples(
        stream, header.frames_at, len(data), header.total, header.block, rate, channels, bits, frame, y
    )
    return y.reshape(header.total, channels) if sound else None


def _frame(size: int) -> np.ndarray:
    """Memory for the samples of a frame."""
    if size > ROOM:
        return np.empty(size, np.int32)
    try:
        return _local.frame
    except AttributeError:
        _local.frame = np.empty(ROOM, np.int32)
        return _local.frame

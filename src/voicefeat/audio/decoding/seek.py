"""Seeking in an open `soundfile.SoundFile`, so that the samples that follow equal those of the whole file."""

from __future__ import annotations

from typing import Any

from . import mp3, ogg
from .checks import UNKNOWN_FRAMES
from .files import Place
from .views import Link

__all__ = ["anchor", "go", "known", "without_seeking"]

_BLOCK_FRAMES = 1 << 18


def anchor(place: Place, file: Any, link: Link | None, frames: int) -> int:
    """The sample at which decoding must begin to give the samples from `frames` on exactly."""
    if not file.seekable():
        return 0
    if file.format == "MP3":
        first = mp3.first_block(place, 0 if link is None else link.start)
        return mp3.anchor(first, frames)
    if file.format == "OGG":
        return 0 if link is None else ogg.anchor(file, link, frames)
    return frames


def go(file: Any, start: int, frames: int) -> int:
    """Seek to `start` and read on to sample `frames`; return the position, which is less at the end."""
    if start:
        file.seek(start)
    before = vars(file).get("seekable")
    without_seeking(file)
    done = start
    try:
        while done < frames:
            size = min(frames - done, _BLOCK_FRAMES)
            part = len(file.read(size, dtype="float32", always_2d=True))
            done += part
            if part < size:
                break
    finally:
        if before is None:
            del file.seekable
        else:
            file.seekable = before
    return done


def known(file: Any, link: Link | None) -> int | None:
    """Samples per channel, counted or from the header; None if not known."""
    if link is not None and link.frames:
        return link.frames
    if file.frames >= UNKNOWN_FRAMES:
        return None
    return file.frames + (ogg.counted(file, link.missing) if link is not None and link.missing else 0)


def without_seeking(file: Any) -> None:
    """Prepare a file for reading in blocks.

    soundfile seeks to the current position after every read. libsndfile cannot do that in a file of unknown
    length or in some FLAC files, and in an MP3 file it changes the samples that follow.
    """
    file.seekable = lambda: False

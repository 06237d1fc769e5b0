"""Stretches of a file that libsndfile decodes as files of their own, with other numbers in their headers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Link", "View"]

#: Decoders look for a tag at the end; where a file only seems to have one, there is none.
_TAG = 128
#: Where headers may send a decoder, and no file reaches.
_FAR = 1 << 60


class Link(NamedTuple):
    """A recording within a file: one of several, or all of it under a mended header."""

    #: Bytes of the file, from `start` to before `stop`.
    start: int
    stop: int
    #: Bytes that are read in place of those in the file: where, counted from the file's beginning, and which.
    patches: tuple[tuple[int, bytes], ...] = ()
    #: What is read before those.
    prefix: bytes = b""
    #: The size that it seems to have, for a decoder that guesses its length by it and must not guess less.
    seeming: int = 0
    #: Samples of a channel, where the decoder is made to guess.
    frames: int = 0
    #: Whether its header says no length that could be true.
    unstated: bool = False
    #: Bytes behind it that were left out, though it is not known what they are.
    left: int = 0
    #: Bytes before it that are none of a recording, where it goes on behind them.
    lost: int = 0
    #: Of Ogg, in what its pages count: how much lies in the last pages, where no place is found surely, ...
    ending: int = 0
    #: ... at what the last page ends, without what decoders drop at the beginning, ...
    upto: int = 0
    #: ... and how much the last page promises that is not there.
    missing: int = 0
    #: Whether nothing says that its last page is the last.
    unended: bool = False

    def is_file(self, size: int) -> bool:
        """Whether it is a whole file of `size` bytes, as it is."""
        return self[:5] == (0, size, (), b"", 0)


class View:
    """A link as a file open for reading; `fetch(position, count)` gives bytes of the whole file."""

    def __init__(self, fetch: Callable[[int, int], bytes], link: Link) -> None:
        self._fetch, self._link = fetch, link
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        link = self._link
        size = link.seeming or len(link.prefix) + link.stop - link.start
        self._at = min(max(0, offset + (0, self._at, size)[whence]), _FAR)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, count: int) -> bytes:
        link = self._link
        if link.seeming and self._at >= link.seeming - _TAG:
            return bytes(max(0, min(count, link.seeming - self._at)))
        data = link.prefix[self._at : self._at + count]
        begin = link.start + self._at + len(data) - len(link.prefix)
        rest = min(count - len(data), link.stop - begin)
        if rest > 0:
            data += self._mended(begin, self._fetch(begin, rest))
        self._at += len(data)
        return data

    def _mended(self, begin: int, data: bytes) -> bytes:
        for place, new in self._link.patches:
            if place < begin + len(data) and begin < place + len(new):
                changed = bytearray(data)
                for k, byte in enumerate(new, place - begin):
                    if 0 <= k < len(data):
                        changed[k] = byte
                data = bytes(changed)
        return data

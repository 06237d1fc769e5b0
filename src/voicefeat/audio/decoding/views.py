"""Parts of a file that libsndfile decodes as separate files, with corrected headers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Link", "View"]

#: Decoders look for a tag of this size at the end; in a file with a larger seeming size, zeros stand there.
_TAG = 128
#: The largest position; headers may send a decoder beyond the end of any file.
_FAR = 1 << 60


class Link(NamedTuple):
    """A recording within a file: one of several, or the whole file with a corrected header."""

    #: Bytes of the file, from `start` to before `stop`.
    start: int
    stop: int
    #: Positions in the file, and the bytes that are read there in place of those in the file.
    patches: tuple[tuple[int, bytes], ...] = ()
    #: Bytes that are read before all others.
    prefix: bytes = b""
    #: A larger size shown to a decoder that guesses the length from it and must not guess too short.
    seeming: int = 0
    #: Samples per channel, if the decoder is made to guess.
    frames: int = 0
    #: Whether its header states no possible length.
    unstated: bool = False
    #: Unknown bytes after it that are left out.
    left: int = 0
    #: Bytes before it that could not be decoded, if the recording continues after them.
    lost: int = 0
    #: For Ogg, in the units of its pages: the length of the last pages, where seeking is not reliable, ...
    ending: int = 0
    #: ... the end of the last page, without the samples that decoders drop at the beginning, ...
    upto: int = 0
    #: ... and the length that the last page states but that is missing.
    missing: int = 0
    #: Whether the end-of-stream mark is missing.
    unended: bool = False

    def is_file(self, size: int) -> bool:
        """Whether the link is the whole, unchanged file of `size` bytes."""
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

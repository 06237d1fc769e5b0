"""Ogg: pages, the links of a chained file, and how each of them ends."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from .files import Place
from .views import Link

__all__ = ["anchor", "counted", "links"]

_HEAD = 27
_FIRST, _LAST = 0x02, 0x04
_AHEAD = 1 << 16
_MARK = b"OggS\0"
#: What the first page of a stream of sound holds.
_SOUND = (b"\x01vorbis", b"OpusHead")
#: Opus counts at this rate, whatever it is decoded to.
_OPUS_RATE = 48000
#: Seconds of Opus that are decoded and dropped before a part: its levels follow from those of the frame
#: before, and what a frame leaves of an error (0.9 of it, 50 times a second) is then below any float.
_BEFORE_OPUS = 5
#: Samples of Vorbis that are: one block needs the one before, and the longest has so many.
_BEFORE_VORBIS = 8192


#: Samples that the length of Opus may differ from what its pages count, by dividing that.
_ROUNDING = 2


class Page(NamedTuple):
    """What stands before a page."""

    at: int
    flags: int
    #: Samples up to the end of the last packet that ends in it; below 0 where none does.
    position: int
    serial: int
    #: Whether its end is not there.
    cut: bool
    #: The first bytes that it holds.
    begins: bytes


def links(place: Place) -> list[Link]:
    """The recordings that lie one behind the other in an Ogg file.

    A link begins with pages that are each the first of a stream, before any other page. Source: RFC 3533.
    """
    groups: list[list[Page]] = []
    among_first = False
    for page in _pages(place):
        first = bool(page.flags & _FIRST)
        if not groups or (first and not among_first):
            groups.append([])
        among_first = first
        groups[-1].append(page)
    starts = [0, *(group[0].at for group in groups[1:]), place.size]
    if not groups:
        return [Link(0, place.size)]
    return [_link(group, a, b) for group, a, b in zip(groups, starts, starts[1:], strict=False)]


def _link(pages: list[Page], start: int, stop: int) -> Link:
    opening = next((page for page in pages if page.begins.startswith(_SOUND)), pages[0])
    sound = opening.serial
    whole = [page for page in pages if page.serial == sound and not page.cut]
    positions = sorted({page.position for page in whole if page.position >= 0})
    # libsndfile finds its place by where a page ends, and the last one's end is where encoders cut it off
    ending = positions[-1] - positions[-3] if len(positions) > 2 else 0
    dropped = int.from_bytes(opening.begins[10:12], "little") if opening.begins[:8] == _SOUND[1] else 0
    upto = positions[-1] - dropped if positions else 0
    if any(page.flags & _LAST for page in whole):
        return Link(start, stop, ending=ending, upto=upto)
    missing = 0
    end = pages[-1]
    if end.cut:  # one sample at least, where its position is not there either
        known = positions and end.serial == sound
        missing = max(1, end.position - positions[-1]) if known else 1
    return Link(start, stop, ending=ending, upto=upto, missing=missing, unended=not missing)


def _pages(place: Place) -> Iterator[Page]:
    at, window, base = 0, b"", 0
    while True:
        if at + _HEAD + 255 > base + len(window):
            window, base = place.fetch(at, _AHEAD), at
        head = window[at - base : at - base + _HEAD + 255 + 12]
        if not head:
            return
        if head[:5] != _MARK[: len(head)]:
            found = window.find(_MARK, at - base + 1)
            at = base + (found if found >= 0 else max(len(window) - 4, at - base + 1))
            continue
        if len(head) < _HEAD:
            yield Page(at, 0, -1, 0, True, b"")
            return
        flags, position, serial = struct.unpack("<BqI", head[5:18])
        body = at + _HEAD + head[26]
        end = body + sum(head[_HEAD : _HEAD + head[26]])
        cut = end > place.size
        follows = window[end - base : end - base + 5]
        if len(follows) < 5:
            follows = place.fetch(end, 5)
        if follows != _MARK[: len(follows)] or cut:
            # another page that begins within this one was joined to what was cut off
            within = place.fetch(at + 5, end - at - 1).find(_MARK) + 5
            if within >= 5:
                cut, end = True, at + within
            if 5 <= within < _HEAD:
                flags, position, serial = 0, -1, 0
        yield Page(at, flags, position, serial, cut, head[_HEAD + head[26] :][:12])
        at = end


def anchor(file: Any, link: Link, frames: int) -> int:
    """The sample to seek to, so that from `frames` on all is as if it had been decoded from the start."""
    opus = file.subtype == "OPUS"
    if opus and abs(file.frames - counted(file, link.upto)) > _ROUNDING:
        return 0  # it was cut out of a longer one, and libsndfile's places in it are other ones
    before = _BEFORE_OPUS * file.samplerate if opus else _BEFORE_VORBIS
    sure = file.frames - counted(file, link.ending) if link.ending else 0
    return max(0, min(frames - before, sure - 1))


def counted(file: Any, positions: int) -> int:
    """Samples of `file` for so many that its pages count."""
    return -(-positions * file.samplerate // _OPUS_RATE) if file.subtype == "OPUS" else positions

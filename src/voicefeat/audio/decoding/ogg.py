"""Ogg: pages, the links of a chained file, and the end of each link."""

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
#: The first bytes of the first page of an audio stream.
_SOUND = (b"\x01vorbis", b"OpusHead")
#: Opus counts samples at this rate, whatever the rate of decoding.
_OPUS_RATE = 48000
#: Seconds of Opus that are decoded and dropped before a part. Levels are coded relative to the previous
#: frame, so an error decays by a factor of 0.9 per frame, 50 times a second; after this time it is below any
#: float.
_BEFORE_OPUS = 5
#: Samples of Vorbis that are decoded and dropped before a part: a block needs the previous one, and this is
#: the longest.
_BEFORE_VORBIS = 8192


#: By rounding, the length of Opus may differ from the count of its pages by this many samples.
_ROUNDING = 2


class Page(NamedTuple):
    """The header of a page."""

    at: int
    flags: int
    #: Samples up to the end of the last packet that ends in the page; negative if none does.
    position: int
    serial: int
    #: Whether the end of the page is missing.
    cut: bool
    #: The first bytes of its content.
    begins: bytes


def links(place: Place) -> list[Link]:
    """The recordings (links) in an Ogg file, in order.

    A link begins with the first pages of its streams, before any other page. Source: RFC 3533.
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
    # libsndfile seeks by the ends of pages, but the end of the last page is shortened by encoders.
    ending = positions[-1] - positions[-3] if len(positions) > 2 else 0
    dropped = int.from_bytes(opening.begins[10:12], "little") if opening.begins[:8] == _SOUND[1] else 0
    upto = positions[-1] - dropped if positions else 0
    if any(page.flags & _LAST for page in whole):
        return Link(start, stop, ending=ending, upto=upto)
    missing = 0
    end = pages[-1]
    if end.cut:  # at least one sample, if its position is missing as well
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
            # Another page begins inside this one: it was appended where this one was cut off.
            within = place.fetch(at + 5, end - at - 1).find(_MARK) + 5
            if within >= 5:
                cut, end = True, at + within
            if 5 <= within < _HEAD:
                flags, position, serial = 0, -1, 0
        yield Page(at, flags, position, serial, cut, head[_HEAD + head[26] :][:12])
        at = end


def anchor(file: Any, link: Link, frames: int) -> int:
    """The sample to seek to, so that samples from `frames` on equal those decoded from the start."""
    opus = file.subtype == "OPUS"
    if opus and abs(file.frames - counted(file, link.upto)) > _ROUNDING:
        return 0  # cut out of a longer file: positions of libsndfile do not fit
    before = _BEFORE_OPUS * file.samplerate if opus else _BEFORE_VORBIS
    sure = file.frames - counted(file, link.ending) if link.ending else 0
    return max(0, min(frames - before, sure - 1))


def counted(file: Any, positions: int) -> int:
    """The samples of `file` that `positions` in its pages stand for."""
    return -(-positions * file.samplerate // _OPUS_RATE) if file.subtype == "OPUS" else positions

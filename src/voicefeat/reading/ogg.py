"""Ogg: pages, and the links of a chained file."""

from __future__ import annotations

from .place import Place
from .views import Link

__all__ = ["links"]

_HEAD = 27
_FIRST = 0x02
_AHEAD = 1 << 16


def links(place: Place) -> list[Link] | None:
    """The recordings that lie one behind the other in an Ogg file; None where there is one.

    A link begins with pages that are each the first of a stream, before any other page. Source: RFC 3533.
    """
    starts, at, among_first = [0], 0, True
    window, base = b"", 0
    while True:
        if at + _HEAD + 255 > base + len(window):
            window, base = place.fetch(at, _AHEAD), at
        head = window[at - base : at - base + _HEAD + 255]
        if len(head) < _HEAD:
            break
        if head[:4] != b"OggS":
            found = window.find(b"OggS", at - base + 1)
            at = base + (found if found >= 0 else max(len(window) - 3, at - base + 1))
            continue
        first = bool(head[5] & _FIRST)
        if first and not among_first:
            starts.append(at)
        among_first = first
        at += _HEAD + head[26] + sum(head[_HEAD : _HEAD + head[26]])
    if len(starts) < 2:
        return None
    return [Link(a, b) for a, b in zip(starts, [*starts[1:], place.size], strict=True)]

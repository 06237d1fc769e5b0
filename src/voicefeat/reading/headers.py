"""Headers that say fewer samples than lie behind them (AU, AIFF, WAV, RF64, CAF), or more."""

from __future__ import annotations

import re
from typing import Any

from .checks import SAMPLE_BYTES
from .place import Place
from .views import Link

__all__ = ["caf", "claimed", "links"]

_AHEAD = 1 << 16
#: Bytes that stand before the samples at least.
_SHORTEST = {"AU": 24, "WAV": 44, "WAVEX": 60, "AIFF": 54}
#: What follows the samples of a WAV or AIFF file, even where the last of it was cut off.
_KNOWN = {
    b"LIST", b"INFO", b"bext", b"cue ", b"fact", b"JUNK", b"junk", b"PAD ", b"FLLR",
    b"smpl", b"inst", b"iXML", b"axml", b"acid", b"afsp", b"PEAK", b"_PMX", b"id3 ",
    b"ID3 ", b"plst", b"labl", b"note", b"ltxt", b"DISP", b"strc", b"cart", b"levl",
    b"umid", b"chna", b"minf", b"elm1", b"regn", b"MARK", b"INST", b"MIDI", b"AESD",
    b"APPL", b"COMT", b"NAME", b"AUTH", b"(c) ", b"ANNO", b"FVER", b"COMM", b"CHAN",
    b"basc", b"trns", b"SAUR",
}  # fmt: skip
#: Zeros behind the samples up to here fill a sector, they are no silence.
_PADDING = 1 << 12


def links(place: Place, file: Any) -> list[Link] | None:
    """The file under a header that tells of all its samples; None if its own does, as far as is known."""
    each = file.channels * SAMPLE_BYTES.get(file.subtype, 0)
    if each and place.size - file.frames * each <= _SHORTEST.get(file.format, 0):
        return None
    if file.format == "AU":
        found = _au(place)
    elif file.format in ("WAV", "WAVEX", "RF64"):
        found = _riff(place)
    elif file.format == "AIFF":
        found = _chunks(place, "big", b"SSND")
    elif file.format == "CAF":
        found = caf(place)
    else:
        found = None
    return found and [found]


def _au(place: Place) -> Link | None:
    head = place.fetch(0, 12)
    order = "big" if head[:4] == b".snd" else "little"
    start, size = (int.from_bytes(head[k : k + 4], order) for k in (4, 8))  # type: ignore[arg-type]
    signed = 2**31 <= size < 2**32 - 1  # libsndfile takes it for a number below 0
    if start + size >= place.size and not signed:
        return None
    return _mended(place, 8, (place.size - start).to_bytes(4, order), not size or signed)  # type: ignore[arg-type]


def _riff(place: Place) -> Link | None:
    head = place.fetch(0, 36)
    if head[:4] == b"RF64" and head[12:16] == b"ds64":
        return _chunks(place, "little", b"data", (28, int.from_bytes(head[28:36], "little")))
    return _chunks(place, "big" if head[:4] == b"RIFX" else "little", b"data")


def caf(place: Place) -> Link | None:
    """CAF with all that is behind its data chunk's header, where that says less, or -1: until the end."""
    at = 8
    while len(head := place.fetch(at, 12)) == 12:
        size = int.from_bytes(head[4:], "big", signed=True)
        if head[:4] == b"data":
            end = at + 12 + size
            if size > 0 and (end >= place.size or _behind(place, end, "big", wide=True)):
                return None
            return _mended(place, at + 4, (place.size - at - 12).to_bytes(8, "big"), False)
        at += 12 + max(size, 0)
    return None


def claimed(place: Place, file: Any) -> int | None:
    """Bytes of samples that a header says, for formats of which libsndfile tells no more than is there."""
    if file.format not in ("NIST", "RF64"):
        return None
    head = place.fetch(0, 1024)
    if file.format == "NIST":
        each = file.channels * SAMPLE_BYTES.get(file.subtype, 0)
        told = re.search(rb"^sample_count -i +(\d+)", head, re.M)
        return int(told[1]) * each if told else None
    return int.from_bytes(head[28:36], "little") if head[12:16] == b"ds64" else None


def _chunks(place: Place, order: Any, wanted: bytes, elsewhere: tuple[int, int] | None = None) -> Link | None:
    """The link of a file of chunks; of RF64, the size of the `wanted` one stands `elsewhere`."""
    at = 12
    while len(head := place.fetch(at, 8)) == 8:
        size = int.from_bytes(head[4:], order)
        if head[:4] == wanted:
            field, width = at + 4, 4
            if elsewhere is not None and size == 0xFFFFFFFF:
                (field, size), width = elsewhere, 8
            if at + 8 + size >= place.size or _behind(place, at + 8 + size, order):
                return None
            whole = place.size - at - 8
            return _mended(place, field, min(whole, 256**width - 2).to_bytes(width, order), not size)
        at += 8 + size + (size & 1)
    return None


def _behind(place: Place, at: int, order: Any, wide: bool = False) -> bool:
    """Whether what lies behind the samples, from byte `at` on, is no more of them: chunks, tags, padding."""
    rest = place.size - at
    if rest < 8:  # no chunk, and only one byte can be there to make the last one even
        return rest < 2
    head = place.fetch(at, _PADDING)
    if rest <= _PADDING and not any(head):
        return True
    if head[:3] in (b"TAG", b"ID3") or head[:8] == b"APETAGEX":
        return True
    return any(_are_chunks(place, at + odd, order, 12 if wide else 8) for odd in (at & 1, 0, 1))


def _are_chunks(place: Place, at: int, order: Any, width: int) -> bool:
    while len(head := place.fetch(at, width)) == width:
        name, size = head[:4], int.from_bytes(head[4:], order)
        if name in _KNOWN:
            pass
        elif not name.isascii() or not name.decode("ascii").isprintable() or at + width + size > place.size:
            return False
        at += width + size + (size & 1 if width == 8 else 0)
    return True


def _mended(place: Place, field: int, size: bytes, unstated: bool) -> Link:
    return Link(0, place.size, ((field, size),), unstated=unstated)

"""Headers that state fewer samples than follow (AU, AIFF, WAV, RF64, CAF), or more."""

from __future__ import annotations

import re
from typing import Any

from .checks import SAMPLE_BYTES, WHOLE_FILE_SLACK, is_placeholder
from .files import Place
from .views import Link

__all__ = ["caf", "claimed", "links"]

_AHEAD = 1 << 16
_TEXT = frozenset(b"\t\n\r" + bytes(range(32, 127)))
#: The smallest number of bytes before the samples.
_SHORTEST = {"AU": 24, "WAV": 44, "WAVEX": 60, "AIFF": 54}
#: Names of chunks after the samples of a WAV or AIFF file, recognised even if the last one was cut off.
_KNOWN = {
    b"LIST", b"INFO", b"bext", b"cue ", b"fact", b"JUNK", b"junk", b"PAD ", b"FLLR",
    b"smpl", b"inst", b"iXML", b"axml", b"acid", b"afsp", b"PEAK", b"_PMX", b"id3 ",
    b"ID3 ", b"plst", b"labl", b"note", b"ltxt", b"DISP", b"strc", b"cart", b"levl",
    b"umid", b"chna", b"minf", b"elm1", b"regn", b"MARK", b"INST", b"MIDI", b"AESD",
    b"APPL", b"COMT", b"NAME", b"AUTH", b"(c) ", b"ANNO", b"FVER", b"COMM", b"CHAN",
    b"basc", b"trns", b"SAUR",
}  # fmt: skip
#: Up to this many zeros after the samples are padding of a sector, not silence.
_PADDING = 1 << 15
#: Bytes after the stated samples are more samples if they are at least one for this many stated bytes.
_PART = 10


def links(place: Place, file: Any) -> list[Link] | None:
    """The file with a corrected header that covers all samples; None if its own header seems right."""
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
    signed = 2**31 <= size < 2**32 - 1  # libsndfile reads it as a negative number
    if not signed and size:
        if start + size >= place.size:
            return None
        left = _left(place, start + size, size, None)
        if left is not None:
            return _kept(place, left)
    return _mended(place, 8, (place.size - start).to_bytes(4, order), not size or signed)  # type: ignore[arg-type]


def _riff(place: Place) -> Link | None:
    head = place.fetch(0, 36)
    if head[:4] == b"RF64" and head[12:16] == b"ds64":
        return _chunks(place, "little", b"data", (28, int.from_bytes(head[28:36], "little")))
    return _chunks(place, "big" if head[:4] == b"RIFX" else "little", b"data")


def caf(place: Place) -> Link | None:
    """A CAF file with a data chunk up to the end, if its header states a smaller size or -1."""
    at = 8
    while len(head := place.fetch(at, 12)) == 12:
        size = int.from_bytes(head[4:], "big", signed=True)
        if head[:4] == b"data":
            end = at + 12 + size
            if size > 0:
                left = 0 if end >= place.size else _left(place, end, size, "big", wide=True)
                if left is not None:
                    return _kept(place, left)
            return _mended(place, at + 4, (place.size - at - 12).to_bytes(8, "big"), False)
        at += 12 + max(size, 0)
    return None


def claimed(place: Place, file: Any) -> int | None:
    """Bytes of samples stated in the header, for formats where libsndfile reports only those that exist."""
    if file.format not in ("NIST", "RF64"):
        return None
    head = place.fetch(0, 1024)
    if file.format == "NIST":
        each = file.channels * SAMPLE_BYTES.get(file.subtype, 0)
        match = re.search(rb"^sample_count -i +(\d+)", head, re.M)
        return int(match[1]) * each if match else None
    return int.from_bytes(head[28:36], "little") if head[12:16] == b"ds64" else None


def _chunks(place: Place, order: Any, wanted: bytes, elsewhere: tuple[int, int] | None = None) -> Link | None:
    """The link of a file of chunks; for RF64, `elsewhere` has the position and value of the size."""
    at = 12
    while len(head := place.fetch(at, 8)) == 8:
        size = int.from_bytes(head[4:], order)
        if head[:4] == wanted:
            field, width = at + 4, 4
            if elsewhere is not None and size == 0xFFFFFFFF:
                (field, size), width = elsewhere, 8
            end = at + 8 + size
            left = 0 if end >= place.size else _left(place, end, size, order, _outer(place, order))
            if left is not None:
                return _kept(place, left)
            whole = place.size - at - 8
            return _mended(place, field, min(whole, 256**width - 2).to_bytes(width, order), not size)
        at += 8 + size + (size & 1)
    return None


def _outer(place: Place, order: Any) -> int:
    """The end of the file according to the outer header; 0 if that states no length."""
    head = place.fetch(0, 28)
    size = int.from_bytes(head[20:28], "little") if head[:4] == b"RF64" else int.from_bytes(head[4:8], order)
    return 0 if is_placeholder(size, place.size) else size + 8


def _left(place: Place, at: int, size: int, order: Any, outer: int = -1, wide: bool = False) -> int | None:
    """The number of bytes from `at` on that may be samples and are left out; None if they are samples.

    `size` bytes are stated before; `outer` is where the file should end, 0 if that is not stated, -1 if the
    format does not state it. The stated size counts unless there is more evidence than bytes that follow.
    """
    rest = place.size - at
    if rest < 2 or _is_tag(place.fetch(at, 8)):  # one byte pads the last chunk
        return 0
    if order is not None and _is_chunk(place, at, order, max(outer, place.size), wide):
        return 0
    if _zeros(place, at):
        return 0 if rest <= _PADDING else rest
    if not size:
        return None
    if _TEXT.issuperset(place.fetch(at, _AHEAD)):
        return rest
    inside = outer == place.size and rest < 8  # too short for another chunk
    unfinished = 0 <= outer < at - WHOLE_FILE_SLACK
    return None if inside or unfinished or rest * _PART >= size else rest


def _is_tag(head: bytes) -> bool:
    return head[:3] in (b"TAG", b"ID3") or head[:8] == b"APETAGEX"


def _is_chunk(place: Place, at: int, order: Any, end: int, wide: bool) -> bool:
    """Whether a chunk begins at `at`, or one byte after it because of padding, by its name or its size."""
    width = 12 if wide else 8
    for odd in (0,) if wide else (at & 1, 1 - (at & 1)):
        head = place.fetch(at + odd, width)
        if len(head) < width:
            continue
        name, stop = head[:4], at + odd + width + int.from_bytes(head[4:], order)
        named = name.isascii() and name.decode("ascii").isprintable() and stop <= end
        if name in _KNOWN or named or end - 1 <= stop <= end or place.size - 1 <= stop <= place.size:
            return True
    return False


def _zeros(place: Place, at: int) -> bool:
    """Whether only zeros follow."""
    while part := place.fetch(at, _AHEAD):
        if any(part):
            return False
        at += len(part)
    return True


def _kept(place: Place, left: int) -> Link | None:
    """The file as its header states it, without the last `left` bytes."""
    return Link(0, place.size, left=left) if left else None


def _mended(place: Place, field: int, size: bytes, unstated: bool) -> Link:
    return Link(0, place.size, ((field, size),), unstated=unstated)

"""MP3: the number of blocks, by counting them, and the beginnings of joined recordings.

Sources: ISO/IEC 11172-3 and 13818-3 (headers of blocks); the tags of Xing and LAME, which the first block of
a file may hold in place of audio.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from .files import Place
from .views import Link

__all__ = ["First", "anchor", "first_block", "links", "plain"]

#: Bit rates in kbit/s by layer and index, for version 1.
_RATES_1 = {
    1: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_RATES_2 = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = (44100, 48000, 32000)
#: The delay of mpg123 itself, which it removes together with the encoder's.
_DECODER_DELAY = 529
#: Blocks that are decoded and dropped before a part: a block may need bits of up to 25 earlier ones, and the
#: filters hold two. Decoding begins at a multiple of 16, the period of the order in which the filters add.
_BEFORE, _TURN = 32, 16
_TAG = 4096
#: An empty tag, put first so that decoders do not recognise another format.
_ID3 = b"ID3\4\0\0\0\0\0\x7f" + bytes(0x7F)
_WINDOW = 1 << 22
#: The largest distance of the first block from the tags, and the number of consecutive blocks that proves
#: MP3.
_AHEAD, _ROW = 1 << 16, 4
#: The most gaps between blocks that are skipped in one file.
_FAULTS = 64


class Header(NamedTuple):
    """The four header bytes of a block, decoded."""

    size: int
    samples: int
    rate: int
    mono: bool
    layer: int
    #: Bytes from the beginning of the block to a possible tag.
    side: int

    @property
    def kind(self) -> tuple[int, bool, int]:
        """The properties that cannot change within a recording."""
        return self.rate, self.mono, self.layer


class First(NamedTuple):
    """The first block of a recording."""

    at: int
    header: Header
    #: Position of the flags of a Xing tag (0 without one), their value, and the blocks and bytes it states.
    flags: int = 0
    flag_bits: int = 0
    blocks: int = 0
    size: int = 0
    #: Samples that are removed at the beginning.
    delay: int = 0
    #: Position of the number of samples removed at the end, and the bytes that set it to 0.
    ending: tuple[int, bytes] | None = None


def _headers() -> dict[int, Header]:
    """All possible headers by their deciding bits; free formats are not supported."""
    found = {}
    for bits in range(1 << 12):  # version 2, layer 2, rate 4, hertz 2, padding 1, mono 1
        version, layer, rate, hertz, padding, mono = (
            bits >> 10, 4 - (bits >> 8 & 3), bits >> 4 & 15, bits >> 2 & 3, bits >> 1 & 1, bits & 1,
        )  # fmt: skip
        if version == 1 or layer == 4 or rate in (0, 15) or hertz == 3:
            continue
        one = version == 3
        sr = _HERTZ[hertz] >> (0 if one else 1 if version == 2 else 2)
        kbits = (_RATES_1 if one else _RATES_2)[layer][rate]
        samples = 384 if layer == 1 else 576 if layer == 3 and not one else 1152
        size = samples // 8 * 1000 * kbits // sr + padding
        if layer == 1:
            size = (12000 * kbits // sr + padding) * 4
        side = 4 + ((17 if mono else 32) if one else (9 if mono else 17))
        found[bits] = Header(size, samples, sr, bool(mono), layer, side)
    return found


_HEADERS: dict[int, Header] = {}


def _header(data: bytes, at: int) -> Header | None:
    if not _HEADERS:
        _HEADERS.update(_headers())
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] < 0xE0:
        return None
    second, third = data[at + 1], data[at + 2]
    bits = (second >> 1 & 15) << 8 | third >> 4 << 4 | (third >> 1 & 7) << 1 | (data[at + 3] >> 6 == 3)
    return _HEADERS.get(bits)


def first_block(place: Place, start: int = 0) -> First | None:
    """The first block from byte `start` on, with the content of its tag."""
    at = _behind_tags(place, start)
    for size in (_TAG, _AHEAD):
        data = place.fetch(at, size)
        for here, header in _candidates(data):
            if _goes_on(data, here, header):  # mpg123 requires this, also for a tag
                return _first(data[here : here + _TAG], at + here, header)
        if len(data) < size:
            break
    alone = _candidates(data)  # a single block
    return next((_first(data[here : here + _TAG], at + here, header) for here, header in alone), None)


def _candidates(data: bytes, here: int = 0) -> Iterator[tuple[int, Header]]:
    """Positions and values of possible headers from `here` on."""
    while (here := data.find(b"\xff", here)) >= 0:
        header = _header(data, here)
        if header is not None:
            yield here, header
        here += 1


def _tagged(data: bytes, here: int, header: Header) -> bool:
    return data[here + header.side : here + header.side + 4] in (b"Xing", b"Info")


def _first(data: bytes, at: int, header: Header) -> First:
    side = header.side
    if data[side : side + 4] not in (b"Xing", b"Info"):
        return First(at, header)
    flag_bits = data[side + 7] if len(data) > side + 7 else 0
    place, values = side + 8, []
    for bit, size in ((1, 4), (2, 4), (4, 100), (8, 4)):
        there = bool(flag_bits & bit)
        values.append(int.from_bytes(data[place : place + size], "big") if there and size == 4 else 0)
        place += size if there else 0
    delay, ending = 0, None
    if place + 24 <= header.size:
        delay = (int.from_bytes(data[place + 21 : place + 23], "big") >> 4) + _DECODER_DELAY
        ending = (at + place + 22, bytes([data[place + 22] & 0xF0, 0]))
    return First(at, header, at + side + 4, flag_bits, values[0], values[1], delay, ending)


def _behind_tags(place: Place, at: int) -> int:
    while True:
        size = _tag(place.fetch(at, 32))
        if not size:
            return at
        at += size


def _tag(head: bytes) -> int:
    """Size in bytes of the tag that begins here; 0 if there is none."""
    if head[:3] == b"ID3" and len(head) >= 10:
        size = 0
        for byte in head[6:10]:  # seven bits per byte
            size = size << 7 | byte & 0x7F
        return size + 10 + (10 if head[5] & 0x10 else 0)
    if head[:3] == b"TAG":
        return 128
    if head[:8] == b"APETAGEX" and len(head) >= 24:
        whole = int.from_bytes(head[12:16], "little")
        return whole + 32 if head[23] & 0x20 else 32
    return 0


def anchor(first: First | None, frames: int) -> int:
    """The sample to seek to, so that samples from `frames` on equal those decoded from the start."""
    if first is None or first.header.rate < 32000:
        return 0  # at lower rates the order of sums varies; decode from the start, a second for an hour
    block = (frames + first.delay) // first.header.samples - _BEFORE
    start = block // _TURN * _TURN * first.header.samples - first.delay
    return max(0, start)


def links(place: Place) -> list[Link] | None:
    """The recordings in an MP3 file with their numbers of blocks; None if the tag is right."""
    first = first_block(place)
    if first is None:
        return None
    if first.blocks and first.size:
        rest = place.size - first.at - first.size
        if rest == 0 or (rest == 128 and place.fetch(place.size - 128, 3) == b"TAG"):
            return None
    found = list(_walk(place, first))
    if len(found) == 1 and abs(found[0].blocks - first.blocks) <= 2 * (first.blocks > 0):
        return None
    if not found or (len(found) == 1 and found[0].blocks < first.blocks):
        return None  # it ends early, which reading reports
    ahead = _behind_tags(place, 0)
    head = 0 if first.flags or not any(place.fetch(ahead, first.at - ahead)) else first.at - ahead
    lost = [head, *(b.first.at - a.stop for a, b in pairwise(found))]
    return [_link(one, gap) for one, gap in zip(found, lost, strict=True)]


def plain(place: Place) -> Link | None:
    """The file from its first block on as a link, if it is certainly MP3.

    libsndfile takes some MP3 files without extension and tag for another format.
    """
    at = _behind_tags(place, 0)
    data = place.fetch(at, _AHEAD)
    for here, header in _candidates(data):
        if _goes_on(data, here, header, _ROW if here else 1):
            return Link(at + here, place.size, prefix=_ID3)
    return None


class _Run(NamedTuple):
    """Consecutive blocks: the first, the number of those with audio, and the position after the last."""

    first: First
    blocks: int
    stop: int


def _link(run: _Run, lost: int) -> Link:
    first, blocks, stop = run
    start = first.at
    if first.blocks and first.blocks >= blocks - 2:
        return Link(start, stop, prefix=_ID3, lost=lost)
    if first.flag_bits & 1:
        patches = [(first.flags + 4, blocks.to_bytes(4, "big"))]
        if first.ending:  # the tag was not completed, so its end is wrong
            patches.append(first.ending)
        return Link(start, stop, tuple(patches), _ID3, lost=lost)
    # mpg123 guesses the length from the first block and the file size, and does not read further.
    size = len(_ID3) + stop - start + (blocks + 2) * first.header.size
    return Link(start, stop, prefix=_ID3, seeming=size, frames=blocks * first.header.samples, lost=lost)


def _walk(place: Place, first: First) -> Iterator[_Run]:
    """The runs of consecutive blocks: every recording, split where other bytes lie between its blocks."""
    at = last = first.at
    blocks, faults, lost = -1 if first.flags else 0, 0, -1
    data, base = b"", 0
    while at < place.size:
        if at + 4 * _TAG > base + len(data) and base + len(data) < place.size:
            data, base = place.fetch(last, _WINDOW), last
        here = at - base
        header = _header(data, here)
        if header is None or at + header.size > place.size:
            tag = _tag(data[here : here + 32])
            if lost < 0 < blocks and faults < _FAULTS and not (tag or first.flags):
                lost, faults = at, faults + 1
                inside = _inside(data, last - base, here)
                if inside:  # the last block is incomplete
                    at, lost, blocks = base + inside, last, blocks - 1
                    continue
            at += tag or _to_next(data, here)
            last = at
            continue
        tagged = at != first.at and _tagged(data, here, header)
        if tagged or lost >= 0 or header.kind != first.header.kind:
            if not tagged and not _goes_on(data, here, header):
                at += 1  # looks like a header by chance
                continue
            if blocks > 0:
                yield _Run(first, blocks, at if lost < 0 else lost)
            first = _first(data[here : here + _TAG], at, header)
            blocks, lost = -1 if first.flags else 0, -1
        blocks += 1
        last = at
        at += header.size
    if blocks > 0:
        yield _Run(first, blocks, place.size)


def _inside(data: bytes, start: int, stop: int) -> int:
    """The position inside a (possible) block where other blocks begin; 0 if there is none."""
    for here, header in _candidates(data[: stop + 4 * _TAG], start + 1):
        if here >= stop:
            break
        if _goes_on(data, here, header, 2):
            return here
    return 0


def _to_next(data: bytes, here: int) -> int:
    found = data.find(b"\xff", here + 1)
    return (found if found >= 0 else len(data)) - here


def _goes_on(data: bytes, here: int, header: Header, row: int = 1) -> bool:
    """Whether `row` blocks of the same kind follow."""
    after = _header(data, here + header.size)
    if after is None or after.kind != header.kind:
        return False
    return row == 1 or _goes_on(data, here + header.size, after, row - 1)

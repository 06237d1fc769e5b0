"""FLAC: the beginnings of joined recordings, and their numbers of samples according to their last frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .files import Place
from .views import Link

__all__ = ["Info", "frame", "links", "residue"]

#: The first bytes of a file: the mark, then the header of a block of 34 bytes, either not the last or the
#: last.
_MARKS = (b"fLaC\x00\x00\x00\x22", b"fLaC\x80\x00\x00\x22")
_MARK = int.from_bytes(b"fLaC", "little")
_STREAMINFO = 8
_AHEAD = 1 << 20
#: The assumed size of the largest frame if the first block does not state it, and of tags after the last
#: frame.
_FRAME, _TAGS = 1 << 16, 1 << 12
#: Up to so many bytes, Python's integers are divided as fast as arrays.
_FOR_INTEGERS = 1 << 11
_BLOCK_SIZES = {1: 192, **{k: 144 << k for k in range(2, 6)}, **{k: 1 << k for k in range(8, 16)}}


class Info(NamedTuple):
    """The content of the first block of a stream (STREAMINFO)."""

    smallest: int
    largest_frame: int
    total: int


def links(place: Place, most: int) -> list[Link] | None:
    """The recordings in a FLAC file, with totals from their last frames; None if the header is right.

    A total above `most` is impossible for the file. Source: RFC 9639.
    """
    starts = _starts(place)
    found = [_link(place, a, b, most) for a, b in zip(starts, [*starts[1:], place.size], strict=True)]
    return found if len(found) > 1 or found[0].patches else None


def _starts(place: Place) -> list[int]:
    """The positions where recordings begin; pictures and other blocks before the first frame are skipped."""
    starts = [_begin(place)]
    at = _after_blocks(place, starts[0])
    while at < place.size:
        window = place.fetch(at, _AHEAD)
        found = window.find(b"fLaC") if _holds_mark(window) else -1
        while found >= 0 and window[found : found + 8] not in _MARKS:
            if found + 8 > len(window) and at + found + 8 <= place.size:
                break  # the next window contains all of it
            found = window.find(b"fLaC", found + 1)
        if found >= 0 and window[found : found + 8] in _MARKS:
            starts.append(at + found)
            at = _after_blocks(place, at + found)
        else:
            at += len(window) - 7 if len(window) == _AHEAD else len(window) or place.size
    return starts


def _holds_mark(window: bytes) -> bool:
    """Whether "fLaC" is in the window; ten times faster than `bytes.find`."""
    words = (np.frombuffer(window, "<u4", (len(window) - k) // 4, k) for k in range(min(4, len(window))))
    return any((four == _MARK).any() for four in words)


def _begin(place: Place) -> int:
    """The position of the mark, after a tag if there is one."""
    head = place.fetch(0, 10)
    if head[:3] != b"ID3":
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size


def _after_blocks(place: Place, start: int) -> int:
    """The position of the first frame."""
    at, last = start + 4, False
    while not last and at < place.size:
        head = place.fetch(at, 4)
        last = len(head) < 4 or bool(head[0] & 0x80)
        at += 4 + int.from_bytes(head[1:4], "big")
    return at


def _link(place: Place, start: int, stop: int, most: int) -> Link:
    info = _info(place.fetch(start + _STREAMINFO, 34))
    there = _counted(place, start, stop, info)
    if there is None or info.total == there or there < info.total <= most:
        return Link(start, stop)  # if it ends early, reading reports it
    # The total has 36 bits, which begin in the middle of a byte.
    byte = start + _STREAMINFO + 13
    high = place.fetch(byte, 1)[0] & 0xF0 | there >> 32
    patch = (byte, bytes([high]) + (there & 0xFFFFFFFF).to_bytes(4, "big"))
    return Link(start, stop, (patch,), unstated=info.total > most)


def _info(block: bytes) -> Info:
    total = int.from_bytes(block[13:18], "big") & (1 << 36) - 1
    return Info(int.from_bytes(block[:2], "big"), int.from_bytes(block[7:10], "big"), total)


def _counted(place: Place, start: int, stop: int, info: Info) -> int | None:
    """Samples up to the end of the last frame; None if no two consecutive frames are found.

    A single mark with a valid checksum may be chance, but not two with consecutive sample numbers.
    """
    reach = 2 * (info.largest_frame or _FRAME) + _TAGS
    begins = _after_blocks(place, start)
    first = max(begins, stop - reach)
    data = place.fetch(first, stop - first)
    ends: dict[int, int] = {}
    at = len(data)
    while (at := data.rfind(b"\xff", 0, at)) >= 0:
        if data[at + 1 : at + 2] not in (b"\xf8", b"\xf9"):
            continue
        found = frame(data[at : at + 16], info)
        if found is None:
            continue
        begin, size = found
        if begin + size == info.total and not ends:
            return info.total  # as the first block states
        if begin + size in ends:
            return ends[begin + size]
        if at == 0 and begin == 0 and first == begins:
            return size  # a stream of one frame
        ends.setdefault(begin, begin + size)
    return None


def frame(head: bytes, info: Info) -> tuple[int, int] | None:
    """(number of the first sample, samples) from the header of a frame; None if it is not one."""
    if len(head) < 6 or head[3] & 1 or head[2] & 0x0F == 0x0F or head[3] >> 4 > 10:
        return None
    number, at = _coded(head)
    kind = head[2] >> 4
    if number is None or not kind:
        return None
    if kind in (6, 7):
        size = int.from_bytes(head[at : at + kind - 5], "big") + 1
        at += kind - 5
    else:
        size = _BLOCK_SIZES[kind]
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 0x0F, 0)
    if at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * info.smallest), size


def _coded(head: bytes) -> tuple[int | None, int]:
    """The number of a frame or sample, coded like a character of UTF-8, and the position after it."""
    lead = head[4]
    more = 0 if lead < 0x80 else 8 - (lead ^ 0xFF).bit_length()
    if more == 1 or more > 7:
        return None, 0
    number = lead if not more else lead & (0x7F >> more)
    tail = head[5 : 5 + max(more - 1, 0)]
    if any(byte & 0xC0 != 0x80 for byte in tail):
        return None, 0
    for byte in tail:
        number = number << 6 | byte & 0x3F
    return number, 5 + len(tail)


def residue(data: bytes) -> int:
    """15 of the 16 bits of a frame's checksum, from 0 on: 0 after each complete frame.

    The checksum is the rest of a division of polynomials over two elements by (x + 1) (x^15 + x + 1), and
    this is the rest by the second factor. Its power 2^k is x^(15 2^k) + x^(2^k) + 1, so that a few shifts of
    the whole halve the length: byte after byte, Python would take longer than the decoder.
    """
    rest = np.frombuffer(bytearray(data), np.uint8)
    step = 1 << (len(data) // 15).bit_length()
    while len(rest) > _FOR_INTEGERS:
        if len(rest) <= 15 * step:
            step //= 2
            continue
        above, rest = rest[: -15 * step], rest[-15 * step :]
        size, beyond = len(above), max(len(above) - 14 * step, 0)
        rest[-size:] ^= above
        rest[beyond - size - step : -step] ^= above[beyond:]
        if beyond:  # what the shift moves beyond the power once more
            rest[-beyond:] ^= above[:beyond]
            rest[-beyond - step : -step] ^= above[:beyond]
    value, bits = int.from_bytes(rest.tobytes(), "big"), 8 * step
    while bits:
        high = value >> 15 * bits
        if high:
            value = value & (1 << 15 * bits) - 1 ^ high ^ high << bits
        else:
            bits //= 2
    return value


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _crc8_table() -> bytes:
    values = list(range(256))
    for _ in range(8):
        values = [(value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1 for value in values]
    return bytes(values)


_CRC8 = _crc8_table()

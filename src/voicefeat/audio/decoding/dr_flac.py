"""FLAC read by miniaudio, if that is installed: whole, small, sound files; soundfile reads all others.

miniaudio holds dr_flac, which takes about half the time of the libsndfile in soundfile's wheels. Its samples
are used only where soundfile would give the same ones: where anything is unusual or fails, nothing is
returned, and soundfile reads the file or says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import numpy as np

from ...errors import AudioError
from . import flac
from .checks import most_bytes
from .files import Place

__all__ = ["decoder", "whole"]

#: Largest file in bytes: its content is in memory while it is read, so that memory stays bounded.
LARGEST = 1 << 21
#: Bits of a sample; both decoders scale these to float32 without rounding. libsndfile reads no others.
BITS = (8, 16, 24)
#: The kinds of metadata blocks: all others are left to libsndfile, which may refuse their content.
STREAMINFO, PADDING, SEEKTABLE, COMMENT = 0, 1, 3, 4
_SEEK_POINT = 18
#: Numbers of frames below this are coded as UTF-8 codes characters.
MOST_FRAMES = 0xD800
#: Bytes of the shortest header of a frame.
_FRAME_HEADER = 6
_FLOAT32 = np.dtype(np.float32)
#: Attributes of the extension module that are used here.
_NEEDED = ("ma_dr_flac_open_memory", "ma_dr_flac_read_pcm_frames_f32", "ma_dr_flac_close")


class _Header(NamedTuple):
    """What the metadata say, and where they end."""

    rate: int
    channels: int
    bits: int
    total: int
    #: Samples in each frame but the last.
    block: int
    #: The position of the first frame.
    frames_at: int


@cache
def decoder() -> tuple[str, Any, Any] | None:
    """Name and version of the decoder, its functions and its foreign types; None if it is not installed."""
    try:
        module = import_module("miniaudio")
        lib, ffi = module.lib, module.ffi
        if not all(hasattr(lib, name) for name in _NEEDED):
            return None
        return f"miniaudio {version('miniaudio')}", lib, ffi
    except (ImportError, OSError, AttributeError, PackageNotFoundError):
        return None


def whole(
    place: Place, part: Callable[[int], tuple[int, int | None]], dtype: np.dtype, room: np.ndarray | None
) -> tuple[np.ndarray, int, str] | None:
    """All samples of a FLAC file, their rate and the decoder's name; None where soundfile has to read it.

    `part` and `room` are as for `read`; a part that is not the whole recording is left to soundfile.
    """
    found = decoder() if _may_be(place) else None
    if found is None:
        return None
    try:
        data = place.fetch(0, place.size)
        header = _header(data)
        if header is None or len(data) != place.size:
            return None
        first, wanted = part(header.rate)
        if first or (wanted is not None and wanted < header.total):
            return None
        most = most_bytes(place.size) // (header.channels * dtype.itemsize)
        begins = None if header.total > most else _frames(data, header)
    except (OSError, AudioError):  # soundfile meets it as well, perhaps after an error of its own
        return None
    name, lib, ffi = found
    if begins is None or not _ends_with_frames(lib, ffi, data, header, begins):
        return None
    y = _decoded(lib, ffi, data, header, room if dtype == _FLOAT32 else None)
    return None if y is None else (y.astype(dtype, copy=False), header.rate, name)


def _may_be(place: Place) -> bool:
    """Whether a file is small, and FLAC by its name or, if it is open, by its first bytes."""
    if not 42 < place.size <= LARGEST:
        return False
    if place.file is None:
        return place.name[-5:].lower() == ".flac"
    return place.fetch(0, 4) == b"fLaC"


def _header(data: bytes) -> _Header | None:
    """The header of a file that has metadata of usual kinds in the usual order only; None for others."""
    if data[:4] != b"fLaC" or data[4] & 0x7F != STREAMINFO or data[5:8] != b"\0\0\x22":
        return None
    fields = int.from_bytes(data[18:26], "big")
    rate, channels = fields >> 44, (fields >> 41 & 7) + 1
    bits, total = (fields >> 36 & 31) + 1, fields & (1 << 36) - 1
    smallest, block = int.from_bytes(data[8:10], "big"), int.from_bytes(data[10:12], "big")
    if not rate or bits not in BITS or not total or not 16 <= smallest == block:
        return None
    at, last = 42, data[4] & 0x80
    while not last:
        kind, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        at, last = at + 4 + size, kind & 0x80
        if at >= len(data) or not _is_usual(kind & 0x7F, data[at - size : at]):
            return None
    return _Header(rate, channels, bits, total, block, at)


def _is_usual(kind: int, block: bytes) -> bool:
    if kind == COMMENT:
        return _is_comment(block)
    return kind == PADDING or (kind == SEEKTABLE and len(block) % _SEEK_POINT == 0)


def _is_comment(block: bytes) -> bool:
    """Whether the lengths in a block of comments add up: a text of the encoder, and a number of texts."""
    at = 4 + int.from_bytes(block[:4], "little")
    left = int.from_bytes(block[at : at + 4], "little")
    at += 4
    while left and at < len(block):
        at += 4 + int.from_bytes(block[at : at + 4], "little")
        left -= 1
    return not left and at == len(block)


def _frames(data: bytes, header: _Header) -> list[int] | None:
    """The positions of frames with the numbers 0, 1, 2, ...; None if there are others, or gaps.

    dr_flac looks at no number, and seeks the next frame behind bytes that belong to none.
    """
    count = -(-header.total // header.block)
    content = np.frombuffer(data, np.uint8)[header.frames_at :]
    marks = np.flatnonzero(content[:-1] == 0xFF)
    marks = marks[content[marks + 1] & 0xFE == 0xF8] + header.frames_at
    if not marks.size or marks[0] != header.frames_at or count > MOST_FRAMES or content.size < _FRAME_HEADER:
        return None
    size, info = data[header.frames_at + 2] & 0xF0, flac.Info(header.block, 0, header.total)
    begins: list[int] = []
    for at in marks.tolist():
        number = len(begins)
        coded = data.startswith(chr(number).encode(), at + 4)
        if coded and data[at + 1] == 0xF8 and (data[at + 2] & 0xF0 == size or number == count - 1):
            begins.append(at)
        elif flac.frame(data[at : at + 16], info) is not None:
            return None
    # A checksum from 0 on is 0 after each frame, and after the last only if nothing but zeros was between.
    return begins if len(begins) == count and not flac.residue(data[header.frames_at :]) else None


def _ends_with_frames(lib: Any, ffi: Any, data: bytes, header: _Header, begins: list[int]) -> bool:
    """Whether no zeros stand between or after the frames: a frame would be complete without such a zero."""
    for begin, end in zip(begins, [*begins[1:], len(data)], strict=True):
        if not data[end - 1]:
            alone = b"fLaC\x80" + data[5:42] + data[begin : end - 1]
            stream = lib.ma_dr_flac_open_memory(alone, len(alone), ffi.NULL)
            if not stream:
                return False
            room = ffi.new("float[]", header.block * header.channels)
            count = lib.ma_dr_flac_read_pcm_frames_f32(stream, header.block, room)
            lib.ma_dr_flac_close(stream)
            if count:
                return False
    return True


def _decoded(lib: Any, ffi: Any, data: bytes, header: _Header, room: np.ndarray | None) -> np.ndarray | None:
    """All samples, (n, channels), float32; None unless there are exactly as many as the header says.

    dr_flac leaves out a frame whose checksum differs, so that there are fewer.
    """
    stream = lib.ma_dr_flac_open_memory(data, len(data), ffi.NULL)
    if not stream:
        return None
    try:
        told = stream.sampleRate, stream.channels, stream.bitsPerSample, stream.totalPCMFrameCount
        if told != header[:4]:
            return None
        size = header.total * header.channels
        if room is None or room.size < size:
            room = np.empty(size, np.float32)
        y = room[:size]
        beyond = ffi.new("float[]", header.channels)
        read = lib.ma_dr_flac_read_pcm_frames_f32
        if read(stream, header.total, ffi.from_buffer("float[]", y)) != header.total or read(
            stream, 1, beyond
        ):
            return None
        return y.reshape(header.total, header.channels)
    finally:
        lib.ma_dr_flac_close(stream)

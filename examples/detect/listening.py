"""Calls as streams of pieces: from a file, or from standard input as WAV or raw samples."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import IO

import numpy as np

import voicefeat as vf
from voicefeat.audio.decoding import blocks, length

#: Samples of a WAV, by its format's number and their bits.
KINDS = {(1, 16): ("<i2", 32768.0), (1, 32): ("<i4", 2147483648.0), (3, 32): ("<f4", 1.0)}
EXTENSIBLE = 0xFFFE


def pieces(source: str, rate: int, seconds: float, raw_rate: int) -> Iterator[np.ndarray]:
    """Pieces of so many seconds, mono at `rate`, of a file or (`-`) standard input, as they come.

    raw_rate   of standard input without the header of a WAV: samples of 16 bits, little-endian, one channel
    """
    import soxr

    size = round(seconds * rate)
    held = np.zeros(0, np.float32)
    blocks, found_rate = _stream(sys.stdin.buffer, raw_rate) if source == "-" else _file(source)
    change = soxr.ResampleStream(found_rate, rate, 1, dtype="float32") if found_rate != rate else None
    for block in blocks:
        held = np.concatenate([held, block if change is None else change.resample_chunk(block)])
        while len(held) >= size:
            yield held[:size]
            held = held[size:]


def _file(path: str) -> tuple[Iterator[np.ndarray], int]:
    rate = length(path)[1]
    return (block.mean(1) for block, _ in blocks(path, 0.1, np.dtype(np.float32))), rate


def _stream(file: IO[bytes], raw_rate: int) -> tuple[Iterator[np.ndarray], int]:
    """Blocks of a tenth of a second, and their rate, of a stream that cannot be gone back in."""
    first = file.read(4)
    channels, rate, kind = 1, raw_rate, KINDS[1, 16]
    if first == b"RIFF":
        channels, rate, kind = _header(file)
        first = b""
    return _blocks(file, first, channels, rate, kind), rate


def _blocks(
    file: IO[bytes], first: bytes, channels: int, rate: int, kind: tuple[str, float]
) -> Iterator[np.ndarray]:
    frame = channels * np.dtype(kind[0]).itemsize
    while data := first + file.read(max(rate // 10, 1) * frame - len(first)):
        first = b""
        whole = np.frombuffer(data[: len(data) // frame * frame], kind[0])
        yield whole.reshape(-1, channels).mean(1, dtype=np.float32) / np.float32(kind[1])


def _header(file: IO[bytes]) -> tuple[int, int, tuple[str, float]]:
    """Channels, rate and kind of samples of a WAV; the size of its data, open in a pipe, is not used."""
    file.read(8)
    channels = rate = number = bits = 0
    while len(chunk := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            break
        data = file.read(size + size % 2)
        if name == b"fmt " and len(data) >= 16:
            number, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[:16])
            if number == EXTENSIBLE and len(data) >= 26:
                number = struct.unpack("<H", data[24:26])[0]
    if (number, bits) not in KINDS or not channels or not rate:
        told = f"format {number}, {bits} bits, {channels} channels, {rate} Hz"
        raise vf.AudioError(f"standard input: is WAV of {told}; give PCM of 16 or 32 bits, or 32-bit float")
    return channels, rate, KINDS[number, bits]

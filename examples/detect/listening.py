"""Calls as streams of pieces: from a file, or from standard input as WAV or raw samples."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from voicefeat.audio.decoding import blocks, length
from voicefeat.audio.live import live


def pieces(source: str, rate: int, seconds: float, raw_rate: int) -> Iterator[np.ndarray]:
    """Pieces of so many seconds, mono at `rate`, of a file or (`-`) standard input, as they come.

    raw_rate   of standard input without the header of a WAV: samples of 16 bits, little-endian, one channel
    """
    import soxr

    size = round(seconds * rate)
    held = np.zeros(0, np.float32)
    found, found_rate = _stream(raw_rate) if source == "-" else _file(source)
    change = soxr.ResampleStream(found_rate, rate, 1, dtype="float32") if found_rate != rate else None
    for block in found:
        mono = block.mean(axis=1)
        held = np.concatenate([held, mono if change is None else change.resample_chunk(mono)])
        while len(held) >= size:
            yield held[:size]
            held = held[size:]


def _file(path: str) -> tuple[Iterator[np.ndarray], int]:
    rate = length(path)[1]
    return (block for block, _ in blocks(path, 0.1, np.dtype(np.float32))), rate


def _stream(raw_rate: int) -> tuple[Iterator[np.ndarray], int]:
    coming = live(sys.stdin.buffer, raw_rate)
    return coming.blocks, coming.rate

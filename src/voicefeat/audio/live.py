"""Samples from a stream without seeking, such as standard input: raw PCM, or WAV."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from ..errors import AudioError, check_int
from .decoding.checks import is_placeholder

__all__ = ["Live", "live"]

#: Numbers of formats in WAV headers: integers, floats, and one that says it in another field.
INTEGERS, FLOATS, EXTENSIBLE = 1, 3, 0xFFFE
#: First bytes of containers that would sound as noise if they were taken for raw samples.
OTHERS = {
    b"fLaC": "FLAC", b"OggS": "Ogg", b"ID3": "MP3", b"FORM": "AIFF", b"caff": "CAF", b".snd": "AU",
    b"RIFX": "big-endian WAV", b"\x1aE\xdf\xa3": "Matroska or WebM", b"riff": "W64", b"NIST": "NIST SPHERE",
}  # fmt: skip
#: The most bytes of a chunk before the samples that are read, and of one with the format.
MOST_BYTES = 1 << 24


@dataclass(frozen=True)
class Live:
    """The rate and channels of incoming samples, and the samples in blocks.

    Blocks are float32, (n, channels); each is what was there when it was read, a tenth of a second at most.
    """

    rate: int
    channels: int
    blocks: Iterator[np.ndarray]


def live(file: IO[bytes], raw_rate: int, name: str = "standard input") -> Live:
    """The samples of a byte stream: WAV if it has a WAV header, otherwise 16-bit PCM with one channel.

    The header of a WAV is read here; samples are waited for only when a block is asked for.

    Parameters
    ----------
    file : file open for reading bytes
        It is read from its current position. A pipe is read without waiting for a full block.
    raw_rate : int
        Sampling rate in Hz of samples without a header, which are little-endian.
    name : str
        Name of the stream in messages.

    Raises
    ------
    AudioError
        If it is another kind of file, its header is damaged, or its sample format is not supported.
        While blocks are read: if it ends before the length in its header, or within a sample.
    """
    raw_rate = check_int("rate", raw_rate, 1, unit="hertz")
    first = _exactly(file, 4)
    for begins, kind in OTHERS.items():
        if first.startswith(begins):
            remedy = "give the path of the file, or a pipe of WAV: ffmpeg -i FILE -f wav - | ..."
            raise AudioError(f"{name}: is {kind}; {remedy}")
    if first not in (b"RIFF", b"RF64"):
        return Live(raw_rate, 1, _blocks(file, first, 1, raw_rate, _Samples(INTEGERS, 16), None, name))
    header = _header(file, name)
    blocks = _blocks(file, b"", header.channels, header.rate, header.samples, header.size, name)
    return Live(header.rate, header.channels, blocks)


@dataclass(frozen=True)
class _Samples:
    """The number of a WAV's format, and the bits of a sample."""

    number: int
    bits: int

    @property
    def decode(self) -> Callable[[bytes], np.ndarray] | None:
        """Bytes to float32 samples, as libsndfile scales them; None for a kind that is not read."""
        return _DECODERS.get((self.number, self.bits))


def _scaled(kind: str, scale: float, middle: int = 0) -> Callable[[bytes], np.ndarray]:
    def decode(data: bytes) -> np.ndarray:
        with np.errstate(over="ignore"):  # what does not fit is told of as not finite
            x = np.frombuffer(data, kind).astype(np.float32)
        return (x - np.float32(middle)) * np.float32(scale)

    return decode


def _of_three_bytes(data: bytes) -> np.ndarray:
    wide = np.zeros((len(data) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0].astype(np.float32) * np.float32(2.0**-31)


_DECODERS: dict[tuple[int, int], Callable[[bytes], np.ndarray]] = {
    (INTEGERS, 8): _scaled("u1", 2.0**-7, 128),
    (INTEGERS, 16): _scaled("<i2", 2.0**-15),
    (INTEGERS, 24): _of_three_bytes,
    (INTEGERS, 32): _scaled("<i4", 2.0**-31),
    (FLOATS, 32): _scaled("<f4", 1.0),
    (FLOATS, 64): _scaled("<f8", 1.0),
}


@dataclass(frozen=True)
class _Header:
    channels: int
    rate: int
    samples: _Samples
    #: Bytes of samples; None if the writer did not know.
    size: int | None


def _header(file: IO[bytes], name: str) -> _Header:
    """The header of a WAV, up to its first sample."""
    form, wide = None, None
    if _exactly(file, 8)[4:] != b"WAVE":
        raise AudioError(f"{name}: begins with RIFF, but is not WAV; give WAV or raw 16-bit samples")
    while len(head := _exactly(file, 8)) == 8:
        chunk, length = struct.unpack("<4sI", head)
        if chunk == b"data":
            if form is None:
                break
            size = length if wide is None or length != 0xFFFFFFFF else wide
            return _Header(*form, size if size and not is_placeholder(size, size) else None)
        if length > MOST_BYTES:
            break
        data = _exactly(file, length + length % 2)
        if len(data) < length:
            break
        if chunk == b"ds64" and len(data) >= 16:
            wide = struct.unpack("<Q", data[8:16])[0]
        if chunk == b"fmt ":
            form = _form(data, name)
    raise AudioError(f"{name}: the header of the WAV is cut off or damaged; give WAV or raw 16-bit samples")


def _form(data: bytes, name: str) -> tuple[int, int, _Samples]:
    """Channels, rate and samples that a chunk with the format states."""
    fields = struct.unpack("<HHIIHH", data[:16]) if len(data) >= 16 else (0,) * 6
    number, channels, rate, _, width, bits = fields
    if number == EXTENSIBLE and len(data) >= 26:
        number = struct.unpack("<H", data[24:26])[0]
    found = _Samples(number, bits)
    if found.decode is None or not channels or not rate or width != channels * bits // 8:
        stated = f"format {number}, {bits} bits, {channels} channels, {rate} Hz"
        remedy = "give PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64"
        raise AudioError(f"{name}: is WAV with an unsupported format ({stated}); {remedy}")
    return channels, rate, found


def _blocks(
    file: IO[bytes], first: bytes, channels: int, rate: int, samples: _Samples, size: int | None, name: str
) -> Iterator[np.ndarray]:
    """Blocks of samples that begin with the bytes `first`: `size` bytes, or all up to the end."""
    decode = samples.decode
    assert decode is not None
    frame = channels * samples.bits // 8
    most = max(rate // 10, 1) * frame
    held, done = first, len(first)
    while True:
        room = most - len(held)
        want = room if size is None else min(room, size - done)
        data = _some(file, want) if want > 0 else b""
        done += len(data)
        held += data  # which may end within a sample
        whole = len(held) // frame * frame
        if whole:
            y = decode(held[:whole]).reshape(-1, channels)
            held = held[whole:]
            if samples.number == FLOATS and not np.isfinite(y).all():
                raise AudioError(f"{name}: holds a sample that is not finite; convert it to integers")
            yield y
        if not data:
            break
    if size is not None and done < size:
        raise AudioError(
            f"{name}: ends after {done:,} of the {size:,} bytes of samples that its header states"
        )
    if size is not None:
        _check_rest(file, size % 2, name)
    if held:
        raise AudioError(f"{name}: ends within a sample, {len(held)} of {frame} bytes; give whole samples")


def _check_rest(file: IO[bytes], padding: int, name: str) -> None:
    """Read what follows the samples, so that its writer can end; refuse what may be samples."""
    after = _exactly(file, padding + 8)[padding:]
    if any(after) and not (after[:4].isascii() and after[:4].decode().isprintable()):
        raise AudioError(
            f"{name}: has more data after the samples that its header states; correct the header"
        )
    while _some(file, 1 << 16):
        pass


def _some(file: Any, most: int) -> bytes:
    """The bytes that have arrived, at most `most`; waits for the first of them."""
    read = getattr(file, "read1", None) or file.read  # a file without a buffer gives what is there as well
    return read(most) or b""


def _exactly(file: IO[bytes], count: int) -> bytes:
    """`count` bytes, fewer at the end."""
    found = b""
    while len(found) < count and (data := _some(file, count - len(found))):
        found += data
    return found

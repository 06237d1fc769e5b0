"""Recordings as samples: libsndfile's decoding, and an error for whatever is not as its header says."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from .errors import AudioError, AudioNotFoundError, reject

__all__: list[str] = []

# A length that nobody knew when the header was written: libsndfile's, and those of streamed WAV files.
_UNKNOWN_FRAMES = 2**62
_UNKNOWN_BYTES = 0x7FFFF000
#: Memory for samples is taken at once up to this size; a header that promises more is not believed.
_AT_ONCE_BYTES = 2**31
_BLOCK_FRAMES = 1 << 18
#: An MP3 may end within its last two blocks of 1152 samples: encoders count them differently.
_MP3_SLACK = 2 * 1152
_SAMPLE_BYTES = {
    "PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4,
    "FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1,
}  # fmt: skip
# libsndfile cuts the length in a header down to what the file holds, and says so in its log only.
_CUT = re.compile(r"^\s*(data|SSND|BODY|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.M)
#: Formats that say it in another way, or not at all: their log need not be read.
_WITHOUT_LOG = {"FLAC", "OGG", "MP3"}
#: Formats of which reading tells all that is wrong. In others soundfile's seek after it may tell more.
_READ_TO_THE_END = {"FLAC", "WAV", "WAVEX"}
#: Sizes of whole files may count their own header or padding.
_WHOLE_FILE_SLACK = 8


def read(
    path: Any, offset: float, duration: float | None, dtype: np.dtype, room: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """The samples of `path` from `offset` on, shape (n, channels), and their rate.

    They are put in `room`, a vector of `dtype`, where that is given and holds them: memory that was used
    before is quicker to write to.

    Raises
    ------
    AudioError
        If the file is missing or no audio, cannot be decoded, holds no samples in the part asked for, or
        ends before the length that its header promises (and the part asked for reaches there), or holds a
        sample that is not finite.
    """
    import soundfile

    name = _name(path)
    try:
        with _opened(name, path) as file:
            return _samples(name, path, file, offset, duration, dtype, room)
    except (soundfile.SoundFileError, OSError) as problem:
        _explain(name, path, problem)


def blocks(path: Any, seconds: float, dtype: np.dtype) -> Iterator[tuple[np.ndarray, int]]:
    """The samples of `path` and their rate in blocks of `seconds`, shape (n, channels), the last one shorter.

    Raises
    ------
    AudioError
        As `read`; what ends early or holds no samples is known after the last block.
    """
    import soundfile

    name, done, more = _name(path), 0, True
    with _opened(name, path) as file:
        size = max(1, round(seconds * file.samplerate))
        _without_seeking(file)
        while more:
            try:
                block = file.read(size, dtype=dtype.name, always_2d=True)
            except (soundfile.SoundFileError, OSError) as problem:
                _explain(name, path, problem)
            _check_finite(name, block, done)
            done, more = done + len(block), len(block) == size
            if len(block):
                yield block, file.samplerate
        _check_whole(name, path, file, 0, done, _UNKNOWN_FRAMES)


def _opened(name: str, path: Any) -> Any:
    import soundfile

    try:
        return soundfile.SoundFile(path if hasattr(path, "read") else os.fspath(path))
    except (soundfile.SoundFileError, OSError, TypeError) as problem:
        _explain(name, path, problem)


def _samples(
    name: str, path: Any, file: Any, offset: float, duration: float | None, dtype: np.dtype,
    room: np.ndarray | None,
) -> tuple[np.ndarray, int]:  # fmt: skip
    rate, length = file.samplerate, file.frames
    first = int(offset * rate)
    wanted = _UNKNOWN_FRAMES if duration is None else int(duration * rate)
    if length < _UNKNOWN_FRAMES and 0 < length <= first:
        raise AudioError(
            f"{name}: offset={offset:g} lies behind its end, it lasts {length / rate:.6g} s; "
            f"give an offset (start in a manifest) below that"
        )
    if not wanted:
        raise AudioError(f"{name}: duration={duration:g} is less than one sample at {rate} Hz; give more")
    _skip(file, first)
    y = _decoded(file, min(wanted, length - first), dtype, room)
    _check_whole(name, path, file, first, len(y), wanted)
    if not file.subtype.startswith("PCM_"):  # whole numbers are finite
        _check_finite(name, y, 0)
    return y, rate


def _check_whole(name: str, path: Any, file: Any, first: int, got: int, wanted: int) -> None:
    """Whether the `got` samples from `first` on are all that were `wanted` and promised."""
    rate, known = file.samplerate, file.frames < _UNKNOWN_FRAMES
    promised = _promised(path, file) if known else first + got
    if file.format == "MP3" and (not _counted(path) or promised - first - got <= _MP3_SLACK):
        promised = first + got  # its length is then an estimate from the first block, no promise
    if got < min(wanted, promised - first):
        usable, end = (math.floor(n / rate * 1000) / 1000 for n in (got, first + got))
        remedy = "make it again"
        if usable:
            remedy = f"pass duration={usable:g} to use those (end={end:g} in a manifest), or {remedy}"
        raise AudioError(
            f"{name}: ends early, {first + got} of the {promised} samples that its header promises "
            f"are there; {remedy}"
        )
    if not got:
        raise AudioError(f"{name}: holds no samples; make it again or leave it out")


def _check_finite(name: str, y: np.ndarray, first: int) -> None:
    """Whether `y`, shape (n, channels), which begins at sample `first`, is finite."""
    if not np.isfinite(y).all():
        raise AudioError(f"{name}: {first_not_finite(y.T, first)}; repair the recording or leave it out")


def first_not_finite(y: np.ndarray, first: int = 0) -> str:
    """Which sample of `y`, shape (..., n), is the first that is NaN or infinite; "" if there is none.

    Samples are counted from `first` on.
    """
    flat = y.reshape(-1)
    for start in range(0, flat.size, _BLOCK_FRAMES):
        finite = np.isfinite(flat[start : start + _BLOCK_FRAMES])
        if not finite.all():
            place = start + int(finite.argmin())
            *channel, sample = (int(i) for i in np.unravel_index(place, y.shape))
            of = f" of channel {channel[0] if len(channel) == 1 else tuple(channel)}" if channel else ""
            return f"sample {first + sample}{of} is {flat[place]}"
    return ""


def _skip(file: Any, frames: int) -> None:
    if frames and file.seekable():
        file.seek(frames)
    elif frames:
        file.read(frames)


def _decoded(file: Any, frames: int, dtype: np.dtype, room: np.ndarray | None) -> np.ndarray:
    """Up to `frames` samples of every channel, in `room` if they fit there."""
    if file.format in _READ_TO_THE_END:
        _without_seeking(file)
    shape = (frames, file.channels)
    count = frames * file.channels
    if count * dtype.itemsize <= _AT_ONCE_BYTES:
        if room is None or room.size < count:
            room = np.empty(count, dtype)
        return file.read(out=room[:count].reshape(shape))
    _without_seeking(file)
    parts = []
    while frames > 0:
        part = file.read(min(frames, _BLOCK_FRAMES), dtype=dtype.name, always_2d=True)
        parts.append(part)
        frames = frames - len(part) if len(part) == _BLOCK_FRAMES else 0
    return np.concatenate(parts)


def _without_seeking(file: Any) -> None:
    """Let a file be read in blocks.

    soundfile seeks to where it is after every read. libsndfile cannot do that in a file of unknown length
    nor in some FLAC files, and in an MP3 file it changes the samples that follow.
    """
    file.seekable = lambda: False


def _promised(path: Any, file: Any) -> int:
    """How many samples a channel has by the header."""
    if file.format in _WITHOUT_LOG:
        return file.frames
    for chunk, written, held in _CUT.findall(file.extra_info):
        missing = int(written) - int(held)
        slack = _WHOLE_FILE_SLACK if chunk.lower().startswith("riff") else 0
        if int(written) < _UNKNOWN_BYTES and missing > slack:
            each = file.channels * _SAMPLE_BYTES.get(file.subtype, 0) or int(held) / max(file.frames, 1) or 1
            return file.frames + math.ceil(missing / each)
    return file.frames


def _counted(path: Any) -> bool:
    """Whether an MP3 file says how many blocks it has (a Xing header in its first block)."""
    if hasattr(path, "read"):
        here = path.tell()
        path.seek(0)
        head = _first_block(path)
        path.seek(here)
    else:
        with open(path, "rb") as file:
            head = _first_block(file)
    return b"Xing" in head or b"Info" in head


def _first_block(file: Any) -> bytes:
    tag = file.read(10)
    size = 0
    if tag[:3] == b"ID3":  # text and pictures come first; their length is stored seven bits a byte
        for byte in tag[6:10]:
            size = size << 7 | byte
        size += 10
    file.seek(size)
    return file.read(4096)


def _name(path: Any) -> str:
    """How messages call the recording."""
    if hasattr(path, "read"):
        return str(getattr(path, "name", f"<{type(path).__name__}>"))
    try:
        name = os.fspath(path)
    except TypeError:
        reject("path", path, "is neither a path nor a binary file", "give the path of a recording")
    return os.fsdecode(name)


def _explain(name: str, path: Any, problem: Exception) -> NoReturn:
    if not hasattr(path, "read"):
        if not os.path.lexists(path):
            raise AudioNotFoundError(f"{name}: there is no such file; check the path") from None
        if not os.path.exists(path):
            raise AudioError(f"{name}: is a link that leads to no file; mend it or leave it out") from None
        if os.path.isdir(path):
            raise AudioError(f"{name}: is a folder; give the path of one recording") from None
        if not os.access(path, os.R_OK):
            raise AudioError(f"{name}: may not be read; check its permissions") from None
        if os.path.getsize(path) == 0:
            raise AudioError(f"{name}: is empty, 0 bytes; make it again or leave it out") from None
    reason = str(getattr(problem, "error_string", problem)).strip().rstrip(".").removeprefix("Error : ")
    if "does not exist" in reason:  # what libsndfile says of an MP3 without a single block
        reason = "no audio was found in it"
    if isinstance(problem, TypeError):  # what soundfile says of a name that ends with .raw
        reason = "raw samples have no header that tells their rate and type"
    raise AudioError(
        f"{name}: cannot be decoded ({reason}); check that it plays, or convert it to WAV or FLAC"
    ) from problem

"""Reading recordings: a part at once, or everything in blocks; and their length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from ...errors import AudioError, fail
from . import dr_flac
from .checks import UNKNOWN_FRAMES, check_finite, check_whole
from .files import Content, Place, is_sound_file, sample_at
from .known import Memory
from .samples import Stream

__all__ = ["Samples", "blocks", "kind", "length", "read"]

_lengths: Memory[tuple[int, int]] = Memory(1024)
#: Open files that were read beyond the length in their header: their actual and their intended position.
_behind: WeakKeyDictionary[Any, tuple[int, int]] = WeakKeyDictionary()

Part = Callable[[int], tuple[int, int | None]]


class Samples(NamedTuple):
    """Samples of a recording."""

    #: Shape (n, channels).
    y: np.ndarray
    rate: int
    #: The library that decoded them, and its version.
    decoder: str
    #: The file, if all its bytes were read meanwhile.
    content: Content | None = None


def read(path: Any, part: Part, dtype: np.dtype, room: np.ndarray | None = None) -> Samples:
    """Samples of `path`, shape (n, channels), their rate, and what decoded them.

    `part(rate)` returns the first sample and the number of samples, or None for all that follow. They are
    written to `room`, a vector of `dtype`, if it is given and large enough: used memory is faster to write
    to.

    Raises
    ------
    AudioError
        If the file is missing, not audio, or cannot be decoded; if the part has no samples, or a sample that
        is not finite; if the file ends before the length in its header and the part reaches there; or if it
        would give too many samples.
    """

    if is_sound_file(path):
        return _read_on(path, part, dtype)
    return _read(path, part, dtype, room)


def _read(
    path: Any, part: Part, dtype: np.dtype, room: np.ndarray | None = None, file: Any = None, on: bool = False
) -> Samples:
    """As `read`. An open `file` is moved to the end of the part; `on`: the part begins at its position."""
    import soundfile

    place = Place(path)
    try:
        with place:
            if file is None and (samples := dr_flac.whole(place, part, dtype, room)) is not None:
                return Samples(*samples, place.content)
            with Stream(place) as stream:
                stream.stands = on
                first, wanted = part(stream.rate)
                y = stream.take(first, wanted, dtype, room)
                if file is not None and file.seekable():
                    stream.leave(file, first + len(y))
                if wanted is None or len(y) < wanted:
                    stream.remark(5 + (file is not None))
                if not stream.file.subtype.startswith("PCM_"):  # integers are finite
                    check_finite(place.name, y, 0)
                return Samples(y, stream.rate, _libsndfile(), place.content)
    except (soundfile.SoundFileError, OSError) as problem:
        place.explain(problem)


def blocks(path: Any, seconds: float, dtype: np.dtype) -> Iterator[tuple[np.ndarray, int]]:
    """The samples of `path` and their rate in blocks of `seconds`, shape (n, channels), the last one shorter.

    Raises
    ------
    AudioError
        As `read`; a recording that ends early or has no samples is reported after the last block.
    """
    import soundfile

    place, done, more = Place(path), 0, True
    with place, Stream(place) as stream:
        try:
            stream.look()
            total = stream.total()
            size = max(1, sample_at(seconds, stream.rate))
            while more:
                block = stream.read(size, dtype)
                check_finite(place.name, block, done)
                done, more = done + len(block), len(block) == size
                if len(block):
                    yield block, stream.rate
            stream.check(0, done, UNKNOWN_FRAMES, total)
            stream.remark(3)
        except (soundfile.SoundFileError, OSError) as problem:
            place.explain(problem)


def length(path: Any) -> tuple[int, int]:
    """The number of samples per channel that `path` really has, and their rate.

    Raises
    ------
    AudioError
        As `read`.
    """
    import soundfile

    place = Place(path)
    known = _lengths.get(place.identity) if place.identity else None
    if known is not None:
        return known
    try:
        with place, Stream(place) as stream:
            stream.look()
            count, rate = stream.total(), stream.rate
            if count is None:
                count = 0
                while part := len(stream.read(1 << 18, np.dtype(np.float32))):
                    count += part
    except (soundfile.SoundFileError, OSError) as problem:
        place.explain(problem)
    if place.identity is not None:
        _lengths.put(place.identity, (count, rate))
    return count, rate


def kind(path: Any) -> tuple[str, str]:
    """The format of a recording and of its samples, in words."""
    with Stream(Place(path)) as stream:
        return stream.file.format_info, stream.file.subtype_info


def _read_on(file: Any, part: Part, dtype: np.dtype) -> Samples:
    """Samples of an open `soundfile.SoundFile`: from its position, if the part begins at sample 0."""
    if file.closed or ("r" not in file.mode and "+" not in file.mode):
        fail("path", file, "is closed or open for writing", "open it for reading")
    rate = file.samplerate
    first, wanted = part(rate)
    on = not first
    if on and file.seekable():
        first = file.tell()
        stood, behind = _behind.get(file, (-1, 0))
        if first == stood:
            first = behind
    source = file.name
    if file.format == "RAW" or isinstance(source, int):
        if first != (file.tell() if file.seekable() else 0):
            file.seek(first)
        y = file.read(-1 if wanted is None else wanted, dtype=dtype.name, always_2d=True)
        if on and first and not len(y):
            raise AudioError("<SoundFile>: is at its end; go back with its seek(0) to read it")
        check_whole("<SoundFile>", rate, len(y), len(y), 0, 0)
        check_finite("<SoundFile>", y, first)
        return Samples(y, rate, _libsndfile())
    samples = _read(source, lambda _: (first, wanted), dtype, file=file, on=on)
    end = first + len(samples.y)
    if end > file.frames and file.seekable():
        _behind[file] = file.tell(), end
    else:
        _behind.pop(file, None)
    return samples


def _libsndfile() -> str:
    import soundfile

    return f"libsndfile {soundfile.__libsndfile_version__}"

"""The source files of a dataset: a file in its folder with one record per recording.

Times of modification differ for a copy of the corpus on another disk, so they are not stored in the shards.
A record has 56 bytes, far fewer than a row.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import ParameterError
from ..checksums import Identity, identity, known_at
from ..inputs.sources import Source
from ..ordered_map import ordered_map

__all__ = [
    "RECORDINGS", "Changed", "Recordings", "changed", "entries_by_digest", "first_listed_otherwise",
    "listed_entries", "missing_records", "recordings_digest",
]  # fmt: skip

RECORDINGS = "_recordings.bin"
#: A digest of the recording's entry in the list; size, time and digest of its file.
KIND = np.dtype([("listed", "V8"), ("size", "<i8"), ("mtime", "<i8"), ("sha256", "V32")])
#: The offset of the time in a record.
MTIME = 16
#: The file is created if it does not exist, and no link is followed.
FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
#: Number of records written at a time.
TOGETHER = 1 << 10
#: Number of threads that check files: on a network disk each check takes long.
THREADS = 16


class Changed(NamedTuple):
    """A recording that changed after it was read."""

    number: int
    id: str
    why: str


class Recordings:
    """The records of a run in progress; they are valid once the state file covers them."""

    def __init__(self, folder: Path, known: int) -> None:
        handle = os.open(folder / RECORDINGS, FLAGS, 0o666)
        self._file = os.fdopen(handle, "r+b")
        if not known:
            self._file.truncate(0)  # records of a run that stored nothing
        self._first, self._held = 0, bytearray()

    def put(self, number: int, source: Source, read: Identity) -> None:
        """Add the record of a recording."""
        if self._held and number != self._first + len(self._held) // KIND.itemsize:
            self.flush()
        if not self._held:
            self._first = number
        self._held += _entry_digest(source)
        for each in (read.size, read.mtime):
            self._held += each.to_bytes(8, "little", signed=True)
        self._held += read.sha256.ljust(32, b"\0")
        if len(self._held) >= TOGETHER * KIND.itemsize:
            self.flush()

    def flush(self) -> None:
        """Write the buffered records."""
        if self._held:
            self._file.seek(self._first * KIND.itemsize)
            self._file.write(self._held)
            self._file.flush()
            self._held.clear()

    def to_disk(self) -> None:
        """Flush the file to disk."""
        os.fsync(self._file.fileno())

    def __enter__(self) -> Recordings:
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):  # of a full disk; all valid records were flushed
            self._file.close()


def recordings_digest(sources: Iterable[Source]) -> str:
    """A fingerprint of the recordings and their order, but not of their paths."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(_entry(source))
    return digest.hexdigest()[:16]


def _entry(source: Source) -> bytes:
    """The entry of a source in the list, without its path."""
    entry = (source.id, source.start, source.end, source.channel, source.carried)
    return repr(entry).encode("utf-8", "backslashreplace")


def _entry_digest(source: Source) -> bytes:
    return hashlib.blake2b(_entry(source), digest_size=8).digest()


def entries_by_digest(sources: Iterable[Source]) -> dict[bytes, Source]:
    """The recordings of a list, by the digest of their entries in it."""
    return {_entry_digest(source): source for source in sources}


def listed_entries(folder: Path, count: int) -> list[bytes]:
    """The digests of the entries of a dataset's first `count` recordings.

    Raises
    ------
    ParameterError
        If the records are lost.
    """
    if lost := missing_records(folder, count):
        raise ParameterError(
            f"{folder / RECORDINGS}: {lost}, so the source files of the dataset are not known; copy it "
            "again, or give another folder"
        )
    return _records(folder)["listed"][:count].tolist()


def first_listed_otherwise(folder: Path, sources: Sequence[Source], done: int) -> str:
    """The first difference of a list from that of a dataset with `done` recordings, in words."""
    records = _records(folder)
    listed = records["listed"][: min(done, len(sources))].tolist()
    for number, (before, source) in enumerate(zip(listed, sources, strict=False)):
        if before != _entry_digest(source):
            return f"the first that differs is number {number + 1}, {source.id!r}"
    if len(listed) < done:
        return f"{done:,} are in the dataset, {len(sources):,} are given"
    return f"the first {done:,} are the same, the later ones differ"


def missing_records(folder: Path, done: int) -> str:
    """What is wrong with the records of the first `done` recordings, in words; "" if all exist."""
    try:
        there = (folder / RECORDINGS).stat().st_size // KIND.itemsize
    except OSError:
        return "is missing"
    return "" if there >= done else f"lists {there:,} of {done:,} recordings"


def changed(folder: Path, sources: Sequence[Source], numbers: Iterable[int], workers: int) -> list[Changed]:
    """The recordings among `numbers` whose files have changed since they were read.

    Size and time of modification are compared. If only the time differs, as after a copy, the bytes are
    compared, and the new time is stored.
    """
    records = _records(folder)
    sizes, times = records["size"].tolist(), records["mtime"].tolist()

    def look(some: list[int]) -> tuple[list[Changed], list[tuple[int, int]]]:
        wrong, moved = [], []
        for number in some:
            path = sources[number].path
            now = known_at(path)
            if (now.size, now.mtime) == (sizes[number], times[number]):
                continue
            known = records["sha256"][number].tobytes()
            if now.size == sizes[number] >= 0 and known == identity(path).sha256:
                moved.append((number, now.mtime))
            else:
                wrong.append(Changed(number, sources[number].id, _why(sizes[number], now.size)))
        return wrong, moved

    found: list[Changed] = []
    moved: list[tuple[int, int]] = []
    for wrong, same in ordered_map(look, _groups(numbers), min(THREADS, max(4, workers))):
        found += wrong
        moved += same
    if moved:
        _note(folder, moved)
    return found


def _why(before: int, now: int) -> str:
    if before < 0 or now < 0:
        return "was missing before" if before < 0 else "is missing now"
    return f"{before:,} bytes before, {now:,} now" if before != now else "other bytes than before"


def _groups(numbers: Iterable[int]) -> Iterator[list[int]]:
    group: list[int] = []
    for number in numbers:
        group.append(number)
        if len(group) == TOGETHER // 4:
            yield group
            group = []
    if group:
        yield group


def _records(folder: Path) -> np.ndarray:
    try:
        data = (folder / RECORDINGS).read_bytes()
    except OSError:
        data = b""
    return np.frombuffer(data[: len(data) // KIND.itemsize * KIND.itemsize], KIND)


def _note(folder: Path, moved: Sequence[tuple[int, int]]) -> None:
    """Store new times of modification of files with the same bytes."""
    with open(folder / RECORDINGS, "r+b") as file:
        for number, mtime in moved:
            file.seek(number * KIND.itemsize + MTIME)
            file.write(mtime.to_bytes(8, "little", signed=True))

"""Digests of recordings, and checksums of the rows computed from them."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from ..audio.decoding import Content

__all__ = ["ABSENT", "Identity", "checksum", "combined", "forget", "identity", "known_at"]

#: Error numbers of paths where no file can be read.
NOWHERE = (
    errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL,
)  # fmt: skip
#: Files up to this size are read at once.
AT_ONCE = 1 << 20
#: Number of files whose digests are kept in memory: one file may have many segments.
REMEMBERED = 1 << 12


class Identity(NamedTuple):
    """Size, time and digest of a file when it was read."""

    #: Bytes; -1 where there is no such file.
    size: int
    #: Time of modification in nanoseconds.
    mtime: int
    #: SHA-256 of its bytes; empty where they could not be read.
    sha256: bytes = b""

    @classmethod
    def of(cls, content: Content) -> Identity:
        """The identity of a file whose bytes were read."""
        return cls(content.size, content.mtime, hashlib.sha256(content.data).digest())


ABSENT = Identity(-1, -1)


def known_at(path: str) -> Identity:
    """Size and time of the file at `path`, without reading it."""
    try:
        about = os.stat(path)
    except ValueError:  # not a name that a file can have
        return ABSENT
    except OSError as error:
        if error.errno not in NOWHERE:  # a fault of the machine or the network: the file may exist
            raise
        return ABSENT
    if not stat.S_ISREG(about.st_mode):
        return ABSENT  # reading a pipe would block, a folder has no bytes
    return Identity(about.st_size, about.st_mtime_ns)


def identity(path: str) -> Identity:
    """Size, time and digest of the file at `path`.

    Raises
    ------
    OSError
        If the machine fails, for example with too many open files.
    """
    known = known_at(path)
    if known == ABSENT:
        return known
    try:
        return known._replace(sha256=_digest(path, known.size, known.mtime))
    except OSError as error:
        if error.errno not in (errno.EIO, *NOWHERE):
            raise
        return known


def forget() -> None:
    """Forget all digests, so that files are read again."""
    _digest.cache_clear()


@lru_cache(REMEMBERED)
def _digest(path: str, size: int, mtime: int) -> bytes:
    with open(path, "rb", buffering=0) as file:
        if size <= AT_ONCE:
            return hashlib.sha256(file.read()).digest()
        return hashlib.file_digest(file, "sha256").digest()


def checksum(facts: dict[str, Any], carried: Iterable[Any], data: Any) -> int:
    """CRC-32 of a row: of its stored values (bytes or an array), its facts and its carried columns.

    It does not depend on how the format orders columns and stores missing values.

    Examples
    --------
    >>> facts = {"id": "a.wav", "part": 0, "start": 0.0, "sr": 8000, "duration": 1.5}
    >>> checksum(facts, ["spoof", None, 3], b"1234") == checksum(facts, [3.0, "spoof", float("nan")], b"1234")
    True
    """
    words = [facts["id"], facts.get("part"), float(facts["start"]), facts.get("channel"), facts["sr"]]
    words += [float(facts["duration"]), facts.get("sha256", ""), *sorted(map(_plain, carried))]
    # A text in HDF5 ends at a NUL, so "\\x00" is written in its place.
    text = "\n".join(map(str, words)).replace("\0", "\\x00")
    return zlib.crc32(text.encode("utf-8", "backslashreplace"), zlib.crc32(data))


def combined(before: int, checks: Iterable[int]) -> int:
    """CRC-32 of the checksums of rows, in their order; `before` is that of the rows before them, or 0."""
    for check in checks:
        before = zlib.crc32(check.to_bytes(4, "little"), before)
    return before


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or value != value else repr(float(value))

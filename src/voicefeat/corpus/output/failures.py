"""The ledger: one line for every recording that could not be used, with the reason."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path
from typing import IO, Any

from ...files.csv_lines import csv_writer
from ..items import Failure

__all__ = ["HEADER", "Ledger", "commit_ledger", "failed_ids", "write_next_ledger"]


#: The first line of a ledger.
HEADER = (",".join(Failure._fields) + "\n").encode()


class Ledger:
    """``_failures.csv`` or another name, opened at the first failure and flushed after each line.

    Readers of Parquet folders skip files whose names begin with an underscore. A run that continues another
    keeps the first `length` bytes, which hold `count` failures.
    """

    NAME = "_failures.csv"

    def __init__(self, folder: Path, name: str = NAME, *, length: int = 0, count: int = 0) -> None:
        self.file: Path = folder / name
        self.count: int = count
        self._stream: IO[str] | None = None
        self._writer: Any = None
        if length:
            os.truncate(self.file, length)
            self._open("a")
        else:
            self.file.unlink(missing_ok=True)

    def _open(self, mode: str) -> None:
        self._stream = self.file.open(mode, newline="", encoding="utf-8", errors="backslashreplace")
        self._writer = csv_writer(self._stream)

    def add(self, failure: Failure) -> None:
        """Write one line."""
        if self._stream is None:
            self._open("x")  # the old file was removed, and no link is followed
            assert self._stream is not None
            self._stream.write(HEADER.decode())
        self._writer.writerow(failure)
        self._stream.flush()
        self.count += 1

    @property
    def length(self) -> int:
        """Number of bytes so far; they are flushed to disk."""
        if self._stream is None:
            return 0
        os.fsync(self._stream.fileno())
        return self.file.stat().st_size

    @property
    def lines(self) -> int:
        """Number of bytes of the lines, without the header."""
        return max(0, self.length - len(HEADER))

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._stream is not None:
            self._stream.close()


def failed_ids(folder: Path, length: int) -> Counter[str]:
    """How many lines each recording has in the first `length` bytes of the ledger in `folder`."""
    if not length:
        return Counter()
    with open(folder / Ledger.NAME, "rb") as file:
        text = io.TextIOWrapper(io.BytesIO(file.read(length)), encoding="utf-8", newline="")
    return Counter(line["id"] for line in csv.DictReader(text))


#: The name of a new ledger, which replaces the old one once the state file says so.
NEXT = f".{Ledger.NAME}.next"


def write_next_ledger(folder: Path, before: int, old: int, after: int, lines: Path) -> int:
    """Write a new ledger beside the old one, with the lines of the ledger `lines` in place of some old ones.

    Parameters
    ----------
    folder : Path
        The folder of the dataset.
    before, old, after : int
        Numbers of bytes, without the header: of the lines before the replaced ones, of those, and after them.
    lines : Path
        The ledger of the new lines; the file need not exist.

    Returns
    -------
    int
        Number of bytes of the new lines.
    """
    new = max(0, lines.stat().st_size - len(HEADER)) if lines.exists() else 0
    (folder / NEXT).unlink(missing_ok=True)
    with open(folder / NEXT, "xb") as out:
        if before + new + after:
            out.write(HEADER)
            _copy(folder / Ledger.NAME, len(HEADER), before, out)
            _copy(lines, len(HEADER), new, out)
            _copy(folder / Ledger.NAME, len(HEADER) + before + old, after, out)
        out.flush()
        os.fsync(out.fileno())
    return new


def _copy(file: Path, begin: int, count: int, out: IO[bytes]) -> None:
    if count:
        with open(file, "rb") as lines:
            lines.seek(begin)
            while count and (block := lines.read(min(count, 1 << 20))):
                out.write(block)
                count -= len(block)


def commit_ledger(folder: Path, known: bool = True) -> None:
    """Replace the ledger by the new one, if it exists; remove the new one if it is not `known`."""
    aside, place = folder / NEXT, folder / Ledger.NAME
    if not known:
        aside.unlink(missing_ok=True)
    if not aside.exists():
        return
    os.replace(aside, place)
    if not place.stat().st_size:
        place.unlink()

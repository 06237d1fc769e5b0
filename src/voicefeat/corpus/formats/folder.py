"""Common parts of formats: the columns of a row, and folders of plain files with ``about.json``."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..checksums import checksum, combined
from ..items import Row
from . import About, Reader
from .damage import fail_unreadable

__all__ = ["COLUMNS", "FolderReader", "Index", "json_values", "row_columns", "row_facts", "write_about"]

#: The columns of every row, and their types; Parquet has its own order.
COLUMNS = (
    ("id", "string"),
    ("part", "int32"),
    ("start", "float64"),
    ("channel", "int32"),
    ("sr", "int32"),
    ("n_frames", "int64"),
    ("duration", "float64"),
    ("n_rows", "int32"),
    ("sha256", "string"),
    ("crc32", "int64"),
)
#: The same if channels do not have their own rows.
_WITHOUT_CHANNEL = tuple(column for column in COLUMNS if column[0] != "channel")


def row_columns(about: About) -> tuple[tuple[str, str], ...]:
    """The names and types of the columns of a row; `about.columns` come after them."""
    return COLUMNS if about.channels else _WITHOUT_CHANNEL


def row_facts(row: Row, values: np.ndarray, about: About, stored: bytes | None = None) -> dict[str, Any]:
    """The values of `row_columns`; `stored` are the bytes in the file if not those of `values`."""
    n_rows, n_frames = values.shape
    data = np.ascontiguousarray(values) if stored is None else stored
    facts = row.facts()
    facts |= {"n_frames": n_frames, "n_rows": n_rows, "crc32": checksum(facts, row.carried, data)}
    return {name: facts[name] for name, _ in row_columns(about)}


def json_values(row: Row) -> list[Any]:
    """What a row carries; JSON has no NaN, so NaN is None."""
    return [None if value != value else value for value in row.carried]


def write_about(folder: Path, about: About, values: str) -> None:
    """Write ``about.json``: the metadata, with the layout of the values."""
    text = json.dumps({**about.metadata, "values": values}, ensure_ascii=False, indent=1)
    (folder / "about.json").write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


class Index:
    """A new folder with ``about.json`` and ``index.jsonl``, which has one line of JSON per row."""

    def __init__(self, folder: Path, about: About, values: str) -> None:
        self._about = about
        self._carried = [name for name, _ in about.columns]
        self.chain: int = 0
        folder.mkdir()
        write_about(folder, about, values)
        index = folder / "index.jsonl"
        self._lines = index.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def add(self, row: Row, values: np.ndarray, stored: bytes | None = None, **where: Any) -> None:
        """Write the line of a row, with the place `where` of its values; `stored` is as in `row_facts`."""
        line = {**row_facts(row, values, self._about, stored), **where}
        self.chain = combined(self.chain, [line["crc32"]])
        line |= zip(self._carried, json_values(row), strict=True)
        self._lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the index."""
        self._lines.close()


class FolderReader(Reader):
    """A shard that is such a folder; the columns `where` of the index hold the places of the values."""

    where: tuple[str, ...] = ()

    def __init__(self, place: Path) -> None:
        self.place = place
        try:
            self.about: Mapping[str, Any] = json.loads((place / "about.json").read_text(encoding="utf-8"))
            with open(place / "index.jsonl", encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            names = list(rows[0])
            self._columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in names}
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            fail_unreadable(place, error)
        self.names: list[Any] = [name for name in names if name not in self.where]
        self.count: int = len(rows)

    def column(self, name: str) -> list[Any]:
        return self._columns[name]

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        for number in numbers:
            facts = {name: self._columns[name][number] for name in self.names}
            where = [self._columns[name][number] for name in self.where]
            try:
                yield facts, self.matrix(facts, *where)
            except (OSError, ValueError) as error:
                fail_unreadable(self.place, error)

    @abstractmethod
    def matrix(self, facts: dict[str, Any], *where: Any) -> np.ndarray:
        """The values of a row, (rows, frames)."""

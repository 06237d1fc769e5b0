"""What every form but Parquet says of a row, and the two files that folders of plain files say it in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..items import Row
from ..output.checksums import chained, checksum
from . import About

__all__ = ["Index", "columns", "facts", "write_about"]

#: Names and types.
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


def columns(about: About) -> tuple[tuple[str, str], ...]:
    """What is known of every row; `about.columns` follow."""
    return tuple(column for column in COLUMNS if about.channels or column[0] != "channel")


def facts(row: Row, values: np.ndarray, about: About, stored: bytes | None = None) -> dict[str, Any]:
    """A row's values of `columns`; `stored` is what the file has where that is not `values` themselves."""
    n_rows, n_frames = values.shape
    data = np.ascontiguousarray(values) if stored is None else stored
    told = row.told()
    told |= {"n_frames": n_frames, "n_rows": n_rows, "crc32": checksum(told, row.carried, data)}
    return {name: told[name] for name, _ in columns(about)}


def write_about(folder: Path, about: About, values: str) -> None:
    """``about.json``: the metadata, with how this format holds the values."""
    told = json.dumps({**about.metadata, "values": values}, ensure_ascii=False, indent=1)
    (folder / "about.json").write_text(told + "\n", encoding="utf-8", errors="backslashreplace")


class Index:
    """A new folder with ``about.json`` and ``index.jsonl``, a line of JSON for every row."""

    def __init__(self, folder: Path, about: About, values: str) -> None:
        self._about = about
        self.chain = 0
        folder.mkdir()
        write_about(folder, about, values)
        index = folder / "index.jsonl"
        self._lines = index.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def add(self, row: Row, values: np.ndarray, stored: bytes | None = None, **where: Any) -> None:
        """The line of a row, with where its values are; `stored` as for `facts`."""
        names = [name for name, _ in self._about.columns]
        line = {**facts(row, values, self._about, stored), **where}
        self.chain = chained(self.chain, [line["crc32"]])
        line |= dict(zip(names, row.carried, strict=True))
        plain = {name: None if value != value else value for name, value in line.items()}  # no NaN in JSON
        self._lines.write(json.dumps(plain, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the index."""
        self._lines.close()

"""A shard as flat arrays, as HDF5 and Zarr have them: every row's values one after the other, and columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import fail
from ..items import Row
from ..output.checksums import chained
from . import About
from .folder import columns, facts

__all__ = ["Growing", "Table", "check_names"]

#: Values, and rows, of one chunk.
VALUES, ROWS = 1 << 16, 1 << 10
#: Chunks that are written at a time.
TOGETHER = 8
#: What stands for a value that a recording lacks.
NOTHING: dict[str, Any] = {"string": "", "int64": 0, "float64": np.nan}


class Growing:
    """A one-dimensional array of a file, to which whole chunks are appended, and the rest at the end."""

    def __init__(self, array: Any, chunk: int) -> None:
        self._array = array
        self._chunk = chunk
        self._held: list[np.ndarray] = []
        self._size = 0
        self._written = 0

    def add(self, values: np.ndarray) -> None:
        """Append values, soon or later."""
        self._held.append(values)
        self._size += values.size
        if self._size >= TOGETHER * self._chunk:
            self._write(self._size - self._size % self._chunk)

    def close(self) -> None:
        """Write what is left."""
        if self._size:
            self._write(self._size)

    def _write(self, count: int) -> None:
        values = np.concatenate(self._held)
        end = self._written + count
        self._array.resize((end,))
        self._array[self._written : end] = values[:count]
        self._written, self._held, self._size = end, [values[count:].copy()], values.size - count


class Table:
    """``values``, ``offset`` (where a row's values begin), a column for each fact, and what recordings carry.

    That is in ``columns/NAME``, and ``missing/NAME`` says which recordings lack it.

    Parameters
    ----------
    make : callable
        Makes an empty array of a name, a type (numpy's, or "string") and a length of chunks.
    about : About
        The dataset.
    """

    def __init__(self, make: Callable[[str, str, int], Any], about: About) -> None:
        self._about = about
        self._values = Growing(make("values", about.dtype, VALUES), VALUES)
        carried = [(f"columns/{name}", kind) for name, kind in about.columns]
        missing = [(f"missing/{name}", "bool") for name, _ in about.columns]
        self._kinds = [("offset", "int64"), *columns(about), *carried, *missing]
        self._columns = [Growing(make(name, kind, ROWS), ROWS) for name, kind in self._kinds]
        self._rows: list[tuple[Any, ...]] = []
        self._offset = self.chain = 0

    def add(self, row: Row, values: np.ndarray) -> None:
        """Take the next row."""
        kinds = [kind for _, kind in self._about.columns]
        carried = [NOTHING[kind] if v is None else v for kind, v in zip(kinds, row.carried, strict=True)]
        missing = [value is None for value in row.carried]
        told = facts(row, values, self._about)
        self.chain = chained(self.chain, [told["crc32"]])
        self._rows.append((self._offset, *told.values(), *carried, *missing))
        self._values.add(values.reshape(-1))
        self._offset += values.size
        if len(self._rows) == ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        for array in (self._values, *self._columns):
            array.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        by_column = zip(*self._rows, strict=True)
        for (_, kind), array, values in zip(self._kinds, self._columns, by_column, strict=True):
            array.add(np.array(values, object if kind == "string" else kind))
        self._rows = []


def check_names(about: About) -> None:
    """Refuse names of columns that mean a path in such a file."""
    for name, _ in about.columns:
        if "/" in name or name.startswith((".", "__")) or not name or name == "zarr.json":
            fail("column", name, "cannot be a name in such a file", "rename it, or take another format")

"""Shards as flat arrays, for HDF5 and Zarr: the values of all rows one after the other, and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import fail
from ..checksums import combined
from ..items import Row
from . import About, Reader
from .folder import COLUMNS, row_columns, row_facts

__all__ = ["FlatReader", "GrowingArray", "Table", "check_names", "with_layout"]

#: Number of values, and of rows, of one chunk.
VALUES, ROWS = 1 << 16, 1 << 10
#: Number of chunks written at a time.
TOGETHER = 8
#: Stored in place of a missing value.
MISSING: dict[str, Any] = {"string": "", "int64": 0, "float64": np.nan}


def with_layout(about: About) -> dict[str, Any]:
    """The metadata, with the layout of the values."""
    layout = "values[offset:offset + n_rows * n_frames].reshape(n_rows, n_frames)"
    return {**about.metadata, "values": f"{about.dtype}, row by row: {layout}"}


class GrowingArray:
    """A one-dimensional array of a file; whole chunks are appended to it, and the rest at the end."""

    def __init__(self, array: Any, chunk: int) -> None:
        self._array = array
        self._chunk = chunk
        self._held: list[np.ndarray] = []
        self._size = 0
        self._written = 0

    def add(self, values: np.ndarray) -> None:
        """Append values, now or later."""
        self._held.append(values)
        self._size += values.size
        if self._size >= TOGETHER * self._chunk:
            self._write(self._size - self._size % self._chunk)

    def close(self) -> None:
        """Write the values that are left."""
        if self._size:
            self._write(self._size)

    def _write(self, count: int) -> None:
        values = np.concatenate(self._held)
        end = self._written + count
        self._array.resize((end,))
        self._array[self._written : end] = values[:count]
        self._written, self._held, self._size = end, [values[count:].copy()], values.size - count


class Table:
    """``values``, ``offset`` (the first value of each row), one column per fact, and carried columns.

    Carried columns are in ``columns/NAME``; ``missing/NAME`` marks rows without a value.

    Parameters
    ----------
    make : callable
        Makes an empty array from a name, a type (numpy's, or "string") and a chunk length.
    about : About
        The dataset.
    """

    def __init__(self, make: Callable[[str, str, int], Any], about: About) -> None:
        self._about = about
        self._values = GrowingArray(make("values", about.dtype, VALUES), VALUES)
        carried = [(f"columns/{name}", kind) for name, kind in about.columns]
        missing = [(f"missing/{name}", "bool") for name, _ in about.columns]
        self._kinds = [("offset", "int64"), *row_columns(about), *carried, *missing]
        self._columns = [GrowingArray(make(name, kind, ROWS), ROWS) for name, kind in self._kinds]
        self._rows: list[tuple[Any, ...]] = []
        self.chain: int
        self._offset = self.chain = 0

    def add(self, row: Row, values: np.ndarray) -> None:
        """Add the next row."""
        kinds = [kind for _, kind in self._about.columns]
        carried = [MISSING[kind] if v is None else v for kind, v in zip(kinds, row.carried, strict=True)]
        missing = [value is None for value in row.carried]
        facts = row_facts(row, values, self._about)
        self.chain = combined(self.chain, [facts["crc32"]])
        self._rows.append((self._offset, *facts.values(), *carried, *missing))
        self._values.add(values.reshape(-1))
        self._offset += values.size
        if len(self._rows) == ROWS:
            self._flush()

    def close(self) -> None:
        """Write the values that are left."""
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


class FlatReader(Reader):
    """A shard of flat arrays; each column is read when it is first requested.

    Parameters
    ----------
    array : callable
        Returns the array of a name, from which slices can be read.
    about : mapping
        The metadata.
    carried : sequence of str
        The names of the carried columns: the arrays below ``columns``.
    known : sequence of str
        The names of the other arrays.
    """

    def __init__(
        self,
        array: Callable[[str], Any],
        about: Mapping[str, Any],
        carried: Sequence[str],
        known: Sequence[str],
    ) -> None:
        self._array = array
        self._carried = list(carried)
        self.about: Mapping[str, Any] = about
        self.names: list[str] = [*(name for name, _ in COLUMNS if name in known), *self._carried]
        self.count: int = int(array("offset").shape[0])
        self._read: dict[str, list[Any]] = {}

    def column(self, name: str) -> list[Any]:
        if name not in self._read:
            if name in self._carried:
                values = self._array(f"columns/{name}")[:].tolist()
                missing = self._array(f"missing/{name}")[:].tolist()
                pairs = zip(values, missing, strict=True)
                self._read[name] = [None if lacks else value for value, lacks in pairs]
            else:
                self._read[name] = self._array(name)[:].tolist()
        return self._read[name]

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        values = self._array("values")
        for number in numbers:
            facts = {name: self.column(name)[number] for name in self.names}
            first, shape = self.column("offset")[number], (facts["n_rows"], facts["n_frames"])
            yield facts, np.asarray(values[first : first + shape[0] * shape[1]]).reshape(shape)


def check_names(about: About) -> None:
    """Refuse names of columns that would be a path in such a file."""
    for name, _ in about.columns:
        if "/" in name or name.startswith((".", "__")) or not name or name == "zarr.json":
            fail(
                "column",
                name,
                "cannot be the name of a column in this format",
                "rename it, or choose another format",
            )

"""Rows of a Parquet shard: the footer says in which group of rows one is, and that group alone is decoded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ..formats.parquet import KEY
from ..optional import need
from . import unreadable

__all__ = ["Shard"]


class Shard:
    """One file ``part-00000.parquet``."""

    def __init__(self, place: Path) -> None:
        parquet, wrong = need("pyarrow.parquet"), need("pyarrow").ArrowInvalid
        try:
            self._file: Any = parquet.ParquetFile(place)
            self.about = json.loads(self._file.schema_arrow.metadata[KEY.encode()])
        except (wrong, TypeError, KeyError, ValueError) as error:
            unreadable(place, error)
        self.names = [name for name in self._file.schema_arrow.names if name != "values"]
        footer = self._file.metadata
        sizes = [footer.row_group(k).num_rows for k in range(footer.num_row_groups)]
        #: The first row of each group, and one past the last of all.
        self._firsts = np.cumsum([0, *sizes])
        self.count = int(self._firsts[-1])

    def column(self, name: str) -> list[Any]:
        return self._file.read(columns=[name], use_threads=False)[name].to_pylist()

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        for group, inside in groupby(numbers, self._group):
            table = self._file.read_row_group(group, use_threads=False)
            columns = {name: table[name].combine_chunks() for name in self.names}
            values = _Lists(table["values"].combine_chunks())
            for number in inside:
                k = number - int(self._firsts[group])
                told = {name: column[k].as_py() for name, column in columns.items()}
                yield told, values.matrix(k, told["n_rows"], told["n_frames"])

    def _group(self, number: int) -> int:
        return int(np.searchsorted(self._firsts, number, side="right")) - 1


class _Lists:
    """The values of a group; numpy looks into Arrow's memory (its own way there would import pandas)."""

    def __init__(self, lists: Any) -> None:
        self._offsets = np.frombuffer(lists.buffers()[1], np.int32)[lists.offset :]
        inner = lists.values
        kind, data = inner.type.to_pandas_dtype(), inner.buffers()[1]
        self._values = np.zeros(0, kind) if data is None else np.frombuffer(data, kind)[inner.offset :]

    def matrix(self, k: int, rows: int, frames: int) -> np.ndarray:
        """A copy, so that it can be written to and does not hold the memory of its neighbours."""
        return self._values[self._offsets[k] : self._offsets[k + 1]].reshape(rows, frames).copy()

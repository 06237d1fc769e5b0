"""The shards of a dataset as one sequence of rows: few are open, and only requested rows are read."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from ...errors import ParameterError
from ..checksums import checksum
from ..formats import Format, Reader
from ..formats.damage import fail_damaged, has_other_rows
from ..items import carried

__all__ = ["Store"]

#: Shards that are kept open: the index of each takes about 4 MB.
OPEN = 16


class Store:
    """Rows by number over all shards; can be sent to other processes, and read from several threads."""

    def __init__(
        self, form: Format, shards: Sequence[Path], due: Sequence[tuple[int, int]] | None = None
    ) -> None:
        """`due` has the number of rows of each shard and its `Writer.chain`, if that is known."""
        self._format = form
        #: The name of the format.
        self.format: str = form.name
        self.shards: list[Path] = list(shards)
        self._due = due
        #: Shards whose rows have been checked.
        self._known: set[int] = set()
        self._nothing_open()
        counts = [self._count(k, None if due is None else due[k][0]) for k in range(len(shards))]
        #: The first row of each shard, and the number of all rows.
        self._firsts = np.cumsum([0, *counts])
        first = self._reader(0)
        #: The metadata, and the names of all columns but the values.
        self.about: dict[str, Any] = dict(first.about)
        self.names: list[str] = list(first.names)

    def _count(self, shard: int, due: int | None) -> int:
        """The number of rows of a shard; it must be of this dataset."""
        reader, first = self._reader(shard), self._reader(0)
        if due is not None and reader.count != due:
            fail_damaged(self.shards[shard], f"has {reader.count:,} of its {due:,} rows")
        other = [
            key for key in ("feature", "digest", "dtype") if reader.about.get(key) != first.about.get(key)
        ]
        if other:
            problem = f"{other[0]} {first.about.get(other[0])!r} and {reader.about.get(other[0])!r}"
            place, name = self.shards[shard], self.shards[0].name
            raise ParameterError(
                f"{place}: does not belong to the dataset of {name} ({problem}); move it elsewhere"
            )
        return reader.count

    def _check(self, shard: int) -> None:
        """Check once, by checksums, that the rows of a shard are unchanged since they were written."""
        if self._due is None or shard in self._known:
            return
        if has_other_rows(self._reader(shard), self._due[shard][1]):
            fail_damaged(self.shards[shard], "holds other rows than those that were written")
        self._known.add(shard)

    def _nothing_open(self) -> None:
        self._process = os.getpid()
        self._open: OrderedDict[int, Reader] = OrderedDict()
        self._columns: dict[str, list[Any]] = {}
        self._lock = RLock()

    def __len__(self) -> int:
        return int(self._firsts[-1])

    @property
    def counts(self) -> list[int]:
        """The number of rows of each shard."""
        return np.diff(self._firsts).tolist()

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """Columns and values of rows in the given order; fastest in ascending order."""
        for shard, inside in groupby(numbers, self._shard):
            first = int(self._firsts[shard])
            with self._lock:
                self._check(shard)
            wanted = self._reader(shard).rows([number - first for number in inside])
            while (row := self._next(wanted)) is not None:
                facts, values = row
                check = facts.pop("crc32", None)
                if check is not None and check != checksum(facts, carried(facts).values(), values):
                    how = f"row {facts['id']!r} is not what was written (its checksum differs)"
                    fail_damaged(self.shards[shard], how)
                yield facts, values

    def _next(self, wanted: Iterator[Any]) -> Any:
        with self._lock:
            return next(wanted, None)

    def column(self, name: str) -> list[Any]:
        """One column of all rows, read when it is first requested."""
        with self._lock:
            if name not in self._columns:
                self._columns[name] = [v for k in range(len(self.shards)) for v in self._column(k, name)]
            return self._columns[name]

    def _column(self, shard: int, name: str) -> list[Any]:
        self._check(shard)
        values = self._reader(shard).column(name)
        due = int(self._firsts[shard + 1] - self._firsts[shard])
        if len(values) != due:
            fail_damaged(
                self.shards[shard], f"has {len(values):,} of its {due:,} rows in the column {name!r}"
            )
        return values

    def _shard(self, number: int) -> int:
        return int(np.searchsorted(self._firsts, number, side="right")) - 1

    def _reader(self, shard: int) -> Reader:
        with self._lock:
            if self._process != os.getpid():  # a fork: open files belong to the parent
                self._nothing_open()
            if shard not in self._open:
                self._open[shard] = self._format.read(self.shards[shard])
            self._open.move_to_end(shard)
            if len(self._open) > OPEN:
                self._open.popitem(last=False)
            return self._open[shard]

    def __getstate__(self) -> dict[str, Any]:
        """The state for another process, which opens the files itself."""
        return {k: v for k, v in self.__dict__.items() if k not in ("_open", "_columns", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._nothing_open()

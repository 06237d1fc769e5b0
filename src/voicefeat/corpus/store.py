"""The shards of a dataset as one sequence of rows; few are open, and only what is asked for is read."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from .readers import Reader

__all__ = ["Store"]

#: Shards that are kept open: what says where their rows are takes about 4 MB each.
OPEN = 16


class Store:
    """Rows by number over all shards; can be sent to other processes, and read from several threads."""

    def __init__(self, reader: type[Reader], shards: Sequence[Path]) -> None:
        self._reader_of, self.shards = reader, list(shards)
        self._nothing_open()
        counts = [self._reader(k).count for k in range(len(shards))]
        #: The first row of each shard, and one past the last of all.
        self._firsts = np.cumsum([0, *counts])
        first = self._reader(0)
        #: What the dataset says of itself, and its columns but the values.
        self.about, self.names = dict(first.about), list(first.names)

    def _nothing_open(self) -> None:
        self._process = os.getpid()
        self._open: OrderedDict[int, Reader] = OrderedDict()
        self._columns: dict[str, list[Any]] = {}
        self._lock = RLock()

    def __len__(self) -> int:
        return int(self._firsts[-1])

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """Columns and values of rows, in the order given; quickest where numbers ascend."""
        for shard, inside in groupby(numbers, self._shard):
            first = int(self._firsts[shard])
            wanted = self._reader(shard).rows([number - first for number in inside])
            while (found := self._next(wanted)) is not None:
                yield found

    def _next(self, wanted: Iterator[Any]) -> Any:
        with self._lock:
            return next(wanted, None)

    def column(self, name: str) -> list[Any]:
        """One column of all rows, read when it is first asked for."""
        with self._lock:
            if name not in self._columns:
                shards = range(len(self.shards))
                self._columns[name] = [value for k in shards for value in self._reader(k).column(name)]
            return self._columns[name]

    def _shard(self, number: int) -> int:
        return int(np.searchsorted(self._firsts, number, side="right")) - 1

    def _reader(self, shard: int) -> Reader:
        with self._lock:
            if self._process != os.getpid():  # a fork: what is open belongs to the parent
                self._nothing_open()
            if shard not in self._open:
                self._open[shard] = self._reader_of(self.shards[shard])
            self._open.move_to_end(shard)
            if len(self._open) > OPEN:
                self._open.popitem(last=False)
            return self._open[shard]

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs; files are opened there anew."""
        return {k: v for k, v in self.__dict__.items() if k not in ("_open", "_columns", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._nothing_open()

"""Parquet files: one row per recording; a row group at a time is in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..checksums import checksum, combined
from ..items import Row
from ..optional import array, need, numbers, texts
from . import About, Format, Reader, Writer
from .damage import fail_unreadable

__all__ = ["FORMAT", "KEY"]

#: The key of the schema metadata that holds the settings, as JSON.
KEY = "voicefeat"
#: Bytes of values in a row group. Reading one row decodes its group, so random access was much slower with
#: groups of 8 MB; groups still smaller make long footers.
GROUP = 1 << 20
#: Values passed to Arrow at a time: with its own 1024, a recording takes about twenty calls.
BATCH = 1 << 16
#: The columns of a row besides its id.
KNOWN = ("part", "start", "channel", "sr", "n_frames", "duration", "n_rows", "sha256", "crc32")
#: The name of the values' column in the file.
VALUES = "values.list.element"


class ParquetWriter(Writer):
    """One file ``part-00000.parquet``.

    Columns: id, part, start, channel (if each channel has its own rows), sr, n_frames, duration, feature,
    n_rows, sha256, crc32, values, and the carried columns.
    """

    def __init__(self, place: Path, about: About) -> None:
        self._about = about
        self._pa: Any = need("pyarrow")
        self._schema = self._layout(about)
        #: The rows of the next group: id, `KNOWN`, carried columns; their values are concatenated.
        self._rows: list[tuple[Any, ...]] = []
        self._values = np.empty(GROUP // np.dtype(about.dtype).itemsize, about.dtype)
        self._ends = [0]
        coded = [name for name, kind in about.columns if kind == "string"]
        compress = about.options.get("compress", False)
        # Splitting the bytes of neighbouring floats makes the values smaller by a sixth at most, and takes as
        # long as all other work on a recording; the other columns are a thousandth of the file.
        split = {VALUES: "BYTE_STREAM_SPLIT"} if compress and about.dtype != "float16" else None
        self._stream = place.open("xb")  # exclusively: no link is followed
        self._writer = need("pyarrow.parquet").ParquetWriter(
            self._stream,
            self._schema,
            compression="zstd" if compress else "none",
            use_dictionary=["feature", *coded],
            column_encoding=split,
            write_statistics=[name for name in self._schema.names if name != "values"],
            write_batch_size=BATCH,
        )

    def _layout(self, about: About) -> Any:
        pa = self._pa
        kinds = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
        floats = {"float16": pa.float16(), "float32": pa.float32(), "float64": pa.float64()}
        columns = [
            ("id", pa.string()),
            ("part", pa.int32()),
            ("start", pa.float64()),
            *([("channel", pa.int32())] if about.channels else []),
            ("sr", pa.int32()),
            ("n_frames", pa.int64()),
            ("duration", pa.float64()),
            ("feature", pa.string()),
            ("n_rows", pa.int32()),
            ("sha256", pa.string()),
            ("crc32", pa.int64()),
            ("values", pa.list_(pa.field("element", floats[about.dtype], nullable=False))),
        ]
        fields = [pa.field(name, kind, nullable=False) for name, kind in columns]
        fields += [pa.field(name, kinds[kind]) for name, kind in about.columns]
        return pa.schema(fields, metadata={KEY: json.dumps(dict(about.metadata), ensure_ascii=False)})

    def add(self, row: Row, values: np.ndarray) -> None:
        end = self._ends[-1] + values.size
        if end > self._values.size and self._rows:
            self._write_group()
            end = values.size
        n_rows, n_frames = values.shape
        check = checksum(row.facts(), row.carried, np.ascontiguousarray(values))
        self.chain: int = combined(self.chain, [check])
        known = (row.part, row.start, row.channel, row.sr, n_frames, row.duration, n_rows, row.sha256, check)
        self._rows.append((row.id, *known, *row.carried))
        self._ends.append(end)
        if end > self._values.size:  # larger than a group: it is its own group
            self._write_group(np.ascontiguousarray(values).reshape(-1))
        else:
            self._values[end - values.size : end] = values.reshape(-1)

    def close(self) -> None:
        self._write_group()
        self._writer.close()
        self._stream.close()

    def abandon(self) -> None:
        with suppress(Exception):  # only the first error is shown
            self._writer.close()
        with suppress(Exception):
            self._stream.close()

    def _write_group(self, values: np.ndarray | None = None) -> None:
        """Write the rows collected so far; Arrow no longer refers to the values afterwards."""
        if self._rows:
            self._writer.write_table(self._table(self._values if values is None else values))
        self._rows, self._ends = [], [0]

    def _table(self, values: np.ndarray) -> Any:
        """An Arrow table of the rows collected so far."""
        ids, *known = zip(*self._rows, strict=True)
        columns = {
            "id": texts(ids),
            "feature": texts([self._about.feature] * len(ids)),
            "values": self._lists(values[: self._ends[-1]]),
        }
        for name, column in zip(KNOWN, known[: len(KNOWN)], strict=True):
            if name in self._schema.names:  # there is a channel if each channel has its own row
                kind = self._schema.field(name).type
                columns[name] = texts(column) if name == "sha256" else numbers(kind, column)
        for (name, _), column in zip(self._about.columns, known[len(KNOWN) :], strict=True):
            columns[name] = self._carried(name, column)
        ordered = [columns[name] for name in self._schema.names]
        return self._pa.Table.from_arrays(ordered, schema=self._schema)

    def _carried(self, name: str, values: Sequence[Any]) -> Any:
        kind = self._schema.field(name).type
        if any(value is None for value in values):
            return self._pa.array(values, kind)
        return texts(values) if self._pa.types.is_string(kind) else numbers(kind, values)

    def _lists(self, values: np.ndarray) -> Any:
        kind = self._schema.field("values").type
        offsets = np.array(self._ends, np.int32)
        return array(kind, offsets.size - 1, [offsets], [numbers(kind.value_type, values)])


class ParquetReader(Reader):
    """One file ``part-00000.parquet``; only the row groups of requested rows are decoded."""

    def __init__(self, place: Path) -> None:
        parquet, invalid = need("pyarrow.parquet"), need("pyarrow").ArrowInvalid
        try:
            self._file: Any = parquet.ParquetFile(place)
            self.about: Mapping[str, Any] = json.loads(self._file.schema_arrow.metadata[KEY.encode()])
        except (invalid, TypeError, KeyError, ValueError) as error:
            fail_unreadable(place, error)
        self.names: list[Any] = [name for name in self._file.schema_arrow.names if name != "values"]
        footer = self._file.metadata
        sizes = [footer.row_group(k).num_rows for k in range(footer.num_row_groups)]
        #: The first row of each group, and the number of all rows.
        self._firsts = np.cumsum([0, *sizes])
        self.count: int = int(self._firsts[-1])

    def column(self, name: str) -> list[Any]:
        return self._file.read(columns=[name], use_threads=False)[name].to_pylist()

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        for group, together in groupby(numbers, self._group):
            table = self._file.read_row_group(group, use_threads=False)
            columns = {name: table[name].combine_chunks() for name in self.names}
            values = _Lists(table["values"].combine_chunks())
            for number in together:
                k = number - int(self._firsts[group])
                facts = {name: column[k].as_py() for name, column in columns.items()}
                yield facts, values.matrix(k, facts["n_rows"], facts["n_frames"])

    def _group(self, number: int) -> int:
        return int(np.searchsorted(self._firsts, number, side="right")) - 1


class _Lists:
    """The values of a group, as a view of Arrow's memory: Arrow's own conversion would import pandas."""

    def __init__(self, lists: Any) -> None:
        self._offsets = np.frombuffer(lists.buffers()[1], np.int32)[lists.offset :]
        inner = lists.values
        kind, data = inner.type.to_pandas_dtype(), inner.buffers()[1]
        self._values = np.zeros(0, kind) if data is None else np.frombuffer(data, kind)[inner.offset :]

    def matrix(self, k: int, rows: int, frames: int) -> np.ndarray:
        """The matrix of a row: a copy, which is writable and does not keep its group in memory."""
        return self._values[self._offsets[k] : self._offsets[k + 1]].reshape(rows, frames).copy()


class Parquet(Format):
    """Parquet files."""

    name = "parquet"
    ending = ".parquet"
    library: ClassVar[str | None] = "pyarrow.parquet"
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {"compress": (False, True)}

    def write(self, place: Path, about: About) -> Writer:
        return ParquetWriter(place, about)

    def read(self, place: Path) -> Reader:
        return ParquetReader(place)


FORMAT = Parquet()

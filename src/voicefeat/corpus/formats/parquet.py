"""Parquet files: one row per recording; a row group at a time is in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from weakref import finalize

import numpy as np

from ..checksums import checksum, combined
from ..items import Row
from ..optional import array, need, numbers, texts
from . import About, Format, Reader, Writer
from .damage import fail_unreadable
from .parquet_pages import Chunk, first_value, footer, pages, parsed_footer
from .written import WrittenFile

__all__ = ["FORMAT", "KEY"]

#: The key of the schema metadata that holds the settings, as JSON.
KEY = "voicefeat"
#: Bytes of values in a row group. Each costs as much as a recording: its columns, its part of the footer.
GROUP = 1 << 23
#: The same if it is compressed: reading one row decodes its group.
COMPRESSED_GROUP = 1 << 20
#: Bytes in which the head of a group's values is sought: a few for each row.
HEAD = 1 << 20
#: Up to so many rows of a group are kept as Python's objects, which are ready sooner.
LISTED = 1 << 10
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
        self._apart = not about.options.get("compress", False)
        group = GROUP if self._apart else COMPRESSED_GROUP
        self._values = np.empty(group // np.dtype(about.dtype).itemsize, about.dtype)
        self._ends = [0]
        #: The chunks of values, if they are written without Arrow.
        self._chunks: list[Chunk] = []
        self._stream = WrittenFile(place)
        self._sink = _Sink(self._stream)
        names = [name for name in self._schema.names if name != "values" or not self._apart]
        self._writer = self._arrow(self._sink, names)

    def _arrow(self, file: Any, names: Sequence[str]) -> Any:
        """Arrow's writer of these columns."""
        fields = [self._schema.field(name) for name in names]
        schema = self._pa.schema(fields, metadata=self._schema.metadata)
        coded = [name for name, kind in self._about.columns if kind == "string"]
        # Splitting the bytes of neighbouring floats makes the values smaller by a sixth at most, and takes as
        # long as all other work on a recording; the other columns are a thousandth of the file.
        split = not self._apart and self._about.dtype != "float16"
        return need("pyarrow.parquet").ParquetWriter(
            file,
            schema,
            compression="none" if self._apart else "zstd",
            use_dictionary=["feature", *coded],
            column_encoding={VALUES: "BYTE_STREAM_SPLIT"} if split else None,
            write_statistics=[name for name in names if name != "values"],
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
        if self._apart:
            self._sink.write_end(self._writer.close, self._footer)
        else:
            self._writer.close()
        self._stream.close()
        self.sha256: str = self._stream.sha256

    def _footer(self, others: bytes) -> bytes:
        """The end of the file; `others` is the one that Arrow wrote for all columns but the values."""
        empty = io.BytesIO()
        with self._arrow(empty, self._schema.names):
            pass
        place = self._schema.names.index("values")
        whole = parsed_footer(empty.getvalue())
        return footer(whole, parsed_footer(others), self._chunks, place)

    def abandon(self) -> None:
        with suppress(Exception):  # only the first error is shown
            self._writer.close()
        with suppress(Exception):
            self._stream.close()

    def _write_group(self, values: np.ndarray | None = None) -> None:
        """Write the rows collected so far; Arrow no longer refers to the values afterwards."""
        values = (self._values if values is None else values)[: self._ends[-1]]
        if self._rows:
            self._writer.write_table(self._table(values))
            if self._apart:
                self._write_apart(values)
        self._rows, self._ends = [], [0]

    def _write_apart(self, values: np.ndarray) -> None:
        """Write the values of a group after its other columns."""
        begin = self._stream.tell()
        for head, part in pages(values, self._ends):
            self._stream.write(head)
            self._stream.write(part.data)
        count = values.size + sum(a == b for a, b in pairwise(self._ends))
        self._chunks.append(Chunk(begin, self._stream.tell() - begin, count, self._about.dtype))

    def _table(self, values: np.ndarray) -> Any:
        """An Arrow table of the rows collected so far."""
        ids, *known = zip(*self._rows, strict=True)
        columns = {
            "id": texts(ids),
            "feature": texts([self._about.feature] * len(ids)),
        }
        if not self._apart:
            columns["values"] = self._lists(values)
        for name, column in zip(KNOWN, known[: len(KNOWN)], strict=True):
            if name in self._schema.names:  # there is a channel if each channel has its own row
                kind = self._schema.field(name).type
                columns[name] = texts(column) if name == "sha256" else numbers(kind, column)
        for (name, _), column in zip(self._about.columns, known[len(KNOWN) :], strict=True):
            columns[name] = self._carried(name, column)
        schema = self._writer.schema
        return self._pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)

    def _carried(self, name: str, values: Sequence[Any]) -> Any:
        kind = self._schema.field(name).type
        if any(value is None for value in values):
            return self._pa.array(values, kind)
        return texts(values) if self._pa.types.is_string(kind) else numbers(kind, values)

    def _lists(self, values: np.ndarray) -> Any:
        kind = self._schema.field("values").type
        offsets = np.array(self._ends, np.int32)
        return array(kind, offsets.size - 1, [offsets], [numbers(kind.value_type, values)])


class _Sink:
    """The file that Arrow writes the columns to, but not the footer."""

    closed = False

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._kept: bytearray | None = None

    def write(self, data: Any) -> int:
        """Write what Arrow writes, or keep it."""
        if self._kept is not None:
            self._kept += data
            return len(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """Nothing: the stream is closed at the end."""

    def write_end(self, close: Callable[[], None], footer: Callable[[bytes], bytes]) -> None:
        """Write what `footer` makes of the footer that `close` writes."""
        self._kept = bytearray()
        close()
        self._stream.write(footer(bytes(self._kept)))


class ParquetReader(Reader):
    """One file ``part-00000.parquet``; only the row groups of requested rows are read.

    Where values are not compressed, a row is read from its place in the file, and its group is not decoded;
    the other columns of the group stay in memory.
    """

    def __init__(self, place: Path) -> None:
        parquet, invalid = need("pyarrow.parquet"), need("pyarrow").ArrowInvalid
        try:
            self._file: Any = parquet.ParquetFile(place)
            self.about: Mapping[str, Any] = json.loads(self._file.schema_arrow.metadata[KEY.encode()])
            self._kind = np.dtype(self._file.schema_arrow.field("values").type.value_type.to_pandas_dtype())
        except (invalid, TypeError, KeyError, ValueError, AttributeError) as error:
            fail_unreadable(place, error)
        self.names: list[Any] = [name for name in self._file.schema_arrow.names if name != "values"]
        footer = self._file.metadata
        sizes = [footer.row_group(k).num_rows for k in range(footer.num_row_groups)]
        #: The first row of each group, and the number of all rows.
        self._firsts = np.cumsum([0, *sizes])
        self.count: int = int(self._firsts[-1])
        self._raw = open(place, "rb", buffering=0)  # noqa: SIM115
        finalize(self, self._raw.close)
        self._groups: dict[int, _Group | None] = {}

    def column(self, name: str) -> list[Any]:
        return self._file.read(columns=[name], use_threads=False)[name].to_pylist()

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        for group, together in groupby(numbers, self._group):
            first = int(self._firsts[group])
            if group not in self._groups:
                self._groups[group] = self._plain(group)
            plain = self._groups[group]
            if plain is None:
                yield from self._decoded(group, together)
            else:
                yield from plain.rows(self._raw, [number - first for number in together])

    def _decoded(self, group: int, numbers: Iterable[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """The rows of a group that Arrow decodes."""
        table = self._file.read_row_group(group, use_threads=False)
        columns = {name: table[name].combine_chunks() for name in self.names}
        values = _Lists(table["values"].combine_chunks())
        for number in numbers:
            k = number - int(self._firsts[group])
            facts = {name: column[k].as_py() for name, column in columns.items()}
            yield facts, values.matrix(k, facts["n_rows"], facts["n_frames"])

    def _plain(self, group: int) -> _Group | None:
        """A group whose values are one page of plain numbers; None if they are not."""
        footer = self._file.metadata.row_group(group)
        for k in range(footer.num_columns):
            column = footer.column(k)
            if column.path_in_schema == VALUES:
                break
        if column.compression != "UNCOMPRESSED" or column.has_dictionary_page:
            return None
        at, size = column.data_page_offset, column.total_compressed_size
        self._raw.seek(at)
        try:
            first, inside = first_value(self._raw.read(min(size, HEAD)), size)
        except ValueError:
            return None
        table = self._file.read_row_group(group, columns=self.names, use_threads=False)
        columns = {name: table[name].combine_chunks() for name in self.names}
        shapes = np.array([columns[name].to_pylist() for name in ("n_rows", "n_frames")], np.int64)
        ends = np.cumsum(shapes.prod(axis=0)) * self._kind.itemsize
        if not ends.size or ends[-1] != inside:
            return None
        if len(ends) <= LISTED:
            columns = {name: column.to_pylist() for name, column in columns.items()}
        return _Group(columns, self._kind, np.concatenate([[0], ends[:-1]]) + at + first)

    def _group(self, number: int) -> int:
        return int(np.searchsorted(self._firsts, number, side="right")) - 1


class _Group(NamedTuple):
    """A group whose values are read from their places in the file."""

    #: All columns but the values: lists, or for very many rows Arrow's arrays, which take less memory.
    columns: dict[str, Any]
    kind: np.dtype
    #: Position of the first value of each row.
    places: np.ndarray

    def rows(self, file: Any, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """Columns and values of rows, by their numbers in the group."""
        for k in numbers:
            facts = {name: column[k] for name, column in self.columns.items()}
            if len(self.places) > LISTED:
                facts = {name: value.as_py() for name, value in facts.items()}
            values = np.empty((facts["n_rows"], facts["n_frames"]), self.kind)
            file.seek(int(self.places[k]))
            file.readinto(values)  # if it is cut off, the checksum tells
            yield facts, values


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

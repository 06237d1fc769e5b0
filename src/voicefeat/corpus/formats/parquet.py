"""Parquet shards: one row for each recording, memory bounded by one row group."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..arrow import array, need, numbers, texts
from ..rows import Row
from ..task import MOST_VALUES
from . import About, Writer

__all__ = ["KEY", "Shard"]

#: The key of the schema metadata that holds the settings, as JSON.
KEY = "voicefeat"
#: Values a row group gathers before it is written, in bytes. To read one row is to decode its group, so
#: that groups of 8 MB made random access slower by far; still smaller ones make long footers.
GROUP = 1 << 20
#: The values as Parquet calls their column.
VALUES = "values.list.element"


class Shard(Writer):
    """One file ``part-00000.parquet``.

    Columns: id, part, start, channel (where each has rows of its own), sr, n_frames, duration, feature,
    n_rows, values, and what recordings carry.
    """

    name = "parquet"
    library = "pyarrow.parquet"
    options: ClassVar = {"compress": (False, True)}

    def __init__(self, place: Path, about: About) -> None:
        self._about = about
        self._pa: Any = need("pyarrow")
        self._schema = self._layout(about)
        self._held: list[tuple[Row, np.ndarray]] = []
        self._held_bytes = self._held_values = 0
        coded = [name for name, kind in about.columns if kind == "string"]
        compress = (about.options or {}).get("compress", False)
        # Of the values a sixth at most can be saved, by the bytes of neighbouring floats side by side, and
        # that takes as long as all the rest that is done to a recording.
        split = {VALUES: "BYTE_STREAM_SPLIT"} if compress and about.dtype != "float16" else None
        kept = {name: "zstd" for name in self._schema.names if name != "values"}
        self._writer = need("pyarrow.parquet").ParquetWriter(
            place,
            self._schema,
            compression={**kept, VALUES: "zstd" if compress else "none"},
            use_dictionary=["feature", *coded],
            column_encoding=split,
            write_statistics=[name for name in self._schema.names if name != "values"],
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
            ("values", pa.list_(pa.field("element", floats[about.dtype], nullable=False))),
        ]
        fields = [pa.field(name, kind, nullable=False) for name, kind in columns]
        fields += [pa.field(name, kinds[kind]) for name, kind in about.columns]
        return pa.schema(fields, metadata={KEY: json.dumps(dict(about.metadata), ensure_ascii=False)})

    def add(self, row: Row, values: np.ndarray) -> None:
        if self._held_values + values.size > MOST_VALUES:  # offsets count from the group's start
            self._write_group()
        self._held.append((row, values))
        self._held_bytes += values.nbytes
        self._held_values += values.size
        if self._held_bytes >= GROUP:
            self._write_group()

    def close(self) -> None:
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        with suppress(Exception):  # the error that brought us here is the one to show
            self._writer.close()

    def _write_group(self) -> None:
        if self._held:
            self._writer.write_table(self._table())
        self._held, self._held_bytes, self._held_values = [], 0, 0

    def _table(self) -> Any:
        """An Arrow table of the rows at hand."""
        rows = [row for row, _ in self._held]
        matrices = [values for _, values in self._held]
        columns = {
            "id": texts([row.id for row in rows]),
            "feature": texts([self._about.feature] * len(rows)),
            "values": self._lists(matrices),
        }
        known = {
            "part": [row.part for row in rows],
            "start": [row.start for row in rows],
            "channel": [row.channel for row in rows] if self._about.channels else [],
            "sr": [row.sr for row in rows],
            "n_frames": [values.shape[1] for values in matrices],
            "duration": [row.duration for row in rows],
            "n_rows": [values.shape[0] for values in matrices],
        }
        for name in self._schema.names:
            if name in known:
                columns[name] = numbers(self._schema.field(name).type, known[name])
        for k, (name, _) in enumerate(self._about.columns):
            values = [row.carried[k] for row in rows]
            columns[name] = self._carried(name, values)
        ordered = [columns[name] for name in self._schema.names]
        return self._pa.Table.from_arrays(ordered, schema=self._schema)

    def _carried(self, name: str, values: list[Any]) -> Any:
        kind = self._schema.field(name).type
        if any(value is None for value in values):
            return self._pa.array(values, kind)
        return texts(values) if self._pa.types.is_string(kind) else numbers(kind, values)

    def _lists(self, matrices: list[np.ndarray]) -> Any:
        offsets = np.cumsum([0, *(values.size for values in matrices)])
        kind = self._schema.field("values").type
        inner = numbers(kind.value_type, np.concatenate([values.reshape(-1) for values in matrices]))
        return array(kind, offsets.size - 1, [offsets.astype(np.int32)], [inner])

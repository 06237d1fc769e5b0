"""A folder of Parquet shards: one row for each recording, memory bounded by one row group.

A shard is written beside its place under a hidden name and renamed when it is whole, so that whatever
stops a run, every file called ``part-*.parquet`` is complete. Which recordings share a shard or a row group
depends on their order and sizes alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import reject
from .arrow import array, need, numbers, texts

__all__ = ["KEY", "MOST_VALUES", "Row", "Shards", "claim"]

#: The key of the schema metadata that holds the settings, as JSON.
KEY = "voicefeat"
#: Values a row group gathers before it is written, in bytes.
GROUP = 8 << 20
#: What offsets of 32 bits can address in one recording.
MOST_VALUES = 2**31 - 1


class Row(NamedTuple):
    """One recording's feature matrix and what is known of it."""

    path: str
    sr: int
    duration: float
    #: float32, (rows, frames).
    values: np.ndarray
    #: What was remarked on the way; not stored.
    remarks: tuple[str, ...] = ()


def claim(out: str | os.PathLike[str]) -> Path:
    """`out` as a folder that a new dataset may have: absent or empty. Nothing is created yet.

    Raises
    ------
    ParameterError
        If it is a file, or holds anything.
    """
    folder = Path(out)
    if folder.is_dir():
        held = sorted(entry.name for entry in folder.iterdir())
        if held:
            more = f" and {len(held) - 1} more" if len(held) > 1 else ""
            reject("out", str(folder), f"already holds {held[0]!r}{more}", "give a new or empty folder")
    elif os.path.lexists(folder):
        reject("out", str(folder), "is a file", "give a folder for the dataset")
    return folder


class Shards:
    """Writes rows to ``part-00000.parquet``, ``part-00001.parquet``, ... in `folder`.

    Parameters
    ----------
    folder : Path
        An existing folder.
    feature : str
        The name that goes into every row.
    metadata : mapping
        Anything JSON can hold; kept in every shard under the key ``voicefeat``.
    shard_mb : float
        A shard closes when its values have reached this many megabytes (2^20 bytes, before compression).
    """

    def __init__(self, folder: Path, feature: str, metadata: Mapping[str, Any], shard_mb: float) -> None:
        self.folder = folder
        self.feature = feature
        self.limit = int(shard_mb * 2**20)
        self.rows = 0
        self.files: list[Path] = []
        self._pa: Any = need("pyarrow")
        self._parquet: Any = need("pyarrow.parquet")
        self._schema = self._layout(json.dumps(dict(metadata), ensure_ascii=False))
        self._writer: Any = None
        self._held: list[Row] = []
        self._held_bytes = self._shard_bytes = 0

    def _layout(self, metadata: str) -> Any:
        pa = self._pa
        columns = [
            ("path", pa.string()),
            ("sr", pa.int32()),
            ("n_frames", pa.int64()),
            ("duration", pa.float64()),
            ("feature", pa.string()),
            ("n_rows", pa.int32()),
            ("values", pa.list_(pa.float32())),
        ]
        fields = [pa.field(name, kind, nullable=False) for name, kind in columns]
        return pa.schema(fields, metadata={KEY: metadata})

    def add(self, row: Row) -> None:
        """Take the next recording, of at most `MOST_VALUES` values."""
        if self._held_bytes // 4 + row.values.size > MOST_VALUES:  # offsets count from the group's start
            self._write_group()
        self._held.append(row)
        self._held_bytes += row.values.nbytes
        self._shard_bytes += row.values.nbytes
        self.rows += 1
        if self._held_bytes >= GROUP or self._shard_bytes >= self.limit:
            self._write_group()
        if self._shard_bytes >= self.limit:
            self._close_shard()

    def _write_group(self) -> None:
        if not self._held:
            return
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(
                self._aside(),
                self._schema,
                compression="zstd",
                # The bytes of neighbouring floats side by side: a sixth less on disk, at no cost in time.
                use_dictionary=["feature"],
                column_encoding={"values.list.element": "BYTE_STREAM_SPLIT"},
                write_statistics=["path", "sr", "n_frames", "duration", "feature", "n_rows"],
            )
        self._writer.write_table(self._table(self._held))
        self._held, self._held_bytes = [], 0

    def _table(self, rows: list[Row]) -> Any:
        """An Arrow table of `rows`."""
        offsets = np.cumsum([0, *(row.values.size for row in rows)])
        values = np.concatenate([row.values.reshape(-1) for row in rows])
        columns = [
            texts([row.path for row in rows]),
            self._numbers("sr", [row.sr for row in rows]),
            self._numbers("n_frames", [row.values.shape[1] for row in rows]),
            self._numbers("duration", [row.duration for row in rows]),
            texts([self.feature] * len(rows)),
            self._numbers("n_rows", [row.values.shape[0] for row in rows]),
            self._lists(offsets, values),
        ]
        return self._pa.Table.from_arrays(columns, schema=self._schema)

    def _numbers(self, name: str, values: list[Any]) -> Any:
        return numbers(self._schema.field(name).type, values)

    def _lists(self, offsets: np.ndarray, values: np.ndarray) -> Any:
        inner = numbers(self._pa.float32(), values)
        kind = self._schema.field("values").type
        return array(kind, offsets.size - 1, [offsets.astype(np.int32)], [inner])

    def _aside(self) -> Path:
        return self.folder / f".part-{len(self.files):05d}.parquet.partial"

    def _close_shard(self) -> None:
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        place = self.folder / f"part-{len(self.files):05d}.parquet"
        with open(self._aside(), "rb+") as whole:
            os.fsync(whole.fileno())
        os.replace(self._aside(), place)
        self.files.append(place)
        self._shard_bytes = 0

    def __enter__(self) -> Shards:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._write_group()
            self._close_shard()
        elif self._writer is not None:  # the whole shards stay, the broken one goes
            with suppress(Exception):  # the error that brought us here is the one to show
                self._writer.close()
            self._aside().unlink(missing_ok=True)

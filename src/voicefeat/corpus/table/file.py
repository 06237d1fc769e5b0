"""One table in one CSV or Parquet file: written under a temporary name, renamed when complete."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ...errors import fail
from ...files.temporary import Aside
from ..formats.parquet import KEY
from ..optional import need, numbers, texts

__all__ = ["TableFile"]

Value = str | int | float
#: Number of rows of a Parquet row group, which are in memory as Arrow arrays.
GROUP = 1 << 14


class TableFile:
    """A new file; its extension gives the format.

    Raises
    ------
    ParameterError
        If the file exists, or its extension is not known.
    ModuleNotFoundError
        If the format is Parquet and the ``corpus`` extra is not installed.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.path: Path = Path(out)
        ending = self.path.suffix.lower()
        if ending not in (".csv", ".parquet"):
            fail("out", str(self.path), "has an extension that is not known", "end it with .csv or .parquet")
        self.is_csv: bool = ending == ".csv"
        self._absent()
        if not self.is_csv:
            need("pyarrow.parquet")
        self._aside = Aside(self.path)

    def _absent(self) -> None:
        if os.path.lexists(self.path):
            fail("out", str(self.path), "exists already", "give a new name, or remove it first")

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Check that the file can be written; the temporary file is removed afterwards."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._aside.claim()
        try:
            yield
        finally:
            self._aside.discard()

    def write(self, rows: Iterable[Sequence[Value]], names: Sequence[str], about: Mapping[str, Any]) -> None:
        """Write the table; `about` goes into the metadata of Parquet."""
        if self.is_csv:
            self._write_csv(rows, names)
        else:
            self._write_parquet(rows, names, about)
        self._absent()  # another process may have made it in the meantime
        self._aside.commit()

    def _write_csv(self, rows: Iterable[Sequence[Value]], names: Sequence[str]) -> None:
        with self._aside.open("w", newline="", encoding="utf-8", errors="backslashreplace") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(names)
            writer.writerows(rows)

    def _write_parquet(
        self, rows: Iterable[Sequence[Value]], names: Sequence[str], about: Mapping[str, Any]
    ) -> None:
        pa, parquet = need("pyarrow"), need("pyarrow.parquet")
        kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
        rows = iter(rows)
        first = next(rows)
        fields = [pa.field(n, kinds[type(v)], nullable=False) for n, v in zip(names, first, strict=True)]
        metadata = {KEY: json.dumps(dict(about), ensure_ascii=False)}
        schema = pa.schema(fields, metadata=metadata)
        rows = chain([first], rows)
        with (
            self._aside.open("wb") as stream,
            parquet.ParquetWriter(stream, schema, compression="zstd") as writer,
        ):
            while group := list(islice(rows, GROUP)):
                columns = [
                    texts(column) if field.type == pa.string() else numbers(field.type, column)
                    for field, column in zip(fields, zip(*group, strict=True), strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))

"""Tables of recordings, read from CSV, TSV, JSON lines or Parquet, some records at a time."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ...errors import ParameterError, fail
from ...files.text import BLANK, open_text, refuse_pipe
from ..optional import need

__all__ = ["Chunk", "read_lines", "read_records", "wrong_line"]

#: Number of records of one chunk.
CHUNK = 1 << 13


class Chunk(NamedTuple):
    """Consecutive records, column by column; a missing value is None."""

    #: The line of each record, counted from 1, or the row of Parquet.
    places: Sequence[int]
    columns: Mapping[str, Sequence[Any]]
    #: Whether the file can hold nothing but text.
    written: bool = False


def read_records(file: str) -> Iterator[Chunk]:
    """The records of `file`; its extension gives the format.

    Values of CSV and TSV are text; TSV has no quotes, so a quotation mark is part of the text. Bytes that are
    not UTF-8 become surrogates, as in file names.

    Raises
    ------
    ParameterError
        If the file does not exist, its extension is not known, or a record cannot be read (with its line).
    """
    ending = os.path.splitext(file)[1].lower()
    if ending not in _READERS:
        known = f"{', '.join(list(_READERS)[:-1])} or {list(_READERS)[-1]}"
        fail("manifest", file, "has an extension that is not known", f"end its name with {known}")
    _there("manifest", file)
    return _READERS[ending](file)


def read_lines(name: str, file: str) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers, counted from 1, without empty ones.

    `name` is the argument that names the file; bytes that are not UTF-8 become surrogates.
    """
    _there(name, file)
    with open_text(name, file, errors="surrogateescape", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            if text := line.strip(BLANK):
                yield number, text


def _there(name: str, file: str) -> None:
    if not os.path.exists(file) or os.path.isdir(file):
        problem = "is a folder" if os.path.isdir(file) else "there is no such file"
        fail(name, file, problem, "give the file that lists the recordings")
    refuse_pipe(name, file)


def wrong_line(file: str, line: int, problem: object) -> ParameterError:
    """The error for a problem in a line of a text file."""
    return ParameterError(f"{file}, line {line}: {problem}")


def _csv(file: str) -> Iterator[Chunk]:
    return _delimited(file, ",", csv.QUOTE_MINIMAL)


def _tsv(file: str) -> Iterator[Chunk]:
    return _delimited(file, "\t", csv.QUOTE_NONE)


def _delimited(file: str, delimiter: str, quoting: Any) -> Iterator[Chunk]:
    with open_text("manifest", file, newline="", errors="surrogateescape") as stream:
        reader = csv.reader(stream, delimiter=delimiter, quoting=quoting, strict=True)
        records = _numbered(file, reader)
        names = _names(file, next(records, (0, []))[1])
        while rows := list(islice(records, CHUNK)):
            for line, row in rows:
                if len(row) != len(names):
                    raise wrong_line(file, line, f"has {len(row)} of {len(names)} fields; correct it")
            each = zip(names, zip(*(row for _, row in rows), strict=True), strict=True)
            texts = {name: [text or None for text in column] for name, column in each}
            yield Chunk([line for line, _ in rows], texts, written=True)


def _numbered(file: str, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The records, each with its first line; empty lines are skipped."""
    begin = 1
    try:
        for row in reader:
            if row:
                yield begin, row
            begin = reader.line_num + 1
    except csv.Error as error:
        raise wrong_line(file, reader.line_num, f"cannot be read ({error}); correct its quotes") from None


def _names(file: str, header: Sequence[str]) -> list[str]:
    """The names of columns; a column without a name is called ``column_k``."""
    names = [name.strip() or f"column_{k}" for k, name in enumerate(header, 1)]
    for name in names:
        if names.count(name) > 1:
            raise wrong_line(file, 1, f"two columns are called {name!r}; rename one")
    return names


def _jsonl(file: str) -> Iterator[Chunk]:
    objects = ((line, _object(file, line, text)) for line, text in read_lines("manifest", file))
    while rows := list(islice(objects, CHUNK)):
        names = dict.fromkeys(name for _, record in rows for name in record)
        columns = {name: _missing([record.get(name) for _, record in rows]) for name in names}
        yield Chunk([line for line, _ in rows], columns)


def _object(file: str, line: int, text: str) -> dict[str, Any]:
    try:
        record = json.loads(text, parse_float=_number)
    except (ValueError, RecursionError) as error:
        why = "too many brackets" if isinstance(error, RecursionError) else error
        raise wrong_line(file, line, f"is not JSON ({why}); write one object in each line") from None
    if not isinstance(record, dict):
        raise wrong_line(file, line, 'holds no object; write one in each line, like {"path": "a.wav"}')
    return record


def _number(text: str) -> float | str:
    """A number of JSON; as text if it is too large for a float."""
    number = float(text)
    return number if math.isfinite(number) else text


def _missing(values: Sequence[Any]) -> list[Any]:
    """`values` with None for missing ones: empty texts, as in CSV, and NaN."""
    return [None if value is None or value != value or value == "" else value for value in values]


def _parquet(file: str) -> Iterator[Chunk]:
    pa, parquet = need("pyarrow"), need("pyarrow.parquet")
    done = 0
    try:
        with parquet.ParquetFile(file) as table:
            names = _names(file, table.schema_arrow.names)
            for batch in table.iter_batches(batch_size=CHUNK):
                places = range(done + 1, done + batch.num_rows + 1)
                columns: Iterable[Any] = (_missing(column.to_pylist()) for column in batch.columns)
                yield Chunk(places, dict(zip(names, columns, strict=True)))
                done += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError) as error:
        fail("manifest", file, f"cannot be read as Parquet ({error})", "write it again")


_READERS = {
    ".csv": _csv, ".tsv": _tsv, ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _jsonl, ".parquet": _parquet,
}  # fmt: skip

"""Manifests: tables with one record per recording, or per segment of one."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from ...errors import ParameterError, check_float, check_int, check_path, fail
from .column_types import as_text, converted, kind_of
from .records import Chunk, read_records
from .roots import Root, located, once
from .sources import TAKEN, Listing, Source, printable

__all__ = ["read_manifest"]

#: The columns that locate a recording; the dataset has its own columns for them.
_PLACE = ("path", "id", "start", "end")
_FROM = "count seconds from the file's beginning"


def read_manifest(file: str | os.PathLike[str], root: str | os.PathLike[str] | None = None) -> Listing:
    """The recordings of a manifest, in its order.

    Parameters
    ----------
    file : path-like
        A table with one record per recording or segment: ``.csv``, ``.tsv``, ``.jsonl`` (``.ndjson``,
        ``.json``: one object per line) or ``.parquet``. The column ``path`` is required; ``id`` (by default
        the path), ``start`` and ``end`` (in seconds) and ``channel`` (counted from 0) are optional. All other
        columns, for example ``label`` and ``speaker``, are carried into the dataset as integers, floats or
        text.
    root : path-like, optional
        Folder that must hold all files; relative paths are relative to it. By default relative paths are
        relative to the folder of the manifest and must not lead outside, and absolute paths are taken as they
        are.

    Returns
    -------
    Listing
        The sources, the carried columns and their types, and the number of missing files.

    Raises
    ------
    ParameterError
        If the file cannot be read, has no column ``path``, lists nothing, or none of its files exists; or if
        a line has a path outside the root, an id that occurs twice, or impossible times or channels. The
        error then names the line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "a.wav").touch()
    >>> _ = (folder / "list.csv").write_text("id,path,start,end,label\\none,a.wav,0,1.5,spoof\\n")
    >>> found = read_manifest(folder / "list.csv")
    >>> found.sources[0][0], found.sources[0][2:], found.columns
    ('one', (0.0, 1.5, None, ('spoof',)), (('label', 'string'),))
    """
    file = check_path("manifest", file)
    chunks, kinds = _gathered(file)
    if not chunks:
        fail("manifest", file, "lists no recording", "write one in each line below the columns' names")
    if "path" not in kinds:
        has = ", ".join(kinds)
        fail("manifest", file, f"has no column 'path', only {has}", "name the column of files 'path'")
    place = Root(os.path.dirname(file) or os.curdir, anywhere=True) if root is None else Root(root)
    carried = {name: kind or "string" for name, kind in kinds.items() if name not in _PLACE}
    columns = _columns(file, carried)
    where = f"{file}, {'row' if file.lower().endswith('.parquet') else 'line'}"
    sources: list[Source] = []
    seen: dict[str, tuple[int, str]] = {}
    for k, chunk in enumerate(chunks):
        sources += _sources(where, chunk, carried, place, seen)
        chunks[k] = Chunk((), {})  # the sources now hold the values
    sources, missing, why = located("manifest", file, sources, place.folder)
    return Listing(sources, Counter(), [], columns, missing, why)


def _columns(file: str, carried: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The carried columns; names of columns that every dataset has are changed."""
    columns = [(f"given_{name}" if name.lower() in TAKEN else name, kind) for name, kind in carried.items()]
    for name, _ in columns:
        if name != printable(name):
            fail("manifest", file, f"has a column {printable(name)!r} that is not UTF-8", "save it as UTF-8")
    if len(dict(columns)) < len(columns):
        fail("manifest", file, "has two columns with the same name in the dataset", "rename one")
    return tuple(columns)


def _gathered(file: str) -> tuple[list[Chunk], dict[str, str | None]]:
    """All records, and the columns with their types."""
    chunks = []
    memory: dict[str, dict[Any, Any]] = {}
    for chunk in read_records(file):
        shared = {n: _shared(values, memory.setdefault(n, {})) for n, values in chunk.columns.items()}
        chunks.append(chunk._replace(columns=shared))
    names = dict.fromkeys(name for chunk in chunks for name in chunk.columns)
    return chunks, {name: None if name in _PLACE else _kind(chunks, name) for name in names}


def _kind(chunks: Sequence[Chunk], name: str) -> str | None:
    every = chain.from_iterable(chunk.columns.get(name, ()) for chunk in chunks)
    return kind_of(every, chunks[0].written)


def _shared(values: Sequence[Any], memory: dict[Any, Any]) -> Sequence[Any]:
    """`values` with the same object for equal texts, unless there are too many different ones."""
    if len(memory) > len(values) // 2:
        return values
    return [memory.setdefault(value, value) if isinstance(value, str) else value for value in values]


def _sources(
    where: str, chunk: Chunk, carried: dict[str, str], place: Root, seen: dict[str, tuple[int, str]]
) -> Iterator[Source]:
    """The sources of some records."""
    nothing: list[Any] = [None] * len(chunk.places)
    known = [chunk.columns.get(name, nothing) for name in (*_PLACE, "channel")]
    more = [
        _carried(where, name, converted(chunk.columns.get(name, nothing), kind), chunk.places)
        for name, kind in carried.items()
    ]
    rest: Iterable[tuple[Any, ...]] = zip(*more, strict=True) if more else [()] * len(nothing)
    for line, fields, values in zip(chunk.places, zip(*known, strict=True), rest, strict=True):
        try:
            source = _source(place, values, *fields)
        except ParameterError as error:
            raise ParameterError(f"{where} {line}: {error}") from None
        once(where, line, source.id, seen, source.path)
        yield source


def _source(
    place: Root, carried: tuple[Any, ...], path: Any, identity: Any, start: Any, end: Any, channel: Any
) -> Source:
    """The source of one record, checked."""
    path = os.fsdecode(path) if isinstance(path, bytes) else path
    if not isinstance(path, str):
        fail("path", path, "is not a path", "give a path in every record")
    below, path = place.place(path)
    begin = 0.0 if _absent(start) else _seconds("start", start)
    until = None if _absent(end) else _seconds("end", end)
    if until is not None and until <= begin:
        fail("end", until, f"is not after start={begin:g}", _FROM)
    if _absent(channel):
        channel = None
    else:
        number = _number(channel)
        number = int(number) if isinstance(number, float) and number.is_integer() else number
        channel = check_int("channel", number, least=0, remedy="count channels from 0, or leave it empty")
    name = below if identity is None else printable(as_text(identity))
    return Source(name, path, begin, until, channel, carried)


def _seconds(name: str, value: Any) -> float:
    number = _number(value)
    fits = isinstance(number, float) and 0.0 <= number < math.inf
    return number if fits else check_float(name, number, low=0.0, unit="seconds", remedy=_FROM)


def _absent(value: Any) -> bool:
    return value is None or value != value


def _number(value: Any) -> Any:
    """The number that a text holds, or the value itself."""
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _carried(where: str, name: str, values: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """A carried column; refuse texts that cannot be stored."""
    for line, value in zip(places, values, strict=True):
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                problem = f"{name}: {printable(value)} is not UTF-8; save the manifest as UTF-8"
                raise ParameterError(f"{where} {line}: {problem}") from None
    return values

"""How shards are read: one small reader for each format behind one interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, Protocol

import numpy as np

from ...errors import ParameterError
from ..output.checksums import chained

__all__ = ["MEND", "READERS", "Reader", "damaged", "other_rows", "reader_called", "unreadable"]


class Reader(Protocol):
    """One shard, open; nothing of it is in memory but what says where its rows are."""

    #: How many rows.
    count: int
    #: What the dataset says of itself.
    about: Mapping[str, Any]
    #: The names of the columns, all but the values.
    names: Sequence[str]

    def __init__(self, place: Path) -> None: ...

    def column(self, name: str) -> list[Any]:
        """One column of all rows; None where a value is missing."""

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """Of some rows the columns by name, and the values, (rows, frames); quick where numbers ascend.

        Where the column ``crc32`` is not of the values as they are given, the reader compares it by itself
        and leaves it out.
        """


#: Formats; each is a module of this package whose `Shard` reads it.
READERS = ("parquet", "hdf5", "zarr", "npy", "kaldi")
#: What reads the others.
ELSEWHERE = {"csv": "pandas.read_csv('{place}/table.csv')"}


#: What mends a dataset that has lost something.
MEND = "copy it again, or remove it and run the same 'voicefeat extract', which makes again what is missing"


def other_rows(reader: Reader, chain: int) -> bool:
    """Whether a shard holds other rows than those whose checksums in one are `chain`."""
    return "crc32" in reader.names and chained(0, reader.column("crc32")) != chain


def damaged(place: Path, how: str) -> NoReturn:
    """A shard that has lost something."""
    raise ParameterError(f"{place}: {how}; {MEND}")


def unreadable(place: Path, error: Exception) -> NoReturn:
    """A shard that is not what it was."""
    told = " ".join(str(error).split()) or type(error).__name__
    raise ParameterError(
        f"{place}: is no shard of a dataset ({told}); copy it again, or extract into a new folder"
    ) from None


def reader_called(form: str, folder: Path) -> type[Reader]:
    """The reader of a format.

    Raises
    ------
    ParameterError
        If there is none; it says what reads such files.
    """
    if form in READERS:
        return import_module(f"{__package__}.{form}").Shard
    first = next(iter(sorted(folder.glob("part-*"))), folder)
    way = ELSEWHERE.get(form, "the library of that format").format(place=first)
    raise ParameterError(f"{folder}: holds the format {form!r}, which is not opened here; use {way}")

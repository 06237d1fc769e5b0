"""The formats of a dataset: each is one `Format`, which writes shards and reads them."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from ...errors import ParameterError, fail
from ..items import DTYPES, Row
from ..optional import need

__all__ = ["FORMATS", "About", "Format", "FormatName", "Reader", "Writer", "find_format"]

#: The names of the formats. Each is a module of this package, whose `FORMAT` is the format.
FormatName: TypeAlias = Literal["parquet", "hdf5", "zarr", "npy", "webdataset", "kaldi", "csv"]
FORMATS: tuple[FormatName, ...] = get_args(FormatName)


@dataclass(frozen=True)
class About:
    """The metadata of a dataset that every shard holds."""

    #: The name of the feature or front end.
    feature: str
    #: Settings, digest, names of rows, versions: any values that JSON can hold.
    metadata: Mapping[str, Any]
    #: The type of the values.
    dtype: str
    #: The columns that recordings carry: names, and "string", "int64" or "float64".
    columns: tuple[tuple[str, str], ...] = ()
    #: Whether each channel has its own rows.
    channels: bool = False
    #: The options of the format, each with its value.
    options: Mapping[str, Any] = field(default_factory=dict)


class Writer(ABC):
    """A shard that is being written: a file or a folder that does not exist yet.

    The shard is called ``.part-00000.ending.partial``, and ``part-00000.ending`` once it is complete.
    """

    #: CRC-32 of the checksums of the rows so far: `checksums.combined`. A format without checksums leaves 0.
    chain: int = 0
    #: SHA-256 of a closed shard that is one file, in hexadecimal digits; "" if the writer does not know it.
    sha256: str = ""

    @abstractmethod
    def add(self, row: Row, values: np.ndarray) -> None:
        """Write the next row and its values, an array of shape (rows, frames)."""

    @abstractmethod
    def close(self) -> None:
        """Finish the shard."""

    @abstractmethod
    def abandon(self) -> None:
        """Close all files of a shard that is not wanted."""


class Reader(ABC):
    """A shard open for reading; only the index of its rows is in memory."""

    #: The number of rows of the shard.
    count: int
    #: The metadata of the dataset.
    about: Mapping[str, Any]
    #: The names of all columns but the values.
    names: Sequence[str]

    @abstractmethod
    def column(self, name: str) -> list[Any]:
        """One column of all rows; None where a value is missing."""

    @abstractmethod
    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        """The columns by name and the values, (rows, frames), of some rows; fastest in ascending order.

        If the column ``crc32`` is not the checksum of the values returned here, the reader compares it itself
        and leaves it out.
        """


class Format(ABC):
    """A format of a dataset: its name, its requirements, a writer and a reader of one shard.

    A format has no state; the module that defines it holds one instance as ``FORMAT``.
    """

    #: The name that the user gives.
    name: ClassVar[str]
    #: The ending of a shard's name; "" for a plain folder.
    ending: ClassVar[str] = ""
    #: A file in a plain folder that identifies shards of this format.
    mark: ClassVar[str] = ""
    #: The library that the format needs, and the extra that installs it.
    library: ClassVar[str | None] = None
    extra: ClassVar[str] = "corpus"
    #: The types of values that the format can hold.
    dtypes: ClassVar[tuple[str, ...]] = DTYPES
    #: The options of the format: the values of each by name, the default first.
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    #: For a format without a reader here: the expression that reads the shard ``{place}`` in Python.
    read_with: ClassVar[str] = ""

    @abstractmethod
    def write(self, place: Path, about: About) -> Writer:
        """Begin the shard `place`."""

    def read(self, place: Path) -> Reader:
        """Open the shard `place`.

        Raises
        ------
        ParameterError
            If it is not a shard of this format, or this format has no reader here.
        """
        raise ParameterError(
            f"{place.parent}: has the format {self.name!r}, which voicefeat cannot read; use "
            f"{self.read_with.format(place=place)}"
        )

    def complete(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Every option with its value: the given one, or the default.

        Raises
        ------
        ParameterError
            If there is no such option, or its value is not allowed.
        ModuleNotFoundError
            If the library that the format needs is not installed.
        """
        if self.library is not None:
            need(self.library, self.extra)
        for name in given or {}:
            if name not in self.options:
                has = f"it has {', '.join(self.options)}" if self.options else "it has none"
                raise ParameterError(f"format_options: {self.name} has no option {name!r}; {has}")
        return {name: self._choice(name, dict(given or {})) for name in self.options}

    def _choice(self, name: str, given: dict[str, Any]) -> Any:
        choices = self.options[name]
        text = str(given.get(name, choices[0])).lower()
        for choice in choices:
            if str(choice).lower() == text:  # the command line says true, Python True
                return choice
        listed = ", ".join(str(choice).lower() for choice in choices)
        fail(name, given[name], f"is not a value of this option of {self.name}", f"give one of {listed}")

    def check(self, about: About) -> None:
        """Refuse a dataset that the format cannot hold, before any work.

        Raises
        ------
        ParameterError
            If the format cannot hold it.
        """
        if about.dtype not in self.dtypes:
            fail(
                "dtype", about.dtype, f"is not a data type of {self.name}", f"give {' or '.join(self.dtypes)}"
            )

    def exact(self, options: Mapping[str, Any]) -> bool:
        """Whether a shard has the values, and the checksums of its rows, as in other formats."""
        return True

    def check_values(self, values: np.ndarray, about: About) -> None:  # noqa: B027
        """Refuse values that a shard cannot hold; the recording then goes to the ledger.

        Most formats can hold all values.

        Raises
        ------
        ParameterError
            If the shard cannot hold them.
        """


def find_format(name: str) -> Format:
    """The format of that name.

    Raises
    ------
    ParameterError
        If there is none; the nearest name is suggested.

    Examples
    --------
    >>> find_format("hdf5").ending
    '.h5'
    """
    if not isinstance(name, str) or name not in FORMATS:
        near = difflib.get_close_matches(str(name), FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(f"format={name!r}: no such format; {hint}choose one of {', '.join(FORMATS)}")
    return import_module(f"{__package__}.{name}").FORMAT

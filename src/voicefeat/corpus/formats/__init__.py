"""The forms in which a dataset is written; each is a writer of one shard."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ...errors import ParameterError, fail
from ..items import DTYPES, Row
from ..optional import need

__all__ = ["FORMATS", "About", "Writer", "format_called"]


@dataclass(frozen=True)
class About:
    """What every shard of a dataset knows of it."""

    #: The name of the feature or front end.
    feature: str
    #: Settings, digest, names of rows, versions: anything JSON can hold.
    metadata: Mapping[str, Any]
    #: The type of the values.
    dtype: str
    #: What recordings carry: names, and "string", "int64" or "float64".
    columns: tuple[tuple[str, str], ...] = ()
    #: Whether each channel has rows of its own.
    channels: bool = False
    #: What the user set of the format, and the defaults of the rest.
    options: Mapping[str, Any] | None = None


class Writer(ABC):
    """Writes the rows of one shard to `place`, a file or a folder that does not exist yet.

    The name of `place` is ``.part-00000.ending.partial``, and ``part-00000.ending`` when the shard is whole.
    """

    #: What the user calls it.
    name: ClassVar[str]
    #: What it imports, and the extra that brings it.
    library: ClassVar[str | None] = None
    extra: ClassVar[str] = "corpus"
    #: The types of values that it can hold.
    dtypes: ClassVar[tuple[str, ...]] = DTYPES
    #: What one may choose, by name: the values, the first of them by default.
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {}

    #: Of the rows so far, their checksums in one: `digests.chained`. A format that has none leaves it.
    chain: int = 0

    @abstractmethod
    def __init__(self, place: Path, about: About) -> None: ...

    @abstractmethod
    def add(self, row: Row, values: np.ndarray) -> None:
        """Take the next row and its values, (rows, frames)."""

    @abstractmethod
    def close(self) -> None:
        """Finish the shard."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of what is open; what was written is thrown away."""

    @classmethod
    def chosen(cls, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Every option with its value, given or default.

        Raises
        ------
        ParameterError
            If there is no such option, or it has no such value.
        ModuleNotFoundError
            If what the format needs is not installed.
        """
        if cls.library is not None:
            need(cls.library, cls.extra)
        for name in given or {}:
            if name not in cls.options:
                has = f"it has {', '.join(cls.options)}" if cls.options else "it has none"
                raise ParameterError(f"format_options: {cls.name} has no option {name!r}; {has}")
        return {name: cls._choice(name, dict(given or {})) for name in cls.options}

    @classmethod
    def _choice(cls, name: str, given: dict[str, Any]) -> Any:
        choices = cls.options[name]
        said = str(given.get(name, choices[0])).lower()
        for choice in choices:
            if str(choice).lower() == said:  # the command line says true, Python True
                return choice
        listed = ", ".join(str(choice).lower() for choice in choices)
        fail(name, given[name], f"is no choice of {cls.name}", f"give one of {listed}")

    @classmethod
    def check(cls, about: About) -> None:
        """Refuse a dataset that the format cannot hold, before any work.

        Raises
        ------
        ParameterError
            If it cannot.
        """
        if about.dtype not in cls.dtypes:
            fail("dtype", about.dtype, f"is no type that {cls.name} has", f"give {' or '.join(cls.dtypes)}")

    @classmethod  # noqa: B027
    def fits(cls, values: np.ndarray, about: About) -> None:
        """Refuse what a recording gives, if a shard cannot hold it: the recording then goes to the ledger.

        Most formats hold whatever there is.

        Raises
        ------
        ParameterError
            If it cannot.
        """


#: By name: the module of this package whose `Shard` is the writer, and how shards end ("" for folders).
FORMATS: dict[str, tuple[str, str]] = {
    "parquet": ("parquet", ".parquet"),
    "hdf5": ("hdf5", ".h5"),
    "zarr": ("zarr", ".zarr"),
    "npy": ("npy", ""),
    "kaldi": ("kaldi", ""),
    "csv": ("csv", ""),
}


def format_called(name: str) -> tuple[type[Writer], str]:
    """The writer of a format, and the ending of its shards."""
    if not isinstance(name, str) or name not in FORMATS:
        near = difflib.get_close_matches(str(name), FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(f"format={name!r}: no such format; {hint}choose one of {', '.join(FORMATS)}")
    module, ending = FORMATS[name]
    return import_module(f"{__package__}.{module}").Shard, ending

"""The forms in which a dataset is written; each is a writer of one shard."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ...errors import ParameterError
from ..rows import Row

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
    #: What the user set of the format.
    options: Mapping[str, Any] | None = None


class Writer(Protocol):
    """Writes the rows of one shard to a file or a folder that does not exist yet."""

    def __init__(self, place: Path, about: About) -> None: ...

    def add(self, row: Row, values: np.ndarray) -> None:
        """Take the next row and its values, (rows, frames)."""

    def close(self) -> None:
        """Finish the shard."""

    def abandon(self) -> None:
        """Let go of what is open; what was written is thrown away."""


#: By name: the module of this package whose `Shard` is the writer, and how shards end ("" for folders).
FORMATS: dict[str, tuple[str, str]] = {
    "parquet": ("parquet", ".parquet"),
}


def format_called(name: str) -> tuple[type[Writer], str]:
    """The writer of a format, and the ending of its shards."""
    if name not in FORMATS:
        near = difflib.get_close_matches(str(name), FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(f"format={name!r}: no such format; {hint}choose one of {', '.join(FORMATS)}")
    module, ending = FORMATS[name]
    return import_module(f"{__package__}.{module}").Shard, ending

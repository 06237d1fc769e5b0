"""The values that the parts of a run exchange: an item to be processed, its row, or its failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..errors import AudioError, ParameterError, escape
from .checksums import ABSENT, Identity
from .inputs.sources import Source

__all__ = ["DTYPES", "Done", "Failure", "Item", "OWN", "Row", "carried"]

#: The types of stored values.
DTYPES = ("float32", "float64", "float16")


class Item(NamedTuple):
    """A piece of a recording: the whole recording, a part of a long one, or one of its channels."""

    #: The number of the source in the run.
    number: int
    source: Source
    piece: int = 0


class Row(NamedTuple):
    """A piece of a recording with its features: one matrix per task of the run."""

    id: str
    #: The number of the part, and its start in the file in seconds.
    part: int
    start: float
    #: The channel, if each channel has its own row.
    channel: int | None
    #: Sampling rate in Hz.
    sr: int
    #: Duration in seconds.
    duration: float
    #: One array of shape (rows, frames) per task.
    values: tuple[np.ndarray, ...]
    #: The carried columns of the recording.
    carried: tuple[Any, ...] = ()
    #: The warnings of this recording; not stored.
    warnings: tuple[str, ...] = ()
    #: Number of values that became 0 in the type of stored values; not stored.
    zeroed: int = 0
    #: SHA-256 of the recording's file, in hexadecimal digits.
    sha256: str = ""
    #: The library that decoded the recording, and its version; not stored: the values do not depend on it.
    decoder: str = ""

    def facts(self) -> dict[str, Any]:
        """The columns of a row that do not depend on its values, without the carried ones."""
        return {
            "id": self.id, "part": self.part, "start": self.start, "channel": self.channel, "sr": self.sr,
            "duration": self.duration, "sha256": self.sha256,
        }  # fmt: skip


class Failure(NamedTuple):
    """A recording that could not be used, as a line of the ledger."""

    id: str
    path: str
    #: ``decode``, ``feature`` or ``store``.
    stage: str
    error: str
    remedy: str

    @classmethod
    def of(cls, source: Source, stage: str, error: Exception) -> Failure:
        """The failure that `error` describes, split into the fault and its remedy."""
        text = str(error).removeprefix(f"{source.path}: ").removeprefix(f"{escape(source.path)}: ")
        text = text or type(error).__name__
        remedy = ""
        if isinstance(error, AudioError | ParameterError):  # the form of our messages: "what: fault; remedy"
            fault, semicolon, last = text.rpartition("; ")
            text, remedy = (fault, last) if semicolon else (text, remedy)
        else:  # such a message needs its type
            text = f"{type(error).__name__}: {text}"
        return cls(source.id, source.path, stage, " ".join(text.split()), " ".join(remedy.split()))


class Done(NamedTuple):
    """An item and its result: a row or a failure."""

    item: Item
    #: Number of pieces of its recording.
    pieces: int
    row: Row | None
    failure: Failure | None = None
    #: Size, time and digest of the recording's file when it was read.
    identity: Identity = ABSENT


#: The columns that every dataset has; all others are carried columns.
OWN = (
    "id", "part", "start", "channel", "sr", "n_frames", "duration", "feature", "n_rows", "sha256", "crc32",
)  # fmt: skip


def carried(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The carried columns of a row: the columns that not every dataset has."""
    return {name: value for name, value in facts.items() if name not in OWN}

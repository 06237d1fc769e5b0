"""What passes between the parts of a run: an item of work, the row that becomes of it, or its failure."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import AudioError, ParameterError, escape
from .inputs.sources import Source
from .output.checksums import ABSENT, Identity

__all__ = ["DTYPES", "Done", "Failure", "Item", "Row"]

#: What values are stored as.
DTYPES = ("float32", "float64", "float16")


class Item(NamedTuple):
    """A piece of a recording: all of it, or a part of a long one, or one of its channels."""

    #: Number of the source in the run.
    number: int
    source: Source
    piece: int = 0


class Row(NamedTuple):
    """A piece of a recording and its features, a matrix for each front end of the run."""

    id: str
    #: Number of the part, and where it begins in the file, in seconds.
    part: int
    start: float
    #: Which channel, where each has a row of its own.
    channel: int | None
    sr: int
    #: Seconds.
    duration: float
    #: Each (rows, frames).
    values: tuple[np.ndarray, ...]
    #: What the manifest says of the recording.
    carried: tuple[Any, ...] = ()
    #: What was remarked on the way; not stored.
    remarks: tuple[str, ...] = ()
    #: How many values became 0 in the type that they are stored as; not stored.
    zeroed: int = 0
    #: SHA-256 of the bytes of the recording's file, in hexadecimal digits.
    sha256: str = ""

    def facts(self) -> dict[str, Any]:
        """The columns of a row that do not depend on its values, without the carried ones."""
        return {
            "id": self.id, "part": self.part, "start": self.start, "channel": self.channel, "sr": self.sr,
            "duration": self.duration, "sha256": self.sha256,
        }  # fmt: skip


class Failure(NamedTuple):
    """A recording that could not be used."""

    id: str
    path: str
    #: ``decode``, ``feature`` or ``store``.
    stage: str
    error: str
    remedy: str

    @classmethod
    def of(cls, source: Source, stage: str, error: Exception) -> Failure:
        """What `error` says, split into the fault and what would mend it."""
        text = str(error).removeprefix(f"{source.path}: ").removeprefix(f"{escape(source.path)}: ")
        text = text or type(error).__name__
        remedy = ""
        if isinstance(error, AudioError | ParameterError):  # "what: fault; remedy", as all of ours are built
            fault, semicolon, last = text.rpartition("; ")
            text, remedy = (fault, last) if semicolon else (text, remedy)
        else:  # its kind is half of what it says
            text = f"{type(error).__name__}: {text}"
        return cls(source.id, source.path, stage, " ".join(text.split()), " ".join(remedy.split()))


class Done(NamedTuple):
    """An item and what became of it."""

    item: Item
    #: How many pieces its recording has.
    pieces: int
    row: Row | None
    failure: Failure | None = None
    #: What the recording's file was when it was read.
    identity: Identity = ABSENT

"""What passes between the parts of a run: an item of work, the row that becomes of it, or its failure."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .digests import ABSENT, Identity
from .ledger import Failure
from .sources import Source

__all__ = ["DTYPES", "Done", "Item", "Row"]

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

    def told(self) -> dict[str, Any]:
        """What is said of it beside the values and what it carries."""
        return {
            "id": self.id, "part": self.part, "start": self.start, "channel": self.channel, "sr": self.sr,
            "duration": self.duration, "sha256": self.sha256,
        }  # fmt: skip


class Done(NamedTuple):
    """An item and what became of it."""

    item: Item
    #: How many pieces its recording has.
    pieces: int
    row: Row | None
    failure: Failure | None = None
    #: What the recording's file was when it was read.
    identity: Identity = ABSENT

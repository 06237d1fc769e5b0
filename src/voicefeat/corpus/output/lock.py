"""One run at a time in a folder: a lock that the system releases when the process ends in any way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import ParameterError
from ...files.temporary import FLAGS, locked

__all__ = ["NAME", "InUse", "held"]

NAME = ".lock"


class InUse(ParameterError):
    """A folder to which another run is writing."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`.

    Raises
    ------
    InUse
        If another run holds it.
    """
    handle = os.open(folder / NAME, FLAGS | os.O_CREAT, 0o644)
    try:
        if not locked(handle):
            raise InUse(
                f"out={str(folder)!r}: another run is writing there; wait for it, or give another folder"
            )
        yield
    finally:
        os.close(handle)  # releases the lock

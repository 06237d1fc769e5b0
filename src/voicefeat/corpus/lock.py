"""One run at a time in a folder: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ParameterError

__all__ = ["NAME", "held"]

NAME = ".lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`.

    Raises
    ------
    ParameterError
        If another run holds it.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _taken(handle):
            raise ParameterError(
                f"out={str(folder)!r}: another run is writing there; wait for it, or give another folder"
            )
        yield
    finally:
        os.close(handle)  # which lets go of the lock


def _taken(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

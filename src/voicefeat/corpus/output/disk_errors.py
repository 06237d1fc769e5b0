"""Errors of the disk while a dataset is written: they name the folder and how to continue."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .state import State

__all__ = ["writing"]

GOES_ON = "and run the same call again to continue"
#: The remedy for each fault of a folder or its disk; other errors have another cause.
REMEDIES = {
    errno.ENOSPC: f"make room, {GOES_ON}",
    errno.EDQUOT: f"make room within your quota, {GOES_ON}",
    errno.EFBIG: f"allow larger files, {GOES_ON}",
    errno.EIO: f"check the disk, {GOES_ON}",
    errno.EROFS: "make it writable, or give another folder",
    errno.EACCES: "make it writable, or give another folder",
    errno.EPERM: "make it writable, or give another folder",
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make `folder` if it does not exist; an error of its disk then names it and says how to continue.

    Raises
    ------
    OSError
        With the number and type of the system's error.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno not in REMEDIES:
            raise
        state = None
        with suppress(OSError, ValueError):
            state = State.load(folder)
        count = 0 if state is None else sum(bool(segment.shards) for segment in state.segments)
        kept = f" (completed shards: {count})" if count else ""
        message = f"{os.strerror(error.errno)}{kept}; {REMEDIES[error.errno]}"
        raise OSError(error.errno, message, str(folder)) from error

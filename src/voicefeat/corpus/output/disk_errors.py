"""What the system says when a dataset cannot be written: which folder it is, and how to go on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .state import State

__all__ = ["writing"]

GOES_ON = "and the same call goes on"
#: What mends each fault of a folder or its disk; other faults are not those of a folder.
REMEDIES = {
    errno.ENOSPC: f"make room, {GOES_ON}",
    errno.EDQUOT: f"make room within your quota, {GOES_ON}",
    errno.EFBIG: f"allow larger files, {GOES_ON}",
    errno.EIO: f"see to the disk, {GOES_ON}",
    errno.EROFS: "make it writable, or give another folder",
    errno.EACCES: "make it writable, or give another folder",
    errno.EPERM: "make it writable, or give another folder",
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make `folder` where there is none; a fault of its disk then names it, and says how to go on.

    Raises
    ------
    OSError
        Of the same number and kind as that of the system.
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
        stay = f" (finished shards stay: {count})" if count else ""
        told = f"{os.strerror(error.errno)}{stay}; {REMEDIES[error.errno]}"
        raise OSError(error.errno, told, str(folder)) from error

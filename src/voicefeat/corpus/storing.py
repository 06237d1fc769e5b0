"""What the system says when a dataset cannot be written: which folder it is, and how to go on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["writing"]

#: What mends each fault of a folder or its disk; other faults are not those of a folder.
REMEDIES = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room within your quota",
    errno.EFBIG: "allow larger files, or give a smaller shard_mb and another folder",
    errno.EROFS: "make it writable, or give another folder",
    errno.EACCES: "make it writable, or give another folder",
    errno.EPERM: "make it writable, or give another folder",
    errno.EIO: "see to the disk",
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make `folder` where there is none; a fault of the disk then names it, and says how to go on.

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
        shards = sum(1 for _ in folder.rglob("part-[0-9]*")) if folder.is_dir() else 0
        stay = f" after {shards} finished shard{'s' * (shards != 1)}, which stay" if shards else ""
        told = f"{os.strerror(error.errno)}{stay}; {REMEDIES[error.errno]}, and the same call goes on"
        raise OSError(error.errno, told, str(folder)) from error

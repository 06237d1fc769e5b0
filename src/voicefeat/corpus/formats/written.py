"""A file of a shard while it is written: its bytes also go to the disk and into its digest.

At the end of a shard little is left to do, and no byte is read again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import Thread
from typing import Any

__all__ = ["WrittenFile"]

#: Bytes after which a file is flushed to disk, while more are written.
FLUSHED = 1 << 23


class WrittenFile:
    """A new file that is written from its beginning to its end."""

    def __init__(self, place: Path) -> None:
        self._file = place.open("xb")  # exclusively: no link is followed
        self._digest = hashlib.sha256()
        self._size = self._due = 0
        self._flush: Thread | None = None
        self._error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write bytes, or an object with a buffer; returns their number."""
        count = self._file.write(data)
        self._digest.update(data)
        self._size += count
        if self._size - self._due >= FLUSHED and (self._flush is None or not self._flush.is_alive()):
            self._due = self._size
            self._flush = Thread(target=self._to_disk, name="voicefeat-flush")
            self._flush.start()
        return count

    def _to_disk(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:  # the system tells it once only
            self._error = error

    def tell(self) -> int:
        """Number of bytes so far."""
        return self._size

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal digits."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file.

        Raises
        ------
        OSError
            If some bytes could not be written.
        """
        if self._flush is not None:
            self._flush.join()
        self._file.close()
        if self._error is not None:
            raise self._error

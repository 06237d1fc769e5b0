"""Files that are written beside their place, and take it when they are whole.

The name beside the place could be guessed, so it is made exclusively: whatever stands there is removed, a
link is never followed, and two runs never write one file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..errors import ParameterError

__all__ = ["Aside", "locked", "replacing"]

#: Windows would turn line ends in a handle that is not opened as binary.
FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Aside:
    """The file ``.NAME.partial`` beside `place`, made by `claim`, renamed to `place` by `commit`.

    Parameters
    ----------
    place : path-like
        Where the file is wanted.
    """

    def __init__(self, place: str | os.PathLike[str]) -> None:
        self.place = Path(place)
        self.file = self.place.with_name(f".{self.place.name}.partial")
        self._handle: int | None = None

    def claim(self) -> None:
        """Make the file, empty and this process's own; what a killed run left there is removed.

        Raises
        ------
        ParameterError
            If another run is writing it.
        OSError
            If the folder cannot be written to.
        """
        with suppress(OSError):  # nothing is there, or a link, or no file of ours
            left = os.open(self.file, FLAGS)
            try:
                if not locked(left):
                    raise ParameterError(
                        f"{self.place}: another run is writing it; wait for it, or give another name"
                    )
            finally:
                os.close(left)
        self.file.unlink(missing_ok=True)
        self._handle = os.open(self.file, FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
        with suppress(OSError):  # some file systems have no locks
            locked(self._handle)

    def open(self, mode: str, **how: Any) -> IO[Any]:
        """The file for writing; to close it does not let go of the claim."""
        assert self._handle is not None, "claim first"
        return open(os.dup(self._handle), mode, **how)

    def commit(self) -> None:
        """Once the disk has all that was written, rename the file to its place, which is replaced."""
        assert self._handle is not None, "claim first"
        try:
            os.fsync(self._handle)
            self._close()  # Windows renames no open file
            os.replace(self.file, self.place)
        except OSError:
            self._remove()
            raise

    def discard(self) -> None:
        """Remove the file, unless it has taken its place."""
        if self._handle is not None:
            self._remove()

    def _remove(self) -> None:
        self._close()
        with suppress(OSError):
            self.file.unlink(missing_ok=True)

    def _close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


@contextmanager
def replacing(place: str | os.PathLike[str], mode: str = "w", **how: Any) -> Iterator[IO[Any]]:
    """A file for writing that becomes `place` when the block ends, and is gone where it fails.

    Raises
    ------
    ParameterError
        If another run is writing it.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp(), "means.json")
    >>> with replacing(place, encoding="utf-8") as file:
    ...     _ = file.write("[1, 2]")
    >>> place.read_text(), [entry.name for entry in place.parent.iterdir()]
    ('[1, 2]', ['means.json'])
    """
    aside = Aside(place)
    aside.claim()
    try:
        with aside.open(mode, **how) as file:
            yield file
        aside.commit()
    finally:
        aside.discard()


def locked(handle: int) -> bool:
    """Take the lock of an open file, which the system lets go of when it is closed; False if it is taken."""
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

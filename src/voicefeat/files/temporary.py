"""Files that are written under a temporary name and renamed when they are complete.

The temporary name could be guessed, so the file is created exclusively: whatever has that name is removed, a
link is never followed, and two runs never write the same file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..errors import ParameterError

__all__ = ["Aside", "locked", "replacing"]

#: Without O_BINARY, Windows would translate line ends.
FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Aside:
    """The file ``.NAME.partial`` beside `place`: created by `claim`, renamed to `place` by `commit`.

    Parameters
    ----------
    place : path-like
        The final path of the file.
    """

    def __init__(self, place: str | os.PathLike[str]) -> None:
        self.place: Path = Path(place)
        self.file: Path = self.place.with_name(f".{self.place.name}.partial")
        self._handle: int | None = None

    def claim(self) -> None:
        """Create the file, empty and locked by this process; a file left by a killed run is removed.

        Raises
        ------
        ParameterError
            If another run is writing the file.
        OSError
            If the folder cannot be written to.
        """
        with suppress(OSError):  # the file does not exist, is a link, or is not a file of ours
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
        """The file, open for writing; closing it does not release the claim."""
        assert self._handle is not None, "claim first"
        return open(os.dup(self._handle), mode, **how)

    def commit(self) -> None:
        """Flush the file to disk and rename it to `place`, replacing what is there."""
        assert self._handle is not None, "claim first"
        try:
            os.fsync(self._handle)
            self._close()  # Windows cannot rename an open file
            os.replace(self.file, self.place)
        except OSError:
            self._remove()
            raise

    def discard(self) -> None:
        """Remove the file, unless it was committed."""
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
    """A file for writing that becomes `place` when the block ends, and is removed if the block fails.

    Raises
    ------
    ParameterError
        If another run is writing it.
    OSError
        If the file cannot be written.

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
    """Lock an open file until it is closed; False if it is locked already."""
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

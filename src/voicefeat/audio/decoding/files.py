"""The file of a recording, given by its path or open, and errors if it cannot be opened."""

from __future__ import annotations

import io
import os
import stat
from contextlib import suppress
from typing import IO, Any, NamedTuple, NoReturn

from ...errors import AudioError, AudioNotFoundError, fail, is_transient
from .views import Link, View

__all__ = ["Content", "Place", "is_sound_file", "printable_name", "sample_at"]

#: Files up to this size are read completely when their bytes are examined.
_KEPT = 1 << 21
#: libsndfile's error codes for a failed system call, and for too little memory.
_SYSTEM_ERROR, _NO_MEMORY = 2, 17
#: How often to try opening a file when the reason of the failure has gone.
_ATTEMPTS = 10
#: The first bytes of AppleDouble files, which macOS writes as ``._NAME`` on foreign disks.
SIDE_FILE = b"\0\5\x16\7"
_NEITHER = "is neither a path nor a binary file"
_GIVE = "give the path of a recording, or a file open for reading bytes"


def sample_at(seconds: float, rate: float) -> int:
    """The number of the sample nearest to `seconds`; every time is converted to samples here."""
    return round(seconds * rate)


def is_sound_file(given: Any) -> bool:
    """Whether `given` is a `soundfile.SoundFile`."""
    return type(given).__module__.partition(".")[0] == "soundfile" and hasattr(given, "samplerate")


def printable_name(given: Any) -> str:
    """The name of a recording in messages: its path, with invalid bytes as ``\\xff``, or its type."""
    if hasattr(given, "read"):
        given = getattr(given, "name", None) or given
        if not isinstance(given, str | bytes):
            return f"<{type(given).__name__}>"
    try:
        name = os.fsdecode(given)
    except TypeError:
        fail("path", given, _NEITHER, _GIVE)
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a lone surrogate that does not stand for a byte
        return name.encode("utf-8", "backslashreplace").decode()


class Content(NamedTuple):
    """A file that was read as a whole."""

    #: Bytes, and time of modification in nanoseconds.
    size: int
    mtime: int
    data: bytes


class Place:
    """The file of a recording, which can be opened repeatedly, as a whole or one link of it.

    Raises
    ------
    AudioError
        If it is not a regular file: opening a pipe or a device could wait forever.
    """

    def __init__(self, given: Any) -> None:
        self.name: str = printable_name(given)
        self.file: None = given if hasattr(given, "read") else None
        self.path: str | bytes | None = None
        self._stream: IO[bytes] | None = None
        self._content: bytes | None = None
        #: Distinguishes this file from a later one with the same name.
        self.identity: tuple[Any, ...] | None = None
        if self.file is None:
            self._look(os.fspath(given))
        elif isinstance(given, io.TextIOBase) or not (hasattr(given, "seek") and hasattr(given, "tell")):
            fail("path", given, _NEITHER, f"{_GIVE}, or io.BytesIO with its content")
        else:
            try:
                before = given.tell()
                given.seek(0, os.SEEK_END)
                self._size = given.tell()
                given.seek(before)
            except (OSError, ValueError) as problem:  # a stream without seeking, or a closed one
                fail("path", given, f"cannot be read ({problem})", f"{_GIVE}, or io.BytesIO with its content")

    def _look(self, path: str | bytes) -> None:
        try:
            self.path = path if isinstance(path, bytes) or path.isascii() else _encoded(path)
            about = os.stat(self.path)
        except OSError:  # the error comes when it is opened
            self._size = 0
            return
        except ValueError:  # a null byte, or a lone surrogate
            fail("path", path, "cannot be the name of a file", "check it")
        if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
            problem = "is a pipe or a device, not a regular file"
            raise AudioError(f"{self.name}: {problem}; copy its content into a file")
        self._size = about.st_size
        self.identity = (self.path, about.st_size, about.st_mtime_ns, about.st_ino, about.st_dev)

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        return self._size

    @property
    def readable(self) -> bool:
        """Whether its bytes can be read."""
        return self.path is None or (os.path.isfile(self.path) and os.access(self.path, os.R_OK))

    def open(self, link: Link | None = None) -> Any:
        """Open the file, or one link of it, as a `soundfile.SoundFile`."""
        import soundfile

        if link is not None and not link.is_file(self.size):
            return soundfile.SoundFile(View(self.fetch, link))
        if self.file is None:
            return self._open_path()
        return soundfile.SoundFile(View(self.fetch, Link(0, self.size)))

    def _open_path(self) -> Any:
        """Open it by path; if libsndfile only says "System error", raise the error of the system."""
        import soundfile

        for _ in range(_ATTEMPTS):
            try:
                return soundfile.SoundFile(self.path)
            except soundfile.LibsndfileError as problem:
                if problem.code != _SYSTEM_ERROR:
                    raise
            with open(self.path, "rb"):  # type: ignore[arg-type]
                pass  # another thread has closed a file in the meantime: try again
        return soundfile.SoundFile(self.path)

    def fetch(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start` on."""
        if self.file is None:
            if self._content is not None:
                return self._content[start : start + count]
            if self._stream is None:
                self._stream = open(self.path, "rb", buffering=0)  # type: ignore[arg-type]  # noqa: SIM115
                if self.size <= _KEPT:
                    self._content = self._stream.read()
                    return self.fetch(start, count)
            self._stream.seek(start)
            return self._stream.read(count)
        before = self.file.tell()
        self.file.seek(start)
        data = self.file.read(count)
        self.file.seek(before)
        return data

    @property
    def content(self) -> Content | None:
        """The file at its path, if all its bytes are in memory."""
        if self._content is None or self.identity is None or len(self._content) != self.size:
            return None
        return Content(self.size, self.identity[2], self._content)

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = self._content = None

    def explain(self, problem: Exception) -> NoReturn:
        """Raise the error for a file that could not be opened or decoded.

        Faults of the machine are raised unchanged.
        """
        if is_transient(problem):
            raise problem
        if getattr(problem, "code", 0) == _NO_MEMORY:
            raise MemoryError(f"{self.name}: libsndfile has no memory to decode it") from problem
        if self.path is not None:
            self._explain_path(self.path)
        reason = str(getattr(problem, "error_string", problem)).strip().rstrip(".").removeprefix("Error : ")
        if "does not exist" in reason:  # libsndfile's message for an MP3 without a block
            reason = "no audio was found in it"
        if isinstance(problem, TypeError):  # soundfile's error for a name that ends with .raw
            reason = "raw samples have no header that states their rate and type"
        raise AudioError(
            f"{self.name}: cannot be decoded ({reason}); check that it plays, or convert it to WAV or FLAC"
        ) from problem

    def _explain_path(self, path: str | bytes) -> None:
        name = self.name
        if not os.path.lexists(path):
            raise AudioNotFoundError(f"{name}: there is no such file; check the path") from None
        if not os.path.exists(path):
            raise AudioError(f"{name}: is a broken link; repair it or leave it out") from None
        if os.path.isdir(path):
            raise AudioError(f"{name}: is a folder; give the path of one recording") from None
        if not os.access(path, os.R_OK):
            raise AudioError(f"{name}: cannot be read; check its permissions") from None
        if os.path.getsize(path) == 0:
            raise AudioError(f"{name}: is empty, 0 bytes; create it again or leave it out") from None
        with suppress(OSError), open(path, "rb") as file:
            if file.read(4) == SIDE_FILE:
                problem = "is a side file of macOS (AppleDouble), not a recording; leave it out"
                raise AudioError(f"{name}: {problem}") from None


def _encoded(path: str) -> str | bytes:
    """`path`, as bytes if it cannot be encoded as UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path

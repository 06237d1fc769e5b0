"""What a run was and how it went, as lines of JSON beside the dataset: nothing of it is in the dataset."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ...errors import fail

__all__ = ["RunLog"]

#: Seconds from one line of progress to the next.
EVERY = 10.0
#: What JSON lets stand in a text, and a terminal that shows the log would obey or hide.
_UNSEEN = re.compile(r"[^\x20-\x7e]")


def _as_json(found: re.Match[str]) -> str:
    """A character as it is if it can be seen, else as JSON's escape for it."""
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


class RunLog:
    """Appends to `file` a line at the start, every ten seconds, for each failure, and at the end.

    Without a file nothing is written.
    """

    def __init__(self, file: str | os.PathLike[str] | None) -> None:
        self.file = None if file is None else Path(file)
        self._stream: IO[str] | None = None
        self._begun = self._last = time.perf_counter()

    def start(self, **told: Any) -> None:
        """The first line: what was asked for, by whom and where.

        Raises
        ------
        ParameterError
            If the file cannot be written.
        """
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.file.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            fail("log", str(self.file), f"cannot be written ({error.strerror})", "give another file")
        self._begun = self._last = time.perf_counter()
        host = {"host": platform.node(), "processors": os.cpu_count(), "process": os.getpid()}
        system = {"system": platform.platform(), "python": platform.python_version()}
        self.write("start", command=sys.argv, **host, **system, **told)

    def write(self, event: str, **told: Any) -> None:
        """One line, at once on its way to the disk.

        A disk that takes no more ends the log with a warning: the dataset, which may be on another, goes on.
        """
        if self._stream is not None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            seconds = round(time.perf_counter() - self._begun, 3)
            line = {"time": now, "event": event, "seconds": seconds, **told}
            try:
                text = json.dumps(line, ensure_ascii=False, default=str)
                self._stream.write(_UNSEEN.sub(_as_json, text) + "\n")
                self._stream.flush()
            except OSError as error:
                self._close()
                full = f"log={str(self.file)!r}: takes no more ({error.strerror}); the run goes on without it"
                warnings.warn(full, stacklevel=2)

    def progress(self, **told: Any) -> None:
        """A line, if the last one is old enough."""
        now = time.perf_counter()
        if self._stream is not None and now - self._last >= EVERY:
            self._last = now
            self.write("progress", **told)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *rest: object) -> None:
        if kind is not None:
            self.write("stopped", error=f"{kind.__name__}: {error}")
        self._close()

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError):  # what it still holds was told, or is lost with it
                stream.close()

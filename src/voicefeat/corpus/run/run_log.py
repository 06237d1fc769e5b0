"""The log of a run: lines of JSON in a file outside the dataset."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ...errors import fail

__all__ = ["RunLog"]

#: Seconds from one line of progress to the next.
EVERY = 10.0
#: Characters that JSON allows in a text, but that may control a terminal or be invisible.
_UNSEEN = re.compile(r"[^\x20-\x7e]")


def _as_json(found: re.Match[str]) -> str:
    """The character if it is printable, else its escape in JSON."""
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


class RunLog:
    """Appends to `file` a line at the start, every ten seconds, for each failure, and at the end.

    Without a file nothing is written.
    """

    def __init__(self, file: str | os.PathLike[str] | None) -> None:
        self.file: Path | None = None if file is None else Path(file)
        self._stream: IO[str] | None = None
        self._begun = self._last = time.perf_counter()

    def start(self, **facts: Any) -> None:
        """Write the first line: the settings, the command and the host.

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
        self.write("start", command=sys.argv, **host, **system, **facts)

    def write(self, event: str, **facts: Any) -> None:
        """Write one line and flush it.

        An error of the disk ends the log with a warning; the run goes on: its dataset may be on another disk.
        """
        if self._stream is not None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            seconds = round(time.perf_counter() - self._begun, 3)
            line = {"time": now, "event": event, "seconds": seconds, **facts}
            try:
                text = json.dumps(line, ensure_ascii=False, default=str)
                self._stream.write(_UNSEEN.sub(_as_json, text) + "\n")
                self._stream.flush()
            except OSError as error:
                self._close()
                full = (
                    f"log={str(self.file)!r}: cannot be written any more ({error.strerror}); the "
                    "run continues without it"
                )
                warnings.warn(full, stacklevel=2)

    def progress(self, facts: Callable[[], Mapping[str, Any]]) -> None:
        """Write a line with what `facts` returns, if the last one is old enough."""
        now = time.perf_counter()
        if self._stream is not None and now - self._last >= EVERY:
            self._last = now
            self.write("progress", **facts())

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *rest: object) -> None:
        if kind is not None:
            self.write("stopped", error=f"{kind.__name__}: {error}")
        self._close()

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError):  # its last lines are lost with the disk
                stream.close()

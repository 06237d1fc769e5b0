"""CSV with lines that end in a line feed; every value is read back unchanged."""

from __future__ import annotations

import csv
from typing import IO, Any

__all__ = ["csv_writer"]


class _Lines:
    """A stream for Python's writer, whose line ending makes it quote carriage returns as well."""

    END = "\r\n"

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return self._stream.write(line.removesuffix(self.END) + "\n")


def csv_writer(stream: IO[str]) -> Any:
    """A writer like `csv.writer`; `stream` must not translate line ends (``newline=""``).

    Python's writer quotes only the characters of its own line ending. If that were a line feed alone, a
    carriage return in a name would end the row for readers.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO(newline="")
    >>> _ = csv_writer(stream).writerow(["a\\rb.wav", "=1", None])
    >>> stream.getvalue()
    '"a\\rb.wav",=1,\\n'
    """
    return csv.writer(_Lines(stream), lineterminator=_Lines.END)

"""CSV in lines that end in a line feed, and read back whatever a value holds."""

from __future__ import annotations

import csv
from typing import IO, Any

__all__ = ["csv_writer"]


class _Lines:
    """Takes what Python's writer gives, with the ending that makes it quote carriage returns too."""

    END = "\r\n"

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return self._stream.write(line.removesuffix(self.END) + "\n")


def csv_writer(stream: IO[str]) -> Any:
    """A writer as `csv.writer` is one; `stream` is to change no line ends (``newline=""``).

    Python's own quotes only those characters that end its lines: with line feeds alone, a carriage return in
    a name would end the row for who reads it.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO(newline="")
    >>> _ = csv_writer(stream).writerow(["a\\rb.wav", "=1", None])
    >>> stream.getvalue()
    '"a\\rb.wav",=1,\\n'
    """
    return csv.writer(_Lines(stream), lineterminator=_Lines.END)

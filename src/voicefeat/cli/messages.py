"""Messages of a command on stderr, and output whose reader has closed it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO

__all__ = ["leave", "tell"]


def tell(line: str) -> None:
    """Print a line on stderr; if nobody reads it any more, go on."""
    try:
        print(line, file=sys.stderr, flush=True)
    except BrokenPipeError:
        leave(sys.stderr)


def leave(stream: IO[str]) -> None:
    """Redirect `stream` to nowhere: the rest of its buffer would fail again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # a stream of a caller's, without a number
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

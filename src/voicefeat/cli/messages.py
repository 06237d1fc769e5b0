"""Messages of a command on stderr, and output whose reader has ended."""

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
    """Have `stream` go nowhere from now on: what is left in its buffer would fail again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # a stream of a caller's, without a number
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

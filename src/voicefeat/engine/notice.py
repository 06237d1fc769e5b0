"""A line on standard error once compiling has taken longer than a moment: a first call would seem to hang."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

#: Seconds of compiling, added up over a process, after which the line is shown.
LIMIT = 1.0
KEPT = "voicefeat: compiling kernels, once on this machine; `voicefeat warmup` does it beforehand"
NOT_KEPT = "voicefeat: compiling kernels, in every process; `voicefeat warmup` says why they are not kept"
#: "0": no line; "1": a line even where standard error is not a terminal.
VARIABLE = "VOICEFEAT_COMPILE_NOTICE"


class Notice:
    """How long this process has been compiling, and whether it has said so."""

    def __init__(self, line: str = KEPT) -> None:
        self.line: str = line
        self.told: bool = False
        self.spent: float = 0.0
        self.begun: float | None = None

    @contextlib.contextmanager
    def compiling(self) -> Iterator[None]:
        """A function is compiled meanwhile, and others that it calls; numba's lock is held.

        The time is looked at before and after each of them, so that no thread has to watch it.
        """
        outermost = self.begun is None
        if self.begun is None:
            self.begun = time.perf_counter()
        try:
            self._look()
            yield
        finally:
            self._look()
            if outermost:
                self.spent += time.perf_counter() - self.begun
                self.begun = None

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """No line is shown meanwhile."""
        told, self.told = self.told, True
        try:
            yield
        finally:
            self.told = told

    def _look(self) -> None:
        if self.told or self.begun is None:
            return
        if self.spent + time.perf_counter() - self.begun > LIMIT:
            self.told = True
            with contextlib.suppress(AttributeError, OSError, ValueError):  # None, or closed
                wanted = os.environ.get(VARIABLE)
                if wanted == "1" or (wanted != "0" and sys.stderr.isatty()):
                    print(self.line, file=sys.stderr, flush=True)


#: That of this process.
NOTICE = Notice()

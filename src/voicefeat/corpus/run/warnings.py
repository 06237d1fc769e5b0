"""Warnings of worker threads, collected for the current recording.

If printed at once, they would not name their recording, and a corpus of short clips would fill the terminal.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

__all__ = ["ThreadWarnings", "WarningsByThread"]

_local = threading.local()


class ThreadWarnings:
    """A context in which the warnings of this thread go to a list; it needs an outer `WarningsByThread`."""

    def __enter__(self) -> list[str]:
        messages: list[str] = []
        _local.messages = messages
        return messages

    def __exit__(self, *exception: Any) -> None:
        _local.messages = None


class WarningsByThread:
    """A context in which a warning goes to the `ThreadWarnings` of the thread that raised it, if any."""

    def __enter__(self) -> WarningsByThread:
        self._filters = warnings.catch_warnings()
        self._filters.__enter__()
        warnings.simplefilter("always", UserWarning)  # for each recording, even if the message is the same
        self._before = warnings.showwarning
        warnings.showwarning = self._show
        return self

    def __exit__(self, *exception: Any) -> None:
        warnings.showwarning = self._before
        self._filters.__exit__(*exception)

    def _show(self, message: Warning | str, *where: Any, **more: Any) -> None:
        messages = getattr(_local, "messages", None)
        if messages is None:
            self._before(message, *where, **more)
        else:
            messages.append(str(message))

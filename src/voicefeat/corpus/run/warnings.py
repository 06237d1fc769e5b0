"""Warnings of worker threads, kept with the recording at hand.

Printed as they come, they would not say which recording they mean, and a corpus of short clips would fill
the terminal with them.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

__all__ = ["Listening", "Remarks"]

_local = threading.local()


class Listening:
    """While this is entered, the warnings of this thread go to its list, if `Remarks` is entered too."""

    def __enter__(self) -> list[str]:
        _local.heard = []
        return _local.heard

    def __exit__(self, *exception: Any) -> None:
        _local.heard = None


class Remarks:
    """While this is entered, warnings go to the list of the thread that raised them, if it listens."""

    def __enter__(self) -> Remarks:
        self._filters = warnings.catch_warnings()
        self._filters.__enter__()
        warnings.simplefilter("always", UserWarning)  # each recording's, also when it reads like another's
        self._before = warnings.showwarning
        warnings.showwarning = self._show
        return self

    def __exit__(self, *exception: Any) -> None:
        warnings.showwarning = self._before
        self._filters.__exit__(*exception)

    def _show(self, message: Warning | str, *where: Any, **more: Any) -> None:
        heard = getattr(_local, "heard", None)
        if heard is None:
            self._before(message, *where, **more)
        else:
            heard.append(str(message))

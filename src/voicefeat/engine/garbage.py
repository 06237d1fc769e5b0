"""Python's search for circles of unused objects, switched off for a moment."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def no_collection(kept: bool = False) -> Iterator[None]:
    """Python does not look for unused objects meanwhile; afterwards it does if it did before.

    numba and its compiler make hundreds of thousands of objects and keep them, and are searched again and
    again. Hold the lock of an import or of numba's compiler, so that two threads do not do this at once.

    With `kept`, all objects that are there at the end count as old ones, which Python searches seldom;
    otherwise it would search them at the next moment, and twice more a little later.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if kept and not gc.get_freeze_count():  # what a program has frozen stays so
            gc.freeze()
            gc.unfreeze()  # to the oldest ones, without a search
        if enabled:
            gc.enable()

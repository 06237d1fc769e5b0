"""Python's search for circles of unused objects, switched off for a moment."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Python does not look for unused objects meanwhile; afterwards it does if it did before.

    numba and its compiler make hundreds of thousands of objects and keep them, and are searched again and
    again. Hold the lock of an import or of numba's compiler, so that two threads do not do this at once.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

"""Arrays that begin at a cache line: a vector of 64 bytes never crosses from one line to the next."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Bytes of a cache line; also those of the widest vector.
LINE = 64


def aligned(size: int, dtype: Any) -> np.ndarray:
    """A flat array of `size` values, not initialised, whose first byte is at a multiple of `LINE`.

    numpy aligns to 16 bytes, so that three of four vectors of 64 bytes lie in two cache lines.
    """
    kind = np.dtype(dtype)
    room = np.empty(size * kind.itemsize + LINE, np.uint8)
    skip = -room.ctypes.data % LINE
    return room[skip : skip + size * kind.itemsize].view(kind)

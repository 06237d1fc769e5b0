"""Bare spectra, the largest results: how long their rows in a block are, and when they go past the cache.

Every other result is small beside the spectra that it is made of, and gains nothing: not even the rows of 128
mel bands of ten minutes.
"""

from __future__ import annotations

import numpy as np

from ..engine.simd import HAS_STREAMING_STORES
from .spectra import block_frames

#: Results of this size and above are written past the cache.
RESULT_BYTES = 8 * 1024 * 1024
#: Bytes of a row of a block for which that is worthwhile: the lines at both ends are written as usual.
ROW_BYTES = 256
#: A block of bare spectra has rows of so many bytes,
LONG_ROW_BYTES = 1024
#: if it is no larger than this.
LONG_BLOCK_BYTES = 2 * 1024 * 1024


def long_block(values: int, parts: int, dtype: np.dtype) -> int:
    """Number of frames of a block of bare spectra of `values` bins, each of `parts` numbers of type `dtype`.

    The bins are read once, for the rows. So a block may be larger, and its rows longer, than where other
    stages read them.
    """
    short = block_frames(values * parts, dtype)
    wanted = LONG_ROW_BYTES // (parts * dtype.itemsize)
    return max(short, min(wanted, block_frames(values * parts, dtype, LONG_BLOCK_BYTES)))


def past_cache(result: np.ndarray, block: int) -> bool:
    """Whether the rows of bare spectra are written by `engine.streaming_stores`.

    `result` holds those of one item or of a batch; a block has `block` frames.
    """
    if not HAS_STREAMING_STORES or result.nbytes < RESULT_BYTES:
        return False
    return min(block, result.shape[-1]) * result.itemsize >= ROW_BYTES and result.flags.aligned

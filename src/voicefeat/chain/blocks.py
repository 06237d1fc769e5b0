"""How a call is divided: samples checked first, blocks of frames, scratch arrays, threads.

Code that processes a signal block by block calls `for_blocks`, and states only the frames of a block, the
kernel, and the place of the results. Code that divides other work, such as the rows of an array, calls
`for_parts`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..audio.limits import not_finite
from . import tables, threads
from .spectra import Work, borrow, give_back

#: Calls on at most this many samples, about ten seconds of speech, start no thread.
SHORT = 200_000
#: Least number of items per thread for which a batch is divided into items, not into blocks.
ITEMS = 4

#: Computes one block: (scratch arrays, item, first frame, frames).
Take = Callable[[Work, int, int, int], None]


def thread_budget(values: int, cost: int = 1) -> int:
    """Number of threads that a call on `values` samples may use; a short call uses one.

    `cost` is the time per sample, relative to a spectrogram.
    """
    return threads.get_num_threads() if cost * values > SHORT else 1


def check_finite(data: np.ndarray, name: str = "y", spectra: bool = False) -> None:
    """Refuse samples, or values of spectra, that are NaN, infinite or too large for their precision."""
    if not tables.usable(data, spectra):
        not_finite(data, name, spectra)


def for_parts(
    compute: Callable[[int], None], parts: int, values: int, cost: int = 1, most: int | None = None
) -> None:
    """Call ``compute(0)``, ..., ``compute(parts - 1)``, on several threads if the call is long.

    `values` and `cost` are those of `thread_budget`; `most` is the largest number of threads.
    """
    count = thread_budget(values, cost)
    threads.each(compute, parts, count if most is None else min(count, most))


def for_blocks(
    take: Take,
    data: np.ndarray,
    frames: int,
    size: int,
    dtype: np.dtype,
    *,
    check: bool = True,
    ordered: bool = False,
) -> None:
    """Call `take` for every block of frames of every item of `data`, samples (..., n).

    Each item has `frames` frames, and a block `size` of them. Scratch arrays have precision `dtype`. Samples
    that are not finite are refused before the first block; with `check` False, `take` refuses them. If blocks
    are `ordered`, those of an item follow one another with the same scratch arrays. Otherwise they come in
    any order, and from several threads if the data are long.
    """
    if check:
        check_finite(data)
    items = data.size // data.shape[-1]
    count = thread_budget(data.size)
    if count > 1:
        return _on_threads(count, take, items, frames, size, dtype, ordered)
    work = borrow(dtype)
    for item in range(items):
        for first in range(0, frames, size):
            take(work, item, first, min(size, frames - first))
    give_back(work)


def _on_threads(
    count: int, take: Take, items: int, frames: int, size: int, dtype: np.dtype, ordered: bool
) -> None:
    """The same on `count` threads, which share the items of a large batch, or else their blocks."""
    blocks = -(-frames // size)

    def block(i: int) -> None:
        item, number = divmod(i, blocks)
        first, work = number * size, borrow(dtype)
        take(work, item, first, min(size, frames - first))
        give_back(work)

    def whole(item: int) -> None:
        work = borrow(dtype)
        for first in range(0, frames, size):
            take(work, item, first, min(size, frames - first))
        give_back(work)

    if ordered or items >= ITEMS * count:
        threads.each(whole, items, count)
    else:
        threads.each(block, items * blocks, count)

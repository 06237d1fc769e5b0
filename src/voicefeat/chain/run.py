"""The one loop over blocks: whole signals, batches of them, and arrays of spectra go through it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..audio import not_finite
from ..engine import frames as frame_kernels
from . import threads
from .plan import Plan, plan
from .sinks import ChainRows, PeakList, PeakRows, Sink, SpectrumRows
from .source import borrow, give_back
from .spec import Chain, Peaks

#: Values below which a call starts no thread: some ten seconds of speech.
SHORT = 200_000
#: Blocks that each of several threads takes, where blocks need not be larger than fits.
SHARES = 4


def block_size(plan: Plan, frames: int, budget: int) -> int:
    """Frames of a block: larger ones for several threads, which then meet less often at Python's lock."""
    if budget == 1:
        return plan.block
    fair = -(-frames // (SHARES * budget * plan.lanes)) * plan.lanes
    return max(plan.block, min(fair, 4 * plan.block))


def whole(plan: Plan, data: np.ndarray, sinks: list[Sink]) -> None:
    """One item on the calling thread: its spectra block by block to every sink, then what had to wait."""
    source, size = plan.source, plan.block
    count, opened = source.count(data), source.open(data)
    work = borrow(plan.dtype)
    for first in range(0, count, size):
        frames = min(size, count - first)
        source.fill(work, opened, first, frames)
        for sink in sinks:
            sink.take(work, first, frames)
    for sink in sinks:
        if sink.waits:
            sink.finish(work)
    give_back(work)


def shared(plan: Plan, data: np.ndarray, sinks: list[Sink], budget: int, check: Callable[[], None]) -> None:
    """One item on several threads, one of which begins with `check`."""
    source = plan.source
    count, opened = source.count(data), source.open(data)
    size = block_size(plan, count, budget)

    def block(i: int) -> None:
        if i == 0:
            return check()
        first = (i - 1) * size
        frames = min(size, count - first)
        work = borrow(plan.dtype)
        source.fill(work, opened, first, frames)
        for sink in sinks:
            sink.take(work, first, frames)
        give_back(work)

    def part(sink: Sink, i: int) -> None:
        work = borrow(plan.dtype)
        sink.finish(work, i, budget)
        give_back(work)

    threads.each(block, 1 - (-count // size), budget)
    for sink in sinks:
        if sink.waits:
            threads.each(partial(part, sink), budget, budget)


def items(
    plan: Plan, data: np.ndarray, refuse: Callable[[], None], make_sinks: Callable[[int], list[Sink]]
) -> None:
    """Every item of a batch; long ones share their blocks among threads, many short ones are shared whole.

    Samples that are not finite are refused, before anything else unless several threads are at work;
    `refuse` finds the first and raises the error.
    """
    count = data.shape[0]
    budget = threads.get_num_threads() if data.size > SHORT else 1

    def check(part: np.ndarray) -> None:
        if not frame_kernels.finite(part.reshape(-1), plan.lanes):
            refuse()

    def item(i: int) -> None:
        check(data[i])
        whole(plan, data[i], make_sinks(i))

    if budget == 1:
        check(data)
        for i in range(count):
            whole(plan, data[i], make_sinks(i))
    elif budget <= count:
        threads.each(item, count, budget)
    else:
        for i in range(count):
            shared(plan, data[i], make_sinks(i), budget, partial(check, data[i]))


def opened(chain: Chain, data: np.ndarray) -> tuple[Plan, np.ndarray, tuple[int, ...]]:
    """The plan for the data, the data as a list of items, and the shape of the batch."""
    if chain.frames is not None:
        chain.frames.check_length(data.shape[-1])
    inner = 2 if chain.frames is None else 1
    return plan(chain, data), data.reshape(-1, *data.shape[-inner:]), data.shape[:-inner]


def run(chain: Chain, data: np.ndarray, name: str = "y", out: np.ndarray | None = None) -> np.ndarray:
    """The chain's values of signals (..., n), or of spectra (..., bins, frames) where it has no frames.

    `data` is contiguous float32 or float64, `name` the argument it came in as. The result has shape
    (..., rows, frames).
    """
    ready, flat, batch = opened(chain, data)
    if out is None:
        out = np.empty((*batch, ready.rows, ready.source.count(data)), ready.result)
    elif not frame_kernels.finite(data.reshape(-1), ready.lanes):  # the caller's array stays as it was
        not_finite(data, name)
    into = out.reshape(-1, *out.shape[-2:])
    items(
        ready,
        flat,
        partial(not_finite, data, name),
        lambda i: [SpectrumRows(into[i]) if ready.plain else ChainRows(ready, into[i])],
    )
    return out


def peak_rows(
    chain: Chain, peaks: Peaks, data: np.ndarray, name: str, references: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and heights of peaks, each of shape (..., bins, frames) and 0 where there is none."""
    ready, flat, batch = opened(chain, data)
    shape = (*batch, ready.bins, ready.source.count(data))
    pitches, heights = np.zeros(shape, data.dtype), np.zeros(shape, data.dtype)
    into = pitches.reshape(-1, *shape[-2:]), heights.reshape(-1, *shape[-2:])
    above = None if references is None else references.reshape(-1, shape[-1])
    items(
        ready,
        flat,
        partial(not_finite, data, name),
        lambda i: [PeakRows(peaks, into[0][i], into[1][i], None if above is None else above[i])],
    )
    return pitches, heights


def peak_list(chain: Chain, peaks: Peaks, data: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and heights of all peaks of all items, in no order."""
    ready, flat, _ = opened(chain, data)
    sinks = [PeakList(peaks, ready.bins, data.dtype) for _ in flat]
    items(ready, flat, partial(not_finite, data, name), lambda i: [sinks[i]])
    found = [sink.all() for sink in sinks]
    return np.concatenate([p for p, _ in found]), np.concatenate([h for _, h in found])

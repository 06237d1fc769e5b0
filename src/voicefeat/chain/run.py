"""The one loop over blocks: whole signals, batches of them, and arrays of spectra go through it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..audio import not_finite
from ..engine import frames as frame_kernels
from . import threads
from .plan import Plan, plan
from .sinks import ChainRows, PeakList, PeakRows, SpectrumRows
from .source import borrow, give_back
from .spec import Chain, Peaks

#: Values below which a call starts no thread: some ten seconds of speech.
SHORT = 200_000


def blocks(plan: Plan, data: np.ndarray, sinks: list, budget: int) -> None:
    """One item: its spectra block by block to every sink, then what had to wait for all of them."""
    source, size = plan.source, plan.block
    count = source.count(data)
    opened = source.open(data)

    def block(i: int) -> None:
        first = i * size
        frames = min(size, count - first)
        work = borrow(plan.dtype)
        source.fill(work, opened, first, frames)
        for sink in sinks:
            sink.take(work, first, frames)
        give_back(work)

    threads.each(block, -(-count // size), budget)
    for sink in sinks:
        sink.finish(budget)


def items(plan: Plan, data: np.ndarray, make_sinks: Callable[[int], list]) -> None:
    """Every item of a batch; long ones share their blocks among threads, many short ones are shared whole."""
    count = data.shape[0]
    budget = threads.get_num_threads() if data.size > SHORT else 1
    if 1 < budget <= count:
        threads.each(lambda i: blocks(plan, data[i], make_sinks(i), 1), count, budget)
    else:
        for i in range(count):
            blocks(plan, data[i], make_sinks(i), budget)


def opened(chain: Chain, data: np.ndarray, name: str) -> tuple[Plan, np.ndarray, tuple[int, ...]]:
    """The plan for checked data, the data as a list of items, and the shape of the batch."""
    if chain.frames is not None:
        chain.frames.check_length(data.shape[-1])
    ready = plan(chain, data)
    if not frame_kernels.finite(data.reshape(-1), ready.lanes):
        not_finite(data, name)
    inner = 2 if chain.frames is None else 1
    return ready, data.reshape(-1, *data.shape[-inner:]), data.shape[:-inner]


def run(chain: Chain, data: np.ndarray, name: str = "y", out: np.ndarray | None = None) -> np.ndarray:
    """The chain's values of signals (..., n), or of spectra (..., bins, frames) where it has no frames.

    `data` is contiguous float32 or float64, `name` the argument it came in as. The result has shape
    (..., rows, frames).
    """
    ready, flat, batch = opened(chain, data, name)
    if out is None:
        out = np.empty((*batch, ready.rows, ready.source.count(data)), ready.result)
    into = out.reshape(-1, *out.shape[-2:])
    items(ready, flat, lambda i: [SpectrumRows(into[i]) if ready.plain else ChainRows(ready, into[i])])
    return out


def peak_rows(
    chain: Chain, peaks: Peaks, data: np.ndarray, name: str, references: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and heights of peaks, each of shape (..., bins, frames) and 0 where there is none."""
    ready, flat, batch = opened(chain, data, name)
    shape = (*batch, ready.bins, ready.source.count(data))
    pitches, heights = np.zeros(shape, data.dtype), np.zeros(shape, data.dtype)
    into = pitches.reshape(-1, *shape[-2:]), heights.reshape(-1, *shape[-2:])
    above = None if references is None else references.reshape(-1, shape[-1])
    items(
        ready, flat, lambda i: [PeakRows(peaks, into[0][i], into[1][i], None if above is None else above[i])]
    )
    return pitches, heights


def peak_list(chain: Chain, peaks: Peaks, data: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and heights of all peaks of all items, in no order."""
    ready, flat, _ = opened(chain, data, name)
    sinks = [PeakList(peaks, ready.bins, data.dtype) for _ in flat]
    items(ready, flat, lambda i: [sinks[i]])
    found = [sink.all() for sink in sinks]
    return np.concatenate([p for p, _ in found]), np.concatenate([h for _, h in found])

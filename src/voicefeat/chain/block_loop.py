"""The one loop over blocks: whole signals, batches of them, and arrays of spectra go through it.

Jobs that start from the same frames share each block of spectra, which is computed once and then gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..audio.limits import not_finite
from ..audio.signals import signal
from . import tables, threads
from .blocks import thread_budget
from .jobs import Job, Request, Rows
from .plan import Plan
from .sinks import Sink
from .spectra import MEMORY_BYTES, Pass, borrow, give_back
from .stages import Chain

#: Blocks that each of several threads takes, where blocks need not be larger than fits.
SHARES = 4

Sinks = Callable[[int], list[Sink]]


def block_size(plan: Plan, frames: int, budget: int) -> int:
    """Frames of a block: larger ones for several threads, which then meet less often at Python's lock."""
    if budget == 1:
        return plan.block
    fair = -(-frames // (SHARES * budget * plan.lanes)) * plan.lanes
    return max(plan.block, min(fair, 4 * plan.block))


def whole(plan: Plan, data: np.ndarray, sinks: list[Sink], memory: dict | None = None) -> None:
    """One item on the calling thread: its spectra block by block to every sink, then what had to wait."""
    count, size = plan.source.count(data), plan.block
    blocks = Pass(plan.source, data, {sink.power for sink in sinks}, memory)
    work = borrow(plan.dtype)
    for first in range(0, count, size):
        frames = min(size, count - first)
        blocks.fill(work, first, frames)
        for sink in sinks:
            sink.take(work, first, frames)
    for sink in sinks:
        if sink.waits:
            sink.finish(work)
    give_back(work)


def shared(
    plan: Plan,
    data: np.ndarray,
    sinks: list[Sink],
    budget: int,
    check: Callable[[], None],
    memory: dict | None = None,
) -> None:
    """One item on several threads, one of which begins with `check`."""
    count = plan.source.count(data)
    size = block_size(plan, count, budget)
    blocks = Pass(plan.source, data, {sink.power for sink in sinks}, memory)

    def block(i: int) -> None:
        if i == 0:
            return check()
        first = (i - 1) * size
        frames = min(size, count - first)
        work = borrow(plan.dtype)
        blocks.fill(work, first, frames)
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
    plan: Plan,
    data: np.ndarray,
    refuse: Callable[[], None] | None,
    make_sinks: Sinks,
    memory: dict | None = None,
) -> None:
    """Every item of a batch; long ones share their blocks among threads, many short ones are shared whole.

    Samples that are not finite are refused, before anything else unless several threads are at work;
    `refuse` finds the first and raises the error, None says that all are finite. `memory` keeps the spectra
    of a single item.
    """
    count = data.shape[0]
    budget = thread_budget(data.size)

    spectra = data.ndim == 3

    def check(part: np.ndarray) -> None:
        if refuse is not None and not tables.usable(part, spectra):
            refuse()

    def item(i: int) -> None:
        check(data[i])
        whole(plan, data[i], make_sinks(i))

    if budget == 1:
        check(data)
        for i in range(count):
            whole(plan, data[i], make_sinks(i), memory)
    elif budget <= count:
        threads.each(item, count, budget)
    else:
        for i in range(count):
            shared(plan, data[i], make_sinks(i), budget, partial(check, data[i]), memory)


def compute(jobs: Sequence[Job], data: np.ndarray, name: str = "y") -> list[Any]:
    """The result of each job, all of one set of signals (..., n) or of spectra (..., bins, frames).

    Jobs with equal frames share their spectra. `data` is contiguous float32 or float64, `name` the argument
    that it came in as.
    """
    for job in jobs:
        if job.chain.frames is not None:
            job.chain.frames.check_length(data.shape[-1])
        job.prepare(data)
    inner = 2 if jobs[0].chain.frames is None else 1
    flat, batch = data.reshape(-1, *data.shape[-inner:]), data.shape[:-inner]
    for members in _together(jobs):
        source = _source(members)
        frames = source.source.count(data)
        room = source.source.values(frames) * source.dtype.itemsize
        again = any(job.again for job in members)
        memory: dict | None = {} if again and inner == 1 == len(flat) and room <= MEMORY_BYTES else None
        for job in members:
            job.open(batch, len(flat), frames)
        items(source, flat, partial(not_finite, data, name, inner == 2), partial(_sinks, members), memory)
        while members := [later for job in members if (later := job.then()) is not None]:
            for job in members:
                job.prepare(data)
                job.open(batch, len(flat), frames)
            items(source, flat, None, partial(_sinks, members), memory)
    return [job.result() for job in jobs]


def compute_requests(requests: Iterable[Request]) -> list[Any]:
    """The result of each request; those of one signal share the spectra of equal frames.

    Requests are of one signal where they hold the same array.
    """
    requests = list(requests)
    by_signal: dict[int, list[Request]] = {}
    for request in requests:
        by_signal.setdefault(id(request.y), []).append(request)
    for members in by_signal.values():
        jobs = [job for request in members for job in request.jobs]
        if jobs:
            compute(jobs, members[0].y)
    return [request.finish([job.result() for job in request.jobs]) for request in requests]


def _sinks(jobs: list[Job], i: int) -> list[Sink]:
    return [job.sink(i) for job in jobs]


def _together(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs by what their spectra are made of; powers come from complex bins where those are at hand."""
    if len(jobs) == 1:
        return [list(jobs)]
    groups: dict[Any, list[Job]] = {}
    for job in jobs:
        exact = job.plan.source.exact_powers
        groups.setdefault((job.chain.frames, exact or job.plan.source.complex), []).append(job)
    return list(groups.values())


def _source(jobs: list[Job]) -> Plan:
    """The plan whose source serves all of the jobs."""
    for job in jobs:
        if job.plan.source.complex:
            return job.plan
    return jobs[0].plan


def run(wanted: Chain | Job, y: Any) -> Any:
    """What a feature returns for the signals `y` (..., n): the rows of a chain, or the result of a job.

    The signals are checked here.
    """
    job = wanted if isinstance(wanted, Job) else Rows(wanted)
    y = job.accept(signal(y))
    return compute([job], y)[0]


def run_spectra(wanted: Chain | Job, S: np.ndarray, name: str = "S") -> Any:
    """The same for checked spectra (..., bins, frames) that were given as argument `name`."""
    job = wanted if isinstance(wanted, Job) else Rows(wanted)
    job.warn()
    return compute([job], S, name)[0]

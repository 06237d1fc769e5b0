"""The loop over blocks of spectra, for signals, batches of signals and given spectra.

Jobs with equal frames share each block of spectra, which is computed once and not kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..audio.limits import not_finite
from ..audio.signals import signal
from ..engine.aligned import aligned
from . import tables, threads
from .blocks import thread_budget
from .driven import rows_of_short, run_rows
from .jobs import Job, Request, Rows
from .plan import Plan, plan_for
from .sinks import Sink
from .spectra import MEMORY_BYTES, FramedSpectra, GivenSpectra, Work, borrow, give_back
from .stages import Chain

#: Blocks per thread, unless that makes blocks larger than the cache.
SHARES = 4


class Pass:
    """One pass over one item: each block of its spectra goes to all sinks.

    With a `memory` (a dict), blocks are kept there for a second pass.
    """

    def __init__(self, plan: Plan, data: np.ndarray, sinks: list[Sink], memory: dict[int, np.ndarray] | None):
        self.source: FramedSpectra | GivenSpectra = plan.source
        self.sinks: list[Sink] = sinks
        self.memory: dict[int, np.ndarray] | None = memory
        self.opened: Any = plan.source.open(data)
        self.width = 2 if self.source.complex else 1
        self.one_power: bool = memory is None
        for sink in sinks:
            if sink.power != sinks[0].power:
                self.one_power = False

    def block(self, work: Work, first: int, frames: int) -> None:
        """Process the block of frames first, first + 1, ..."""
        source, memory = self.source, self.memory
        values = -(-(frames + source.lead) // source.lanes) * source.lanes * source.bins
        if memory is None:
            bins = work.arrays["bins", values * self.width]
            source.fill(bins, work, self.opened, first, frames)
        elif first in memory:
            bins = memory[first]
        else:
            bins = memory[first] = aligned(values * self.width, work.dtype)
            source.fill(bins, work, self.opened, first, frames)
        work.set_block(bins, values, source.base, self.one_power)
        for sink in self.sinks:
            sink.take(work, first, frames)


def run_serial(
    plan: Plan,
    data: np.ndarray,
    frames: int,
    sinks: list[Sink],
    memory: dict[int, np.ndarray] | None = None,
) -> None:
    """Process the `frames` of one item on the calling thread, then the deferred work of the sinks."""
    one, size = Pass(plan, data, sinks, memory), plan.block
    work = borrow(plan.dtype)
    for first in range(0, frames, size):
        one.block(work, first, min(size, frames - first))
    for sink in sinks:
        if sink.deferred:
            sink.finish(work)
    give_back(work)


def block_size(plan: Plan, frames: int, budget: int) -> int:
    """Frames of a block for several threads: a larger block makes them wait less for Python's lock."""
    fair = -(-frames // (SHARES * budget * plan.lanes)) * plan.lanes
    return max(plan.block, min(fair, 4 * plan.block))


def run_threaded(
    plan: Plan,
    data: np.ndarray,
    frames: int,
    sinks: list[Sink],
    budget: int,
    check: Callable[[np.ndarray], None] | None = None,
    memory: dict[int, np.ndarray] | None = None,
) -> None:
    """Process the `frames` of one item on several threads, one of which begins with `check`."""
    one, size = Pass(plan, data, sinks, memory), block_size(plan, frames, budget)

    def block(i: int) -> None:
        if i == 0:
            return None if check is None else check(data)
        first = (i - 1) * size
        work = borrow(plan.dtype)
        one.block(work, first, min(size, frames - first))
        give_back(work)

    def finish(sink: Sink, part: int) -> None:
        work = borrow(plan.dtype)
        sink.finish(work, part, budget)
        give_back(work)

    threads.each(block, 1 - (-frames // size), budget)
    for sink in sinks:
        if sink.deferred:
            threads.each(partial(finish, sink), budget, budget)


def run_item(plan: Plan, data: np.ndarray, frames: int, sinks: list[Sink]) -> None:
    """Process the `frames` of one item of finite values, on several threads if it is long."""
    budget = thread_budget(data.size)
    if budget == 1:
        run_serial(plan, data, frames, sinks)
    else:
        run_threaded(plan, data, frames, sinks, budget)


def run_batch(
    plan: Plan,
    data: np.ndarray,
    frames: int,
    jobs: Sequence[Job],
    name: str | None = None,
    memory: dict[int, np.ndarray] | None = None,
) -> None:
    """Process the `frames` of every item of `data`, signals (..., n) or spectra (..., bins, frames).

    Threads share the blocks of long items, or the items of a large batch. Values that are not finite are
    refused; the error names their argument `name`. On one thread they are checked first. Without a name they
    are known to be finite. `memory` keeps the spectra of a single item.
    """
    inner = 2 if plan.chain.frames is None else 1
    items = data.reshape(-1, *data.shape[-inner:])
    budget = thread_budget(data.size)

    def check(part: np.ndarray) -> None:
        if name is not None and not tables.usable(part, inner == 2):
            not_finite(data, name, inner == 2)  # all of it, to report the position

    def of_batch(i: int) -> None:
        check(items[i])
        run_serial(plan, items[i], frames, [job.sink(i) for job in jobs])

    if budget > len(items) and not plan.ordered:
        for i, item in enumerate(items):
            run_threaded(plan, item, frames, [job.sink(i) for job in jobs], budget, check, memory)
    elif budget > 1:
        threads.each(of_batch, len(items), budget)
    else:
        check(data)
        for i, item in enumerate(items):
            run_serial(plan, item, frames, [job.sink(i) for job in jobs], memory)


def compute(jobs: Sequence[Job], data: np.ndarray, name: str = "y") -> list[Any]:
    """The result of each job, all of the same signals (..., n) or spectra (..., bins, frames).

    Jobs with equal frames share their spectra. `data` is contiguous float32 or float64; `name` is its
    argument.
    """
    bins = data.shape[-2] if jobs[0].chain.frames is None else None
    wanted, jobs = jobs, _planned(jobs, data, bins)
    batch = data.shape[: -1 if bins is None else -2]
    items = math.prod(batch)
    for group in [jobs] if len(jobs) == 1 else _group_by_frames(jobs):
        plan, count = group[0].plan, group[0].frames
        memory: dict[int, np.ndarray] | None = None
        once = True
        for job in group:
            job.open(batch, items, count)
            if job.needs_second_pass is not False:
                once = False
                if job.needs_second_pass and items == 1 and bins is None:
                    values = plan.source.values(count)
                    memory = {} if values * data.dtype.itemsize <= MEMORY_BYTES else None
        if len(group) == 1 and plan.driven and group[0].driven:
            run_rows(plan, data, count, group[0].into, name)  # type: ignore[attr-defined]
            continue
        run_batch(plan, data, count, group, name, memory)
        while not once and (group := _second_passes(group)):
            for job in group:
                job.plan = plan_for(job.chain, bins, data.dtype)
                job.open(batch, items, count)
            run_batch(plan, data, count, group, None, memory)
    return [job.result() for job in wanted]


def _planned(jobs: Sequence[Job], data: np.ndarray, bins: int | None) -> Sequence[Job]:
    """The jobs with their plans; what the driver alone can compute is divided where it is not called."""
    for job in jobs:
        frames = job.chain.frames
        job.frames = data.shape[-1] if frames is None else frames.check_length(data.shape[-1])
        job.plan = plan_for(job.chain, bins, data.dtype)
    if len(jobs) == 1 and jobs[0].driven and jobs[0].plan.driven:
        return jobs
    divided = [part for job in jobs for part in job.divided()]
    return jobs if len(divided) == len(jobs) else _planned(divided, data, bins)


def _second_passes(jobs: Sequence[Job]) -> list[Job]:
    """The jobs for one more pass."""
    later = [job.second_pass() for job in jobs if job.needs_second_pass is not False]
    return [job for job in later if job is not None]


def _group_by_frames(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    """Groups of jobs with equal spectra; the plan of the first job of a group has the source for all.

    If a job of the group needs complex bins, the powers of the others are computed from those.
    """
    groups: dict[Any, list[Job]] = {}
    for job in jobs:
        source = job.plan.source
        alike = source.key, source.exact_powers or source.complex, job.plan.ordered
        group = groups.setdefault(alike, [])
        group.insert(0 if source.complex else len(group), job)
    return list(groups.values())


def compute_requests(requests: Iterable[Request]) -> list[Any]:
    """The result of each request; requests of one signal share the spectra of equal frames.

    Requests are of one signal if they hold the same array.
    """
    requests = list(requests)
    signals: dict[int, tuple[np.ndarray, list[Job]]] = {}
    for request in requests:
        if request.jobs:
            signals.setdefault(id(request.y), (request.y, []))[1].extend(request.jobs)
    results: dict[Job, Any] = {}
    for y, jobs in signals.values():
        results.update(zip(jobs, compute(jobs, y), strict=True))
    return [request.finish([results[job] for job in request.jobs]) for request in requests]


def run(wanted: Chain | Job, y: Any) -> Any:
    """The result of a feature for the signals `y` (..., n): the rows of a chain, or the result of a job.

    The signals are checked here.
    """
    y = signal(y)
    if isinstance(wanted, Job):
        return compute((wanted,), wanted.accept(y))[0]
    rows = rows_of_short(wanted, y)
    if rows is None:
        job = Rows(wanted)
        rows = compute((job,), job.accept(y))[0]
    return rows


def run_spectra(wanted: Chain | Job, S: np.ndarray, name: str = "S") -> Any:
    """The result of a feature for checked spectra (..., bins, frames), given as argument `name`."""
    job = wanted if isinstance(wanted, Job) else Rows(wanted)
    return compute((job,), job.accept(S), name)[0]

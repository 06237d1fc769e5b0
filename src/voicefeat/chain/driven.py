"""The rows of a chain by the compiled driver: signals, batches of signals, given spectra.

The driver processes all blocks of an item in one call. Several threads share the blocks of a long item, or
the items of a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..audio.limits import not_finite
from ..engine.aligned import aligned
from ..engine.driver import CHECK, FIRST, SECOND
from . import tables, threads
from .blocks import SHORT, thread_budget
from .large_results import past_cache
from .plan import Plan, plan_for
from .program import Program, flat_view, program_of
from .spectra import GivenSpectra, borrow, give_back
from .stages import Chain

#: Powers that are finite for every accepted signal; the results of other powers are checked.
USUAL_POWERS = (None, 1.0, 2.0)
#: Calls of the driver per thread for one item: more of them share the work more evenly.
SHARES = 8
#: Values of kept tiles up to which they are scratch arrays, which are there for the next call.
SCRATCH = 262144


def rows_of_short(chain: Chain, y: np.ndarray) -> np.ndarray | None:
    """The rows of one short signal (n,), without a job; None for what needs one.

    A job warns of odd settings, checks results, uses threads and takes batches.
    """
    frames, bands, n = chain.frames, chain.bands, y.size
    if y.ndim > 1 or frames is None or not frames.n_fft <= n <= SHORT or (bands is not None and bands.empty):
        return None
    plan = plan_for(chain, None, y.dtype)
    if not (plan.driven and plan.power in USUAL_POWERS):
        return None
    count = frames.check_length(n)
    out = np.empty((plan.all_rows, count), plan.result)
    todo = CHECK | FIRST if plan.below is None else CHECK | FIRST | SECOND
    if not run_alone(program_for(plan, out), y, out, count, todo):
        not_finite(y)
    return out


def rows_of_checked(plan: Plan, y: np.ndarray, frames: int) -> np.ndarray:
    """The rows of all `frames` of a short signal (n,) whose samples are known to be finite."""
    out = np.empty((plan.all_rows, frames), plan.result)
    run_alone(program_for(plan, out), y, out, frames, FIRST if plan.below is None else FIRST | SECOND)
    return out


def program_for(plan: Plan, result: np.ndarray) -> Program:
    """The program that writes all items of `result`."""
    return program_of(plan, past_cache=plan.plain and past_cache(result, plan.long_block))


def samples_and_ends(program: Program, item: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The samples of an item and the padding at its ends, or the flat values of given spectra."""
    if not item.flags.writeable:
        item = writeable(item)
    if isinstance(program.source, GivenSpectra):
        flat = item.reshape(-1)
        return flat, flat[:0], flat[:0]
    return program.source.open(item)


def run_alone(program: Program, item: np.ndarray, out: np.ndarray, frames: int, todo: int) -> bool:
    """All frames of an item on the calling thread; False if CHECK finds a value that is not finite."""
    given = samples_and_ends(program, item)
    flat = flat_view(out, program.dtype)
    work = borrow(program.dtype)
    kept = flat
    if program.keeps:
        room = program.room(frames)
        kept = work.arrays["kept", room] if room <= SCRATCH else aligned(room, program.dtype)
    usable = program.run(work, given, kept, flat, frames, 0, frames, todo)
    give_back(work)
    return usable


def run_shared(
    program: Program,
    item: np.ndarray,
    out: np.ndarray,
    frames: int,
    budget: int,
    check: Callable[[np.ndarray], None],
) -> None:
    """All frames of an item on several threads, one of which begins with `check`."""
    lanes, block, dtype = program.lanes, program.block, program.dtype
    given, flat = samples_and_ends(program, item), flat_view(out, dtype)
    kept = aligned(program.room(frames), dtype)
    share = -(-frames // (SHARES * budget * lanes)) * lanes
    if share > block:
        share = -(-share // block) * block
    parts = -(-frames // share)
    levels = [0.0] * parts

    def part(todo: int, i: int) -> None:
        if i == parts:
            return check(item)
        work = borrow(dtype)
        if todo == SECOND:
            work.level[0] = max(levels)
        program.run(work, given, kept, flat, frames, i * share, min((i + 1) * share, frames), todo)
        if todo == FIRST:
            levels[i] = float(work.level[0])
        return give_back(work)

    threads.each(lambda i: part(FIRST, i - 1 if i else parts), parts + 1, budget)
    if program.keeps:
        threads.each(partial(part, SECOND), parts, budget)


def writeable(data: np.ndarray) -> np.ndarray:
    """Another view of the memory of a read-only array, for kernels that only read it.

    numba has a type of its own for read-only arrays, and would compile every kernel a second time.
    """
    return np.asarray(_Writeable(data))


class _Writeable:
    def __init__(self, data: np.ndarray):
        self.data = data
        self.__array_interface__ = {**data.__array_interface__, "data": (data.ctypes.data, False)}


def run_rows(plan: Plan, data: np.ndarray, frames: int, into: np.ndarray, name: str | None) -> None:
    """The rows of every item of `data` to `into`, (items, rows, frames).

    Values that are not finite are refused; the error names their argument `name`. Without a name they are
    known to be finite.
    """
    given = plan.chain.frames is None
    inner = 2 if given else 1
    todo = (FIRST if plan.below is None else FIRST | SECOND) | (0 if name is None else CHECK)
    program, budget = program_for(plan, into), thread_budget(data.size)
    if budget == 1 and data.ndim == inner:
        if not run_alone(program, data, into[0], frames, todo):
            not_finite(data, name or "y", given)
        return
    items = data.reshape(-1, *data.shape[-inner:])

    def check(item: np.ndarray) -> None:
        if name is not None and not tables.usable(item, given):
            not_finite(data, name, given)  # all of it, to report the position

    def alone(i: int) -> None:
        if not run_alone(program, items[i], into[i], frames, todo):
            not_finite(data, name or "y", given)

    if budget == 1:
        for i in range(len(items)):
            alone(i)
    elif budget > len(items):
        for item, out in zip(items, into, strict=True):
            run_shared(program, item, out, frames, budget, check)
    else:
        threads.each(alone, len(items), budget)

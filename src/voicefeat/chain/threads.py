"""The thread budget.

A call on a long signal shares its blocks among at most this many threads, including the calling thread;
kernels release the GIL. A worker process of a pool has a budget of one, and a forked child starts with a new
pool.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..errors import ParameterError, check_int

if TYPE_CHECKING:  # a first call on a short signal starts no thread, and does not wait for this
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["each", "get_num_threads", "set_num_threads", "single"]

#: Seconds for which the calling thread waits actively for the last blocks of other threads.
PATIENCE = 0.001

_lock = threading.Lock()
_budget: int | None = None
_pool: ThreadPoolExecutor | None = None
_local = threading.local()


def _default() -> int:
    given = os.environ.get("VOICEFEAT_NUM_THREADS")
    if given:
        if not given.isdigit() or int(given) < 1:
            raise ParameterError(
                f"VOICEFEAT_NUM_THREADS={given!r}: must be a positive whole number; unset it to use all cores"
            )
        return int(given)
    multiprocessing = sys.modules.get("multiprocessing")  # every worker process has loaded it
    if multiprocessing is not None and multiprocessing.current_process().name != "MainProcess":
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def get_num_threads() -> int:
    """Largest number of threads that one call may use.

    The default is the environment variable ``VOICEFEAT_NUM_THREADS``; without it, one in a worker process,
    and otherwise the number of cores that this process may use.

    Returns
    -------
    int
        Number of threads, 1 or more.

    Raises
    ------
    ParameterError
        If ``VOICEFEAT_NUM_THREADS`` is not a positive integer.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.get_num_threads() >= 1
    True
    """
    global _budget
    if getattr(_local, "single", False):
        return 1
    if _budget is None:
        _budget = _default()
    return _budget


def set_num_threads(n: int) -> None:
    """Set the largest number of threads that one call may use.

    Results do not depend on it. Signals shorter than about ten seconds start no threads.

    Parameters
    ----------
    n : int, 1 or more
        Number of threads, including the calling one.

    Raises
    ------
    ParameterError
        If `n` is not a positive integer.

    Examples
    --------
    >>> import voicefeat as vf
    >>> before = vf.get_num_threads()
    >>> vf.set_num_threads(1)
    >>> vf.get_num_threads()
    1
    >>> vf.set_num_threads(before)
    """
    global _budget, _pool
    n = check_int("n", n, unit="threads")
    with _lock:
        if _pool is not None and n != _budget:
            _pool.shutdown(wait=False)
            _pool = None
        _budget = n


@contextlib.contextmanager
def single() -> Iterator[None]:
    """Within this context, calls of this thread start no other thread."""
    before = getattr(_local, "single", False)
    _local.single = True
    try:
        yield
    finally:
        _local.single = before


def _helpers() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            from concurrent.futures import ThreadPoolExecutor

            _pool = ThreadPoolExecutor(max(1, get_num_threads() - 1), thread_name_prefix="voicefeat")
        return _pool


def _after_fork() -> None:
    """Reset the pool: a forked child has the pool's object but not its threads, and may be a worker."""
    global _budget, _lock, _pool
    _budget, _lock, _pool = None, threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def each(work: Callable[[int], None], count: int, threads: int) -> None:
    """Call work(0), ..., work(count - 1) on the calling thread and up to `threads` - 1 others.

    The first exception stops the rest and is raised.
    """
    threads = min(threads, count)
    if threads <= 1:
        for i in range(count):
            work(i)
        return
    numbers = itertools.count()
    failed: list[BaseException] = []

    def run() -> None:
        while not failed and (i := next(numbers)) < count:
            try:
                work(i)
            except BaseException as error:
                failed.append(error)

    def helper() -> None:
        with single():
            run()

    futures: list[Future[None]] = []
    with contextlib.suppress(RuntimeError):  # the pool is being replaced, or the interpreter ends
        futures += [_helpers().submit(helper) for _ in range(threads - 1)]
    run()
    _join([future for future in futures if not future.cancel()])
    if failed:
        raise failed[0]


def _join(futures: list[Future[None]]) -> None:
    """Wait actively for the blocks in progress: they end sooner than a sleeping thread wakes."""
    patience = time.perf_counter() + PATIENCE
    while not all(future.done() for future in futures) and time.perf_counter() < patience:
        time.sleep(0)  # releases Python's lock
    for future in futures:
        future.result()

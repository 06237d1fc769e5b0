"""The results of items in order, with few of them in memory at once, on threads or an executor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import chain
from typing import Any, TypeVar

from ..items import Done, Item
from ..ordered_map import ordered_map
from .job import CorpusJob, run_in_worker

__all__ = ["pieces_in_order"]

Arg = TypeVar("Arg")
Result = TypeVar("Result")

#: Number of recordings in one call of an executor: they share the cost of a call to another process.
TOGETHER = 16
#: Calls in flight per worker of an executor.
AHEAD = 4


def _map_on(
    pool: Executor, function: Callable[[Arg], Result], items: Iterable[Arg], ahead: int
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def pieces_in_order(
    job: CorpusJob, items: Iterable[Item], workers: int, executor: Executor | None = None
) -> Iterator[Done]:
    """The results of all pieces of all recordings, in order.

    The items are the first pieces of their recordings; the number of further pieces is known when the first
    is done. A given executor is not shut down.
    """
    for done in _results(job, items, workers, executor):
        yield done
        item, pieces = done.item, done.pieces
        if item.piece + 1 < pieces:
            others = (item._replace(piece=piece) for piece in range(item.piece + 1, pieces))
            yield from _results(job, others, workers, executor)


def _results(
    job: CorpusJob, items: Iterable[Item], workers: int, executor: Executor | None
) -> Iterator[Done]:
    """The results of some pieces, in order."""
    if executor is None:
        return ordered_map(job, items, workers, size=_size)
    batches = _map_on(executor, _InWorker(job), _batches(items), AHEAD * workers)
    return chain.from_iterable(batches)


def _size(done: Done) -> int:
    """Bytes of the values."""
    size = 0
    if done.row is not None:
        for values in done.row.values:  # a loop is faster than a generator, and runs once per recording
            size += values.nbytes
    return size


class _InWorker:
    """`run_in_worker` with its job, as a function that can be sent to another process."""

    def __init__(self, job: CorpusJob) -> None:
        self.job = job

    def __call__(self, items: list[Item]) -> list[Done]:
        return run_in_worker(self.job, items)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch

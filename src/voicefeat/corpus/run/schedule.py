"""Items to results on an executor: in order, few of them in memory at once, whatever runs them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from ..items import Done, Item
from .job import Job, far
from .ordered_map import in_order

__all__ = ["pieces_in_order"]

Arg = TypeVar("Arg")
Result = TypeVar("Result")

#: Recordings of one call of an executor whose workers are elsewhere: what a call costs is shared by so many.
TOGETHER = 16
#: Calls in flight for each of its workers.
AHEAD = 4


def _mapped(
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
    job: Job, items: Iterable[Item], workers: int, executor: Executor | None = None
) -> Iterator[Done]:
    """What becomes of every piece of every recording, in order.

    The items are the first pieces that are wanted of their recordings; how many more there are is known when
    the first is done. An executor that is given is not shut down.
    """
    for first in _firsts(job, items, workers, executor):
        yield first
        rest = (first.item._replace(piece=piece) for piece in range(first.item.piece + 1, first.pieces))
        if first.item.piece + 1 < first.pieces:
            yield from _firsts(job, rest, workers, executor)


def _firsts(job: Job, items: Iterable[Item], workers: int, executor: Executor | None) -> Iterator[Done]:
    if executor is None:
        yield from in_order(job, items, workers, size=_size)
        return
    for batch in _mapped(executor, _Far(job), _batches(items), AHEAD * workers):
        yield from batch


def _size(done: Done) -> int:
    return 0 if done.row is None else sum(values.nbytes for values in done.row.values)


class _Far:
    """`far` with its job, as something that can be sent to another process."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, items: list[Item]) -> list[Done]:
        return far(self.job, items)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch

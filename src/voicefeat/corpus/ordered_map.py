"""``map`` on threads: results in the order of the items, with few of them in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Event, Lock
from typing import Any, Generic, TypeVar

__all__ = ["AHEAD", "ordered_map"]

Arg = TypeVar("Arg")
Result = TypeVar("Result")

#: Items in flight per worker: enough that no worker waits for a long recording, or for the disk.
AHEAD = 64
#: Largest number of bytes of results that wait for their turn.
HELD = 1 << 25


def ordered_map(
    function: Callable[[Arg], Result], items: Iterable[Arg], workers: int, stop: Event | None = None,
    size: Callable[[Result], int] = lambda result: 0,
) -> Iterator[Result]:  # fmt: skip
    """``map(function, items)`` on `workers` threads, one of which is the caller's.

    An error of `function` or of `items` is raised in its turn. `stop` is set as soon as no more results are
    needed; `size` returns the bytes of a result.
    """
    queue = _Queue(function, items, AHEAD * workers, size)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="voicefeat")
    try:
        for _ in range(workers - 1):
            pool.submit(queue.work)
        yield from queue
    finally:  # also if the caller stops early: items that have not begun are dropped
        if stop is not None:
            stop.set()
        queue.leave()
        pool.shutdown()


class _Queue(Generic[Arg, Result]):
    """A queue in which results wait for the results before them.

    Every thread takes the next item itself; the caller's thread does so when it has no result to return. A
    future for each item would make threads wake each other and wait for the GIL, which is slow for short
    recordings.
    """

    def __init__(
        self, function: Callable[[Arg], Result], items: Iterable[Arg], limit: int,
        size: Callable[[Result], int],
    ) -> None:  # fmt: skip
        self._function, self._items, self._limit, self._size = function, iter(items), limit, size
        lock = Lock()
        self._room, self._ready = Condition(lock), Condition(lock)
        #: By number: a result and its size, or an error.
        self._done: dict[int, tuple[Any, int, BaseException | None]] = {}
        self._taken = self._given = self._held = 0
        self._more = True

    def work(self) -> None:
        """The loop of every thread except the caller's."""
        while True:
            with self._room:
                while self._more and self._full:
                    self._room.wait()
                taken = self._take()
            if taken is None:
                return
            self._do(*taken)

    def __iter__(self) -> Iterator[Result]:
        while True:
            taken = None
            with self._ready:
                while self._given not in self._done and taken is None:
                    if self._given == self._taken and not self._more:
                        return
                    taken = None if self._full else self._take()
                    if taken is None and self._given < self._taken and self._given not in self._done:
                        self._ready.wait()
                result: Any = self._give() if taken is None else None
            if taken is None:
                yield result
            else:
                self._do(*taken)

    @property
    def _full(self) -> bool:
        return self._taken - self._given >= self._limit or self._held >= HELD

    def _take(self) -> tuple[int, Arg] | None:
        """The next item and its number; None if there is none or it is not needed."""
        if not self._more:
            return None
        number = self._taken
        try:
            item = next(self._items)
        except BaseException as error:
            self._more = False
            if not isinstance(error, StopIteration):
                self._done[number] = None, 0, error
                self._taken += 1
            return None
        self._taken += 1
        return number, item

    def _do(self, number: int, item: Arg) -> None:
        """Compute the result of an item; after an error no more items are taken."""
        result, size, raised = None, 0, None
        try:
            result = self._function(item)
            size = self._size(result)
        except BaseException as error:
            raised = error
        with self._ready:
            self._done[number] = result, size, raised
            self._held += size
            self._more = self._more and raised is None
            if number == self._given:
                self._ready.notify()

    def _give(self) -> Any:
        """The next result."""
        result, size, raised = self._done.pop(self._given)
        if raised is not None:
            raise raised
        self._given += 1
        self._held -= size
        if 2 * (self._taken - self._given) <= self._limit:  # not after every single result
            self._room.notify_all()
        return result

    def leave(self) -> None:
        """Take no more items, because no more results are needed."""
        with self._room:
            self._more = False
            self._room.notify_all()

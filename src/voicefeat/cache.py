"""Memoisation: checked chains, plans, tables of transforms, banks and windows are computed once and kept.

All caches together hold at most `LIMIT` bytes, keys included. When they would hold more, all of them are
emptied: results that are used again are soon back. A call that finds its result does no counting.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

__all__ = ["LIMIT", "forget", "held", "memoised"]

#: The most bytes that all caches hold together.
LIMIT = 128 * 1024 * 1024
#: The most results in one cache; beyond that, the least recently used one is dropped.
RESULTS = 256

_memories: list[Any] = []
_held = 0
_lock = threading.Lock()

Function = TypeVar("Function", bound=Callable[..., Any])


class _TooLarge(Exception):
    """Carries a result that is too large to cache: `lru_cache` does not keep exceptions."""

    def __init__(self, result: Any):
        self.result = result


class _Numbers:
    """An array or a list as an argument: equal to others that hold the same numbers."""

    def __init__(self, given: Any, array: np.ndarray):
        self.given = given
        self.key = (type(given), array.dtype.str, array.tobytes())

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return type(other) is _Numbers and self.key == other.key


def memoised(make: Function) -> Function:
    """`make` with a cache of its results; arguments are given by position.

    Arguments of different types differ: 2048 is not 2048.0. Arrays and lists of numbers in one dimension are
    compared by their numbers. With any other argument that is not hashable nothing is cached. Exceptions are
    not cached.
    """

    @functools.lru_cache(RESULTS, typed=True)
    def memory(*args: Any) -> Any:
        result = make(*[arg.given if type(arg) is _Numbers else arg for arg in args])
        for arg in args:
            if type(arg) is _Numbers:
                arg.given = None  # the caller may change it later
        _count(size_of((args, result)), result)
        return result

    @functools.wraps(make)
    def call(*args: Any) -> Any:
        try:
            return memory(*args)
        except _TooLarge as error:
            return error.result
        except (TypeError, ValueError):
            if _hashable(args):
                raise
        values = tuple(map(_by_numbers, args))
        if not _hashable(values):
            return make(*args)  # its own checks name the argument that is not hashable
        try:
            return memory(*values)
        except _TooLarge as found:
            return found.result

    _memories.append(memory)
    return call  # type: ignore[return-value]


def _by_numbers(value: Any) -> Any:
    """A list or an array of numbers as a hashable value; anything else as it is."""
    if type(value) not in (list, np.ndarray):
        return value
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, OverflowError):
        return value
    return _Numbers(value, array) if array.ndim == 1 and array.dtype.kind in "fiu" else value


def _hashable(value: Any) -> bool:
    """Whether `value` has a hash; for times without a unit numpy raises a ValueError instead."""
    try:
        hash(value)
    except (TypeError, ValueError):
        return False
    return True


def forget() -> None:
    """Empty all caches."""
    global _held
    with _lock:
        for memory in _memories:
            memory.cache_clear()
        _held = 0


def held() -> int:
    """Bytes counted in all caches together; results that were dropped one by one are still counted."""
    return _held


def _count(size: int, result: Any) -> None:
    """Count the bytes of a new result, and empty all caches when they hold too much."""
    global _held
    if size > LIMIT // 2:
        raise _TooLarge(result)
    with _lock:
        _held += size
        if _held > LIMIT:
            for memory in _memories:
                memory.cache_clear()
            _held = size


def _after_fork() -> None:
    """Replace the lock: a thread of the parent may have held it, and does not exist in the child."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def size_of(value: Any) -> int:
    """Bytes of a value and of all its parts, each counted once; functions and types count as nothing."""
    seen: set[int] = set()
    total, todo = 0, [value]
    while todo:
        part = todo.pop()
        if id(part) in seen or isinstance(part, type) or callable(part):
            continue
        seen.add(id(part))
        total += sys.getsizeof(part)
        if isinstance(part, np.ndarray):
            if part.base is None:
                continue
            todo.append(part.base)
        elif isinstance(part, dict):
            todo += part.values()
        elif isinstance(part, (tuple, list, set, frozenset)):
            if len(part) > 64 and _plain(part):
                total += 32 * len(part)
            else:
                todo += part
        else:
            todo.append(getattr(part, "__dict__", None))
    return total


def _plain(parts: Iterable[Any]) -> bool:
    """Whether all parts of a long sequence are numbers, as in a window."""
    return all(type(part) in (float, int) for part in parts)

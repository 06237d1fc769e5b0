"""What has been made once is remembered: checked chains, plans, tables of transforms, banks and windows.

All memories together hold at most `LIMIT` bytes, what results are found by counted in. When they would hold
more, all of them begin anew: what is used again is soon there again, and a call that finds its result counts
nothing.
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

#: Bytes that all memories hold together.
LIMIT = 128 * 1024 * 1024
#: Results that each of them holds; of more, the one not used for longest is forgotten.
RESULTS = 256

_memories: list[Any] = []
_held = 0
_lock = threading.Lock()

Function = TypeVar("Function", bound=Callable[..., Any])


class _TooLarge(Exception):
    """A result that no memory has room for: `lru_cache` keeps no errors."""

    def __init__(self, result: Any):
        self.result = result


def memoised(make: Function) -> Function:
    """`make`, whose results are kept by its arguments; those are hashable and given by position.

    Arguments are told apart by type as well: 2048 is not 2048.0. Errors are not kept.
    """

    @functools.lru_cache(RESULTS, typed=True)
    def memory(*args: Any) -> Any:
        result = make(*args)
        _count(size_of((args, result)), result)
        return result

    @functools.wraps(make)
    def call(*args: Any) -> Any:
        try:
            return memory(*args)
        except _TooLarge as found:
            return found.result
        except (TypeError, ValueError):
            if _hashable(args):
                raise
            return make(*args)  # its checks will name what is not hashable

    _memories.append(memory)
    return call  # type: ignore[return-value]


def _hashable(value: Any) -> bool:
    """Whether `value` has a hash; numpy says so with a ValueError of times without a unit."""
    try:
        hash(value)
    except (TypeError, ValueError):
        return False
    return True


def forget() -> None:
    """Let all memories begin anew."""
    global _held
    with _lock:
        for memory in _memories:
            memory.cache_clear()
        _held = 0


def held() -> int:
    """Bytes that all memories hold together, those that were forgotten one by one among them."""
    return _held


def _count(size: int, result: Any) -> None:
    """Count what comes to a memory, and let all of them begin anew where it is too much."""
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
    """Another thread of the parent may have held the lock, and is not here to let it go."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def size_of(value: Any) -> int:
    """Bytes of a value and of all it holds, each part counted once; functions and types count nothing."""
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
    """Whether many parts are numbers, as those of a window are."""
    return all(type(part) in (float, int) for part in parts)

"""The arguments of a run that are not settings of a feature: names, mappings, workers, an executor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

from ...chain.threads import get_num_threads
from ...errors import check_int, fail

__all__ = ["check_executor", "check_mapping", "check_names", "check_workers"]

#: Largest number of workers: more than any cluster has processors, so a larger one is a mistake.
MOST_WORKERS = 1 << 14


def check_names(name: str, value: Any) -> tuple[str, ...]:
    """The argument `name`, which must be a sequence of texts, as a tuple."""
    if isinstance(value, str) or not isinstance(value, Iterable) or getattr(value, "ndim", 1) == 0:
        fail(name, value, "must be a sequence of names", "give a list of texts")
    names = tuple(value)
    for each in names:
        if not isinstance(each, str):
            fail(name, each, "is not a name", "give a list of texts")
    return names


def check_mapping(name: str, value: Any) -> Mapping[str, Any] | None:
    """The argument `name`, which must be a mapping with texts as keys, or None."""
    if value is not None and not isinstance(value, Mapping):
        fail(name, value, "must be a mapping", "give a dict, for example {'n_fft': 512}, or None")
    for key in value or {}:
        if not isinstance(key, str):
            fail(name, key, "is not a name", "give a dict whose keys are texts")
    return value


def check_workers(workers: Any) -> int:
    """The number of recordings processed at a time; None for voicefeat's thread budget."""
    if workers is None:
        return get_num_threads()
    return check_int("workers", workers, unit="workers", most=MOST_WORKERS)


def check_executor(value: Any) -> Executor | None:
    """The executor of the recordings: anything with a method ``submit``, or None for threads."""
    if value is not None and (isinstance(value, type) or not callable(getattr(value, "submit", None))):
        remedy = "give a concurrent.futures.Executor, or None for threads; workers= sets their number"
        fail("executor", value, "is not an executor", remedy)
    return value

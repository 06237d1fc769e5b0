"""What a run is asked to compute, as the arguments say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from ..chain.threads import get_num_threads
from ..errors import ParameterError, reject, whole
from ..presets.front_end import FrontEnd
from .fronts import FrontEndTask
from .task import Task, Work

__all__ = ["executor_of", "mapping", "names", "threads", "works_of"]

#: More workers than any machine or cluster has processors for: a slip, which would start them all.
MOST_WORKERS = 1 << 14


def names(name: str, value: Any) -> tuple[str, ...]:
    """The argument `name` as texts, of which it must be a sequence."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        reject(name, value, "must be a sequence of names", "give a list of texts")
    found = tuple(value)
    for each in found:
        if not isinstance(each, str):
            reject(name, each, "is no name", "give a list of texts")
    return found


def mapping(name: str, value: Any) -> Mapping[str, Any] | None:
    """The argument `name`, which must be a mapping or None."""
    if value is not None and not isinstance(value, Mapping):
        reject(name, value, "must be a mapping", "give a dict, {'n_fft': 512} say, or nothing")
    for key in value or {}:
        if not isinstance(key, str):
            reject(name, key, "is no name", "give a dict whose keys are texts")
    return value


def threads(workers: Any) -> int:
    """How many recordings are worked on at a time; None is voicefeat's thread budget."""
    if workers is None:
        return get_num_threads()
    return whole("workers", workers, unit="workers", most=MOST_WORKERS)


def executor_of(value: Any) -> Executor | None:
    """What runs recordings in place of threads: anything with a method ``submit``; None for threads."""
    if value is not None and (isinstance(value, type) or not callable(getattr(value, "submit", None))):
        remedy = "give a concurrent.futures.Executor, or None for threads; workers= is how many"
        reject("executor", value, "is nothing that work can be submitted to", remedy)
    return value


def works_of(
    feature: str | Sequence[str] | None,
    frontend: str | FrontEnd | Sequence[str | FrontEnd] | None,
    sr: int | None,
    settings: Mapping[str, Any] | None,
) -> tuple[Work, ...]:
    """What is computed of each recording: features with settings that fit them all, or front ends."""
    if frontend is None:
        given = ["mfcc"] if feature is None else [feature] if isinstance(feature, str) else feature
        chosen = names("feature", given)
        if not chosen:
            raise ParameterError("feature=[]: names no feature; give one, for example 'mfcc'")
        return tuple(Task.of(name, sr, settings) for name in chosen)
    if feature is not None:
        raise ParameterError(
            f"feature={feature!r} and frontend={frontend!r}: exclude each other; give one of them"
        )
    if settings:
        raise ParameterError(
            f"settings={dict(settings)!r}: a front end has its own; give one that is changed, "
            "frontend=vf.frontend(name).replace(...), or a TOML file of it"
        )
    fronts = [frontend] if isinstance(frontend, str | FrontEnd) else frontend
    if not isinstance(fronts, Sequence) or not fronts:
        return (FrontEndTask.of(fronts, sr),)  # type: ignore[arg-type]  # which refuses it
    return tuple(FrontEndTask.of(each, sr) for each in fronts)

"""Several features or front ends of one recording: features share what spectra they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import numpy as np

from ..chain.threads import single
from ..feature.together import extract
from .task import Task, Work, bounded

__all__ = ["values_of"]


def values_of(works: Sequence[Work], y: np.ndarray, rate: int) -> list[np.ndarray]:
    """What each of `works` makes of `y`, (rows, frames), on the calling thread alone.

    Features take one pass over the spectra of `y`, with the bits of one call each. Front ends, which may each
    change the signal first, are computed one after the other.
    """
    if len(works) == 1 or not _features(works):
        return [work.compute(y, rate) for work in works]
    with single():
        made = extract(y, rate, {work.name: work.given for work in works})
    return [bounded(made[work.name]) for work in works]


def _features(works: Sequence[Work]) -> TypeGuard[Sequence[Task]]:
    return all(isinstance(work, Task) for work in works)

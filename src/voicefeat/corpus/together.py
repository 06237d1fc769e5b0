"""Several features or front ends of one recording, which share what spectra they have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .task import Work

__all__ = ["values_of"]


def values_of(works: Sequence[Work], y: np.ndarray, rate: int) -> list[np.ndarray]:
    """What each of `works` makes of `y`, (rows, frames), on the calling thread alone."""
    return [work.compute(y, rate) for work in works]

"""How far apart two answers are: arrays, or several of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["difference", "looped", "parts"]


def parts(answer: Any) -> list[np.ndarray]:
    """The arrays of an answer: of one array itself, of a tuple or a mapping its entries."""
    if isinstance(answer, Mapping):
        return [np.asarray(value) for value in answer.values()]
    if isinstance(answer, tuple):
        return [np.asarray(value) for value in answer]
    return [np.asarray(answer)]


def looped(call, y: Any) -> Any:
    """One call a clip, as a user without batches writes it; the answers as one, clips first."""
    answers = [call(clip) for clip in y]
    if isinstance(answers[0], Mapping):
        return {name: np.stack([answer[name] for answer in answers]) for name in answers[0]}
    if isinstance(answers[0], tuple):
        return tuple(map(np.stack, zip(*answers, strict=True)))
    return np.stack(answers)


def difference(ours: Any, theirs: Any, rare: float = 0.0) -> float:
    """The largest difference relative to the largest magnitude, part by part.

    A share `rare` of the values of a part may differ by more. Infinite for another shape, or a NaN where the
    other has a number.
    """
    ours, theirs = parts(ours), parts(theirs)
    if len(ours) != len(theirs):
        return float("inf")
    return max(_apart(a, b, rare) for a, b in zip(ours, theirs, strict=True))


def _apart(ours: np.ndarray, theirs: np.ndarray, rare: float) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    if not ours.size:
        return 0.0
    peak, worst = 0.0, []
    left_out = int(rare * ours.size)
    for gaps, largest in _gaps(np.atleast_1d(ours), np.atleast_1d(theirs)):
        peak = max(peak, largest)
        worst.append(np.partition(gaps, -left_out - 1)[-left_out - 1 :] if left_out < gaps.size else gaps)
    return float(np.sort(np.concatenate(worst))[-left_out - 1]) / (peak or 1.0)


def _gaps(ours: np.ndarray, theirs: np.ndarray) -> Iterable[tuple[np.ndarray, float]]:
    """Row by row, so that no third array is as large: the differences, and the peak of `theirs`."""
    for a, b in zip(ours, theirs, strict=True):
        a, b = (np.atleast_1d(x * 1.0) for x in (a, b))  # yes and no, and places, as numbers
        gaps = np.abs(a - b)
        gaps[np.isnan(a) & np.isnan(b)] = 0.0
        gaps[np.isnan(gaps)] = np.inf
        finite = np.abs(b[np.isfinite(b)])
        yield gaps.ravel(), float(finite.max()) if finite.size else 0.0

"""The curve of a detector: how many errors of either kind there are at every threshold that matters.

Every other metric is a function of this curve. Both rates may have leading axes, one curve for each draw of
a bootstrap, over the same thresholds.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Curve", "Roc", "Det"]


class Curve:
    """Rates of error at every threshold; an utterance is accepted when its score is at or above it.

    Thresholds are the different scores in ascending order and, last, infinity, where all is rejected. Equal
    scores have one threshold and are decided together.
    """

    def __init__(self, thresholds: np.ndarray, miss: np.ndarray, false_alarm: np.ndarray, sizes: Any) -> None:
        self.thresholds = thresholds
        #: The share of bona fide utterances that are rejected, from 0 to 1.
        self.miss = miss
        #: The share of spoofs that are accepted, from 1 to 0.
        self.false_alarm = false_alarm
        #: How many of either class there are.
        self.sizes = sizes

    @classmethod
    def of(cls, bonafide: np.ndarray, spoof: np.ndarray) -> Curve:
        """The curve of two vectors of scores."""
        values, bins = places(bonafide, spoof)
        counts = [np.bincount(bin, minlength=values.size) for bin in bins]
        return cls(np.append(values, np.inf), *rates(*counts), (bonafide.size, spoof.size))

    @cached_property
    def masses(self) -> tuple[np.ndarray, np.ndarray]:
        """The shares of either class at each different score."""
        return np.diff(self.miss), -np.diff(self.false_alarm)

    @property
    def counts(self) -> list[np.ndarray]:
        """How many of either class have each different score."""
        return [np.rint(m * n).astype(np.int64) for m, n in zip(self.masses, self.sizes, strict=True)]

    @property
    def tied(self) -> float:
        """The share of scores whose value another score has."""
        counts = np.sum(self.counts, axis=0)
        return float(counts[counts > 1].sum() / counts.sum())

    def at(self, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Both rates at any threshold."""
        k = int(np.searchsorted(self.thresholds, threshold))
        return self.miss[..., k], self.false_alarm[..., k]


def places(bonafide: np.ndarray, spoof: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The different scores in ascending order, and which of them every trial has."""
    values, bins = np.unique(np.concatenate([bonafide, spoof]), return_inverse=True)
    return values, (bins[: bonafide.size], bins[bonafide.size :])


def rates(bonafide: np.ndarray, spoof: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates of misses and false alarms from how many trials have each score, along the last axis."""
    zero = np.zeros((*bonafide.shape[:-1], 1), bonafide.dtype)
    rejected = np.concatenate([zero, np.cumsum(bonafide, axis=-1)], axis=-1)
    stopped = np.concatenate([zero, np.cumsum(spoof, axis=-1)], axis=-1)
    return rejected / rejected[..., -1:], (stopped[..., -1:] - stopped) / stopped[..., -1:]


def area(curve: Curve) -> np.ndarray:
    """The area below the ROC: how often a bona fide score is above one of a spoof, half of those equal."""
    bonafide, _ = curve.masses
    below = 1 - curve.false_alarm
    return np.sum(bonafide * (below[..., :-1] + below[..., 1:]), axis=-1) / 2


def hull(curve: Curve) -> np.ndarray:
    """Which points of a curve are the corners of its lower convex hull, by ascending threshold.

    Points off the hull are never the best of any costs. Between two corners lie scores among which a monotone
    calibration makes no difference: they are the blocks of the pool-adjacent-violators algorithm.
    """
    bonafide, spoof = curve.counts
    blocks: list[tuple[int, int, int]] = []  # bona fide, spoofs, first point after
    for end, (b, s) in enumerate(zip(bonafide.tolist(), spoof.tolist(), strict=True), 1):
        while blocks and blocks[-1][0] * s >= b * blocks[-1][1]:  # no smaller part is bona fide than before
            b, s = b + blocks[-1][0], s + blocks[-1][1]
            blocks.pop()
        blocks.append((b, s, end))
    return np.array([0, *(end for _, _, end in blocks)])


class Roc(NamedTuple):
    """A receiver operating characteristic, from the strictest threshold to the mildest."""

    false_alarm: np.ndarray
    #: The share of bona fide utterances that are accepted: one less the misses.
    accepted: np.ndarray
    thresholds: np.ndarray


class Det(NamedTuple):
    """A detection error trade-off, from the mildest threshold to the strictest."""

    false_alarm: np.ndarray
    miss: np.ndarray
    thresholds: np.ndarray
    #: Quantiles of the normal distribution at these rates, the axes of the picture.
    false_alarm_deviate: np.ndarray
    miss_deviate: np.ndarray

"""The curve of a detector: how many errors of either kind there are at every threshold that matters.

Every other metric is a function of this curve, so that a bootstrap has to draw curves only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Curve", "Roc", "Det"]


class Curve:
    """Rates of error at every threshold; an utterance is accepted when its score is at or above it.

    Thresholds are the different scores in ascending order and, last, infinity, where all is rejected. Equal
    scores have one threshold and are decided together.
    """

    def __init__(self, thresholds: np.ndarray, bonafide: np.ndarray, spoof: np.ndarray) -> None:
        """From the thresholds, and how many of either class have each score."""
        self.thresholds = thresholds
        self.counts = bonafide, spoof
        rejected, stopped = np.cumsum(bonafide), np.cumsum(spoof)
        #: How many of either class there are.
        self.sizes = int(rejected[-1]), int(stopped[-1])
        #: The share of bona fide utterances that are rejected, from 0 to 1.
        self.miss = np.append(0, rejected) / rejected[-1]
        #: The share of spoofs that are accepted, from 1 to 0.
        self.false_alarm = np.append(stopped[-1], stopped[-1] - stopped) / stopped[-1]

    @classmethod
    def of(cls, bonafide: np.ndarray, spoof: np.ndarray) -> Curve:
        """The curve of two vectors of scores."""
        values, bins = places(bonafide, spoof)
        counts = [np.bincount(bin, minlength=values.size) for bin in bins]
        return cls(np.append(values, np.inf), counts[0], counts[1])

    @property
    def tied(self) -> float:
        """The share of scores whose value another score has."""
        counts = self.counts[0] + self.counts[1]
        return float(counts[counts > 1].sum() / counts.sum())

    def at(self, threshold: float) -> tuple[float, float]:
        """Both rates at any threshold."""
        k = int(np.searchsorted(self.thresholds, threshold))
        return float(self.miss[k]), float(self.false_alarm[k])


def places(bonafide: np.ndarray, spoof: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The different scores in ascending order, and which of them every trial has."""
    values, bins = np.unique(np.concatenate([bonafide, spoof]), return_inverse=True)
    return values, (bins[: bonafide.size], bins[bonafide.size :])


def area(curve: Curve) -> float:
    """The area below the ROC: how often a bona fide score is above one of a spoof, half of those equal."""
    bonafide, spoof = curve.counts
    below = np.cumsum(spoof, dtype=np.float64) - spoof / 2
    return float(np.sum(bonafide * below) / curve.sizes[0] / curve.sizes[1])


def hull(curve: Curve) -> np.ndarray:
    """Which points of a curve are the corners of its lower convex hull, by ascending threshold.

    Points off the hull are never the best of any costs. Between two corners lie scores among which a monotone
    calibration makes no difference: they are the blocks of the pool-adjacent-violators algorithm.
    """
    bonafide, spoof = curve.counts
    # Neighbours of one and the same class belong together anyway.
    kinds = (bonafide > 0) + 2 * (spoof > 0)
    starts = np.flatnonzero(np.append(True, (np.diff(kinds) != 0) | (kinds[1:] == 3)))
    runs = (
        np.add.reduceat(bonafide, starts),
        np.add.reduceat(spoof, starts),
        np.append(starts[1:], kinds.size),
    )
    blocks: list[tuple[int, int, int]] = []  # bona fide, spoofs, first point after
    for b, s, end in zip(*(run.tolist() for run in runs), strict=True):
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

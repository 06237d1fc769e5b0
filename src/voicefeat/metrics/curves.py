"""The error curve of a detector: miss rate and false alarm rate at every threshold that matters.

Every other metric is a function of this curve, so a bootstrap only has to draw curves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Curve", "Roc", "Det"]


class Curve:
    """Error rates at every threshold; an utterance is accepted if its score is at or above the threshold.

    Thresholds are the distinct scores in ascending order and, last, infinity, where everything is rejected.
    Equal scores have one threshold and get the same decision.
    """

    def __init__(self, thresholds: np.ndarray, bonafide: np.ndarray, spoof: np.ndarray) -> None:
        """From the thresholds, and the number of utterances of each class with each score."""
        self.thresholds = thresholds
        self.counts: tuple[np.ndarray, np.ndarray] = bonafide, spoof
        rejected, stopped = np.cumsum(bonafide), np.cumsum(spoof)
        #: Number of utterances of each class.
        self.sizes: tuple[int, int] = int(rejected[-1]), int(stopped[-1])
        #: The share of bona fide utterances that are rejected, from 0 to 1.
        self.miss: np.ndarray = np.append(0, rejected) / rejected[-1]
        #: The share of spoofs that are accepted, from 1 to 0.
        self.false_alarm: np.ndarray = np.append(stopped[-1], stopped[-1] - stopped) / stopped[-1]

    @classmethod
    def of(cls, bonafide: np.ndarray, spoof: np.ndarray) -> Curve:
        """The curve of two vectors of scores."""
        values, bins = score_places(bonafide, spoof)
        counts = [np.bincount(bin, minlength=values.size) for bin in bins]
        return cls(np.append(values, np.inf), counts[0], counts[1])

    @property
    def tied(self) -> float:
        """The share of scores that equal another score."""
        counts = self.counts[0] + self.counts[1]
        return float(counts[counts > 1].sum() / counts.sum())

    def at(self, threshold: float) -> tuple[float, float]:
        """Both error rates at any threshold."""
        k = int(np.searchsorted(self.thresholds, threshold))
        return float(self.miss[k]), float(self.false_alarm[k])


def score_places(bonafide: np.ndarray, spoof: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The distinct scores in ascending order, and the index into them of each trial."""
    values, bins = np.unique(np.concatenate([bonafide, spoof]), return_inverse=True)
    return values, (bins[: bonafide.size], bins[bonafide.size :])


def area(curve: Curve) -> float:
    """The area under the ROC: how often a bona fide score is above a spoof's, equal pairs counting half."""
    bonafide, spoof = curve.counts
    below = np.cumsum(spoof, dtype=np.float64) - spoof / 2
    return float(np.sum(bonafide * below) / curve.sizes[0] / curve.sizes[1])


def hull(curve: Curve) -> np.ndarray:
    """Which points of a curve are the vertices of its lower convex hull, by ascending threshold.

    Points off the hull are not optimal for any costs. A monotone calibration maps all scores between two
    vertices to one value: they are the blocks of the pool-adjacent-violators algorithm.
    """
    bonafide, spoof = curve.counts
    # Neighbours of the same class always belong together.
    kinds = (bonafide > 0) + 2 * (spoof > 0)
    starts = np.flatnonzero(np.append(True, (np.diff(kinds) != 0) | (kinds[1:] == 3)))
    runs = (
        np.add.reduceat(bonafide, starts),
        np.add.reduceat(spoof, starts),
        np.append(starts[1:], kinds.size),
    )
    blocks: list[tuple[int, int, int]] = []  # bona fide, spoofs, index of the first point after the block
    for b, s, end in zip(*(run.tolist() for run in runs), strict=True):
        while blocks and blocks[-1][0] * s >= b * blocks[-1][1]:  # the share of bona fide must rise
            b, s = b + blocks[-1][0], s + blocks[-1][1]
            blocks.pop()
        blocks.append((b, s, end))
    return np.array([0, *(end for _, _, end in blocks)])


class Roc(NamedTuple):
    """A receiver operating characteristic, from the highest threshold to the lowest."""

    false_alarm: np.ndarray
    #: The share of bona fide utterances that are accepted: 1 minus the miss rate.
    accepted: np.ndarray
    thresholds: np.ndarray


class Det(NamedTuple):
    """A detection error trade-off, from the lowest threshold to the highest."""

    false_alarm: np.ndarray
    miss: np.ndarray
    thresholds: np.ndarray
    #: Quantiles of the normal distribution at these rates, the axes of a DET plot.
    false_alarm_deviate: np.ndarray
    miss_deviate: np.ndarray

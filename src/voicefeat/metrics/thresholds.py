"""Decisions of a detector at one threshold or at all of them: counts, rates, ROC, AUC and DET."""

from __future__ import annotations

import math
import numbers
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import fail
from .curves import Curve, Det, Roc, area
from .inputs import check_scores, curve_of

__all__ = ["Confusion", "auc", "confusion", "det", "roc"]


class Confusion(NamedTuple):
    """The confusion matrix of a detector: accepted utterances are classified as bona fide."""

    accepted_bonafide: int
    rejected_bonafide: int
    accepted_spoof: int
    rejected_spoof: int

    @property
    def accuracy(self) -> float:
        """The share of correct decisions."""
        return (self.accepted_bonafide + self.rejected_spoof) / sum(self)

    @property
    def balanced_accuracy(self) -> float:
        """The mean over both classes of the share of correct decisions: 0.5 if the decision is constant."""
        return (self.tpr + self.tnr) / 2

    @property
    def tpr(self) -> float:
        """The share of bona fide utterances that are accepted."""
        return self.accepted_bonafide / (self.accepted_bonafide + self.rejected_bonafide)

    @property
    def fnr(self) -> float:
        """The share of bona fide utterances that are rejected: misses."""
        return self.rejected_bonafide / (self.accepted_bonafide + self.rejected_bonafide)

    @property
    def fpr(self) -> float:
        """The share of spoofs that are accepted: false alarms."""
        return self.accepted_spoof / (self.accepted_spoof + self.rejected_spoof)

    @property
    def tnr(self) -> float:
        """The share of spoofs that are rejected."""
        return self.rejected_spoof / (self.accepted_spoof + self.rejected_spoof)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of bona fide speech; 0 if none is accepted."""
        return _f1(self.accepted_bonafide, self.rejected_bonafide + self.accepted_spoof)

    @property
    def f1_spoof(self) -> float:
        """The harmonic mean of precision and recall of spoofs; 0 if none is rejected."""
        return _f1(self.rejected_spoof, self.rejected_bonafide + self.accepted_spoof)


def _f1(right: int, wrong: int) -> float:
    return 2 * right / (2 * right + wrong) if right else 0.0


def confusion(bonafide: ArrayLike, spoof: ArrayLike, threshold: float) -> Confusion:
    """The confusion matrix at a threshold, with accuracy, rates and F1.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    threshold : float
        Utterances with this score or a higher one are accepted. Choose it on development data.

    Returns
    -------
    Confusion
        Four counts, and properties: `accuracy`, `balanced_accuracy`, `tpr`, `tnr`, `fpr`, `fnr`, `f1`,
        `f1_spoof`.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or the threshold is not a number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> found = vf.metrics.confusion([1.0, 3.0, 4.0], [0.0, 2.0], threshold=2.0)
    >>> found
    Confusion(accepted_bonafide=2, rejected_bonafide=1, accepted_spoof=1, rejected_spoof=1)
    >>> found.accuracy, found.fpr
    (0.6, 0.5)
    """
    bonafide, spoof = check_scores("bonafide", bonafide), check_scores("spoof", spoof)
    threshold = check_threshold("threshold", threshold)
    accepted = [int(np.count_nonzero(scores >= threshold)) for scores in (bonafide, spoof)]
    return Confusion(accepted[0], bonafide.size - accepted[0], accepted[1], spoof.size - accepted[1])


def check_threshold(name: str, value: Any) -> float:
    """A threshold: a number, which may be infinite."""
    try:
        threshold = math.nan if isinstance(value, bool | np.timedelta64) else float(value)
    except (TypeError, ValueError, OverflowError):
        threshold = math.nan
    if not isinstance(value, numbers.Real) or math.isnan(threshold):
        fail(name, value, "must be a number", "take one from eer(...).threshold on development data")
    return threshold


def roc(bonafide: ArrayLike, spoof: ArrayLike) -> Roc:
    """The receiver operating characteristic: accepted bona fide utterances over accepted spoofs.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    Roc
        `false_alarm`, `accepted` and `thresholds`, one point per distinct score, from infinity down.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.roc([1.0, 3.0], [0.0, 2.0]).accepted
    array([0. , 0.5, 0.5, 1. , 1. ])
    """
    curve = curve_of(bonafide, spoof)
    return Roc(curve.false_alarm[::-1], 1 - curve.miss[::-1], curve.thresholds[::-1])


def auc(bonafide: ArrayLike, spoof: ArrayLike) -> float:
    """The area under the ROC: the probability that a bona fide score is above a spoof's.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    float
        Area from 0 to 1; 0.5 for scores without information. Pairs of equal scores count half.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.auc([1.0, 3.0], [0.0, 2.0])
    0.75
    """
    return area(curve_of(bonafide, spoof))


def det(bonafide: ArrayLike, spoof: ArrayLike) -> Det:
    """The detection error trade-off: miss rate over false alarm rate, on axes of normal quantiles.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    Det
        `false_alarm`, `miss` and `thresholds`, and for the axes `false_alarm_deviate` and `miss_deviate`. On
        the axes, rates are kept half an utterance away from 0 and 1, where quantiles would be infinite.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Notes
    -----
    Source: A. Martin and others, "The DET curve in assessment of detection task performance", Eurospeech
    1997.

    Examples
    --------
    >>> import voicefeat as vf
    >>> found = vf.metrics.det([1.0, 3.0], [0.0, 2.0])
    >>> found.miss, found.miss_deviate.round(2)
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([-0.67, -0.67,  0.  ,  0.  ,  0.67]))
    """
    return detection_trade_off(curve_of(bonafide, spoof))


def detection_trade_off(curve: Curve) -> Det:
    """The same metric for a curve."""
    from scipy.special import ndtri

    least = [1 / (2 * n) for n in curve.sizes]
    miss = ndtri(np.clip(curve.miss, least[0], 1 - least[0]))
    false_alarm = ndtri(np.clip(curve.false_alarm, least[1], 1 - least[1]))
    return Det(curve.false_alarm, curve.miss, curve.thresholds, false_alarm, miss)

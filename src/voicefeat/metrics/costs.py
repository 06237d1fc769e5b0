"""Detection costs: at the best threshold (minDCF) and at that of log-likelihood ratios (actDCF).

X. Wang and others, "ASVspoof 5: crowdsourced speech data, deepfakes, and adversarial attacks at scale", 2024;
G. Doddington and others, "The NIST speaker recognition evaluation", Speech Communication 2000.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_float
from .curves import Curve
from .inputs import curve_of

__all__ = ["Cost", "act_dcf", "min_dcf"]


class Cost(NamedTuple):
    """A cost, and the threshold and error rates where it occurs."""

    value: float
    #: Utterances with this score or a higher one are accepted.
    threshold: float
    miss: float
    false_alarm: float


def min_dcf(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    *,
    prior: float = 0.05,
    cost_miss: float = 1.0,
    cost_false_alarm: float = 10.0,
) -> Cost:
    """The least detection cost over all thresholds (minDCF), relative to the best decision without scores.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    prior : float
        Prior probability of a spoof.
    cost_miss, cost_false_alarm : float
        Costs of rejecting a bona fide utterance and of accepting a spoof; by default as in ASVspoof 5.

    Returns
    -------
    Cost
        `value`, from 0 to 1, and the threshold and both error rates at that point.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.min_dcf([1.0, 3.0, 4.0, 5.0], [0.0, 0.5, 2.0, 0.2])
    Cost(value=0.25, threshold=1.0, miss=0.0, false_alarm=0.25)
    """
    weights = dcf_weights(prior, cost_miss, cost_false_alarm)
    return least_cost(curve_of(bonafide, spoof), *weights)


def act_dcf(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    *,
    prior: float = 0.05,
    cost_miss: float = 1.0,
    cost_false_alarm: float = 10.0,
) -> Cost:
    """The detection cost at the threshold that is optimal for log-likelihood ratios (actDCF).

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class as log-likelihood ratios in nats, bona fide over spoof; see `fit_calibration`.
    prior : float
        Prior probability of a spoof.
    cost_miss, cost_false_alarm : float
        Costs of rejecting a bona fide utterance and of accepting a spoof; by default as in ASVspoof 5.

    Returns
    -------
    Cost
        `value`, at least that of `min_dcf`; the threshold, by default -ln(1.9); and both error rates there.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.act_dcf([1.0, 3.0, 4.0, 5.0], [0.0, 0.5, 2.0, 0.2])
    Cost(value=1.0, threshold=-0.6418538861723947, miss=0.0, false_alarm=1.0)
    """
    weights = dcf_weights(prior, cost_miss, cost_false_alarm)
    return actual_cost(curve_of(bonafide, spoof), *weights)


def actual_cost(curve: Curve, miss_weight: float, alarm_weight: float) -> Cost:
    """The cost at the threshold that is optimal for log-likelihood ratios."""
    threshold = -math.log(miss_weight / alarm_weight)
    miss, false_alarm = curve.at(threshold)
    return Cost(miss_weight * miss + alarm_weight * false_alarm, threshold, miss, false_alarm)


def check_positive(name: str, value: Any, high: float = 1e50) -> float:
    """A cost or a probability above 0, large enough that products of them stay above 0."""
    number = check_float(name, value, above=0.0)
    return check_float(name, number, low=1e-50, high=high)


def dcf_weights(
    prior: float = 0.05, cost_miss: float = 1.0, cost_false_alarm: float = 10.0
) -> tuple[float, float]:
    """The weights of both error rates in the normalised cost; the smaller one is 1."""
    prior = check_positive("prior", prior, high=1.0)
    cost_miss = check_positive("cost_miss", cost_miss)
    cost_false_alarm = check_positive("cost_false_alarm", cost_false_alarm)
    if prior == 1.0:
        check_float(
            "prior",
            prior,
            above=0.0,
            high=math.nextafter(1.0, 0.0),
            remedy="bona fide speech needs a prior above 0",
        )
    both = cost_miss * (1 - prior), cost_false_alarm * prior
    return both[0] / min(both), both[1] / min(both)


def least_cost(curve: Curve, miss_weight: float, alarm_weight: float, floor: float = 0.0) -> Cost:
    """The least cost, at the lowest threshold where it occurs."""
    cost = floor + miss_weight * curve.miss + alarm_weight * curve.false_alarm
    k = int(np.argmin(cost))
    where = float(curve.thresholds[k]), float(curve.miss[k]), float(curve.false_alarm[k])
    return Cost(float(cost[k]), *where)

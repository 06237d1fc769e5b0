"""The a-DCF: cost of a single score that separates a speaker from other speakers and from spoofs.

H. Shim and others, "a-DCF: an architecture agnostic metric with application to spoofing-robust speaker
verification", Odyssey 2024.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_float
from .costs import Cost, check_positive
from .inputs import check_scores

__all__ = ["min_adcf"]


def min_adcf(
    target: ArrayLike, nontarget: ArrayLike, spoof: ArrayLike, *, prior_nontarget: float = 0.0095,
    prior_spoof: float = 0.05, cost_miss: float = 1.0, cost_false_alarm: float = 10.0,
    cost_spoof: float = 10.0,
) -> Cost:  # fmt: skip
    """The least cost of a speaker verification system that also rejects spoofs, with one score for both.

    Parameters
    ----------
    target, nontarget, spoof : array of shape (n,)
        Scores of target trials, of other speakers, and of spoofs; a higher score means the target speaker.
    prior_nontarget, prior_spoof : float
        Prior probabilities of other speakers and of spoofs; the rest is that of the target speaker.
    cost_miss, cost_false_alarm, cost_spoof : float
        Costs of rejecting the speaker, accepting another, accepting a spoof. The defaults of priors and costs
        are those of ASVspoof 5; the authors' program has 0.05, 0.05, 1, 10 and 20.

    Returns
    -------
    Cost
        `value`, from 0 to 1, relative to the cost of always accepting or always rejecting, whichever is less;
        the threshold; `miss`; and in `false_alarm` the share of other speakers that are accepted.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.min_adcf([2.0, 3.0], [-1.0, 0.0], [1.0, 2.5])
    Cost(value=0.42016806722689076, threshold=2.0, miss=0.0, false_alarm=0.0)
    """
    prior_nontarget = check_float("prior_nontarget", prior_nontarget, 0.0, 1.0)
    prior_spoof = check_float("prior_spoof", prior_spoof, 0.0, 1.0)
    prior_target = check_float(
        "1 - prior_nontarget - prior_spoof", 1 - prior_nontarget - prior_spoof, above=0.0
    )
    reject_all = prior_target * check_positive("cost_miss", cost_miss)
    others = prior_nontarget * check_positive("cost_false_alarm", cost_false_alarm)
    spoofs = prior_spoof * check_positive("cost_spoof", cost_spoof)
    check_float("prior_nontarget + prior_spoof", prior_nontarget + prior_spoof, above=0.0)
    named = (("target", target), ("nontarget", nontarget), ("spoof", spoof))
    scores = [np.sort(check_scores(name, values)) for name, values in named]
    thresholds = np.append(np.unique(np.concatenate(scores)), np.inf)
    below = [np.searchsorted(s, thresholds) / s.size for s in scores]
    cost = reject_all * below[0] + others * (1 - below[1]) + spoofs * (1 - below[2])
    k = int(np.argmin(cost))
    default = min(reject_all, others + spoofs)
    return Cost(float(cost[k] / default), float(thresholds[k]), float(below[0][k]), float(1 - below[1][k]))

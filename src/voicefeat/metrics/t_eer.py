"""The t-EER: the equal error rate of a spoofing countermeasure in tandem with speaker verification.

T. Kinnunen, K. A. Lee, H. Tak, N. Evans, A. Nautsch, "t-EER: parameter-free tandem evaluation of
countermeasures and biometric comparators", IEEE TPAMI 2023. Written from its formulas; which pair of
thresholds is taken where no pair fits exactly is as in the evaluation package of ASVspoof 5.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_float, fail
from .curves import Curve
from .inputs import check_scores, curve_of
from .score_files import AsvScores

__all__ = ["TandemEqualErrorRate", "t_eer"]

#: The largest difference between the three error rates without a warning.
UNEQUAL = 0.05


class TandemEqualErrorRate(NamedTuple):
    """The concurrent t-EER, and the pair of thresholds where it occurs."""

    #: The share of spoofs that both systems accept.
    rate: float
    #: A trial is accepted if the score of the countermeasure and that of the speaker verification are at or
    #: above these thresholds.
    threshold: float
    asv_threshold: float
    #: The other two error rates of the tandem at this point, which may differ a little from `rate`: target
    #: trials that either system rejects, and trials of other speakers that both accept.
    miss: float
    false_alarm: float


def t_eer(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    asv: AsvScores | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    prior_spoof: float = 0.5,
) -> TandemEqualErrorRate:
    """The concurrent equal error rate of a countermeasure in tandem with speaker verification (t-EER).

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of each class from the countermeasure; a higher score means bona fide.
    asv : AsvScores or (target, nontarget, spoof)
        Scores of the speaker verification on the same data, three arrays of shape (n,); a higher score means
        the target speaker.
    prior_spoof : float
        The share of spoofs among the trials to be rejected, with which candidates are searched. The result
        does not depend on it but for the steps between neighbouring scores.

    Returns
    -------
    TandemEqualErrorRate
        `rate`, from 0 to 1, both thresholds, and the two other error rates at this point.

    Raises
    ------
    ParameterError
        If scores are missing or not finite, or a setting cannot be used.

    Notes
    -----
    The tandem accepts what both systems accept. With ``P`` the error rates of the countermeasure and ``p``
    those of the speaker verification, it rejects ``P_miss + (1 - P_miss) p_miss`` of the target trials, and
    accepts ``(1 - P_miss) p_fa`` of the trials of other speakers and ``P_fa p_spoof`` of the spoofs. Both
    thresholds are free, and at one pair of them all three rates are equal, whatever the share of spoofs: this
    is the concurrent t-EER. Rates of both systems are taken as independent within a class.

    For each threshold of the speaker verification, the countermeasure's is that where the miss rate is
    nearest to the false alarm rate of ``prior_spoof``; of these pairs, that with the least difference between
    ``p_fa / p_spoof`` and ``P_fa / (1 - P_miss)`` is taken. Equal scores get the same decision. If all scores
    of a system differ, the rate equals that of the evaluation package of ASVspoof 5.

    Time is proportional to ``n log n``, and memory to ``n``. There is a warning if the three rates differ by
    more than 0.05 at the point found.

    Examples
    --------
    >>> import voicefeat as vf
    >>> asv = [1.8, 2.1, 3.1, 4.1, 4.8], [0.7, 2.0, 2.8, 3.0, 4.2], [0.2, 2.1, 4.1, 4.1, 4.5]
    >>> vf.metrics.t_eer([1.0, 3.0, 4.0, 5.0, 6.0], [0.0, 0.5, 2.0, 3.5, 0.2], asv)
    TandemEqualErrorRate(rate=0.36, threshold=0.5, asv_threshold=3.0, miss=0.4, false_alarm=0.4)
    """
    prior_spoof = check_float("prior_spoof", prior_spoof, 0.0, 1.0)
    verification = Verification(*_checked(asv))
    found = concurrent(curve_of(bonafide, spoof), verification, prior_spoof)
    rates = found.rate, found.miss, found.false_alarm
    if max(rates) - min(rates) > UNEQUAL:
        shown = ", ".join(f"{rate:.3g}" for rate in rates)
        message = (
            f"no pair of thresholds makes the error rates of the tandem equal "
            f"(spoofs, miss, others: {shown}); there are few trials, or many equal scores"
        )
        warnings.warn(message, UserWarning, stacklevel=2)
    return found


class Verification:
    """Error rates of a speaker verification system at every threshold that matters."""

    def __init__(self, target: np.ndarray, nontarget: np.ndarray, spoof: np.ndarray) -> None:
        self.thresholds: np.ndarray = np.append(np.unique(np.concatenate([target, nontarget, spoof])), np.inf)
        below = [np.searchsorted(np.sort(s), self.thresholds) / s.size for s in (target, nontarget, spoof)]
        self.miss: np.ndarray = below[0]
        self.false_alarm: np.ndarray = 1 - below[1]
        self.spoof: np.ndarray = 1 - below[2]


def concurrent(curve: Curve, asv: Verification, prior_spoof: float) -> TandemEqualErrorRate:
    """The same metric for the error rates of both systems."""
    perfect = np.flatnonzero((asv.miss == 0) & (asv.false_alarm == 0) & (asv.spoof == 0))
    if perfect.size:  # without errors of its own, the speaker verification needs no countermeasure
        return TandemEqualErrorRate(
            0.0, float(curve.thresholds[0]), float(asv.thresholds[perfect[0]]), 0.0, 0.0
        )
    alarm = (1 - prior_spoof) * asv.false_alarm + prior_spoof * asv.spoof
    allowed = np.flatnonzero(asv.miss < alarm)  # above, the verification alone rejects too many targets
    place = _nearest(curve, asv.miss[allowed], asv.false_alarm[allowed], asv.spoof[allowed], prior_spoof)
    others, spoofs = asv.false_alarm[allowed], asv.spoof[allowed]
    passed, false_alarm = 1 - curve.miss[place], curve.false_alarm[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(others / spoofs - false_alarm / passed)
    if not np.isfinite(apart).any():
        apart = np.abs(others * passed - spoofs * false_alarm)
    best = int(np.nanargmin(np.where(np.isfinite(apart), apart, np.nan)))
    j, k = int(allowed[best]), int(place[best])
    miss, accepted = float(curve.miss[k]), float(1 - curve.miss[k])
    return TandemEqualErrorRate(
        float(asv.spoof[j] * curve.false_alarm[k]), float(curve.thresholds[k]), float(asv.thresholds[j]),
        miss + accepted * float(asv.miss[j]), accepted * float(asv.false_alarm[j]),
    )  # fmt: skip


def _nearest(
    curve: Curve, miss: np.ndarray, others: np.ndarray, spoofs: np.ndarray, prior_spoof: float
) -> np.ndarray:
    """The point of the countermeasure's curve where the tandem's rates differ least, for each of many errors
    of a speaker verification; the first of several."""

    def excess(at: np.ndarray) -> np.ndarray:
        """The miss rate minus the false alarm rate, which never falls as the threshold rises."""
        passed = 1 - curve.miss[at]
        alarm = (1 - prior_spoof) * passed * others + prior_spoof * curve.false_alarm[at] * spoofs
        return curve.miss[at] + passed * miss - alarm

    def first(level: np.ndarray) -> np.ndarray:
        """The first point where the excess reaches the level, by bisection; the last if none does."""
        low, high = np.zeros(miss.size, np.int64), np.full(miss.size, curve.thresholds.size - 1)
        while (low < high).any():
            middle = (low + high) // 2
            reached = excess(middle) >= level
            low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
        return low

    after = first(np.zeros(miss.size))
    before = np.maximum(after - 1, 0)
    closer = np.abs(excess(before)) <= np.abs(excess(after))
    chosen = np.where(closer, before, after)
    return first(excess(chosen))


def _checked(asv: Any) -> list[np.ndarray]:
    """The scores of the three kinds of trials."""
    names = "target", "nontarget", "spoof"
    values = asv[:3] if isinstance(asv, AsvScores) else asv
    if not isinstance(values, tuple | list) or len(values) != 3:
        remedy = "give what read_asv_scores returns, or (target, nontarget, spoof)"
        fail("asv", asv, "must be the scores of three kinds of trials", remedy)
    return [check_scores(f"asv.{name}", scores) for name, scores in zip(names, values, strict=True)]

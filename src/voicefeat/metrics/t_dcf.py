"""The t-DCF, in both forms: cost of a spoofing countermeasure in tandem with speaker verification.

T. Kinnunen and others, "t-DCF: a detection cost function for the tandem assessment of spoofing
countermeasures and automatic speaker verification", Odyssey 2018 (the form of ASVspoof 2019); and "Tandem
assessment of spoofing countermeasures and automatic speaker verification: fundamentals", IEEE/ACM TASLP 28,
2020 (the form of ASVspoof 2021 and 5). Written from their formulas.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_choice, check_float, fail
from .costs import Cost, check_positive, least_cost
from .curves import Curve
from .eer import equal_error
from .inputs import check_scores, curve_of

__all__ = ["AsvErrors", "Tandem", "asv_errors", "min_tdcf", "tandem"]

#: Prior probability of a spoof; one hundredth of the rest is that of zero-effort impostors.
PRIOR_SPOOF, IMPOSTORS = 0.05, 0.01


class AsvErrors(NamedTuple):
    """Error rates of a speaker verification system at its operating point."""

    #: Rates of rejected targets, of accepted other speakers and of accepted spoofs; from 0 to 1.
    miss: float
    false_alarm: float
    spoof_false_alarm: float
    threshold: float = float("nan")


class Tandem(NamedTuple):
    """The normalised t-DCF: weights of both error rates of a countermeasure, and the cost without errors."""

    form: str
    miss_weight: float
    alarm_weight: float
    floor: float
    #: The coefficients before normalisation; C0 is 0 in the legacy form.
    c0: float
    c1: float
    c2: float


def asv_errors(
    target: ArrayLike, nontarget: ArrayLike, spoof: ArrayLike, *, threshold: float | None = None
) -> AsvErrors:
    """The error rates of a speaker verification system at its equal error rate.

    Parameters
    ----------
    target, nontarget, spoof : array of shape (n,)
        Scores of target trials, of other speakers, and of spoofs, as from `read_asv_scores`.
    threshold : float, optional
        The operating point; by default that of the equal error rate of `target` against `nontarget`.

    Returns
    -------
    AsvErrors
        `miss`, `false_alarm`, `spoof_false_alarm` and `threshold`.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or the threshold is not a number.

    Notes
    -----
    ASVspoof takes as threshold the highest score that is rejected at the equal error rate, but then accepts
    trials with this score, one more than at the equal error rate itself. This is the default here because
    published values of the t-DCF need it.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.asv_errors([2.0, 3.0, 4.0, 5.0], [0.0, 1.0, 2.5, 1.5], [3.5, 1.0])
    AsvErrors(miss=0.0, false_alarm=0.25, spoof_false_alarm=0.5, threshold=2.0)
    """
    target, nontarget = check_scores("target", target), check_scores("nontarget", nontarget)
    spoof = check_scores("spoof", spoof)
    if threshold is None:
        curve = Curve.of(target, nontarget)
        at_equal = int(np.searchsorted(curve.thresholds, equal_error(curve).threshold))
        threshold = float(curve.thresholds[max(at_equal - 1, 0)])
    threshold = check_float("threshold", threshold)
    shares = [float(np.mean(scores >= threshold)) for scores in (target, nontarget, spoof)]
    return AsvErrors(1 - shares[0], shares[1], shares[2], threshold)


def tandem(
    asv: AsvErrors,
    *,
    form: Literal["revised", "legacy"] = "revised",
    prior_spoof: float = PRIOR_SPOOF,
    prior_nontarget: float | None = None,
    cost_miss: float = 1.0,
    cost_false_alarm: float = 10.0,
    cost_spoof: float = 10.0,
) -> Tandem:
    """The coefficients of the t-DCF for a given speaker verification system.

    Parameters
    ----------
    asv : AsvErrors
        Error rates of the speaker verification system, from `asv_errors` or published.
    form : {"revised", "legacy"}
        The form of 2020, used by ASVspoof 2021 and 5, or that of 2018, used by ASVspoof 2019.
    prior_spoof, prior_nontarget : float
        Prior probabilities of a spoof and of another speaker, the latter by default ``(1 - prior_spoof) /
        100``.
    cost_miss : float
        Cost of rejecting the speaker (in the form of 2018, by either system).
    cost_false_alarm, cost_spoof : float
        Costs of accepting another speaker, and a spoof.

    Returns
    -------
    Tandem
        The coefficients before and after normalisation.

    Raises
    ------
    ParameterError
        If a setting cannot be used, or the speaker verification is so bad that a countermeasure cannot help.

    Notes
    -----
    With priors P, costs C and error rates p of the speaker verification, the revised form is::

        C0 = P_tar C_miss p_miss + P_non C_fa p_fa
        C1 = P_tar C_miss - C0
        C2 = P_spoof C_spoof p_spoof
        t-DCF = (C0 + C1 P_miss + C2 P_fa) / (C0 + min(C1, C2))

    and the legacy form, with equal costs for both systems::

        C1 = P_tar C_miss (1 - p_miss) - P_non C_fa p_fa
        C2 = P_spoof C_spoof p_spoof
        t-DCF = (C1 P_miss + C2 P_fa) / min(C1, C2)

    Examples
    --------
    >>> import voicefeat as vf
    >>> asv = vf.metrics.AsvErrors(miss=0.0188014, false_alarm=0.0188102, spoof_false_alarm=0.4607083)
    >>> round(vf.metrics.tandem(asv).floor, 4)
    0.0779
    """
    check_choice("form", form, ("revised", "legacy"))
    if not isinstance(asv, AsvErrors):
        remedy = "give the result of voicefeat.metrics.asv_errors for target, nontarget and spoof scores"
        fail("asv", type(asv).__name__, "are not the rates of a speaker verification system", remedy)
    for name, rate in zip(AsvErrors._fields[:3], asv, strict=False):
        check_float(name, rate, 0.0, 1.0)
    prior_spoof = check_float("prior_spoof", prior_spoof, 0.0, 1.0)
    if prior_nontarget is None:
        prior_nontarget = (1 - prior_spoof) * IMPOSTORS
    prior_nontarget = check_float("prior_nontarget", prior_nontarget, 0.0, 1.0)
    target = check_float("prior_nontarget", 1 - prior_spoof - prior_nontarget, 0.0, 1.0)
    check_positive("cost_miss", cost_miss)
    check_positive("cost_false_alarm", cost_false_alarm)
    check_positive("cost_spoof", cost_spoof)
    c0 = target * cost_miss * asv.miss + prior_nontarget * cost_false_alarm * asv.false_alarm
    c1 = target * cost_miss - c0
    c2 = prior_spoof * cost_spoof * asv.spoof_false_alarm
    if min(c1, c2) <= 0:
        remedy = "take a speaker verification system that accepts some spoofs and makes fewer errors"
        fail("asv", asv, f"a countermeasure cannot help this system (C1={c1:.4g}, C2={c2:.4g})", remedy)
    c0 = c0 if form == "revised" else 0.0
    default = c0 + min(c1, c2)
    return Tandem(form, c1 / default, c2 / default, c0 / default, c0, c1, c2)


def min_tdcf(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    asv: AsvErrors,
    *,
    form: Literal["revised", "legacy"] = "revised",
    **settings: float,
) -> Cost:
    """The least cost of a countermeasure in tandem with a speaker verification system.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of each class from the countermeasure; a higher score means bona fide.
    asv : AsvErrors
        Error rates of the speaker verification system on the same data; see `asv_errors`.
    form : {"revised", "legacy"}
        The form of ASVspoof 2021 and 5, or that of ASVspoof 2019. Their values cannot be compared.
    **settings
        Priors and costs, as in `tandem`.

    Returns
    -------
    Cost
        `value`, at most 1, and the threshold and both error rates at that point.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> asv = vf.metrics.AsvErrors(miss=0.02, false_alarm=0.02, spoof_false_alarm=0.5)
    >>> round(vf.metrics.min_tdcf([1.0, 3.0, 4.0], [0.0, 0.5, 2.0], asv, form="legacy").value, 4)
    0.3333
    """
    weights = tandem(asv, form=form, **settings)
    return least_cost(curve_of(bonafide, spoof), weights.miss_weight, weights.alarm_weight, weights.floor)

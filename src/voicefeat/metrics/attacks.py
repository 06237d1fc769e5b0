"""Metrics of a detector for each attack."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from ..errors import check_int, check_type, fail
from .costs import dcf_weights, least_cost
from .curves import area
from .eer import equal_error
from .inputs import curve_of
from .intervals import interval
from .score_files import AsvScores
from .scores import Scores
from .t_dcf import asv_errors, min_tdcf

__all__ = ["AttackRow", "by_attack"]

POOLED = "pooled"


class AttackRow(NamedTuple):
    """Metrics of a detector against one attack, or against all of them."""

    attack: str
    #: Number of spoofs of this attack.
    spoofs: int
    eer: float
    #: Ends of the confidence interval of the equal error rate; NaN without draws.
    eer_low: float
    eer_high: float
    threshold: float
    auc: float
    min_dcf: float
    #: NaN without the scores of a speaker verification system.
    min_tdcf: float


def by_attack(
    scores: Scores,
    asv: AsvScores | None = None,
    *,
    form: Literal["revised", "legacy"] = "revised",
    draws: int = 0,
    seed: int = 0,
) -> list[AttackRow]:
    """A table of metrics: first all spoofs together, then each attack against all bona fide utterances.

    Parameters
    ----------
    scores : Scores
        Scores of the detector, with keys and attacks.
    asv : AsvScores, optional
        Scores of a speaker verification system on the same data, for the t-DCF. For each attack, only its own
        spoofs are used in both.
    form : {"revised", "legacy"}
        Form of the t-DCF; see `tandem`.
    draws : int
        Number of bootstrap draws for each equal error rate, by speaker if all speakers are known and a class
        has several, otherwise by utterance; 0 for none.
    seed : int
        Seed of the draws.

    Returns
    -------
    list of AttackRow
        The first is called "pooled".

    Raises
    ------
    ParameterError
        If there are no keys, or `asv` lacks an attack.

    Examples
    --------
    >>> import voicefeat as vf
    >>> names, keys = ["a", "b", "c", "d"], ["bonafide", "bonafide", "spoof", "spoof"]
    >>> scores = vf.metrics.Scores(names, [1.0, 3.0, 0.0, 2.0], keys, ["-", "-", "A07", "A08"])
    >>> [(row.attack, row.eer, row.auc) for row in vf.metrics.by_attack(scores)]
    [('pooled', 0.5, 0.75), ('A07', 0.0, 1.0), ('A08', 0.75, 0.5)]
    """
    check_type("scores", scores, Scores, "give what read_scores returns, or Scores(utterances, scores, keys)")
    if asv is not None:
        check_type("asv", asv, AsvScores, "give what read_asv_scores returns, or None")
    check_int("draws", draws, least=0)
    weights = dcf_weights()
    known = bool((scores.speakers != "-").all())
    rows = []
    for attack in (POOLED, *scores.attack_names):
        bonafide = scores.bonafide
        spoof = scores.spoof if attack == POOLED else scores.of(attack)
        curve = curve_of(bonafide, spoof)
        equal = equal_error(curve)
        ends = float("nan"), float("nan")
        if draws:
            speakers = scores.speakers_by_class if known else None
            if speakers and attack != POOLED:
                speakers = speakers[0], scores.speakers[scores.rows_of(attack)]
            if speakers and max(len(set(of.tolist())) for of in speakers) < 2:
                speakers = None  # there is none to draw: by utterance
            found = interval(bonafide, spoof, speakers=speakers, draws=draws, seed=seed)
            ends = found.low, found.high
        tdcf = float("nan")
        if asv is not None:
            errors = asv_errors(asv.target, asv.nontarget, _asv_spoofs(asv, attack))
            tdcf = min_tdcf(bonafide, spoof, errors, form=form).value
        dcf = least_cost(curve, *weights).value
        rows.append(AttackRow(attack, spoof.size, equal.rate, *ends, equal.threshold, area(curve), dcf, tdcf))
    return rows


def _asv_spoofs(asv: AsvScores, attack: str) -> Any:
    if attack == POOLED:
        return asv.spoof
    if attack not in asv.attacks:
        attacks = ", ".join(asv.attacks) or "none"
        fail("asv", attack, f"has no spoofs of this attack, only of {attacks}", "give those of the same data")
    return asv.attacks[attack]

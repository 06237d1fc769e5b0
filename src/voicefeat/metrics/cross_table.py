"""A metric for each attack and each codec, with the pooled values as margins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ..errors import check_choice, check_type, fail
from .a_dcf import min_adcf
from .attacks import POOLED
from .costs import actual_cost, dcf_weights, least_cost
from .curves import Curve, area
from .eer import equal_error
from .inputs import checked_statistic
from .likelihood import cllr_of, min_cllr_of
from .sasv import KINDS, SasvScores
from .scores import Scores
from .t_dcf import AsvErrors, min_tdcf, tandem
from .t_eer import Verification, concurrent

__all__ = ["CrossTable", "cross_table"]

#: The most different values of a column that make a table.
MOST = 1000

CrossMetric: TypeAlias = Literal[
    "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "min_adcf", "t_eer"
]


class CrossTable(NamedTuple):
    """A metric by two columns; the first row and the first column are pooled."""

    #: The metric, and the columns that the spoofs and all trials were divided by.
    metric: str
    by: tuple[str, str]
    rows: list[str]
    columns: list[str]
    #: The metric, of shape (rows, columns); NaN where a class has no trial.
    values: np.ndarray
    #: The number of spoofs, of shape (rows, columns), and of bona fide trials, of shape (columns,).
    spoofs: np.ndarray
    bonafide: np.ndarray

    def __str__(self) -> str:
        cells = [["" if np.isnan(value) else f"{value:.4f}" for value in line] for line in self.values]
        first = [self.metric, *self.rows]
        width = max(map(len, first))
        widths = [max(6, len(name)) for name in self.columns]
        lines = [self.columns, *cells]
        shown = (
            " ".join([f"{name:{width}}", *(f"{cell:>{w}}" for cell, w in zip(line, widths, strict=True))])
            for name, line in zip(first, lines, strict=True)
        )
        return "\n".join(line.rstrip() for line in shown)


def cross_table(
    scores: Scores | SasvScores,
    rows: str | None = "attack",
    columns: str | None = "codec",
    metric: CrossMetric | Callable[[Curve], float] | None = None,
    *,
    asv: AsvErrors | None = None,
) -> CrossTable:
    """A table of a metric by two columns, such as attack and codec, with pooled margins.

    Parameters
    ----------
    scores : Scores or SasvScores
        Scores with their keys and columns, from `read_scores` with a protocol or from `read_sasv_scores`.
    rows : str, optional
        The column that divides the spoofs, such as ``attack`` or ``vocoder``. Bona fide trials are not
        divided by it: each cell has all those of its column. None for the pooled row only.
    columns : str, optional
        The column that divides spoofs and bona fide trials alike, such as ``codec``, ``transmission`` or
        ``gender``. None for the pooled column only.
    metric : str or callable, optional
        For `Scores`: "eer" (the default), "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", or a
        function from a `Curve` to a number. For `SasvScores`: "min_adcf" (the default), "min_tdcf", "t_eer".
    asv : AsvErrors, optional
        The error rates of the speaker verification for "min_tdcf", the same in all cells.

    Returns
    -------
    CrossTable
        Names, values and counts; the names ``pooled`` are first, the others sorted. A row is left out where
        the spoofs have ``-``; in columns, ``-`` is a value like others (no codec, in ASVspoof 5).

    Raises
    ------
    ParameterError
        If there are no keys, a column is not there, has no value for any spoof, more than 1,000 values, or
        none that both classes have, or the metric does not fit.

    Notes
    -----
    Cells have the same trials as those of the tables of the evaluation package of ASVspoof 5. A cell in which
    a class has no trial is NaN, and empty in print. Few trials make uncertain cells: see `spoofs`.

    Examples
    --------
    >>> import voicefeat as vf
    >>> keys, attacks = ["bonafide"] * 3 + ["spoof"] * 3, ["-", "-", "-", "A07", "A08", "A07"]
    >>> codec = {"codec": ["none", "opus", "opus", "none", "opus", "opus"]}
    >>> scores = vf.metrics.Scores("abcdef", [3.0, 2.5, 1.0, 0.0, 2.0, 0.5], keys, attacks, columns=codec)
    >>> print(vf.metrics.cross_table(scores, "attack", "codec"))
    eer    pooled   none   opus
    pooled 0.3333 0.0000 0.5000
    A07    0.0000 0.0000 0.0000
    A08    0.1667        0.7500
    """
    if isinstance(scores, SasvScores):
        metric = "min_adcf" if metric is None else metric
        value, spoof = _of_trials(scores, metric, asv), scores.kinds == "spoof"
    else:
        check_type("scores", scores, Scores, "give what read_scores or read_sasv_scores returns")
        metric = "eer" if metric is None else metric
        value, spoof = _of_classes(scores, metric, asv), _spoofs(scores)
    if asv is not None and metric != "min_tdcf":
        fail("asv", asv, f"is not used by {metric}", 'leave it out, or give metric="min_tdcf"')
    row_names, row = _divided("rows", scores, rows, spoof)
    column_names, column = _divided("columns", scores, columns, np.ones_like(spoof))
    _refuse_apart(columns, column_names, column, spoof)
    shape = len(row_names), len(column_names)
    values, counts, bonafide = np.full(shape, np.nan), np.zeros(shape, int), np.zeros(shape[1], int)
    for c, _ in enumerate(column_names):
        here = (column == c) | (c == 0)
        genuine = here & ~spoof
        bonafide[c] = genuine.sum()
        for r, _ in enumerate(row_names):
            forged = here & spoof & ((row == r) | (r == 0))
            counts[r, c] = forged.sum()
            values[r, c] = value(genuine, forged) if counts[r, c] and bonafide[c] else np.nan
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", "metric")
    return CrossTable(name, (rows or "", columns or ""), row_names, column_names, values, counts, bonafide)


Cell = Callable[[np.ndarray, np.ndarray], float]
#: The systems whose scores each metric of SASV needs.
_NEEDED: dict[str, tuple[Literal["sasv", "cm", "asv"], ...]] = {
    "min_adcf": ("sasv",),
    "min_tdcf": ("cm",),
    "t_eer": ("cm", "asv"),
}


def _of_classes(scores: Scores, metric: Any, asv: Any) -> Cell:
    """The metric of a detector for masks of its bona fide utterances and spoofs."""
    known: dict[str, Callable[[Curve], float]] = {
        "eer": lambda curve: equal_error(curve).rate,
        "auc": area,
        "min_dcf": lambda curve: least_cost(curve, *dcf_weights()).value,
        "act_dcf": lambda curve: actual_cost(curve, *dcf_weights()).value,
        "cllr": cllr_of,
        "min_cllr": min_cllr_of,
    }
    if metric == "min_tdcf":
        weights = tandem(_rates(asv))
        costs = weights.miss_weight, weights.alarm_weight, weights.floor
        known["min_tdcf"] = lambda curve: least_cost(curve, *costs).value
    if callable(metric) and not isinstance(metric, type):
        statistic: Callable[[Curve], float] = partial(checked_statistic, metric, {})
    else:
        statistic = known[check_choice("metric", metric, (*known, "min_tdcf"))]
    return lambda genuine, forged: statistic(Curve.of(scores.scores[genuine], scores.scores[forged]))


def _of_trials(scores: SasvScores, metric: Any, asv: Any) -> Cell:
    """The metric of a SASV system for masks of its bona fide trials and spoofs."""
    check_choice("metric", metric, tuple(_NEEDED))
    for system in _NEEDED[metric]:
        scores.of(system)
    kinds = [scores.kinds == kind for kind in KINDS]
    known: dict[str, Callable[..., float]] = {
        "min_adcf": lambda *masks: min_adcf(*(scores.of("sasv")[mask] for mask in masks)).value,
        "t_eer": lambda *masks: _concurrent(scores, *masks),
    }
    if metric == "min_tdcf":
        errors, cm = _rates(asv), scores.of("cm")
        known["min_tdcf"] = lambda *masks: min_tdcf(cm[masks[0] | masks[1]], cm[masks[2]], errors).value

    def cell(genuine: np.ndarray, forged: np.ndarray) -> float:
        masks = genuine & kinds[0], genuine & kinds[1], forged
        return known[metric](*masks) if all(mask.any() for mask in masks) else float("nan")

    return cell


def _concurrent(scores: SasvScores, target: np.ndarray, others: np.ndarray, forged: np.ndarray) -> float:
    """The t-EER of both systems for these trials."""
    cm, asv = scores.of("cm"), scores.of("asv")
    verification = Verification(asv[target], asv[others], asv[forged])
    return concurrent(Curve.of(cm[target | others], cm[forged]), verification, 0.5).rate


def _rates(asv: Any) -> AsvErrors:
    remedy = "give the error rates of the speaker verification: asv=asv_errors(target, nontarget, spoof)"
    return check_type("asv", asv, AsvErrors, remedy)


def _spoofs(scores: Scores) -> np.ndarray:
    """Which utterances are spoofs; there must be both classes."""
    _ = scores.bonafide, scores.spoof
    assert scores.keys is not None
    return np.asarray(scores.keys == "spoof")


def _divided(
    name: str, scores: Scores | SasvScores, column: Any, used: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """The names of a column's values among the used trials, after the pooled one, and the place of each trial
    among them, -1 for none."""
    if column is None:
        return [POOLED], np.full(used.size, -1)
    values = scores.column(check_type(name, column, str, "give the name of a column, or None"))
    found = sorted(set(values[used].tolist()) - ({"-"} if name == "rows" else set()))
    if not found:
        remedy = f"read the scores with a protocol that has it, or give {name}=None"
        fail(name, column, "is not known of any spoof", remedy)
    if len(found) > MOST:
        fail(name, column, f"has {len(found):,} different values", "choose a column with few, such as codec")
    if POOLED in found:
        fail(name, column, f"has a value {POOLED!r}, the name of the margin", "rename it")
    place = {value: k for k, value in enumerate(found, 1)}
    return [POOLED, *found], np.array([place.get(value, -1) for value in values.tolist()])


def _refuse_apart(column: Any, names: list[str], place: np.ndarray, spoof: np.ndarray) -> None:
    """Refuse a column of which no value occurs in both classes: every cell would be empty."""
    if len(names) > 1 and not set(place[spoof].tolist()).intersection(place[~spoof].tolist()):
        problem = "no value occurs both for bona fide trials and for spoofs"
        remedy = f"give a protocol that has it for both, or divide the spoofs alone: rows={column!r}"
        fail("columns", column, problem, remedy)

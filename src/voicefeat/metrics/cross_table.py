"""A metric for each attack and each codec, with the pooled values as margins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ..errors import check_choice, check_float, check_type, fail
from .a_dcf import min_adcf
from .attacks import POOLED
from .costs import least_cost
from .curves import Curve
from .sasv import KINDS, SasvScores
from .scores import Scores
from .statistics import MetricName, named
from .t_dcf import tandem
from .t_eer import Verification, concurrent

__all__ = ["CrossTable", "cross_table"]

#: The most different values of a column that make a table.
MOST = 1000

#: The statistics of trials of `SasvScores`.
SasvMetricName: TypeAlias = Literal["min_adcf", "min_tdcf", "t_eer"]


class CrossTable(NamedTuple):
    """A metric by two columns; the first row and the first column are pooled."""

    #: The name of the metric, and the columns that the spoofs and all trials were divided by.
    statistic: str
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
        first = [self.statistic, *self.rows]
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
    statistic: MetricName | SasvMetricName | Callable[..., float] | None = None,
    **settings: Any,
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
    statistic : str or callable, optional
        For `Scores`, one of `interval`: "eer" (the default), "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr",
        "min_cllr", "accuracy", "balanced_accuracy", or a function from a `Curve` to a number. For
        `SasvScores`: "min_adcf" (the default), "min_tdcf" or "t_eer".
    **settings
        Settings of the statistic, the same in all cells: `asv=` for "min_tdcf", priors and costs, etc.

    Returns
    -------
    CrossTable
        Names, values and counts; the names ``pooled`` are first, the others sorted. A row is left out where
        the spoofs have ``-``; in columns, ``-`` is a value like others (no codec, in ASVspoof 5).

    Raises
    ------
    ParameterError
        If there are no keys, a column is not there, has no value for any spoof, more than 1,000 values, or
        none that both classes have, or the statistic is not known or its settings do not fit.

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
        statistic = "min_adcf" if statistic is None else statistic
        value, spoof = _of_trials(scores, statistic, settings), scores.kinds == "spoof"
    else:
        check_type("scores", scores, Scores, "give what read_scores or read_sasv_scores returns")
        statistic = "eer" if statistic is None else statistic
        value, spoof = _of_classes(scores, named(statistic, settings).compute), _spoofs(scores)
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
    name = statistic if isinstance(statistic, str) else getattr(statistic, "__name__", "statistic")
    return CrossTable(name, (rows or "", columns or ""), row_names, column_names, values, counts, bonafide)


#: A statistic for masks of bona fide trials and of spoofs, and for those of the three kinds of trials.
Cell = Callable[[np.ndarray, np.ndarray], float]
Kinds = Callable[[np.ndarray, np.ndarray, np.ndarray], float]


def _of_classes(scores: Scores, statistic: Callable[[Curve], float]) -> Cell:
    """The statistic of a detector for masks of its bona fide utterances and spoofs."""
    return lambda genuine, forged: statistic(Curve.of(scores.scores[genuine], scores.scores[forged]))


def _min_adcf(scores: SasvScores, **costs: float) -> Kinds:
    sasv = scores.of("sasv")
    min_adcf([0.0], [0.0], [0.0], **costs)  # wrong costs are told before any work is done
    return lambda *kinds: min_adcf(*(sasv[kind] for kind in kinds), **costs).value


def _min_tdcf(scores: SasvScores, asv: Any, **settings: Any) -> Kinds:
    cm, weights = scores.of("cm"), tandem(asv, **settings)
    costs = weights.miss_weight, weights.alarm_weight, weights.floor
    return lambda target, others, spoof: least_cost(Curve.of(cm[target | others], cm[spoof]), *costs).value


def _t_eer(scores: SasvScores, prior_spoof: float = 0.5) -> Kinds:
    cm, asv, prior = scores.of("cm"), scores.of("asv"), check_float("prior_spoof", prior_spoof, 0.0, 1.0)

    def rate(target: np.ndarray, others: np.ndarray, spoof: np.ndarray) -> float:
        verification = Verification(asv[target], asv[others], asv[spoof])
        return concurrent(Curve.of(cm[target | others], cm[spoof]), verification, prior).rate

    return rate


#: For each name, a function from scores and settings to a statistic of masks of the three kinds of trials.
_SASV: dict[str, Callable[..., Kinds]] = {"min_adcf": _min_adcf, "min_tdcf": _min_tdcf, "t_eer": _t_eer}


def _of_trials(scores: SasvScores, statistic: Any, settings: dict[str, Any]) -> Cell:
    """The statistic of a SASV system for masks of its bona fide trials and spoofs."""
    make = _SASV[check_choice("statistic", statistic, tuple(_SASV))]
    try:
        compute = make(scores, **settings)
    except TypeError as error:
        why = str(error).split("() ")[-1]  # without the name of a function of ours
        fail("settings", settings, f"do not fit {statistic} ({why})", "give those of its function")
    kinds = [scores.kinds == kind for kind in KINDS]

    def cell(genuine: np.ndarray, forged: np.ndarray) -> float:
        masks = genuine & kinds[0], genuine & kinds[1], forged
        return compute(*masks) if all(mask.any() for mask in masks) else float("nan")

    return cell


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

"""Confidence intervals of metrics: a bootstrap that draws utterances, or whole speakers and systems.

Utterances of one speaker are alike, and so are those of one system, so an interval from single utterances is
too narrow. S. Bengio, J. Mariéthoz, "A statistical significance test for person authentication", Odyssey
2004, give a closed form for single utterances. `resampling` says how groups are drawn, `small_samples` what
is done about few of them, and about few errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError, check_float, check_numeric, fail
from .curves import Curve, score_places
from .inputs import check_pair, check_scores
from .resampling import Groups, Resampling, Weights
from .small_samples import bound, expanded, expanded_p, student, too_few
from .statistics import MetricName, Statistic, named

__all__ = ["Difference", "Interval", "difference", "interval"]


class Interval(NamedTuple):
    """A metric and its confidence interval, over other speakers, systems or utterances."""

    value: float
    low: float
    high: float
    #: Standard deviation of the draws.
    deviation: float
    draws: np.ndarray
    #: What to know of this interval: few trials or groups, few errors and which bound took their place.
    note: str = ""

    def __repr__(self) -> str:
        return f"Interval(value={self.value}, low={self.low}, high={self.high}, deviation={self.deviation})"

    def __str__(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


class Difference(NamedTuple):
    """The metric of one detector minus that of another on the same trials."""

    value: float
    low: float
    high: float
    deviation: float
    #: Two-sided p-value: twice the share of draws at 0 or on the other side of it, with one draw added, and
    #: with `groups` that of Student's t in place of the normal distribution. It is small if the difference
    #: is not due to chance.
    p: float
    draws: np.ndarray
    #: What to know of this interval, as in `Interval`.
    note: str = ""

    def __repr__(self) -> str:
        return f"Difference(value={self.value}, low={self.low}, high={self.high}, p={self.p})"


def interval(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    statistic: MetricName | Callable[..., float] = "eer",
    *,
    speakers: tuple[Iterable[str], Iterable[str]] | None = None,
    groups: Groups | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Interval:
    """A metric and its bootstrap confidence interval: by utterance, by speaker, or by speaker and system.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,) or (k, n)
        Scores of either class; a higher score means bona fide. Rows are the scores of k runs of a detector
        for the same utterances (as of other seeds): the metric is then the mean over them, in every draw.
    statistic : str or callable
        "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "accuracy", "balanced_accuracy",
        or a function from a `Curve` to a number.
    speakers : (sequence of str, sequence of str), optional
        The speaker of each of `bonafide` and of `spoof`, as in `Scores.speakers_by_class`. Whole speakers are
        then drawn, with all their utterances of both classes. By default single utterances are drawn, from
        each class as many as it has.
    groups : dict of str to (sequence of str or None, sequence of str or None), optional
        Several groupings at once, as from `Scores.groups_by_class`: for each name, such as "speaker" and
        "system", the member of each of `bonafide` and of `spoof`. Members of each grouping are drawn
        independently with replacement, and a trial counts as often as the product says. None, or "-" for all,
        is a class that has no members, as bona fide speech has no system. Give it in place of `speakers`.
    draws : int
        Number of draws.
    level : float
        The probability that an interval holds the value for all speakers (and systems) there are.
    seed : int
        Seed of the draws.
    **settings
        Settings of the statistic: `asv=` and `form=` for "min_tdcf", `threshold=` for the accuracies, etc.

    Returns
    -------
    Interval
        `value`, `low`, `high`, `deviation`, `draws` and `note`.

    Raises
    ------
    ParameterError
        If scores or settings cannot be used, or a grouping has fewer than two members.

    Warns
    -----
    UserWarning
        If a class has fewer than 8 trials, or fewer than 8 members of a grouping.

    Notes
    -----
    Without groups and with `speakers`, `low` and `high` are percentiles of the draws. With `groups` they are
    expanded percentiles, as far out as Student's t for the fewest members of a grouping in a class
    (Hesterberg 2015), since percentiles of few groups are too narrow. Those of rates ("eer", "auc" and the
    accuracies) reach at least as far as the interval of Student's t, on the scale of the normal quantile
    function, about the value less the bias of the draws: percentiles alone are too low where few groups make
    the draws skewed. For simulated detectors with 8 to 23 systems, which deviate by 0.5 to 1.5 where
    utterances deviate by 1, and 60 speakers, at least 92 of 100 such intervals of level 0.95 hold the true
    equal error rate; those over speakers alone hold it in fewer than 75, for 10 systems and 1.5. With more
    utterances of each, and lower error rates, at least 90 hold it, and most of the others are too low
    (tests/test_metrics_groups.py). Fewer than 8 members were not measured.

    With fewer than 5 errors at the threshold of the statistic (that of the equal error rate, for "auc" as
    well), the end on the side of errors is at least the exact binomial limit of both error rates together
    (Clopper and Pearson 1934; each of both with half of the probability), where the number of trials is that
    of the fewest members of a grouping (after Korn and Graubard 1998). For "eer" it is the larger limit,
    since the equal error rate lies between both rates at any threshold. "cllr", "min_cllr" and functions
    have no such limit. `note` says it.

    Sources: A. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007. T. Hesterberg, "What
    teachers should know about the bootstrap", The American Statistician 69, 2015. B. Efron, R. Tibshirani,
    "An introduction to the bootstrap", 1993.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> rng = np.random.default_rng(1)
    >>> bonafide, spoof = rng.normal(1, 1, 200), rng.normal(-1, 1, 400)
    >>> found = vf.metrics.interval(bonafide, spoof, "auc")
    >>> found.low < found.value == vf.metrics.auc(bonafide, spoof) < found.high
    True

    Whole speakers and whole systems, of which bona fide speech has none:

    >>> speakers = [f"s{k % 20}" for k in range(200)], [f"s{k % 20}" for k in range(400)]
    >>> systems = None, [f"A{k // 40}" for k in range(400)]
    >>> both = vf.metrics.interval(bonafide, spoof, "auc", groups={"speaker": speakers, "system": systems})
    >>> both.low < found.low
    True

    Three trials without an error say little:

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     print(vf.metrics.interval([3.0, 4.0, 5.0], [0.0, 1.0, 2.0]))
    0 (0 to 0.7679)
    """
    wanted = named(statistic, settings)
    runs = _runs("bonafide", bonafide, "spoof", spoof)
    drawn = Resampling.of((runs[0][0].size, runs[0][1].size), speakers, groups)
    weights = drawn.weights(draws, seed)
    level = check_float("level", level, above=0.0, high=1.0)
    results = _drawn([runs], wanted, weights)[0]
    curves = [Curve.of(*pair) for pair in runs]
    low, high = _ends(results, level, drawn, groups is not None)
    value = _mean(curves, wanted)
    if groups is not None and wanted.share:
        ends = student(value, results, level, min(drawn.units))
        low, high = min(low, ends[0]), max(high, ends[1])
    notes = [too_few(drawn)]
    if found := bound(wanted, curves, drawn, level):
        low, high = (min(low, found[0]), high) if wanted.high_is_good else (low, max(high, found[0]))
        notes.append(found[1])
    elif not np.ptp(results):
        notes.append(
            "all draws are alike, so the interval has no width; that does not make the value certain"
        )
    if notes[0]:
        warnings.warn(notes[0], UserWarning, stacklevel=2)
    notes.append(_clamped(results.size, level, drawn, groups is not None))
    note = "; ".join(filter(None, notes))
    return Interval(value, low, high, float(results.std()), results, note)


def difference(
    one: tuple[ArrayLike, ArrayLike],
    other: tuple[ArrayLike, ArrayLike],
    statistic: MetricName | Callable[..., float] = "eer",
    *,
    speakers: tuple[Iterable[str], Iterable[str]] | None = None,
    groups: Groups | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Difference:
    """The difference of a metric between two detectors on the same trials, and its paired bootstrap interval.

    Parameters
    ----------
    one, other : (array of shape (n,) or (k, n), array of shape (m,) or (k, m))
        The bona fide and the spoof scores of each detector, for the same utterances in the same order;
        `Scores.select` brings them into order. Rows are runs of one detector, as in `interval`.
    statistic : str or callable
        As in `interval`.
    speakers : (sequence of str, sequence of str), optional
        As in `interval`: whole speakers are then drawn.
    groups : dict of str to (sequence of str or None, sequence of str or None), optional
        As in `interval`: members of several groupings are then drawn, such as speakers and systems.
    draws : int
        Number of draws, which are the same for both detectors. The least p-value is about two over it.
    level : float
        The probability that an interval holds the difference for all speakers (and systems) there are.
    seed : int
        Seed of the draws.
    **settings
        Settings of the statistic.

    Returns
    -------
    Difference
        `value`, that of `one` minus that of `other`, `low`, `high`, `deviation`, `p`, `draws` and `note`. Of
        several differences, `holm` corrects the p-values.

    Raises
    ------
    ParameterError
        If scores or settings cannot be used, the detectors have different numbers of scores, or a grouping
        has fewer than two members.

    Warns
    -----
    UserWarning
        If a class has fewer than 8 trials, or fewer than 8 members of a grouping.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> rng = np.random.default_rng(1)
    >>> good = rng.normal(1, 1, 300), rng.normal(-1, 1, 300)
    >>> noisy = good[0] + rng.normal(0, 1, 300), good[1] + rng.normal(0, 1, 300)
    >>> found = vf.metrics.difference(good, noisy, "auc")
    >>> found.low > 0
    True
    """
    wanted = named(statistic, settings)
    runs = []
    for name, given in (("one", one), ("other", other)):
        b, s = check_pair(name, given)
        runs.append(_runs(f"{name}[0]", b, f"{name}[1]", s))
    sizes = [(r[0][0].size, r[0][1].size) for r in runs]
    if sizes[0] != sizes[1]:
        problem = f"has {sizes[1]} scores of the two classes, but one has {sizes[0]}"
        raise ParameterError(f"other: {problem}; give scores of the same utterances in the same order")
    level = check_float("level", level, above=0.0, high=1.0)
    drawn = Resampling.of(sizes[0], speakers, groups)
    figures = _drawn(runs, wanted, drawn.weights(draws, seed))
    results = figures[0] - figures[1]
    values = [_mean([Curve.of(*pair) for pair in r], wanted) for r in runs]
    other_side = int(min(np.count_nonzero(results <= 0), np.count_nonzero(results >= 0)))
    p = min(1.0, 2 * (other_side + 1) / (results.size + 1))
    if groups is not None:
        p = expanded_p(p, min(drawn.units))
    few = too_few(drawn)
    if few:
        warnings.warn(few, UserWarning, stacklevel=2)
    same = "" if np.any(results) else "no draw has a difference; of few errors that says little"
    ends = _ends(results, level, drawn, groups is not None)
    note = "; ".join(filter(None, [few, same, _clamped(results.size, level, drawn, groups is not None)]))
    return Difference(values[0] - values[1], *ends, float(results.std()), p, results, note)


#: Scores of runs of a detector, of both classes.
Runs = Sequence[tuple[np.ndarray, np.ndarray]]


def _runs(name_one: str, one: Any, name_other: str, other: Any) -> Runs:
    """One pair of vectors for each run: vectors are those of one run, rows of a matrix those of several."""
    remedy = "give one number for each utterance, or for each run of the detector a row of them"
    rows = [
        check_numeric(n, v, remedy=remedy, what="are not scores")
        for n, v in ((name_one, one), (name_other, other))
    ]
    if rows[0].ndim != 2 or rows[1].ndim != 2:
        return [(check_scores(name_one, one), check_scores(name_other, other))]
    if len(rows[0]) != len(rows[1]) or not len(rows[0]):
        problem = f"has {len(rows[0])} rows, and {name_other} {len(rows[1])}"
        fail(name_one, one, problem, "give one row for each run of the detector")
    return [(check_scores(name_one, b), check_scores(name_other, s)) for b, s in zip(*rows, strict=True)]


def _mean(curves: Sequence[Curve], statistic: Statistic) -> float:
    return sum(statistic.compute(curve) for curve in curves) / len(curves)


def _drawn(every: Sequence[Runs], statistic: Statistic, weights: Iterator[Weights]) -> np.ndarray:
    """For each detector and each draw, the same for all, the mean over its runs: (detectors, draws)."""
    places = [[score_places(*pair) for pair in runs] for runs in every]
    known = [[(np.append(values, np.inf), place) for values, place in runs] for runs in places]
    found = [
        [_mean([Curve(t, *_counts(p, each, t.size - 1)) for t, p in runs], statistic) for runs in known]
        for each in weights
    ]
    return np.array(found).T


def _counts(place: Weights, weights: Weights, size: int) -> Iterator[np.ndarray]:
    """The number of drawn trials of each class with each score."""
    return (np.bincount(p, w, minlength=size) for p, w in zip(place, weights, strict=True))


def _ends(results: np.ndarray, level: float, drawn: Resampling, wide: bool) -> tuple[float, float]:
    """Percentiles of the draws; expanded ones are the values of rank p (draws + 1), which few draws need."""
    part = _outside(level, drawn, wide)
    at = [part, 1 - part]
    low, high = np.quantile(results, at, method="weibull" if wide else "linear")
    return float(low), float(high)


def _outside(level: float, drawn: Resampling, wide: bool) -> float:
    """The share of draws that is beyond the interval at either end."""
    if wide and level < 1:
        level = expanded(level, min(drawn.units))
    return (1 - level) / 2


def _clamped(draws: int, level: float, drawn: Resampling, wide: bool) -> str:
    """A remark on ends that lie beyond all draws, as few members need; empty if they do not."""
    if not wide or level == 1 or _outside(level, drawn, wide) * (draws + 1) >= 1:
        return ""
    return f"{draws:,} draws do not reach the percentiles of level {level:g}: the outermost draws are taken"

"""Confidence intervals of metrics: a bootstrap that draws utterances, or whole speakers, with replacement.

Utterances of one speaker are alike, so an interval from single utterances is too narrow. S. Bengio,
J. Mariéthoz, "A statistical significance test for person authentication", Odyssey 2004, give a closed form
for single utterances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError, check_choice, check_float, check_int, check_texts, fail
from .costs import actual_cost, dcf_weights, least_cost
from .curves import Curve, area, score_places
from .eer import equal_error
from .inputs import check_pair, check_scores, checked_statistic
from .likelihood import cllr_of, min_cllr_of
from .t_dcf import tandem
from .thresholds import check_threshold

__all__ = ["Difference", "Interval", "difference", "interval"]

Statistic = Callable[[Curve], float]


class Interval(NamedTuple):
    """A metric and its confidence interval, over other speakers or utterances."""

    value: float
    low: float
    high: float
    #: Standard deviation of the draws.
    deviation: float
    draws: np.ndarray

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
    #: Two-sided p-value: twice the share of draws at 0 or on the other side of it, with one draw added. It is
    #: small if the difference is not due to chance.
    p: float
    draws: np.ndarray

    def __repr__(self) -> str:
        return f"Difference(value={self.value}, low={self.low}, high={self.high}, p={self.p})"


def _min_dcf(**costs: float) -> Statistic:
    weights = dcf_weights(**costs)
    return lambda curve: least_cost(curve, *weights).value


def _act_dcf(**costs: float) -> Statistic:
    weights = dcf_weights(**costs)
    return lambda curve: actual_cost(curve, *weights).value


def _min_tdcf(asv: Any, **settings: Any) -> Statistic:
    weights = tandem(asv, **settings)
    return lambda curve: least_cost(curve, weights.miss_weight, weights.alarm_weight, weights.floor).value


def _accuracy(threshold: float) -> Statistic:
    threshold = check_threshold("threshold", threshold)

    def share(curve: Curve) -> float:
        wrong = sum(rate * size for rate, size in zip(curve.at(threshold), curve.sizes, strict=True))
        return 1 - wrong / sum(curve.sizes)

    return share


def _balanced_accuracy(threshold: float) -> Statistic:
    threshold = check_threshold("threshold", threshold)
    return lambda curve: 1 - sum(curve.at(threshold)) / 2


MetricName: TypeAlias = Literal[
    "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "accuracy", "balanced_accuracy"
]
#: For each name, a function from settings to a statistic.
STATISTICS: dict[str, Callable[..., Statistic]] = {
    "eer": lambda method="step": lambda curve: equal_error(curve, method).rate,
    "auc": lambda: area,
    "min_dcf": _min_dcf,
    "act_dcf": _act_dcf,
    "min_tdcf": _min_tdcf,
    "cllr": lambda: cllr_of,
    "min_cllr": lambda: min_cllr_of,
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
}


def interval(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    statistic: MetricName | Callable[..., float] = "eer",
    *,
    speakers: tuple[Iterable[str], Iterable[str]] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Interval:
    """A metric and its bootstrap confidence interval, by speaker or by utterance.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    statistic : str or callable
        "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "accuracy", "balanced_accuracy",
        or a function from a `Curve` to a number.
    speakers : (sequence of str, sequence of str), optional
        The speaker of each of `bonafide` and of `spoof`, as in `Scores.speakers_by_class`. Whole speakers are
        then drawn, with all their utterances of both classes. By default single utterances are drawn, from
        each class as many as it has.
    draws : int
        Number of draws.
    level : float
        The share of draws within the interval.
    seed : int
        Seed of the draws.
    **settings
        Settings of the statistic: `asv=` and `form=` for "min_tdcf", `threshold=` for the accuracies, etc.

    Returns
    -------
    Interval
        `value`, `low`, `high`, `deviation` and `draws`.

    Raises
    ------
    ParameterError
        If scores or settings cannot be used, or there are fewer than two speakers.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> rng = np.random.default_rng(1)
    >>> bonafide, spoof = rng.normal(1, 1, 200), rng.normal(-1, 1, 400)
    >>> found = vf.metrics.interval(bonafide, spoof, "auc")
    >>> found.low < found.value == vf.metrics.auc(bonafide, spoof) < found.high
    True
    """
    compute = _statistic(statistic, settings)
    pair = check_scores("bonafide", bonafide), check_scores("spoof", spoof)
    weights = _draw(pair, speakers, draws, seed)
    level = check_float("level", level, above=0.0, high=1.0)
    values, place = score_places(*pair)
    thresholds = np.append(values, np.inf)
    results = np.array([compute(Curve(thresholds, *_counts(place, each, values.size))) for each in weights])
    return Interval(compute(Curve.of(*pair)), *_ends(results, level), float(results.std()), results)


def difference(
    one: tuple[ArrayLike, ArrayLike],
    other: tuple[ArrayLike, ArrayLike],
    statistic: MetricName | Callable[..., float] = "eer",
    *,
    speakers: tuple[Iterable[str], Iterable[str]] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Difference:
    """The difference of a metric between two detectors on the same trials, and its paired bootstrap interval.

    Parameters
    ----------
    one, other : (array of shape (n,), array of shape (m,))
        The bona fide and the spoof scores of each detector, for the same utterances in the same order;
        `Scores.select` brings them into order.
    statistic : str or callable
        As in `interval`.
    speakers : (sequence of str, sequence of str), optional
        As in `interval`: whole speakers are then drawn.
    draws : int
        Number of draws, which are the same for both detectors.
    level : float
        The share of draws within the interval.
    seed : int
        Seed of the draws.
    **settings
        Settings of the statistic.

    Returns
    -------
    Difference
        `value`, that of `one` minus that of `other`, `low`, `high`, `deviation`, `p` and `draws`.

    Raises
    ------
    ParameterError
        If scores or settings cannot be used, or the detectors have different numbers of scores.

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
    compute = _statistic(statistic, settings)
    named = (("one", check_pair("one", one)), ("other", check_pair("other", other)))
    pairs = [(check_scores(f"{name}[0]", b), check_scores(f"{name}[1]", s)) for name, (b, s) in named]
    sizes = [(b.size, s.size) for b, s in pairs]
    if sizes[0] != sizes[1]:
        problem = f"has {sizes[1]} scores of the two classes, but one has {sizes[0]}"
        raise ParameterError(f"other: {problem}; give scores of the same utterances in the same order")
    level = check_float("level", level, above=0.0, high=1.0)
    figures = []
    for pair in pairs:
        values, place = score_places(*pair)
        thresholds = np.append(values, np.inf)
        weights = _draw(pair, speakers, draws, seed)
        figures.append([compute(Curve(thresholds, *_counts(place, each, values.size))) for each in weights])
    results = np.array(figures[0]) - np.array(figures[1])
    value = compute(Curve.of(*pairs[0])) - compute(Curve.of(*pairs[1]))
    other_side = int(min(np.count_nonzero(results <= 0), np.count_nonzero(results >= 0)))
    p = min(1.0, 2 * (other_side + 1) / (results.size + 1))
    return Difference(value, *_ends(results, level), float(results.std()), p, results)


def _statistic(statistic: str | Statistic, settings: dict[str, Any]) -> Statistic:
    if callable(statistic) and not isinstance(statistic, type):
        return partial(checked_statistic, statistic, settings)
    make = STATISTICS[check_choice("statistic", statistic, STATISTICS)]
    try:
        return make(**settings)
    except TypeError as error:
        fail("settings", settings, f"do not fit {statistic} ({error})", "see its function")


def _ends(results: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


Weights = tuple[np.ndarray, np.ndarray]


def _counts(place: Weights, weights: Weights, size: int) -> Iterator[np.ndarray]:
    """The number of drawn trials of each class with each score."""
    return (np.bincount(p, w, minlength=size) for p, w in zip(place, weights, strict=True))


def _draw(pair: Weights, speakers: tuple[Any, Any] | None, draws: int, seed: int) -> Iterator[Weights]:
    """How often each trial of each class is drawn, for each of `draws` draws."""
    rng = np.random.default_rng(check_int("seed", seed, least=0, most=None))
    draws = check_int("draws", draws)
    if speakers is None:
        return (tuple(_draw_counts(rng, s.size) for s in pair) for _ in range(draws))  # type: ignore[misc]
    owners = [np.asarray(check_texts("speakers", s), dtype=str) for s in check_pair("speakers", speakers)]
    if [o.size for o in owners] != [s.size for s in pair]:
        sizes = [(o.size, s.size) for o, s in zip(owners, pair, strict=True)]
        (given, bonafide), (others, spoof) = sizes
        problem = f"{given} for {bonafide} bona fide scores, {others} for {spoof} spoof scores"
        raise ParameterError(f"speakers: {problem}; give one for each score")
    names, who = np.unique(np.concatenate(owners), return_inverse=True)
    if names.size < 2:
        fail("speakers", names[0], "is the only speaker", "leave speakers out to draw utterances")
    return _whole_speakers(rng, names.size, (who[: pair[0].size], who[pair[0].size :]), draws)


def _draw_counts(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.bincount(rng.integers(size, size=size), minlength=size)


def _whole_speakers(rng: np.random.Generator, size: int, who: Weights, draws: int) -> Iterator[Weights]:
    """Draw speakers; if a class has no utterance among them, draw again."""
    while draws:
        counts = _draw_counts(rng, size)
        weights = counts[who[0]], counts[who[1]]
        if weights[0].any() and weights[1].any():
            draws -= 1
            yield weights

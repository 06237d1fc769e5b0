"""How sure a figure is: intervals from trials, or whole speakers, that are drawn anew with replacement.

Utterances of one speaker are alike, so that an interval from single utterances is too narrow. S. Bengio,
J. Mariéthoz, "A statistical significance test for person authentication", Odyssey 2004, have a closed form
for single utterances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError, check_choice, check_float, check_int, check_texts, fail
from .costs import claimed, dcf_weights, least
from .curves import Curve, area, places
from .eer import equal_error
from .inputs import array, figure, two
from .likelihood import bits, least_bits
from .t_dcf import tandem
from .thresholds import number

__all__ = ["Difference", "Interval", "difference", "interval"]

Statistic = Callable[[Curve], float]


class Interval(NamedTuple):
    """A figure, and between which values it would lie had other speakers or utterances been recorded."""

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
    """A figure of one detector less that of another on the same trials."""

    value: float
    low: float
    high: float
    deviation: float
    #: Twice the share of draws on the other side of 0, or on it, one more being counted so: small where the
    #: difference is no chance.
    p: float
    draws: np.ndarray

    def __repr__(self) -> str:
        return f"Difference(value={self.value}, low={self.low}, high={self.high}, p={self.p})"


def _min_dcf(**costs: float) -> Statistic:
    weights = dcf_weights(**costs)
    return lambda curve: least(curve, *weights).value


def _act_dcf(**costs: float) -> Statistic:
    weights = dcf_weights(**costs)
    return lambda curve: claimed(curve, *weights).value


def _min_tdcf(asv: Any, **settings: Any) -> Statistic:
    found = tandem(asv, **settings)
    return lambda curve: least(curve, found.miss_weight, found.alarm_weight, found.floor).value


def _accuracy(threshold: float) -> Statistic:
    threshold = number("threshold", threshold)

    def share(curve: Curve) -> float:
        wrong = sum(rate * size for rate, size in zip(curve.at(threshold), curve.sizes, strict=True))
        return 1 - wrong / sum(curve.sizes)

    return share


def _balanced_accuracy(threshold: float) -> Statistic:
    threshold = number("threshold", threshold)
    return lambda curve: 1 - sum(curve.at(threshold)) / 2


#: By name, what makes a statistic of its settings.
STATISTICS: dict[str, Callable[..., Statistic]] = {
    "eer": lambda method="step": lambda curve: equal_error(curve, method).rate,
    "auc": lambda: area,
    "min_dcf": _min_dcf,
    "act_dcf": _act_dcf,
    "min_tdcf": _min_tdcf,
    "cllr": lambda: bits,
    "min_cllr": lambda: least_bits,
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
}


def interval(
    bonafide: Any,
    spoof: Any,
    statistic: str | Statistic = "eer",
    *,
    speakers: tuple[Any, Any] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Interval:
    """A figure and its bootstrap interval, by speaker or by utterance.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    statistic : str or callable
        "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "accuracy", "balanced_accuracy",
        or what makes a number of a `Curve`.
    speakers : (sequence of str, sequence of str), optional
        Who speaks in each of `bonafide` and of `spoof`; `Scores.speakers_by_class` has it. Whole speakers are
        drawn then, with all of their utterances of both classes. By default single utterances are drawn, as
        many of either class as there are.
    draws : int
        How many times.
    level : float
        The share of draws between the ends of the interval.
    seed : int
        Of the draws.
    **settings
        Of the statistic: `asv=` and `form=` for "min_tdcf", `threshold=` for the accuracies, and so on.

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
    made = _statistic(statistic, settings)
    pair = array("bonafide", bonafide), array("spoof", spoof)
    weights = _draw(pair, speakers, draws, seed)
    level = check_float("level", level, above=0.0, high=1.0)
    values, place = places(*pair)
    thresholds = np.append(values, np.inf)
    found = np.array([made(Curve(thresholds, *_counts(place, each, values.size))) for each in weights])
    return Interval(made(Curve.of(*pair)), *_ends(found, level), float(found.std()), found)


def difference(
    one: tuple[Any, Any],
    other: tuple[Any, Any],
    statistic: str | Statistic = "eer",
    *,
    speakers: tuple[Any, Any] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    **settings: Any,
) -> Difference:
    """How a figure of two detectors differs on the same trials, and its paired bootstrap interval.

    Parameters
    ----------
    one, other : (array of shape (n,), array of shape (m,))
        The bona fide and the spoof scores of either detector, of the same utterances in the same order;
        `Scores.select` puts them in order.
    statistic : str or callable
        As `interval` takes it.
    speakers : (sequence of str, sequence of str), optional
        Who speaks in each; whole speakers are drawn then.
    draws : int
        How many times; both detectors have the same draws.
    level : float
        The share of draws between the ends of the interval.
    seed : int
        Of the draws.
    **settings
        Of the statistic.

    Returns
    -------
    Difference
        `value`, that of `one` less that of `other`, `low`, `high`, `deviation`, `p` and `draws`.

    Raises
    ------
    ParameterError
        If scores or settings cannot be used, or the two are not of equally many utterances.

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
    made = _statistic(statistic, settings)
    named = (("one", two("one", one)), ("other", two("other", other)))
    pairs = [(array(f"{name}[0]", b), array(f"{name}[1]", s)) for name, (b, s) in named]
    sizes = [(b.size, s.size) for b, s in pairs]
    if sizes[0] != sizes[1]:
        problem = f"has {sizes[1]} scores of either class where the first has {sizes[0]}"
        raise ParameterError(f"other: {problem}; give scores of the same utterances in the same order")
    level = check_float("level", level, above=0.0, high=1.0)
    figures = []
    for pair in pairs:
        values, place = places(*pair)
        thresholds = np.append(values, np.inf)
        weights = _draw(pair, speakers, draws, seed)
        figures.append([made(Curve(thresholds, *_counts(place, each, values.size))) for each in weights])
    found = np.array(figures[0]) - np.array(figures[1])
    value = made(Curve.of(*pairs[0])) - made(Curve.of(*pairs[1]))
    other_side = int(min(np.count_nonzero(found <= 0), np.count_nonzero(found >= 0)))
    p = min(1.0, 2 * (other_side + 1) / (found.size + 1))
    return Difference(value, *_ends(found, level), float(found.std()), p, found)


def _statistic(statistic: str | Statistic, settings: dict[str, Any]) -> Statistic:
    if callable(statistic) and not isinstance(statistic, type):
        return partial(figure, statistic, settings)
    make = STATISTICS[check_choice("statistic", statistic, STATISTICS)]
    try:
        return make(**settings)
    except TypeError as error:
        fail("settings", settings, f"are not those of {statistic} ({error})", "see its function")


def _ends(found: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


Weights = tuple[np.ndarray, np.ndarray]


def _counts(place: Weights, weights: Weights, size: int) -> Iterator[np.ndarray]:
    """How many drawn trials of either class have each score."""
    return (np.bincount(p, w, minlength=size) for p, w in zip(place, weights, strict=True))


def _draw(pair: Weights, speakers: tuple[Any, Any] | None, draws: int, seed: int) -> Iterator[Weights]:
    """How often every trial of either class is drawn, `draws` times."""
    rng = np.random.default_rng(check_int("seed", seed, least=0, most=None))
    draws = check_int("draws", draws)
    if speakers is None:
        return (tuple(_often(rng, s.size) for s in pair) for _ in range(draws))  # type: ignore[misc]
    owners = [np.asarray(check_texts("speakers", s), dtype=str) for s in two("speakers", speakers)]
    if [o.size for o in owners] != [s.size for s in pair]:
        sizes = [(o.size, s.size) for o, s in zip(owners, pair, strict=True)]
        (given, bonafide), (others, spoof) = sizes
        problem = f"{given} for {bonafide} bona fide scores, {others} for {spoof} of spoofs"
        raise ParameterError(f"speakers: {problem}; give one for each score")
    names, who = np.unique(np.concatenate(owners), return_inverse=True)
    if names.size < 2:
        fail("speakers", names[0], "is the only one", "leave speakers out to draw utterances")
    return _whole_speakers(rng, names.size, (who[: pair[0].size], who[pair[0].size :]), draws)


def _often(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.bincount(rng.integers(size, size=size), minlength=size)


def _whole_speakers(rng: np.random.Generator, size: int, who: Weights, draws: int) -> Iterator[Weights]:
    """Speakers are drawn once more where none of those drawn has utterances of a class."""
    while draws:
        often = _often(rng, size)
        weights = often[who[0]], often[who[1]]
        if weights[0].any() and weights[1].any():
            draws -= 1
            yield weights

"""What a bootstrap does not tell of few groups and of few errors.

A bootstrap of n groups is too narrow, as if it took the normal distribution and a variance divided by n. The
remedy is the expanded percentile interval of T. Hesterberg, "What teachers should know about the bootstrap",
The American Statistician 69, 2015: quantiles further out, so that for symmetric draws the interval is that of
Student's t. Percentiles of skewed draws are too low or too high as well. The interval of Student's t about
the value less the bias of the draws (B. Efron, R. Tibshirani, "An introduction to the bootstrap", 1993,
chapters 10 and 12) is not; an interval over groups reaches to the outer of both.

Without an error, all draws are alike, and the interval would have no width. For few errors the end of an
interval is therefore at least that of the exact binomial interval: C. Clopper, E. Pearson, "The use of
confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934. For whole groups,
their number takes the place of the number of trials, as in E. Korn, B. Graubard, "Confidence intervals for
proportions with small expected number of positive counts estimated from survey data", Survey Methodology 24,
1998.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .curves import Curve
from .resampling import Resampling
from .statistics import Statistic

__all__ = ["FEW", "FEW_ERRORS", "bound", "expanded", "expanded_p", "student", "too_few"]

#: Fewer trials or groups of a class than this are told: the coverage of intervals was not measured below it.
FEW = 8
#: With fewer errors than this, the end of an interval is at least the exact binomial one.
FEW_ERRORS = 5


def _scale(units: int) -> tuple[float, int]:
    """The ratio of a standard deviation over n - 1 to one over n, and the degrees of freedom."""
    units = max(2, units)
    return math.sqrt(units / (units - 1)), units - 1


def expanded(level: float, units: int) -> float:
    """The level of a percentile interval that takes the place of `level` for so many groups."""
    from scipy import special

    ratio, freedom = _scale(units)
    return float(1 - 2 * special.ndtr(-ratio * special.stdtrit(freedom, (1 + level) / 2)))


def expanded_p(p: float, units: int) -> float:
    """The p-value of a percentile interval, for so many groups: below 0.05 if `expanded` excludes 0."""
    from scipy import special

    ratio, freedom = _scale(units)
    return float(min(1.0, 2 * special.stdtr(freedom, special.ndtri(p / 2) / ratio)))


def student(value: float, draws: np.ndarray, level: float, units: int) -> tuple[float, float]:
    """The ends of an interval of Student's t about a rate less the bias of its draws, for so many groups.

    Rates are taken through the normal quantile function, as those of normal scores are nearly linear then.
    A draw of 0 or 1 counts as half as far from it as the nearest other one. Where that function has no value,
    the ends are those of the draws.
    """
    from scipy import special

    if not np.ptp(draws) or level == 1 or not 0 < value < 1:
        return float(draws.min()), float(draws.max())
    inside = draws[(draws > 0) & (draws < 1)]
    low, high = (inside.min() / 2, (1 + inside.max()) / 2) if inside.size else (value, value)
    places = special.ndtri(np.clip(draws, low, high))
    ratio, freedom = _scale(units)
    half = ratio * special.stdtrit(freedom, (1 + level) / 2) * places.std()
    centre = 2 * special.ndtri(value) - places.mean()
    return float(special.ndtr(centre - half)), float(special.ndtr(centre + half))


def too_few(drawn: Resampling) -> str:
    """A remark on a class with fewer trials or groups than `FEW`; empty if there is none."""
    few = [drawn.described(k) for k in (0, 1) if drawn.units[k] < FEW]
    return f"only {' and '.join(few)}: of fewer than {FEW}, an interval says little" if few else ""


def bound(
    statistic: Statistic, curves: Sequence[Curve], drawn: Resampling, level: float
) -> tuple[float, str] | None:
    """The exact binomial end of an interval and a remark on it; None with enough errors or no such end.

    Of several curves, the one with the most errors counts.
    """
    if statistic.threshold is None or statistic.worst is None:
        return None
    most, rates = -1, (0.0, 0.0)
    for curve in curves:
        found = curve.at(statistic.threshold(curve))
        errors = sum(round(rate * size) for rate, size in zip(found, curve.sizes, strict=True))
        if errors > most:
            most, rates = errors, found
    if most >= FEW_ERRORS:
        return None
    part = (1 - level) / 4  # of both classes, each of two sides
    ends = [_clopper_pearson(rate, n, part) for rate, n in zip(rates, drawn.units, strict=True)]
    end = statistic.worst(ends[0], ends[1], drawn.sizes)
    side = "lower" if statistic.high_is_good else "upper"
    count = {0: "no errors", 1: "1 error"}.get(most, f"{most} errors")
    told = f"the {side} end is the exact binomial one (Clopper and Pearson) for {drawn.described(0)}"
    return end, f"{count}: {told} and {drawn.described(1)}"


def _clopper_pearson(rate: float, units: int, part: float) -> float:
    """The upper limit of a rate that was found in so many units, exceeded with probability `part`."""
    from scipy import special

    if rate >= 1:
        return 1.0
    return float(special.betaincinv(rate * units + 1, units * (1 - rate), 1 - part))

"""The statistics of `interval` and `difference` by name, and what error rates would make of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

from ..errors import check_choice, fail
from .costs import actual_cost, dcf_weights, least_cost
from .curves import Curve, area
from .eer import METHODS, equal_error
from .inputs import checked_statistic
from .likelihood import cllr_of, min_cllr_of
from .t_dcf import tandem
from .thresholds import check_threshold

__all__ = ["MetricName", "STATISTICS", "Statistic", "named"]


class Statistic(NamedTuple):
    """A function of a curve, and how it depends on the error rates at one threshold."""

    compute: Callable[[Curve], float]
    #: The threshold at which errors are counted; None where error rates say nothing of the statistic.
    threshold: Callable[[Curve], float] | None = None
    #: The worst value that the statistic can have if the rates there are at most (miss, false alarm), for so
    #: many bona fide utterances and spoofs.
    worst: Callable[[float, float, tuple[int, int]], float] | None = None
    #: Whether a good detector has a high value.
    high_is_good: bool = False
    #: Whether values are rates, from 0 to 1.
    share: bool = False


def _eer(method: str = "step") -> Statistic:
    check_choice("method", method, METHODS)
    return Statistic(
        lambda curve: equal_error(curve, method).rate,
        lambda curve: equal_error(curve).threshold,
        lambda miss, false_alarm, sizes: max(miss, false_alarm),
        share=True,
    )


def _auc() -> Statistic:
    return Statistic(
        area,
        lambda curve: equal_error(curve).threshold,
        lambda miss, false_alarm, sizes: (1 - miss) * (1 - false_alarm),
        high_is_good=True,
        share=True,
    )


def _least(miss_weight: float, alarm_weight: float, floor: float = 0.0) -> Statistic:
    most = floor + min(miss_weight, alarm_weight)  # all utterances treated alike
    return Statistic(
        lambda curve: least_cost(curve, miss_weight, alarm_weight, floor).value,
        lambda curve: least_cost(curve, miss_weight, alarm_weight, floor).threshold,
        lambda miss, false_alarm, sizes: min(most, floor + miss_weight * miss + alarm_weight * false_alarm),
    )


def _act_dcf(**costs: float) -> Statistic:
    miss_weight, alarm_weight = dcf_weights(**costs)
    return Statistic(
        lambda curve: actual_cost(curve, miss_weight, alarm_weight).value,
        lambda curve: actual_cost(curve, miss_weight, alarm_weight).threshold,
        lambda miss, false_alarm, sizes: miss_weight * miss + alarm_weight * false_alarm,
    )


def _min_tdcf(asv: Any, **settings: Any) -> Statistic:
    weights = tandem(asv, **settings)
    return _least(weights.miss_weight, weights.alarm_weight, weights.floor)


def _share(miss: float, false_alarm: float, sizes: tuple[int, int]) -> float:
    wrong = sum(rate * size for rate, size in zip((miss, false_alarm), sizes, strict=True))
    return 1 - wrong / sum(sizes)


def _accuracy(threshold: float) -> Statistic:
    threshold = check_threshold("threshold", threshold)

    def compute(curve: Curve) -> float:
        miss, false_alarm = curve.at(threshold)
        return _share(miss, false_alarm, curve.sizes)

    return Statistic(
        compute,
        lambda curve: threshold,
        _share,
        high_is_good=True,
        share=True,
    )


def _balanced_accuracy(threshold: float) -> Statistic:
    threshold = check_threshold("threshold", threshold)
    return Statistic(
        lambda curve: 1 - sum(curve.at(threshold)) / 2,
        lambda curve: threshold,
        lambda miss, false_alarm, sizes: 1 - (miss + false_alarm) / 2,
        high_is_good=True,
        share=True,
    )


MetricName: TypeAlias = Literal[
    "eer", "auc", "min_dcf", "act_dcf", "min_tdcf", "cllr", "min_cllr", "accuracy", "balanced_accuracy"
]
#: For each name, a function from settings to a statistic.
STATISTICS: dict[str, Callable[..., Statistic]] = {
    "eer": _eer,
    "auc": _auc,
    "min_dcf": lambda **costs: _least(*dcf_weights(**costs)),
    "act_dcf": _act_dcf,
    "min_tdcf": _min_tdcf,
    "cllr": lambda: Statistic(cllr_of),
    "min_cllr": lambda: Statistic(min_cllr_of),
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
}


def named(statistic: str | Callable[..., float], settings: dict[str, Any]) -> Statistic:
    """The statistic of a name with its settings, or of a caller's own function of a curve."""
    if callable(statistic) and not isinstance(statistic, type):
        return Statistic(partial(checked_statistic, statistic, settings))
    make = STATISTICS[check_choice("statistic", statistic, STATISTICS)]
    try:
        return make(**settings)
    except TypeError as error:
        why = str(error).split("() ")[-1]  # without the name of a function of ours
        remedy = "give those of its function, threshold= for the accuracies and asv= for min_tdcf"
        fail("settings", settings, f"do not fit {statistic} ({why})", remedy)

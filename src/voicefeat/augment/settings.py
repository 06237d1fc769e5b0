"""Settings that are a value or a range, and checks of signals for augmentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from ..audio.limits import not_finite
from ..audio.signals import signal
from ..errors import check_choice, check_float, fail
from .seeds import Random, check_rng

__all__ = [
    "Range",
    "audio_rate",
    "check_range",
    "check_signal",
    "draw_choice",
    "draw_number",
    "power",
    "uniform",
]

_Name = TypeVar("_Name", bound=str)
#: A number, or the smallest and the largest value of a range from which it is drawn.
Range = float | tuple[float, float]
#: The smallest and the largest sampling rate of a recording, in Hz.
RATES = 100.0, 1_000_000.0


def check_signal(y: Any, name: str = "y") -> np.ndarray:
    """`y` as a finite signal of shape (n,)."""
    y = signal(y, name)
    if y.ndim != 1:
        fail(name, y, "must be one signal of shape (n,)", "augment each signal of a batch separately")
    not_finite(y, name)
    return y


def audio_rate(sr: Any) -> float:
    """A realistic sampling rate; with others a step could make far too many samples."""
    low, high = RATES
    return check_float(
        "sr", sr, low=low, high=high, unit="hertz", remedy="give the recording's own rate in hertz"
    )


def power(y: np.ndarray, name: str, given: Any) -> float:
    """The mean square of `y`, which must not be silent."""
    found = float(np.square(y, dtype=np.float64).mean())
    if not found:
        fail(name, given, "is silent, so no ratio is defined", "leave silent recordings out")
    return found


def check_range(
    name: str, pair: Any, low: float | None = None, high: float | None = None
) -> tuple[float, float]:
    """A range: the smallest and the largest value that may be drawn."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        fail(name, pair, "must be the smallest and the largest value", "give two numbers")
    least, most = (check_float(name, value, low=low, high=high) for value in pair)
    if least > most:
        fail(name, pair, "has the larger value first", f"give ({most:g}, {least:g})")
    return least, most


def draw_number(
    name: str, value: Any, rng: Random | None, low: float | None = None, high: float | None = None
) -> float:
    """A given number, or one drawn from a range."""
    if not isinstance(value, (tuple, list)):
        return check_float(name, value, low=low, high=high)
    least, most = check_range(name, value, low, high)
    return uniform(check_rng(rng), least, most)


def draw_choice(name: str, value: Any, allowed: Iterable[_Name], rng: Random | None) -> _Name:
    """A given name, or one drawn from several."""
    if not isinstance(value, (tuple, list)):
        return check_choice(name, value, allowed)
    if not value:
        fail(name, value, "is empty", "give one name or several")
    return pick([check_choice(name, each, allowed) for each in value], check_rng(rng))


def pick(things: Sequence[Any], rng: Random) -> Any:
    """Draw one element."""
    return things[int(rng.random() * len(things))]


def uniform(rng: Random, low: float, high: float) -> float:
    """Draw a number between `low` and `high`; unlike `Generator.uniform`, `low` may be the larger one."""
    return low + (high - low) * rng.random()

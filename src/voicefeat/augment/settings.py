"""Settings that are a value or a range, and the signals that augmentation takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..audio.limits import not_finite
from ..audio.signals import signal
from ..errors import check_choice, check_float, fail
from .seeds import Random, check

__all__ = ["Range", "audio_rate", "choice", "number", "one_signal", "ordered", "power", "uniform"]

#: A number, or the least and the largest of those from which it is drawn.
Range = float | tuple[float, float]
#: The least and the largest rate of a recording, in hertz.
RATES = 100.0, 1_000_000.0


def one_signal(y: Any, name: str = "y") -> np.ndarray:
    """`y` as a finite signal of shape (n,)."""
    y = signal(y, name)
    if y.ndim != 1:
        fail(name, y, "must be one signal of shape (n,)", "draw for each signal of a batch by itself")
    not_finite(y, name)
    return y


def audio_rate(sr: Any) -> float:
    """A rate at which recordings are made; from others a step would make samples without end."""
    low, high = RATES
    return check_float(
        "sr", sr, low=low, high=high, unit="hertz", remedy="give the recording's own rate in hertz"
    )


def power(y: np.ndarray, name: str, given: Any) -> float:
    """The mean square of `y`, which must not be silent."""
    found = float(np.square(y, dtype=np.float64).mean())
    if not found:
        fail(name, given, "is silent, and no ratio to silence exists", "leave silent recordings out")
    return found


def ordered(name: str, pair: Any, low: float | None = None, high: float | None = None) -> tuple[float, float]:
    """The least and the largest value that are drawn."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        fail(name, pair, "must be the least and the largest value", "give two numbers")
    least, most = (check_float(name, value, low=low, high=high) for value in pair)
    if least > most:
        fail(name, pair, "has the larger first", f"give ({most:g}, {least:g})")
    return least, most


def number(
    name: str, value: Any, rng: Random | None, low: float | None = None, high: float | None = None
) -> float:
    """A number as it is, or one drawn from a range."""
    if not isinstance(value, (tuple, list)):
        return check_float(name, value, low=low, high=high)
    least, most = ordered(name, value, low, high)
    return uniform(check(rng), least, most)


def choice(name: str, value: Any, allowed: Iterable[str], rng: Random | None) -> str:
    """A name as it is, or one drawn from several."""
    if not isinstance(value, (tuple, list)):
        return check_choice(name, value, allowed)
    if not value:
        fail(name, value, "names nothing to choose from", "give one name or several")
    return pick([check_choice(name, each, allowed) for each in value], check(rng))


def pick(things: Sequence[Any], rng: Random) -> Any:
    """One of several."""
    return things[int(rng.random() * len(things))]


def uniform(rng: Random, low: float, high: float) -> float:
    """A number between two, of which the first may be the larger; new generators refuse that."""
    return low + (high - low) * rng.random()

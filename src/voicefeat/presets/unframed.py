"""Front ends without a framed chain: a feature of the registry, and the samples themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..audio.limits import not_finite
from ..chain.jobs import Request
from .kind import FrontEndKind, Prepared
from .method import Method

__all__ = ["MethodFrontEnd", "RawFrontEnd"]

#: Length of a signal that is long enough for every method; its rows are counted on it.
LONG = 32768


@dataclass(eq=False)
class MethodFrontEnd(FrontEndKind):
    """A feature of the registry, whose function cuts the signal into frames itself."""

    method: Method

    def __post_init__(self) -> None:
        self.row: str = self.row or self.method.name
        self.needs_rate: bool = self.method.has_rate
        self.function: Callable[..., Any] = self.method.function
        self.settings: dict[str, Any] = dict(self.method.settings)

    def rows(self, rate: float | None) -> int:
        return self.method.shape(LONG, float(rate or 1))[0]

    def frames(self, n: int) -> int:
        return self.method.shape(self.signal.length(n), self.signal.rate)[1]

    def times(self, n: int, rate: float) -> np.ndarray:
        return self.method.times(self.signal.length(n), rate)

    def compute(self, y: np.ndarray, rate: float | None) -> np.ndarray:
        not_finite(y)
        y = self.signal.apply(y)
        keywords = {"sr": rate, **self.settings} if self.needs_rate else self.settings
        features = self.function(y, **keywords)
        return self.follow(features)

    def statics(self, y: np.ndarray, rate: float | None) -> Request:
        return self.method.request(y, rate)

    def request(self, y: np.ndarray, rate: float | None, prepared: Prepared | None = None) -> Request:
        not_finite(y)
        inner = self.method.request(self.prepare(y, True, prepared), rate)

        def finish(results: list[Any]) -> np.ndarray:
            return self.follow(inner.finish(results))

        return Request(inner.y, inner.jobs, finish)


@dataclass(eq=False)
class RawFrontEnd(FrontEndKind):
    """The samples themselves: one row, one frame per sample."""

    def __post_init__(self) -> None:
        self.row: str = self.row or "sample"

    def rows(self, rate: float | None) -> int:
        return 1

    def frames(self, n: int) -> int:
        return self.signal.length(n)

    def times(self, n: int, rate: float) -> np.ndarray:
        return np.arange(self.frames(n)) / rate

    def statics(self, y: np.ndarray, rate: float | None) -> Request:
        return Request(y, [], lambda results: y[..., np.newaxis, :])

    def request(self, y: np.ndarray, rate: float | None, prepared: Prepared | None = None) -> Request:
        not_finite(y)
        y = self.prepare(y, True, prepared)
        return Request(y, [], lambda results: self.follow(y[..., np.newaxis, :]))

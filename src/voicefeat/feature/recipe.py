"""How a feature says what it is computed by, so that several features can share one pass."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ..chain.jobs import Job, Rows
from ..chain.stages import Chain

Feature = TypeVar("Feature", bound=Callable[..., Any])


def _never(settings: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True)
class Recipe:
    """The chain, or the job, of a feature of a signal, made of the feature's settings."""

    #: A function whose arguments are those of the feature, by name; it checks all of them.
    make: Callable[..., Chain | Job]
    #: Whether the feature goes another way with these settings, without a chain.
    alone: Callable[[Mapping[str, Any]], bool]

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.make).parameters)

    def job(self, settings: Mapping[str, Any]) -> Job:
        """The job for all settings of the feature, by name."""
        wanted = self.make(*[settings[name] for name in self.arguments])
        return wanted if isinstance(wanted, Job) else Rows(wanted)


def computed_by(
    make: Callable[..., Chain | Job], alone: Callable[[Mapping[str, Any]], bool] = _never
) -> Callable[[Feature], Feature]:
    """Note on a feature the recipe that its own call uses, for `extract`."""

    def note(feature: Feature) -> Feature:
        feature.recipe = Recipe(make, alone)  # type: ignore[attr-defined]
        return feature

    return note

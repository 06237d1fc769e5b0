"""The recipe of a feature, stored on its function, so that `extract` can compute several in one pass."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ..chain.frames import Frames
from ..chain.jobs import Job, Rows
from ..chain.stages import Chain

Feature = TypeVar("Feature", bound=Callable[..., Any])


def _never(settings: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True)
class Recipe:
    """How the settings of a feature become its chain, or its job."""

    #: A function whose arguments have the names of the feature's settings; it checks all of them.
    make: Callable[..., Chain | Job]
    #: Whether the feature has no chain with these settings, and is computed by its own call.
    alone: Callable[[Mapping[str, Any]], bool]

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.make).parameters)

    def job(self, settings: Mapping[str, Any]) -> Job:
        """The job for all settings of the feature, by name."""
        wanted = self.make(*[settings[name] for name in self.arguments])
        return wanted if isinstance(wanted, Job) else Rows(wanted)

    def frames(self, settings: Mapping[str, Any]) -> Frames | None:
        """The frames of the feature with these settings; None if it has no chain with them."""
        return None if self.alone(settings) else self.job(settings).chain.frames


def computed_by(
    make: Callable[..., Chain | Job], alone: Callable[[Mapping[str, Any]], bool] = _never
) -> Callable[[Feature], Feature]:
    """Store on a feature the recipe that its own call uses: ``@computed_by(mfcc_chain)``.

    `alone` says with which settings the feature has no chain.
    """

    def note(feature: Feature) -> Feature:
        feature.recipe = Recipe(make, alone)  # type: ignore[attr-defined]
        return feature

    return note


@dataclass(frozen=True)
class Framing:
    """How the settings of a feature without a chain become its frames."""

    #: A function whose arguments have the names of the feature's settings.
    make: Callable[..., Frames]

    def frames(self, settings: Mapping[str, Any]) -> Frames | None:
        """The frames of the feature with these settings."""
        return self.make(*[settings[name] for name in inspect.signature(self.make).parameters])


def sliced_by(make: Callable[..., Any]) -> Callable[[Feature], Feature]:
    """Store on a feature the function that makes its slices, and the frames that they overlap by."""

    def note(feature: Feature) -> Feature:
        feature.slicing = make  # type: ignore[attr-defined]
        return feature

    return note


def framed_by(make: Callable[..., Frames]) -> Callable[[Feature], Feature]:
    """Store on a feature without a chain what makes its frames: ``@framed_by(sample_frames)``."""

    def note(feature: Feature) -> Feature:
        feature.framing = Framing(make)  # type: ignore[attr-defined]
        return feature

    return note

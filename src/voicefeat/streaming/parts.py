"""What a stream computes: a feature with its frames; settings that cannot be streamed are refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chain.frames import Frames
from ..chain.jobs import Request
from ..chain.signal import Signal
from ..errors import check_rate, fail
from ..feature.registry import Feature
from ..feature.temporal.pcen import pcen
from ..feature.temporal.preemphasis import preemphasis
from .grid import Grid, SliceGrid

__all__ = ["Part", "part_of_feature", "part_of_filter", "grid_of_feature"]

NO_CHANGE = Signal()


@dataclass
class Part:
    """One feature or front end of a stream."""

    name: str
    #: The names of the rows; None where the result has no rows.
    rows: list[str] | None
    rate: float
    grid: Grid
    #: The request for the statics of a crop of prepared samples.
    request: Callable[[np.ndarray], Request]
    #: The preparation of the samples, and whether it scales them.
    signal: Signal = NO_CHANGE
    scaled: bool = True
    #: What follows the statics.
    followers: Callable[[], list[Any]] = list
    #: Whether pieces are spectra (bands, frames) in place of samples.
    spectra: bool = False


@dataclass(frozen=True)
class FeatureRequest:
    """Makes the request of a feature for a crop."""

    feature: Feature
    settings: dict[str, Any]

    def __call__(self, y: np.ndarray) -> Request:
        return self.feature.request(y, self.settings)


def part_of_feature(feature: Feature, sr: float, settings: Mapping[str, Any]) -> Part:
    """The part of a feature with these keyword arguments of its function."""
    rate = check_rate("sr", sr)
    grid = grid_of_feature(feature, settings)
    return Part(feature.name, [], rate, grid, FeatureRequest(feature, dict(settings)))


def grid_of_feature(feature: Feature, settings: Mapping[str, Any], give: str = "give {}") -> Grid:
    """The frames of a feature; settings that make them depend on the whole recording are refused.

    `give` says how a setting is given in its place.
    """
    sliced = feature.slices(settings)
    if sliced is not None:
        return SliceGrid.of_slices(*sliced)
    whole = feature.whole(settings)
    if whole is not None:
        name = whole.setting
        if name is None:
            fail("feature", feature.name, "needs the whole recording, so it cannot be streamed", whole.remedy)
        value = {**feature.settings, **settings}[name]
        fail(name, value, f"makes {feature.name} depend on the whole recording", give.format(whole.remedy))
    frames = feature.frames(settings)
    if frames is None:
        fail(
            "feature",
            feature.name,
            "has no frames with these settings",
            "leave out settings that differ from frame to frame",
        )
    return grid_of_frames(frames, feature.left)


def grid_of_frames(frames: Frames, left: int) -> Grid:
    """The grid of frames of which each depends on `left` frames before it."""
    if frames.pad and callable(frames.pad_mode):
        remedy = "give the name of a mode, such as 'constant'"
        fail("pad_mode", frames.pad_mode, "may depend on the whole recording", remedy)
    return Grid.of_frames(frames, left)


@dataclass(frozen=True)
class Unchanged:
    """The request for the pieces themselves."""

    def __call__(self, y: np.ndarray) -> Request:
        return Request(y, (), lambda results: y)


@dataclass(frozen=True)
class Called:
    """The request for the result of a function on a crop."""

    function: Callable[..., np.ndarray]
    settings: tuple[tuple[str, Any], ...]

    def __call__(self, y: np.ndarray) -> Request:
        return Request(y, (), lambda results: self.function(y, **dict(self.settings)))


def part_of_filter(name: str, sr: float, settings: Mapping[str, Any]) -> Part:
    """The part of a function of samples or spectra that has a state: `preemphasis`, `pcen`."""
    rate = check_rate("sr", sr)
    given = tuple(settings.items())
    if name == "preemphasis":
        check_settings(name, preemphasis, settings, ("y", "zi", "return_zf"))
        return Part(name, None, rate, Grid.of_samples(1, 2), Called(preemphasis, given))
    check_settings(name, pcen, settings, ("S", "sr", "ref", "axis", "max_axis", "zi", "return_zf"))
    pcen(np.zeros((1, 1)), rate, **settings)
    followers = GainsOf(rate, given)
    return Part(name, [], rate, Grid.of_samples(0), Unchanged(), followers=followers, spectra=True)


def check_settings(
    name: str, function: Callable[..., Any], settings: Mapping[str, Any], inputs: tuple[str, ...]
) -> None:
    """Refuse a name that is not a setting of a function."""
    known = [each for each in inspect.signature(function).parameters if each not in inputs]
    for key, value in settings.items():
        if key not in known:
            fail(key, value, f"is not a setting of a stream of {name}", f"choose among {', '.join(known)}")


@dataclass(frozen=True)
class GainsOf:
    """Makes the automatic gain control of `pcen`."""

    rate: float
    settings: tuple[tuple[str, Any], ...]

    def __call__(self) -> list[Any]:
        return [Gains(self.rate, dict(self.settings))]


class Gains:
    """Per-channel energy normalisation of incoming frames; keeps the level of each band."""

    def __init__(self, rate: float, settings: dict[str, Any]):
        self.rate: float = rate
        self.settings: dict[str, Any] = settings
        self.state: np.ndarray | None = None

    def take(self, frames: np.ndarray, last: bool) -> np.ndarray:
        out, self.state = pcen(frames, self.rate, zi=self.state, return_zf=True, **self.settings)
        return out

    def complete(self, total: int) -> int:
        return total

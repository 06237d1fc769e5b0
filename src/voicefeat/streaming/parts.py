"""What a stream computes: each feature or front end with its frames, and the settings that no stream can have."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chain.jobs import Request
from ..chain.signal import Signal
from ..errors import check_rate, fail
from ..feature.registry import FEATURES, Feature
from ..feature.temporal.pcen import pcen
from ..feature.temporal.preemphasis import preemphasis
from ..presets.front_end import FrontEnd
from ..presets.unframed import MethodFrontEnd, RawFrontEnd
from .followers import followers_of
from .grid import Grid

__all__ = ["Part", "part_of_feature", "part_of_filter", "part_of_front_end"]

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


@dataclass(frozen=True)
class StaticsRequest:
    """Makes the request of a front end's statics for a crop."""

    front_end: FrontEnd
    rate: float | None

    def __call__(self, y: np.ndarray) -> Request:
        return self.front_end.kind.statics(y, self.rate)


@dataclass(frozen=True)
class FollowersOf:
    """Makes what follows the statics of a front end."""

    front_end: FrontEnd

    def __call__(self) -> list[Any]:
        return followers_of(self.front_end.dynamics, self.front_end.normalisation)


def part_of_feature(feature: Feature, sr: float, settings: Mapping[str, Any]) -> Part:
    """The part of a feature with these keyword arguments of its function."""
    rate = check_rate("sr", sr)
    grid = _grid_of_feature(feature, settings)
    return Part(feature.name, [], rate, grid, FeatureRequest(feature, dict(settings)))


def _grid_of_feature(feature: Feature, settings: Mapping[str, Any]) -> Grid:
    whole = feature.whole(settings)
    if whole is not None:
        name = whole.setting
        if name is None:
            fail("feature", feature.name, "needs the whole recording, so it has no stream", whole.remedy)
        value = {**feature.settings, **settings}[name]
        fail(name, value, f"makes {feature.name} depend on the whole recording", whole.remedy)
    frames = feature.frames(settings)
    if frames is None:
        fail("feature", feature.name, "has no frames with these settings", "leave out what varies by frame")
    if frames.pad and callable(frames.pad_mode):
        _fail_pad_mode(frames.pad_mode)
    return Grid.of_frames(frames, feature.left)


def _fail_pad_mode(pad_mode: Any) -> None:
    remedy = "give the name of a mode, such as 'constant'"
    fail("pad_mode", pad_mode, "may depend on the whole recording", remedy)


def part_of_front_end(name: str, front_end: FrontEnd, sr: float | None) -> Part:
    """The part of a front end at a rate, which must be its own."""
    rate = front_end.checked_rate(sr)
    if rate is None:
        fail("sr", sr, "this front end has no rate of its own, and times need one", "give sr, in Hz")
    _check_whole(front_end)
    kind = front_end.kind
    if isinstance(kind, RawFrontEnd):
        grid = Grid.of_samples(0)
    elif isinstance(kind, MethodFrontEnd):
        method = kind.method
        settings = {**({"sr": rate} if method.has_rate else {}), **dict(method.settings)}
        grid = _grid_of_feature(FEATURES[method.name], settings)
    else:
        if kind.framing.pad and callable(kind.framing.pad_mode):
            _fail_pad_mode(kind.framing.pad_mode)
        grid = Grid.of_frames(kind.framing, 0)
    rows = kind.row_names(float(rate))
    request, followers = StaticsRequest(front_end, rate), FollowersOf(front_end)
    return Part(name, rows, float(rate), grid, request, front_end.signal, kind.scaled, followers)


def _check_whole(front_end: FrontEnd) -> None:
    """Refuse the settings of a front end that make frames depend on the whole recording."""
    signal, compression, means = front_end.signal, front_end.compression, front_end.normalisation
    what = "makes a frame depend on the whole recording"
    if compression is not None and compression.top_db is not None:
        fail("top_db", compression.top_db, what, "give fe.replace(top_db=None)")
    if means is not None and means.over == "utterance":
        remedy = "give fe.replace(over='sliding') for running statistics, or over='corpus' with those of a corpus"
        fail("over", means.over, what, remedy)
    if signal.samples is not None:
        problem = "cuts or repeats the whole recording"
        fail("samples", signal.samples, problem, "give fe.replace(samples=None)")


@dataclass(frozen=True)
class Unchanged:
    """The request for the pieces themselves."""

    def __call__(self, y: np.ndarray) -> Request:
        return Request(y, (), lambda results: y)


@dataclass(frozen=True)
class Called:
    """The request for what a function gives of a crop."""

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
    """Refuse what is no setting of a function."""
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
    """Per-channel energy normalisation of frames as they come; keeps the level of each band."""

    def __init__(self, rate: float, settings: dict[str, Any]):
        self.rate: float = rate
        self.settings: dict[str, Any] = settings
        self.state: np.ndarray | None = None

    def take(self, frames: np.ndarray, last: bool) -> np.ndarray:
        out, self.state = pcen(frames, self.rate, zi=self.state, return_zf=True, **self.settings)
        return out

    def complete(self, total: int) -> int:
        return total

"""Front ends as parts of a stream; settings that cannot be streamed are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chain.jobs import Request
from ..errors import fail
from ..feature.registry import FEATURES
from ..streaming.followers import followers_of
from ..streaming.grid import Grid
from ..streaming.parts import Part, grid_of_feature, grid_of_frames
from .framed import FramedFrontEnd
from .spec import FrontEndSettings
from .unframed import MethodFrontEnd, RawFrontEnd

__all__ = ["part_of_kind"]

#: The kinds of front ends.
Kind = FramedFrontEnd | MethodFrontEnd | RawFrontEnd


@dataclass(frozen=True)
class StaticsOf:
    """Makes the request of a front end's statics for a crop."""

    kind: Kind
    rate: float | None

    def __call__(self, y: np.ndarray) -> Request:
        return self.kind.statics(y, self.rate)


@dataclass(frozen=True)
class FollowersOf:
    """Makes the followers of a front end's statics."""

    kind: Kind

    def __call__(self) -> list[Any]:
        return followers_of(self.kind.dynamics, self.kind.normalisation)


def part_of_kind(name: str, front_end: FrontEndSettings, kind: Kind, rate: float | None) -> Part:
    """The part of a front end of this kind, at a checked rate."""
    if rate is None:
        fail("sr", rate, "this front end has no rate of its own, and times need one", "give sr, in Hz")
    _check_whole(front_end)
    if isinstance(kind, RawFrontEnd):
        grid = Grid.of_samples(0)
    elif isinstance(kind, MethodFrontEnd):
        method = kind.method
        settings = {**({"sr": rate} if method.has_rate else {}), **dict(method.settings)}
        grid = grid_of_feature(FEATURES[method.name], settings, "give fe.replace(method__{})")
    else:
        grid = grid_of_frames(kind.framing, 0)
    rows = kind.row_names(float(rate))
    request, followers = StaticsOf(kind, rate), FollowersOf(kind)
    return Part(name, rows, float(rate), grid, request, kind.signal, kind.scaled, followers)


def _check_whole(front_end: FrontEndSettings) -> None:
    """Refuse the settings of a front end that make frames depend on the whole recording."""
    signal, compression, means = front_end.signal, front_end.compression, front_end.normalisation
    what = "makes a frame depend on the whole recording"
    if compression is not None and compression.top_db is not None:
        fail("top_db", compression.top_db, what, "give fe.replace(top_db=None)")
    if means is not None and means.over == "utterance":
        remedy = (
            "give fe.replace(over='sliding') for running statistics, or over='corpus' with those of a corpus"
        )
        fail("over", means.over, what, remedy)
    if signal.samples is not None:
        problem = "cuts or repeats the whole recording"
        fail("samples", signal.samples, problem, "give fe.replace(samples=None)")

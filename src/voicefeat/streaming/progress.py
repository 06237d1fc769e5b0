"""The progress of a stream: samples and frames that are held, and frames that were returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..chain.block_loop import compute_requests
from ..chain.blocks import SHORT
from ..chain.driven import USUAL_POWERS, rows_of_checked
from ..chain.frames import Frames
from ..chain.jobs import Rows, first_result
from ..chain.plan import Plan, plan_for
from ..chain.signal import Signal
from ..chain.stages import Chain
from ..filters import empty_bands
from .grid import Grid
from .parts import Part
from .samples import Samples

__all__ = ["Progress", "progress_of"]


class Output:
    """One part: its followers, and the frames that were returned."""

    def __init__(self, part: Part):
        self.part: Part = part
        self.followers: list[Any] = part.followers()
        #: Frames given before the last time, and so far.
        self.before: int = 0
        self.given: int = 0

    def take(self, statics: np.ndarray, last: bool) -> np.ndarray:
        """The features that are final with these statics."""
        for follower in self.followers:
            statics = follower.take(statics, last)
        self.before, self.given = self.given, self.given + statics.shape[-1]
        # A view may be of samples or frames that the stream holds; what is given belongs to the caller.
        return statics if statics.base is None and statics.flags.c_contiguous else statics.copy()

    def times(self) -> np.ndarray:
        return self.part.grid.centres(self.before, self.given) / self.part.rate


class Group:
    """Parts with equal frames of the same samples: one crop gives the statics of all."""

    def __init__(self, samples: Samples, grid: Grid):
        self.samples: Samples = samples
        self.grid: Grid = grid
        self.outputs: list[Output] = []
        #: The first frame whose statics were not computed yet.
        self.first: int = 0
        #: The frame with which the next crop begins.
        self.start: int = 0
        #: For each part, its statics of no frames.
        self.nothing: list[np.ndarray] = []
        #: The chain, if the statics are the rows of one that the driver computes: they need no job.
        self.chain: Chain | None = None
        self._plan: Plan | None = None
        #: Frames of a crop before the first wanted one: the most that one of the parts needs.
        self.lead: int = grid.lead

    def add(self, part: Part) -> None:
        self.outputs.append(Output(part))
        self.lead = max(self.lead, part.grid.lead)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_plan": None}  # its tables are made again

    def probe(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        """Compute silence: settings are checked, kernels compiled, and numbers of rows known."""
        silence = np.zeros((*shape, self.grid.room), dtype)
        self.nothing = [each[..., :0].copy() for each in self._computed(silence)]
        request = self.outputs[0].part.request(silence)
        if not shape and len(self.outputs) == len(request.jobs) == 1 and request.y is silence:
            (job,) = request.jobs
            if isinstance(job, Rows) and job.plain and request.finish is first_result:
                plan = plan_for(job.chain, None, dtype)
                if plan.driven and plan.power in USUAL_POWERS:
                    self.chain = job.chain

    def begin_as(self, probed: Group) -> None:
        """Take over what the probe of another group found."""
        self.nothing, self.chain, self._plan = probed.nothing, probed.chain, probed._plan

    def _computed(self, crop: np.ndarray) -> list[np.ndarray]:
        """The statics of all frames of a crop."""
        if self.chain is not None and crop.size <= SHORT:
            if self._plan is None:
                self._plan = plan_for(self.chain, None, crop.dtype)
            assert self.chain.frames is not None
            return [rows_of_checked(self._plan, crop, self.chain.frames.check_length(crop.size))]
        return compute_requests([output.part.request(crop) for output in self.outputs])

    def take(self, last: bool, into: dict[str, np.ndarray]) -> None:
        """The features that are final with the samples so far."""
        samples, grid, first = self.samples, self.grid, self.first
        n = samples.total
        end = grid.total(n) if last else grid.complete(n)
        found = self.nothing
        if end > first:
            start = self.start
            crop = samples.since(grid.sample(start), 0 if last else grid.room)
            found = [each[..., first - start : end - start] for each in self._computed(crop)]
            self.first = end
        self.start = grid.start(self.first, self.lead, n)
        for output, statics in zip(self.outputs, found, strict=True):
            into[output.part.name] = output.take(statics, last)


class Progress:
    """The samples that are held and the groups of parts."""

    def __init__(self, parts: Sequence[Part], shape: tuple[int, ...], dtype: np.dtype):
        self.names: list[str] = [part.name for part in parts]
        self.sources: dict[tuple[Signal, bool], Samples] = {}
        groups: dict[tuple[Signal, bool, Grid | Frames], Group] = {}
        for part in parts:
            key = part.signal, part.scaled
            if key not in self.sources:
                self.sources[key] = Samples(*key, shape, dtype)
            of = *key, part.grid.frames or part.grid
            if of not in groups:
                groups[of] = Group(self.sources[key], part.grid)
            groups[of].add(part)
        self.groups: list[Group] = list(groups.values())
        self.groups_of: dict[Samples, list[Group]] = {
            samples: [group for group in self.groups if group.samples is samples]
            for samples in self.sources.values()
        }
        #: Whether filters without a bin were told of when the stream was made.
        self.told: list[str] = []

    def probe(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        """Compute silence in all groups."""
        with empty_bands.collected() as self.told:
            for group in self.groups:
                group.probe(shape, dtype)

    def take(self, y: np.ndarray, last: bool) -> dict[str, np.ndarray]:
        """The features that are final with the samples `y`."""
        if not self.told:
            return self._take(y, last)
        with empty_bands.collected():  # they were told of when the stream was made
            return self._take(y, last)

    def _take(self, y: np.ndarray, last: bool) -> dict[str, np.ndarray]:
        results: dict[str, np.ndarray] = {}
        for samples in self.sources.values():
            samples.append(y)
        for group in self.groups:
            group.take(last, results)
        for samples in self.sources.values():
            samples.forget(min([group.grid.sample(group.start) for group in self.groups_of[samples]]))
        if len(results) == 1:
            return results
        return {name: results[name] for name in self.names}

    def outputs(self) -> Mapping[str, Output]:
        """The outputs by name."""
        found = {output.part.name: output for group in self.groups for output in group.outputs}
        return {name: found[name] for name in self.names}

    def row_counts(self) -> dict[str, int]:
        """Number of rows of the statics of each part that has rows."""
        return {
            output.part.name: nothing.shape[-2]
            for group in self.groups
            for output, nothing in zip(group.outputs, group.nothing, strict=True)
            if nothing.ndim > 1
        }


def progress_of(
    parts: Sequence[Part], shape: tuple[int, ...], dtype: np.dtype, like: Progress | None = None
) -> Progress:
    """The beginning of a stream; errors of settings are raised here.

    `like` is the progress of another stream of the same parts, shape and type.
    """
    progress = Progress(parts, shape, dtype)
    if like is None:
        progress.probe(shape, dtype)
    else:
        progress.told = like.told
        for group, probed in zip(progress.groups, like.groups, strict=True):
            group.begin_as(probed)
    return progress

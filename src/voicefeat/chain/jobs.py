"""Jobs: a job is one result of a pass over spectra, and has one sink for every item of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import fail
from ..filters import empty_bands
from . import tables
from .driven import USUAL_POWERS
from .large_results import past_cache
from .loud_peaks import StrongerHalf
from .plan import Plan
from .sinks import PeakList, PeakRows, ProgramRows, Sink
from .stages import Chain, Peaks


class Job:
    """One result, of one chain."""

    #: Whether there is a second pass over the spectra, for which they are kept; None if this is known only
    #: after the first.
    needs_second_pass: bool | None = False
    #: Whether samples of single precision are computed in double precision.
    double = False
    #: Whether the result is the rows of the chain, which the driver writes if it can.
    driven = False
    #: The number of frames, and the chain's tables for the data; `block_loop.compute` sets both.
    frames: int
    plan: Plan

    def __init__(self, chain: Chain):
        self.chain = chain

    def divided(self) -> Sequence[Job]:
        """Jobs that make the same result in the block loop, for one that the driver alone can compute."""
        return (self,)

    def accept(self, y: np.ndarray) -> np.ndarray:
        """The checked signal `y` in the precision of the job.

        Warns of filters without a bin, and of a signal that is shorter than a centred frame.
        """
        if self.double:
            y = y.astype(np.float64, copy=False)
        frames, bands = self.chain.frames, self.chain.bands
        if frames is not None and frames.n_fft > y.shape[-1]:
            frames.warn_if_mostly_padding(y.shape[-1])
        if bands is not None and bands.empty:
            empty_bands.tell(bands.empty)
        return y

    def open(self, batch: tuple[int, ...], items: int, frames: int) -> None:
        """Allocate the result: `items` of shape `batch`, with `frames` frames each."""
        raise NotImplementedError

    def sink(self, i: int) -> Sink:
        """The sink of item `i`."""
        raise NotImplementedError

    def second_pass(self) -> Job | None:
        """The job for one more pass, asked for after each pass; None if there is none."""
        return None

    def result(self) -> Any:
        raise NotImplementedError


class Rows(Job):
    """The chain's values as an array of shape (..., rows, frames): a new one, or the rows `place` of `out`.

    The result is cast to `dtype`; complex128 is computed in double precision.
    """

    driven = True

    def __init__(
        self,
        chain: Chain,
        out: np.ndarray | None = None,
        dtype: np.dtype | None = None,
        place: slice | None = None,
    ):
        self.chain = chain
        self.out: np.ndarray | None = out
        self.dtype: np.dtype[Any] | None = dtype
        self.place: slice | None = place
        if dtype is not None:
            self.double: bool = dtype == np.complex128

    def open(self, batch: tuple[int, ...], items: int, frames: int) -> None:
        if self.out is None:
            self.out = np.empty((*batch, self.plan.all_rows, frames), self.plan.result)
        into = self.out if batch else self.out[np.newaxis]
        if len(batch) > 1:
            into = into.reshape(-1, *into.shape[-2:])
        #: The result by items, (items, rows, frames).
        self.into: np.ndarray = into if self.place is None else into[:, self.place]

    @property
    def plain(self) -> bool:
        """Whether the result is a new array of the chain's own type."""
        return self.out is None and self.dtype is None and self.place is None

    def sink(self, i: int) -> Sink:
        plan, into = self.plan, self.into[i]
        if plan.descriptor is not None:
            return plan.descriptor.sink(plan, into)
        return ProgramRows(plan, into, plan.plain and past_cache(self.into, plan.block))

    def result(self) -> np.ndarray:
        assert self.out is not None
        power = self.plan.power
        if power not in USUAL_POWERS:
            rows = self.out if self.place is None else self.out[..., self.place, :]
            if not tables.usable(rows, True):
                fail("power", power, "makes values that the precision cannot hold", "give 1.0 or 2.0")
        if self.plan.descriptor is not None:
            self.plan.descriptor.check(self.out)
        return self.out if self.dtype in (None, self.out.dtype) else self.out.astype(self.dtype)


class PeaksInRows(Job):
    """Frequencies and heights of peaks, each of shape (..., bins, frames) and 0 where there is none.

    The peaks of a frame have to exceed `reference`, a number or an array (..., frames), or by default the
    threshold times the largest value of the frame.
    """

    def __init__(self, chain: Chain, peaks: Peaks, reference: np.ndarray | float | None = None):
        super().__init__(chain)
        self.peaks: Peaks = peaks
        self.reference: np.ndarray | float | None = reference

    def open(self, batch: tuple[int, ...], items: int, frames: int) -> None:
        shape = (*batch, self.plan.bins, frames)
        self.out: tuple[np.ndarray, np.ndarray] = (
            np.zeros(shape, self.plan.dtype),
            np.zeros(shape, self.plan.dtype),
        )
        self.into: list[np.ndarray] = [part.reshape(-1, *shape[-2:]) for part in self.out]
        self.references: np.ndarray | None = None
        if isinstance(self.reference, np.ndarray):
            self.references = self.reference.reshape(-1, frames)
        elif self.reference is not None:
            self.references = np.full((items, frames), self.reference, self.plan.dtype)

    def sink(self, i: int) -> Sink:
        above = None if self.references is None else self.references[i]
        return PeakRows(self.plan, self.peaks, self.into[0][i], self.into[1][i], above)

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        return self.out


class AllPeaks(Job):
    """The result of `count` for the pitches of the stronger half of all peaks; None if there are no peaks."""

    needs_second_pass: bool | None = None

    def __init__(self, chain: Chain, peaks: Peaks, count: Callable[[np.ndarray], np.ndarray]):
        super().__init__(chain)
        self.peaks: Peaks = peaks
        self.half: StrongerHalf = StrongerHalf(count)

    def open(self, batch: tuple[int, ...], items: int, frames: int) -> None:
        pass

    def sink(self, i: int) -> Sink:
        return PeakList(self.plan, self.peaks, self.half)

    def second_pass(self) -> Job | None:
        half = self.half.second_pass()
        if half is None:
            return None
        self.half = half
        return self

    def result(self) -> np.ndarray | None:
        return self.half.result()


class Tuned(AllPeaks):
    """The rows of a chain that depends on all peaks: `chain_of` makes it from their counts."""

    needs_second_pass: bool = True

    def __init__(
        self,
        chain: Chain,
        peaks: Peaks,
        count: Callable[[np.ndarray], np.ndarray],
        chain_of: Callable[[np.ndarray | None], Chain],
    ):
        super().__init__(chain, peaks, count)
        self.chain_of = chain_of
        self.rows: Rows

    def second_pass(self) -> Job:
        once_more = super().second_pass()
        if once_more is not None:
            return once_more
        self.rows = Rows(self.chain_of(super().result()))
        self.half.blocks.clear()
        return self.rows

    def result(self) -> Any:
        return self.rows.result()


@dataclass(frozen=True, eq=False)
class Request:
    """A feature or a front end of one signal: the jobs for the block loop, and what follows them."""

    #: The checked signal that the jobs start from. Requests that hold the same array share its spectra.
    y: np.ndarray
    jobs: Sequence[Job]
    #: Makes the result from the results of the jobs, in their order.
    finish: Callable[[list[Any]], Any]


def first_result(results: list[Any]) -> Any:
    """The `finish` of a request whose only job gives the result."""
    return results[0]

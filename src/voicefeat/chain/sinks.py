"""Sinks: each takes blocks of spectra and writes a result.

A sink takes blocks in any order, from several threads, and never changes their bins, so that several
sinks can share one pass. `finish` does the work that depends on the whole clip.
"""

from __future__ import annotations

import numpy as np

from ..engine import driver, peaks as peak_kernels, rows as row_kernels
from ..engine.aligned import aligned
from .loud_peaks import StrongerHalf
from .plan import Plan
from .program import Program, flat_view, program_of
from .spectra import Work
from .stages import Peaks


class Sink:
    """Takes blocks of spectra."""

    #: Whether a part of the work is deferred until all blocks were taken; `finish` does it.
    deferred = False
    #: The power of the magnitudes that the sink uses; None for the bins as their source gives them.
    power: float | None = None

    def take(self, work: Work, first: int, count: int) -> None:
        """Take frames first .. first + count - 1, whose bins are ``work.to_power(self.power)``."""
        raise NotImplementedError

    def finish(self, work: Work, part: int = 0, parts: int = 1) -> None:
        """Do one of `parts` shares of the deferred work; each may run on another thread."""
        raise NotImplementedError


class ProgramRows(Sink):
    """Writes the rows of a chain: its program starts from the bins of each block."""

    def __init__(self, plan: Plan, out: np.ndarray, past_cache: bool):
        self.program: Program = program_of(plan, False, past_cache)
        self.power: float | None = plan.power
        self.frames: int = out.shape[-1]
        self.flat: np.ndarray = flat_view(out, plan.dtype)
        self.nothing: np.ndarray = self.flat[:0]
        self.kept: np.ndarray = self.nothing
        self.deferred: bool = self.program.keeps > 0
        if self.deferred:
            #: The largest value of each block, appended by several threads; only their maximum is used.
            self.peaks: list[float] = []
            self.kept = aligned(self.program.room(self.frames), plan.dtype)

    def _run(self, work: Work, bins: np.ndarray, first: int, end: int, todo: int) -> None:
        given = bins, self.nothing, self.nothing
        self.program.run(work, given, self.kept, self.flat, self.frames, first, end, todo)

    def take(self, work: Work, first: int, count: int) -> None:
        self._run(work, work.to_power(self.power), first, first + count, driver.FIRST)
        if self.deferred:
            self.peaks.append(float(work.level[0]))

    def finish(self, work: Work, part: int = 0, parts: int = 1) -> None:
        lanes = self.program.lanes
        share = -(-self.frames // (parts * lanes)) * lanes
        work.level[0] = max(self.peaks)
        self._run(work, self.nothing, part * share, min((part + 1) * share, self.frames), driver.SECOND)


class PeakRows(Sink):
    """Frequencies and heights of spectral peaks as rows of two arrays of (bins, frames) that hold zeros."""

    def __init__(
        self,
        plan: Plan,
        peaks: Peaks,
        pitches: np.ndarray,
        heights: np.ndarray,
        references: np.ndarray | None,
    ):
        self.peaks: Peaks = peaks
        self.bins: int = plan.bins
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.references = references
        self.out: tuple[np.ndarray, np.ndarray] = pitches, heights

    def take(self, work: Work, first: int, count: int) -> None:
        p, lanes, groups = self.peaks, self.lanes, -(-count // self.lanes)
        rows = p.high - p.low
        bins = work.to_power(self.power)
        references = work.array("references", groups * lanes)
        found = work.array("pitches", groups * rows * lanes), work.array("heights", groups * rows * lanes)
        if self.references is None:
            peak_kernels.references_of(bins, self.bins, groups, lanes, p.threshold, references)
        else:
            references[:count] = self.references[first : first + count]
            references[count : groups * lanes] = 0
        peak_kernels.peak_tiles(bins, self.bins, groups, lanes, references, p.low, p.high, p.hertz, *found)
        for tiles, out in zip(found, self.out, strict=True):
            at = p.low * out.shape[-1] + first
            row_kernels.put_rows(tiles, rows, rows, lanes, count, out.reshape(-1), at, out.shape[-1])


class PeakList(Sink):
    """Peaks one after another, in any order, for `half`."""

    def __init__(self, plan: Plan, peaks: Peaks, half: StrongerHalf):
        self.peaks: Peaks = peaks
        self.bins: int = plan.bins
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.half = half

    def take(self, work: Work, first: int, count: int) -> None:
        p, lanes, groups = self.peaks, self.lanes, -(-count // self.lanes)
        bins = work.to_power(self.power)
        references = work.array("references", groups * lanes)
        room = count * ((p.high - p.low) // 2 + 1)  # of two neighbours at most one is a peak
        room = -(-room // lanes) * lanes
        peak_kernels.references_of(bins, self.bins, groups, lanes, p.threshold, references)
        pitches, heights = work.array("pitches", room), work.array("heights", room)
        scratch = work.array("above", room), work.array("numbers", room)
        where = references, p.low, p.high, p.hertz, count
        n = peak_kernels.list_peaks(bins, self.bins, lanes, *where, pitches, heights, *scratch)
        self.half.see(pitches[:n], heights[:n])

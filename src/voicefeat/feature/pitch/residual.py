"""Harmonics of the prediction residual, frame by frame, in which `srh_pitch` and `rps` search for the pitch.

A clip is processed in stretches; the residual and the spectra of one stretch are held at a time. For each
frame only the maxima of the summed harmonics are kept, one for every range of pitches that the clip may have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...cache import memoised
from ...chain.blocks import for_parts
from ...chain.pitch.harmonics import HarmonicPlan
from ...chain.spectra import Work, borrow, give_back
from ...engine import sliding
from ...engine.inversefilter import ABREAST, add_residual
from ...errors import LONGEST, check_int, check_rate, fail

#: Length and hop of the prediction frames in seconds.
FRAME, HOP = 0.025, 0.005
#: Number of harmonics that are summed.
HARMONICS = 5
#: Samples of a stretch.
STRETCH = 1 << 17
#: Frames, and ranges of pitches of them, held at a time; and the largest number of threads that do so.
BLOCK, POINTS, THREADS = 64, 1 << 19, 8
#: Time per sample, relative to a spectrogram.
COST = 100


@dataclass(frozen=True)
class Search:
    """The settings of a pitch search."""

    sr: float
    fmin: int
    fmax: int
    win_length: int
    hop_length: int
    order: int
    shift: int

    @classmethod
    def make(
        cls, sr: Any, fmin: Any, fmax: Any, win_length: Any, hop_length: Any, order: Any, shift: Any
    ) -> Search:
        """Checked settings."""
        sr = check_rate("sr", sr)
        if sr > LONGEST:
            fail("sr", sr, "needs a transform of one second, which is too long", f"give at most {LONGEST}")
        fmin = check_int("fmin", fmin, unit="hertz", remedy="try fmin=80")
        fmax = check_int("fmax", fmax, unit="hertz", remedy="try fmax=500")
        if fmin >= fmax:
            fail("fmin", fmin, f"is not below fmax={fmax}", "give a lower fmin or a higher fmax")
        most = int((sr / 2 - 1) / HARMONICS)
        if fmax > most:
            fail("fmax", fmax, f"{HARMONICS} harmonics do not fit below sr/2={sr / 2:g}", f"give {most}")
        win_length = check_int(
            "win_length", win_length, least=2, unit="samples", remedy="try win_length=1600"
        )
        if win_length > sr:
            fail("win_length", win_length, "is longer than a second", f"give at most {int(sr)}")
        hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=160")
        order = check_int("order", order, remedy="try order=12")
        if order >= int(FRAME * sr):
            fail("order", order, f"frames of 25 ms have {int(FRAME * sr)} samples", "give fewer")
        return cls(
            sr, fmin, fmax, win_length, hop_length, order, check_int("shift", shift, least=0, unit="hertz")
        )

    def count(self, n: int) -> int:
        """Number of frames of `n` samples."""
        if n < self.win_length:
            fail(
                "win_length",
                self.win_length,
                f"the signal has {n} samples, fewer than one frame",
                f"give at most {n}",
            )
        return 1 + (n - self.win_length) // self.hop_length

    @property
    def middle(self) -> int:
        """The index of the middle sample of a frame."""
        return self.win_length // 2


@dataclass(frozen=True)
class Sums:
    """The largest sums of the frames of a stretch that do not reach into silence."""

    #: Indices of the frames.
    frames: np.ndarray
    #: The best pitch of each frame in the whole range, and its sum.
    pitches: np.ndarray
    largest: np.ndarray
    #: Number of runs of ranges of each frame (`engine.sliding`), and the runs.
    counts: np.ndarray
    starts: np.ndarray
    places: np.ndarray
    values: np.ndarray

    def within(self, number: int, fmin: int) -> tuple[np.ndarray, np.ndarray]:
        """The best pitch of each frame, and its sum, in the range of that number."""
        if not self.frames.size:
            return self.pitches, self.largest
        firsts = np.cumsum(self.counts) - self.counts
        run = firsts + np.add.reduceat(self.starts <= number, firsts, dtype=np.int64) - 1
        return fmin + self.places[run], self.values[run]


def ranges(search: Search) -> tuple[np.ndarray, np.ndarray]:
    """From half to twice the clip's median pitch, indexed by twice the distance of the median from `fmin`."""
    middles = search.fmin + np.arange(2 * (search.fmax - search.fmin) + 1) / 2
    lows, highs = np.round(middles / 2).astype(int), np.round(2 * middles).astype(int)
    return np.maximum(lows, search.fmin), np.minimum(highs, search.fmax)


def summed(y: np.ndarray, search: Search) -> list[Sums]:
    """The sums of a signal of any precision, in double precision, stretch after stretch."""
    count, per = search.count(y.size), max(1, STRETCH // search.hop_length)
    stretches = -(-count // per)
    sums: list[Sums] = [None] * stretches  # type: ignore[list-item]

    def stretch(i: int) -> None:
        sums[i] = _sums(y, i * per, min(count, (i + 1) * per), search)

    for_parts(stretch, stretches, y.size, COST, THREADS)
    return sums


def _residual(
    y: np.ndarray, begin: int, end: int, search: Search, work: Work
) -> tuple[np.ndarray, np.ndarray]:
    """Samples `begin` to `end` of the prediction residual, overlap-added with the energy of the frames, and
    which of them are silent."""
    length, hop = int(FRAME * search.sr), max(1, int(HOP * search.sr))
    first, last = max(0, (begin - length) // hop + 1), min((y.size - length) // hop + 1, -(-end // hop))
    origin, size = first * hop, max(end, (last - 1) * hop + length) - first * hop
    residual, silent = np.zeros(size), np.zeros(size, bool)
    if first < last:
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, length + 1) / (length + 1))
        part = y[origin : origin + (last - first - 1) * hop + length].astype(np.float64)
        order, lanes = search.order, work.lanes
        rows = work.array("frame", (order + length + ABREAST + 1) * lanes)
        filters = (work.array(name, (order + 1) * lanes) for name in ("lags", "filters", "spare"))
        errors = work.array("errors", (length + ABREAST) * lanes)
        add_residual(part, window, hop, last - first, order, lanes, rows, *filters, errors, residual, silent)
    return residual[begin - origin : end - origin], silent[begin - origin : end - origin]


@memoised
def _plan(search: Search) -> HarmonicPlan:
    """The tables of the spectra, and which of their bins each pitch sums."""
    length = search.win_length - 1 + search.win_length % 2  # odd: it has a middle
    points, pitches = round(search.sr), np.arange(search.fmin, search.fmax + 1)
    bins = [pitches]
    for k in range(2, HARMONICS + 1):
        bins += [k * pitches, np.floor((k - 0.5) * pitches + 0.5).astype(int)]
    return HarmonicPlan(length, points, np.arange(points // 2)[np.stack(bins, axis=1) - search.shift])


def _sums(y: np.ndarray, first: int, last: int, search: Search) -> Sums:
    """The sums of frames `first` to `last`."""
    plan, work = _plan(search), borrow(np.dtype(np.float64))
    length, origin = plan.length, first * search.hop_length
    residual, silent = _residual(y, origin, (last - 1) * search.hop_length + length, search, work)
    lows, highs = (edges - search.fmin for edges in ranges(search))
    block = max(1, min(BLOCK, POINTS // lows.size))
    starts = search.hop_length * np.arange(last - first)
    before = np.concatenate([[0], np.cumsum(silent)])
    heard = np.flatnonzero(before[starts + length] == before[starts])
    parts: list[tuple[np.ndarray, ...]] = [(np.empty(0), *np.empty((4, 0), np.int32), np.empty(0))]
    for i in range(0, heard.size, block):
        at = heard[i : i + block]
        total = plan.sums(work, residual, starts[at])
        counts, room = np.empty(at.size, np.int32), at.size * lows.size
        runs = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
        used = sliding.slide_rows(total, lows, highs, counts, *runs)
        best = total.argmax(axis=1).astype(np.int32)
        parts.append((total.max(axis=1), search.fmin + best, counts, *(run[:used].copy() for run in runs)))
    give_back(work)
    largest, best, counts, *found = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Sums(first + heard, best, largest, counts, *found)

"""One cell of the table: a row on a signal, equality first, then everything in turns."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from functools import partial

import numpy as np

import voicefeat as vf

from .floor import FloorProcess
from .rows import Row
from .signals import Signal
from .timing import Ratio, Sampler, interleaved, median, ratio, sampler

__all__ = ["Cell", "Scaling", "measure", "scaling"]


@dataclass(frozen=True)
class Cell:
    """What was measured; times in milliseconds a call, ratios say how many times longer the other takes."""

    signal: str
    feature: str
    label: str
    ours: float
    librosa: float
    #: times librosa
    times: Ratio
    #: Largest difference from librosa, relative to librosa's largest magnitude.
    error: float
    tolerance: float
    target: float | None = None
    #: Other libraries: milliseconds, and how many times longer than ours.
    peers: dict[str, tuple[float, float]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    #: Ours as a part of the FFT floor, by kind, and which library that was.
    floor: dict[str, float] = field(default_factory=dict)
    floor_library: dict[str, str] = field(default_factory=dict)
    floor_target: float | None = None
    #: Which of librosa's ways was faster, on a batch.
    way: str = ""

    @property
    def equal(self) -> bool:
        return self.error <= self.tolerance

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without one."""
        return None if self.target is None else self.times.median >= self.target

    @property
    def below_floor(self) -> bool | None:
        """Whether the target against the FFT floor is met; None without one."""
        if self.floor_target is None or "framed" not in self.floor:
            return None
        return self.floor["framed"] <= self.floor_target


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference relative to the largest magnitude; infinite for another shape or a NaN."""
    if ours.shape != theirs.shape:
        return float("inf")
    worst, peak = 0.0, 0.0
    for a, b in zip(ours, theirs, strict=True):  # row by row: no third array as large as they are
        gap = float(np.abs(a - b).max())
        if not np.isfinite(gap):
            return float("inf")
        worst, peak = max(worst, gap), max(peak, float(np.abs(b).max()))
    return worst / peak


def looped(call, y):
    """One call a clip, as a user without batches writes it."""
    return call(y) if y.ndim == 1 else [call(clip) for clip in y]


def faster_way(call, y):
    """librosa's faster way through `y`, by name and as a call: a batch is passed whole, or clip by clip."""
    if y.ndim == 1:
        return "", partial(call, y)
    ways = {"whole batch": partial(call, y), "clip by clip": partial(looped, call, y)}
    seconds = {}
    for name, way in [*ways.items(), *ways.items()]:  # each once unmeasured
        start = time.perf_counter()
        way()
        seconds[name] = time.perf_counter() - start
    best = min(seconds, key=lambda name: seconds[name])
    return best, ways[best]


def measure(
    row: Row, signal: Signal, libraries: list[str], floor: FloorProcess | None, rounds: int, least: float
) -> Cell:
    """Check `row` on `signal` against librosa, then time it with all `libraries` that can do it."""
    sr = signal.rate or row.rate
    y = signal.make(sr, row.dtype)
    failed: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a peer thinks of these settings is not the question
        librosa = row.peers["librosa"](sr, **row.settings)
        ours = np.asarray(row.ours(y, sr))
        error = difference(ours, np.asarray(looped(librosa, y)))
        if y.ndim > 1:  # librosa 0.11 takes one tuning and one top_db for all clips of a batch
            error = min(error, difference(ours, np.asarray(librosa(y))))
        frames = ours.shape[-1] * (1 if y.ndim == 1 else len(y))
        del ours

        way, librosa_call = faster_way(librosa, y)
        samplers: dict[str, Sampler] = {
            "voicefeat": sampler(lambda: row.ours(y, sr)),
            "librosa": sampler(librosa_call),
        }
        for name in libraries:
            try:
                call = row.peers[name](sr, **row.settings) if name in row.peers else None
                if name != "librosa" and call is not None:
                    samplers[name] = sampler(partial(looped, call, y))
            except Exception as problem:  # another library's limits are a remark, not an end
                failed[name] = f"{type(problem).__name__}: {problem}"
        if floor is not None:
            samplers |= floor.samplers(row.frames[0], frames, row.dtype)
        times = interleaved(samplers, rounds, least)

    mine = times.pop("voicefeat")
    theirs = times.pop("librosa")
    others = [name for name in times if not name.startswith("floor")]
    floors = [name for name in times if name.startswith("floor")]
    return Cell(
        signal=signal.name, feature=row.feature, label=row.label,
        ours=1e3 * median(mine), librosa=1e3 * median(theirs), times=ratio(theirs, mine),
        error=error, tolerance=row.tolerance, target=row.targets.get(signal.name),
        peers={name: (1e3 * median(times[name]), ratio(times[name], mine).median) for name in others},
        failed=failed,
        floor={name.split()[1]: ratio(mine, times[name]).median for name in floors},
        floor_library=dict(floor.libraries) if floor else {},
        floor_target=row.floor.get(signal.name),
        way=way,
    )


@dataclass(frozen=True)
class Scaling:
    """One thread against several."""

    signal: str
    label: str
    threads: int
    one: float
    several: float
    times: Ratio
    target: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.target is None else self.times.median >= self.target


def scaling(row: Row, signal: Signal, threads: int, rounds: int, least: float) -> Scaling:
    """How many times sooner `row` is done with `threads` threads than with one."""
    sr = signal.rate or row.rate
    y = signal.make(sr, row.dtype)

    def with_threads(n: int) -> Sampler:
        sample = sampler(lambda: row.ours(y, sr))

        def budgeted(least: float) -> float:
            vf.set_num_threads(n)
            try:
                return sample(least)
            finally:
                vf.set_num_threads(1)

        return budgeted

    times = interleaved({"one": with_threads(1), "several": with_threads(threads)}, rounds, least)
    return Scaling(
        signal.name, row.label, threads, 1e3 * median(times["one"]), 1e3 * median(times["several"]),
        ratio(times["one"], times["several"]), 1.7 if signal.seconds >= 60 and threads == 2 else None,
    )

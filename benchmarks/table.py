"""One cell of the table: a row on a signal, equality first, then everything in turns."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf

from .compare import difference, looped, parts
from .floor import FloorProcess
from .row import Call, Row
from .signals import Signal
from .timing import Ratio, Sampler, interleaved, median, ratio, sampler

__all__ = ["Cell", "Part", "Scaling", "measure", "scaling"]


@dataclass(frozen=True)
class Part:
    """Calls of our own that a row was measured against."""

    label: str
    #: Their milliseconds.
    takes: float
    #: The row's time over theirs.
    part: Ratio
    most: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.most is None else self.part.median <= self.most


@dataclass(frozen=True)
class Cell:
    """What was measured; times in milliseconds a call, ratios say how many times longer the other takes."""

    signal: str
    feature: str
    label: str
    ours: float
    #: librosa's, and the next two beside it; None where librosa has no such function.
    librosa: float | None
    #: times librosa
    times: Ratio | None
    #: Largest difference from librosa, relative to librosa's largest magnitude.
    error: float | None
    tolerance: float
    target: float | None = None
    #: Other libraries: milliseconds, and how many times longer than ours.
    peers: dict[str, tuple[float, float]] = field(default_factory=dict)
    #: Least times of them, by library or "fastest".
    beside: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    #: Libraries of the same definition: their difference from ours, as `error` is, and the most it may be.
    apart: dict[str, float] = field(default_factory=dict)
    alike: dict[str, float] = field(default_factory=dict)
    #: Ours as a part of the FFT floor, by kind, and which library that was.
    floor: dict[str, float] = field(default_factory=dict)
    floor_library: dict[str, str] = field(default_factory=dict)
    floor_target: float | None = None
    #: Which of librosa's ways was faster, on a batch.
    way: str = ""
    #: The share of values that may differ by more than `tolerance`.
    rare: float = 0.0
    #: Seconds, where the row has a shorter signal than the others.
    cut: float | None = None
    own: list[Part] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return (self.error is None or self.error <= self.tolerance) and not self.differing

    @property
    def differing(self) -> list[str]:
        """The other libraries of the same definition that differ by more than they may."""
        return [name for name, error in self.apart.items() if not error <= self.alike[name]]

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without one."""
        return None if self.target is None or self.times is None else self.times.median >= self.target

    @property
    def beside_reached(self) -> dict[str, bool]:
        """By library (or "fastest"), whether its target is met; none where it took no part."""
        ratios = {name: times for name, (_, times) in self.peers.items()}
        if ratios:
            ratios["fastest"] = min(ratios.values())
        return {name: ratios[name] >= least for name, least in self.beside.items() if name in ratios}

    @property
    def below_floor(self) -> bool | None:
        """Whether the target against the FFT floor is met; None without one."""
        if self.floor_target is None or "framed" not in self.floor:
            return None
        return self.floor["framed"] <= self.floor_target


def faster_way(call: Call, y: Any) -> tuple[str, Callable[[], Any]]:
    """librosa's faster way through the batch `y`, by name and as a call: passed whole, or clip by clip."""
    ways = {"whole batch": partial(call, y), "clip by clip": partial(_each, call, y)}
    seconds = {}
    for name, way in [*ways.items(), *ways.items()]:  # each once unmeasured
        start = time.perf_counter()
        way()
        seconds[name] = time.perf_counter() - start
    best = min(seconds, key=lambda name: seconds[name])
    return best, ways[best]


def _checked(row: Row, signal: Signal, ours: Any, librosa: Call, y: Any) -> tuple[float, Sampler, str]:
    """The error of `ours` beside librosa's answer to `y`; librosa's sampler, and its way through a batch."""
    start = time.perf_counter()
    theirs = looped(librosa, y) if signal.clips > 1 else librosa(y)
    spent = time.perf_counter() - start
    error = difference(ours, theirs, row.rare)
    if signal.clips == 1:
        if row.doubled:
            error = difference(ours, librosa(y.astype(np.float64)), row.rare)
        return error, sampler(partial(librosa, y), spent), ""
    # librosa 0.11 takes one tuning and one top_db for all clips of a batch
    error = min(error, difference(ours, librosa(y), row.rare))
    way, call = faster_way(librosa, y)
    return error, sampler(call), way


def _others(
    row: Row, signal: Signal, names: list[str], y: Any, ours: Any, failed: dict[str, str]
) -> tuple[dict[str, Sampler], dict[str, float]]:
    """Samplers of the other libraries that do this row, and how far those of its definition are from `ours`.

    What fails is noted in `failed`.
    """
    samplers, apart = {}, {}
    for name in names:
        if name == "librosa" or name not in row.libraries:
            continue
        try:
            call = row.libraries[name](signal.rate or row.rate, **row.settings)
            if call is not None:
                whole = partial(_each, call) if signal.clips > 1 else call
                samplers[name] = sampler(partial(whole, y))
                if name in row.alike:
                    theirs = looped(call, y) if signal.clips > 1 else call(y)
                    apart[name] = difference(ours, theirs, row.rare)
        except Exception as problem:  # another library's limits are a remark, not an end
            failed[name] = f"{type(problem).__name__}: {problem}"
    return samplers, apart


def _each(call: Call, y: Any) -> list[Any]:
    return [call(clip) for clip in y]


def measure(
    row: Row,
    signal: Signal,
    libraries: list[str],
    floor: FloorProcess | None,
    rounds: int,
    least: float,
    patience: float = 1.5,
) -> Cell:
    """Check `row` on `signal` against librosa, then time it with all `libraries` that can do it."""
    sr = signal.rate or row.rate
    y = signal.make(sr, row.dtype, row.longest)
    failed: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a peer thinks of these settings is not the question
        given = y if row.given is None else row.given(y, sr)
        call = row.ours(sr)
        ours = call(given)
        librosa = row.libraries["librosa"](sr, **row.settings)
        beside: dict[str, Sampler] = {}
        error, way = None, ""
        if librosa is not None:
            error, beside["librosa"], way = _checked(row, signal, ours, librosa, given)
        framed = row.frames and (row.frames[0], parts(ours)[0].shape[-1] * signal.clips, row.dtype)
        others, apart = _others(row, signal, libraries, given, ours, failed)
        del ours

        samplers = {"voicefeat": sampler(partial(call, given)), **beside}
        samplers |= {f"own {i}": sampler(partial(own.call, y, sr)) for i, own in enumerate(row.own)}
        samplers |= others
        if floor is not None and framed is not None:
            samplers |= floor.samplers(*framed)
        times = interleaved(samplers, rounds, least, patience)

    mine, theirs = times["voicefeat"], times.get("librosa")
    named = [n for n in times if n in row.libraries and n != "librosa"]
    floors = [n for n in times if n.startswith("floor ")]
    return Cell(
        signal=signal.name, feature=row.feature, label=row.label,
        ours=1e3 * median(mine), librosa=None if theirs is None else 1e3 * median(theirs),
        times=None if theirs is None else ratio(theirs, mine),
        error=error, tolerance=row.tolerance, target=row.targets.get(signal.name),
        peers={name: (1e3 * median(times[name]), ratio(times[name], mine).median) for name in named},
        beside={name: least[signal.name] for name, least in row.beside.items() if signal.name in least},
        failed=failed, apart=apart, alike={name: row.alike[name] for name in apart},
        floor={name.split()[1]: ratio(mine, times[name]).median for name in floors},
        floor_library=dict(floor.libraries) if floor and floors else {},
        floor_target=row.floor.get(signal.name),
        way=way, rare=row.rare,
        cut=row.longest if row.longest is not None and row.longest < signal.seconds else None,
        own=[
            Part(own.label, 1e3 * median(times[f"own {i}"]), ratio(mine, times[f"own {i}"]),
                 own.most.get(signal.name))
            for i, own in enumerate(row.own)
        ],
    )  # fmt: skip


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
    y = signal.make(sr, row.dtype, row.longest)
    call = row.ours(sr)

    def with_threads(n: int) -> Sampler:
        sample = sampler(partial(call, y), clock=time.perf_counter)

        def budgeted(least: float) -> float:
            vf.set_num_threads(n)
            try:
                return sample(least)
            finally:
                vf.set_num_threads(1)

        return budgeted

    times = interleaved({"one": with_threads(1), "several": with_threads(threads)}, rounds, least)
    return Scaling(
        signal.name,
        row.label,
        threads,
        1e3 * median(times["one"]),
        1e3 * median(times["several"]),
        ratio(times["one"], times["several"]),
        1.7 if signal.seconds >= 60 and threads == 2 else None,
    )

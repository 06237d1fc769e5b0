"""Interleaved timing: everything that is compared takes turns, so that a slow moment hits all alike."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Ratio", "Sampler", "interleaved", "ratio"]

#: Seconds of a call that is called no oftener than it must be.
LONG = 2.0

#: What returns the mean seconds of one call over at least so many seconds of calls.
Sampler = Callable[[float], float]


def sampler(
    call: Callable[[], object], known: float = 0.0, clock: Callable[[], float] = time.process_time
) -> Sampler:
    """A sampler of `call`, which is called here, unmeasured: tables and plans are built then.

    Processor time, of all threads of the process, is what others on the machine disturb least.

    Not so where it has been called before, and the `known` seconds that it took are long.
    """
    estimate = known if known > LONG else math.inf
    for _ in range(2 if known <= LONG else 0):
        start = clock()
        call()
        estimate = max(min(estimate, clock() - start), 1e-7)
        if estimate > LONG / 10:
            break

    def sample(least: float) -> float:
        count = max(1, math.ceil(least / estimate))
        if estimate <= LONG:
            call()  # memory that went back to the system during the others' turns is fetched here, unmeasured
        collecting = gc.isenabled()
        gc.disable()
        try:
            start = clock()
            for _ in range(count):
                call()
            return (clock() - start) / count
        finally:
            if collecting:
                gc.enable()

    return sample


def interleaved(
    samplers: Mapping[str, Sampler], rounds: int, least: float = 0.02, patience: float = 1.5
) -> dict[str, list[float | None]]:
    """Seconds a call, by name, one entry a round: A B C, A B C, ...

    Who needs longer than `patience` seconds for all rounds sits out some of them (None), but takes part in
    three of nine; who needs seconds for one call takes part in the first alone.
    """
    times: dict[str, list[float | None]] = {name: [] for name in samplers}
    every = dict.fromkeys(samplers, 1)
    for turn in range(rounds):
        for name, sample in samplers.items():
            if turn % every[name]:
                times[name].append(None)
                continue
            start = time.perf_counter()
            seconds = sample(least)
            times[name].append(seconds)
            spent = time.perf_counter() - start
            affordable = max(1 if seconds > LONG else 3, int(patience / max(spent, 1e-9)))
            every[name] = math.ceil(rounds / affordable)
    return times


@dataclass(frozen=True)
class Ratio:
    """How many times longer one takes than the other: median over rounds and the middle half."""

    median: float
    low: float
    high: float


def ratio(slow: list[float | None], fast: list[float | None]) -> Ratio:
    """Round by round, `slow` over `fast`, of the rounds in which both took part."""
    pairs = sorted(s / f for s, f in zip(slow, fast, strict=True) if s is not None and f is not None)
    quarter = (len(pairs) - 1) // 4
    return Ratio(statistics.median(pairs), pairs[quarter], pairs[-1 - quarter])


def median(times: list[float | None]) -> float:
    """The median of the rounds that were taken."""
    return statistics.median(t for t in times if t is not None)

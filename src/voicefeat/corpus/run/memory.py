"""How much memory features will take, before one is computed, and how much there is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...audio.decoding import length
from ...errors import AudioError, is_transient
from ..inputs.sources import Source
from ..ordered_map import ordered_map
from .job import CorpusJob

__all__ = ["estimated_bytes", "free_bytes"]

#: Durations in seconds of noise whose features are measured.
SHORT, LONG = 2, 6
#: Largest number of recordings that are opened for their lengths.
LOOKED_AT = 128
#: Where Linux tells the memory of the machine, and of the group that a container is.
MACHINE, GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def estimated_bytes(job: CorpusJob, sources: Sequence[Source], workers: int) -> int:
    """The bytes of the values of all recordings, by their lengths; of each, one channel is counted.

    Of many recordings a random part is looked at. What cannot be read, and a rate that is refused, count
    nothing: the run will tell.
    """
    looked_at = sources
    if len(sources) > LOOKED_AT:
        drawn = np.random.default_rng(0).choice(len(sources), LOOKED_AT, replace=False)
        looked_at = [sources[number] for number in sorted(drawn)]
    seconds = ordered_map(_duration, looked_at, workers)
    growth: dict[int, tuple[float, float]] = {}
    total = 0.0
    for duration, own in seconds:
        rate = job.sr or own
        if duration and rate not in growth:
            growth[rate] = _growth(job, rate)
        if duration:
            fixed, each = growth[rate]
            total += fixed + each * duration
    return round(total * len(sources) / max(1, len(looked_at)))


def _duration(source: Source) -> tuple[float, int]:
    """Seconds of a source, and the rate of its file; 0 where it cannot be read."""
    try:
        count, rate = length(source.path)
    except (AudioError, OSError) as error:
        if is_transient(error):
            raise
        return 0.0, 0
    end = count / rate if source.end is None else min(source.end, count / rate)
    return max(0.0, end - source.start), rate


def _growth(job: CorpusJob, rate: int) -> tuple[float, float]:
    """Bytes of a recording of no length, and bytes of each second, by features of noise."""
    try:
        short, long = (job.bytes_of(_noise(seconds * rate), rate) for seconds in (SHORT, LONG))
    except Exception as error:  # a callable may raise anything
        if is_transient(error):
            raise
        return 0.0, 0.0
    each = (long - short) / (LONG - SHORT)
    return short - each * SHORT, each


def _noise(samples: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(samples).astype(np.float32)


def free_bytes() -> int | None:
    """The memory that can be had without swapping; all there is where only that is known; None if nothing."""
    known = [one for one in (_machine(), _group()) if one is not None]
    if known:
        return min(known)
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has none of it
        return None


def _machine() -> int | None:
    try:
        lines = dict(line.split(":", 1) for line in MACHINE.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, ValueError, KeyError):
        return None


def _group() -> int | None:
    """What the control group of a container leaves; files that are only cached count as free."""
    try:
        most, used = ((GROUP / f"memory.{name}").read_text().strip() for name in ("max", "current"))
        stat = dict(line.split() for line in (GROUP / "memory.stat").read_text().splitlines())
        return max(0, int(most) - int(used) + int(stat["inactive_file"]))
    except (OSError, ValueError, KeyError):  # no group, or one without a limit ("max")
        return None

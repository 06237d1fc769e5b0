"""How far memory rises during one call, in a process of its own (``python -m benchmarks.memory``)."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from .compare import parts
from .process import Measure
from .row import Row
from .rows import ROWS
from .signals import speech

__all__ = ["HOUR", "memory", "status"]

RATE = 16000
HOUR = 3600
#: MB that a call may add to signal, result and what it must keep.
MOST = 64
#: The rows that librosa is measured on, too.
BESIDE = ["mfcc, defaults"]
RESET = "/proc/self/clear_refs"


# ------------------------------------------------------------------------------- in the process itself
def status(key: str) -> int:
    """Bytes; VmHWM is this process's own high-water mark, ru_maxrss would start at that of the parent."""
    with open("/proc/self/status") as status:
        found = re.search(rf"{key}:\s+(\d+) kB", status.read())
    assert found is not None
    return int(found[1]) * 1024


def _risen(row: Row, seconds: int, library: str) -> float:
    """MB that the row's call on so many seconds adds to what it is given, its result and what it keeps."""
    minute = speech(60 * RATE, RATE).astype(row.dtype)
    y = np.empty(RATE * seconds, row.dtype)
    for start in range(0, y.size, minute.size):
        y[start : start + minute.size] = minute[: y.size - start]
    call = row.ours(RATE) if library == "voicefeat" else row.libraries[library](RATE, **row.settings)
    assert call is not None
    short, whole = (x if row.given is None else row.given(x, RATE) for x in (y[: 3 * RATE], y))
    call(short)  # tables, plans and compiled code are there from now on
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)  # what was freed so far must not hide what the call needs
    before = status("VmRSS")
    with open(RESET, "w") as reset:
        reset.write("5")
    result = parts(call(whole))
    risen = status("VmHWM") - before - sum(part.nbytes for part in result)
    kept = row.kept(minute, RATE) if callable(row.kept) else row.kept or 0.0
    # Of a result that is mostly zeros (piptrack's) most is never in memory.
    return max(0.0, risen - kept * result[0].shape[-1]) / 1e6


# ----------------------------------------------------------------------------- seen from the benchmark
def _measured(row: Row, seconds: int, library: str = "voicefeat") -> float:
    command = [sys.executable, "-m", "benchmarks.memory", row.label, str(seconds), library]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"measuring the memory of {row.label} failed:\n{done.stderr}")
    return float(done.stdout.strip().splitlines()[-1])


def memory(rows: list[Row], seconds: int = HOUR) -> Iterator[Measure]:
    """MB that those of `rows` whose result is frames add, on so many `seconds` of speech."""
    if not os.access(RESET, os.W_OK):
        return
    length = "one hour" if seconds == HOUR else f"{seconds} s"
    for row in rows:
        if row.kept is not None:
            theirs = _measured(row, seconds, "librosa") if row.label in BESIDE else None
            yield Measure(f"memory of {row.label}, {length}", _measured(row, seconds), "MB", MOST, theirs)


if __name__ == "__main__":
    label, seconds, library = sys.argv[1:]
    print(_risen(next(row for row in ROWS if row.label == label), int(seconds), library))

"""How long a push takes and what a stream holds (``python -m benchmarks.streaming``).

Of each front end, 10,000 pushes of 10 ms one after another, each timed by the clock on the wall; then an hour
in pieces of 20 ms, and the memory of the process every ten minutes of it.
"""

from __future__ import annotations

import gc
import sys
import time

import numpy as np

import voicefeat as vf

from .memory import status
from .signals import speech

NAMES = ("kaldi-fbank-80", "kaldi-mfcc", "asvspoof2019-lfcc", "nii-lfcc")
RATE = 16000
PUSHES = 10_000


def pushes(name: str) -> np.ndarray:
    """Microseconds of each of the pushes."""
    stream, y = vf.frontend(name).stream(RATE), speech(10 * RATE, RATE)
    taken, size = [], RATE // 100
    gc.disable()
    try:
        for i in range(PUSHES + 100):
            at = i * size % (y.size - size)
            piece = y[at : at + size]
            start = time.perf_counter_ns()
            stream.push(piece)
            taken.append(time.perf_counter_ns() - start)
    finally:
        gc.enable()
    return np.array(taken[100:]) / 1e3


def hour(name: str) -> list[float]:
    """Resident megabytes after each ten minutes of an hour in pieces of 20 ms."""
    stream, piece, found = vf.frontend(name).stream(RATE), speech(10 * RATE, RATE)[: RATE // 50], []
    for i in range(180_000):
        stream.push(piece)
        if (i + 1) % 30_000 == 0:
            found.append(status("VmRSS") / 1e6)
    return found


def main() -> int:
    """Print both tables."""
    print(f"{'µs a push of 10 ms':24s}{'median':>10s}{'99.9 %':>10s}{'longest':>10s}")
    for name in NAMES:
        taken = pushes(name)
        figures = np.median(taken), np.quantile(taken, 0.999), taken.max()
        print(f"{name:24s}" + "".join(f"{each:10.1f}" for each in figures), flush=True)
    print(f"\n{'MB after so many minutes':24s}" + "".join(f"{10 * (i + 1):10d}" for i in range(6)))
    for name in NAMES:
        print(f"{name:24s}" + "".join(f"{each:10.2f}" for each in hour(name)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

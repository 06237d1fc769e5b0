"""What surrounds the call: overhead, import, the first call of a process, another processor."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import voicefeat as vf

from .timing import sampler

__all__ = ["Measure", "measures"]


@dataclass(frozen=True)
class Measure:
    """One number and the most it may be."""

    label: str
    value: float
    unit: str
    most: float | None = None
    #: librosa's number, where it has one.
    librosa: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.most is None else self.value <= self.most


def _fresh(code: str, **environment: str) -> str:
    """The last line that `code` prints in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"a measuring process failed:\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


# ------------------------------------------------------------------------------------------- one call
def overhead() -> Iterator[Measure]:
    """The smallest call there is, where nearly all time is checks, look-up and allocation."""
    tiny = np.linspace(-0.5, 0.5, 64, dtype=np.float32)
    frame = np.resize(tiny, 2048)
    calls = {
        "mfcc of one frame of 64 samples, 4 bands: the call itself": (
            lambda: vf.mfcc(tiny, 16000, n_fft=64, hop_length=16, n_mels=4, n_mfcc=2, center=False),
            20.0,
        ),
        "mfcc of one frame of 2048 samples, 128 bands": (lambda: vf.mfcc(frame, 16000, center=False), None),
    }
    for label, (call, most) in calls.items():
        sample = sampler(call)
        yield Measure(label, 1e6 * statistics.median(sample(0.02) for _ in range(9)), "µs", most)


# ---------------------------------------------------------------------------------- a fresh process
_IMPORT = """
import sys, time
import numpy
start = time.perf_counter()
import {module}
took = time.perf_counter() - start
assert {module!r} != "voicefeat" or not {{"numba", "scipy"}} & sys.modules.keys(), "loaded too early"
print(1e3 * took)
"""

_FIRST = """
import time
import numpy as np
import {module}
y = np.linspace(-0.5, 0.5, 48000, dtype=np.float32)
{call}(y=y, sr=16000)
print(time.time())
"""


def imports(rounds: int) -> Measure:
    """Milliseconds that ``import voicefeat`` adds to ``import numpy``."""
    times = {
        module: statistics.median(float(_fresh(_IMPORT.format(module=module))) for _ in range(rounds))
        for module in ("voicefeat", "librosa")
    }
    return Measure("import, over numpy", times["voicefeat"], "ms", 40, times["librosa"])


def _first(module: str, call: str, **environment: str) -> float:
    start = time.time()
    return float(_fresh(_FIRST.format(module=module, call=call), **environment)) - start


def _first_calls(module: str, call: str, variable: str, rounds: int) -> tuple[float, float]:
    """Without and with a cache, in a folder that is empty at the beginning."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _first(module, call, **{variable: folder})
        return cold, statistics.median(_first(module, call, **{variable: folder}) for _ in range(rounds))


def first_calls(rounds: int, librosa: bool) -> Iterator[Measure]:
    """Seconds from the start of a process to the end of its first mfcc of 3 s, interpreter included."""
    cold, warm = _first_calls("voicefeat", "voicefeat.mfcc", "VOICEFEAT_CACHE_DIR", rounds)
    theirs: tuple[float | None, float | None] = (None, None)
    if librosa:
        theirs = _first_calls("librosa", "librosa.feature.mfcc", "NUMBA_CACHE_DIR", rounds)
    yield Measure("first mfcc of a fresh process, warm cache", warm, "s", 0.7, theirs[1])
    yield Measure("first mfcc of a fresh process, no cache", cold, "s", 6.0, theirs[0])


# -------------------------------------------------------------------------------- another processor
_HASWELL = (
    "+64bit,+aes,+avx,+avx2,+bmi,+bmi2,+cmov,+crc32,+cx16,+cx8,+f16c,+fma,+fsgsbase,+fxsr,+invpcid,+lzcnt,"
    "+mmx,+movbe,+pclmul,+popcnt,+rdrnd,+sahf,+sse,+sse2,+sse3,+sse4.1,+sse4.2,+ssse3,+xsave,+xsaveopt"
)


def avx2() -> dict:
    """A run of mfcc on a minute, compiled for AVX2 on a processor that has more."""
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks",
                "--rows",
                "mfcc, defaults",
                "--signals",
                "60s",
                "--sections",
                "table",
                "--libraries",
                "librosa",
                "--json",
                result,
            ],
            env={
                **os.environ,
                "NUMBA_CPU_NAME": "haswell",
                "NUMBA_CPU_FEATURES": _HASWELL,
                "VOICEFEAT_CACHE_DIR": folder,
            },
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with open(result, encoding="utf-8") as file:
            return json.load(file)


def measures(quick: bool) -> Iterator[Measure]:
    """All of them, one after the other; `quick` spares librosa's compilation and most of the hour."""
    rounds = 1 if quick else 5
    yield from overhead()
    yield imports(rounds)
    yield from first_calls(rounds, librosa=not quick)

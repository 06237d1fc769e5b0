"""The floor: what the best FFT library needs for the transforms alone, and nothing else.

Two floors. *Framed*: every windowed frame lies contiguous in memory already and the output is allocated;
all are transformed in one call. *Resident*: the same number of transforms, over and over on one batch
that stays in the second-level cache. The best of mkl_fft, pyfftw, ducc0 and scipy counts, whichever is
installed.

It runs as a process of its own (``python -m benchmarks.floor``, a line of JSON in, a line out), because
MKL brings FFTW's symbols along and breaks libraries that link FFTW themselves.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from .timing import Sampler, median, sampler

LIBRARIES = ["mkl_fft", "pyfftw", "ducc0", "scipy"]
#: Bytes of input and output of a resident batch; the second-level caches of the day hold 0.5 to 2 MiB.
RESIDENT = [131072, 262144, 393216]


# ------------------------------------------------------------------------------- in the process itself
def _transform(library: str, frames: Any, out: Any) -> Callable[[], Any] | None:
    """A call that transforms all `frames` into `out`, or None where the library is not there."""
    try:
        module = importlib.import_module("scipy.fft" if library == "scipy" else library)
    except ImportError:
        return None
    if library == "mkl_fft":
        return lambda: module.rfft(frames, axis=1, out=out)
    if library == "ducc0":
        return lambda: module.fft.r2c(frames, axes=(1,), out=out, nthreads=1)
    if library == "scipy":
        return lambda: module.rfft(frames, axis=1)
    return _fftw(module, frames, out)


def _fftw(pyfftw: Any, frames: Any, out: Any, batch: int = 64) -> Callable[[], Any]:
    """FFTW plans by trying, so the plan is made for a batch and applied batch by batch."""
    import numpy as np

    jobs = []
    for start in range(0, len(frames), batch):
        piece, result = frames[start : start + batch], out[start : start + batch]
        kept = np.copy(piece)
        plan = pyfftw.FFTW(piece, result, axes=(1,), flags=("FFTW_MEASURE", "FFTW_UNALIGNED"))
        piece[...] = kept  # planning overwrites its input
        jobs.append(plan.execute)

    def run():
        for job in jobs:
            job()

    return run


class Floor:
    """Both floors of one kind of frame."""

    def __init__(self, n_fft: int, frames: int, dtype: str):
        import numpy as np

        result = np.result_type(dtype, np.complex64)
        self.frames = frames
        itemsize = np.dtype(dtype).itemsize
        noise = np.random.default_rng(0).standard_normal((min(frames, 512), n_fft)).astype(dtype)
        x = np.resize(noise, (frames, n_fft))
        y = np.empty((frames, n_fft // 2 + 1), result)
        self.framed = self._best([frames], x, y)
        batches = [max(1, size // (2 * itemsize * n_fft)) for size in RESIDENT]
        self.resident = self._best(batches, noise, np.empty_like(y[: len(noise)]))

    @staticmethod
    def _best(counts: list[int], x: Any, y: Any) -> tuple[str, int, Sampler]:
        """Library, frames a call and sampler of the fastest."""
        contenders = []
        for count in {min(n, len(x)) for n in counts}:
            for library in LIBRARIES:
                call = _transform(library, x[:count], y[:count])
                if call is not None:
                    sample = sampler(call)
                    seconds = median([sample(0.002) for _ in range(3)]) / count
                    contenders.append((seconds, library, count, sample))
        _, library, count, sample = min(contenders, key=lambda c: c[0])
        return library, count, sample

    def sample(self, kind: str, least: float) -> float:
        """Seconds for all frames."""
        _, count, sample = getattr(self, kind)
        return sample(least) * self.frames / count


def _serve() -> None:
    floor = None
    for line in sys.stdin:
        request = json.loads(line)
        if "n_fft" in request:
            floor = Floor(**request)
            reply: Any = {"framed": floor.framed[0], "resident": floor.resident[0]}
        else:
            assert floor is not None
            reply = floor.sample(**request)
        print(json.dumps(reply), flush=True)


# ----------------------------------------------------------------------------- seen from the benchmark
class FloorProcess:
    """The floor's process; idle but while it is asked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.floor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._frame: tuple[Any, ...] = ()
        self.libraries: dict[str, str] = {}

    def _ask(self, kind: str, least: float) -> float:
        return self._send(kind=kind, least=least)

    def _send(self, **request: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        reply = self._process.stdout.readline()
        if not reply:
            raise RuntimeError(f"the process of the FFT floor ended (status {self._process.wait()})")
        return json.loads(reply)

    def samplers(self, n_fft: int, frames: int, dtype: str) -> dict[str, Sampler]:
        """The samplers of both floors, by name; `libraries` says who is the fastest at each."""
        if self._frame != (n_fft, frames, dtype):
            self.libraries = self._send(n_fft=n_fft, frames=frames, dtype=dtype)
            self._frame = (n_fft, frames, dtype)
        return {f"floor {kind}": partial(self._ask, kind) for kind in ("framed", "resident")}

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


if __name__ == "__main__":
    _serve()

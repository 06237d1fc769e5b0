"""How long a row takes that is read from a large dataset (``python -m benchmarks.dataset [ROWS]``).

``python -m benchmarks.dataset formats [ROWS]`` says how many rows a second each format gives.

The dataset is of noise, 20 rows of 31 frames each, as one second at 22.05 kHz has; it is made in a temporary
folder by the writer that `voicefeat extract` has, and removed at the end. For the formats, a row is as
large as LFCC with deltas of four seconds at 16 kHz, and rows are read in a random order.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.corpus.formats import About, find_format
from voicefeat.corpus.items import Row
from voicefeat.corpus.output.commit import put
from voicefeat.corpus.output.shards import Shards

__all__ = ["main"]

SHAPE = (20, 31)
#: The shape of a row that is read from each format, and the formats.
LARGE = (60, 401)
BY_FORMAT = ("parquet", "kaldi", "npy", "hdf5", "zarr")
#: Rows that are read of each kind.
READ = 500


def _make(folder: Path, count: int, form: str = "parquet", shape: tuple[int, int] = SHAPE) -> None:
    names = [f"mfcc_{k}" for k in range(shape[0])]
    told = {"feature": "mfcc", "rows": names, "versions": {"voicefeat": vf.__version__}}
    shards = Shards(
        folder, [About("mfcc", told, "float32", (("label", "string"),))], find_format(form), 128.0
    )
    rng = np.random.default_rng(0)
    for k in range(count):
        values = 20 * rng.standard_normal(shape, dtype=np.float32)
        name = f"speaker{k // 1000:04d}/{k:08d}.flac"
        row = Row(name, 0, 0.0, None, 22050, 1.0, (values,), ("spoof" if k % 9 else "bonafide",))
        if shards.add(row):
            put(shards.close())
    put(shards.close())


def _once(name: str, call: Callable[[], Any]) -> Any:
    began, busy = time.perf_counter(), time.process_time()
    made = call()
    told = f"{time.perf_counter() - began:8.3f} s {time.process_time() - busy:8.3f} s of the processor"
    print(f"{name:28s}{told}  {_memory():5.0f} MB", flush=True)
    return made


def _each(name: str, calls: Iterable[Callable[[], Any]]) -> None:
    took, busy = [], []
    for call in calls:
        began, worked = time.perf_counter(), time.process_time()
        call()
        took.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    told = [
        f"median {np.median(t) * 1e3:.2f}, 99 in 100 below {np.quantile(t, 0.99) * 1e3:.2f}"
        for t in (took, busy)
    ]
    print(f"{name:28s}{told[0]} ms; of the processor {told[1]} ms  {_memory():5.0f} MB", flush=True)


def _memory() -> float:
    """MB, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _by_format(count: int) -> None:
    """Print how many rows a second come from each format, in a random order."""
    print(f"{count:,} rows of {LARGE[0]} x {LARGE[1]} float32 in a random order: rows a second")
    for form in BY_FORMAT:
        with tempfile.TemporaryDirectory() as below:
            folder = Path(below) / "dataset"
            _make(folder, count, form, LARGE)
            dataset = vf.open_dataset(folder)
            numbers = np.random.default_rng(1).integers(count, size=(6, min(READ, count))).tolist()
            rates, busy = [], []
            for some in numbers:
                began, worked = time.perf_counter(), time.process_time()
                for k in some:
                    dataset[k]
                rates.append(len(some) / (time.perf_counter() - began))
                busy.append(len(some) / (time.process_time() - worked))
            told = f"{np.median(rates[1:]):8,.0f}, {np.median(busy[1:]):8,.0f} a second of the processor"
            print(f"{form:10s}{told}", flush=True)


def main(arguments: list[str]) -> None:
    """Make a dataset of so many rows, read it in every way, and print how long each takes."""
    if arguments[:1] == ["formats"]:
        _by_format(int(arguments[1]) if len(arguments) > 1 else 3000)
        return
    count = int(arguments[0]) if arguments else 200_000
    with tempfile.TemporaryDirectory() as below:
        folder = Path(below) / "dataset"
        _once(f"made, {count:,} rows", lambda: _make(folder, count))
        dataset = _once("opened", lambda: vf.open_dataset(folder))
        dataset[0]
        numbers = np.random.default_rng(1).integers(count, size=(2, min(READ, count))).tolist()
        _each("a row by number", [lambda k=k: dataset[k] for k in numbers[0]])
        ids = _once("all ids", lambda: dataset.ids)
        _once("the first row by id", lambda: dataset[ids[-1]])
        _each("a row by id", [lambda k=k: dataset[ids[k]] for k in numbers[1]])
        batches = dataset.batches(32, seed=0)
        _once("the first batch, shuffled", lambda: next(batches))
        _each("a batch of 32, shuffled", [lambda: next(batches) for _ in range(min(20, count // 32 - 1))])
        _once("all rows, in order", lambda: sum(1 for _ in dataset))


if __name__ == "__main__":
    main(sys.argv[1:])

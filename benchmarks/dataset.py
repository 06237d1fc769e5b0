"""How long a row takes that is read from a large dataset (``python -m benchmarks.dataset [ROWS]``).

The dataset is of noise, 20 rows of 31 frames each, as one second at 22.05 kHz has; it is made in a temporary
folder by the writer that `voicefeat extract` has, and removed at the end.
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
#: Rows that are read of each kind.
READ = 500


def _make(folder: Path, count: int) -> None:
    names = [f"mfcc_{k}" for k in range(SHAPE[0])]
    told = {"feature": "mfcc", "rows": names, "versions": {"voicefeat": vf.__version__}}
    shards = Shards(
        folder, [About("mfcc", told, "float32", (("label", "string"),))], find_format("parquet"), 128.0
    )
    rng = np.random.default_rng(0)
    for k in range(count):
        values = 20 * rng.standard_normal(SHAPE, dtype=np.float32)
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


def main(arguments: list[str]) -> None:
    """Make a dataset of so many rows, read it in every way, and print how long each takes."""
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

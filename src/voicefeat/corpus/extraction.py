"""A corpus to a dataset: one engine for one file and for many.

Recordings are decoded and analysed on threads (the decoder, the resampler and the kernels let go of Python's
lock) and stored in the order of their ids, whatever the number of threads.
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from ..chain.threads import get_num_threads
from ..errors import ParameterError, real, whole
from ..presets.front_end import FrontEnd
from .arrow import need
from .fronts import FrontEndTask
from .ledger import Ledger
from .progress import Progress
from .remarks import Remarks
from .sources import find_sources
from .store import Row, Shards, claim
from .task import Task, Work

__all__ = ["Extraction", "extract_corpus"]

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Recordings in flight for each worker: enough that nobody waits for a long neighbour, few enough to hold.
AHEAD = 4


@dataclass(frozen=True)
class Extraction:
    """What a run did."""

    folder: Path
    #: Rows in the dataset.
    recordings: int
    #: Lines in the ledger.
    failed: int
    audio_seconds: float
    seconds: float
    #: Size of the shards.
    bytes: int
    shards: tuple[Path, ...]
    #: The ledger, or None when nothing failed.
    ledger: Path | None
    #: Files in the folders that were left out, by extension.
    ignored: Mapping[str, int] = field(default_factory=dict)
    #: Links to folders, which were not followed.
    links: tuple[str, ...] = ()
    #: Recordings that are in the dataset, but not without a warning; the first of these, as "id: warning".
    warned: int = 0
    warning: str = ""

    @property
    def times_real_time(self) -> float:
        """Seconds of audio for each second of work."""
        return self.audio_seconds / self.seconds if self.seconds else 0.0


def extract_corpus(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    feature: str | None = None,
    *,
    frontend: str | FrontEnd | None = None,
    sr: int | None = None,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    shard_mb: float = 128.0,
    progress: bool | None = None,
) -> Extraction:
    """Extract one feature, or a front end, from files and folders into a Parquet dataset.

    Parameters
    ----------
    paths : path-like or iterable of path-like
        Files, and folders that are searched to any depth.
    out : path-like
        The folder of the dataset: absent or empty.
    feature : str, optional
        A name in :data:`voicefeat.feature.registry.FEATURES`; by default ``"mfcc"``.
    frontend : str or FrontEnd, optional
        Instead of a feature: a front end, the name of a published one (:func:`voicefeat.frontends`), or a
        file ``*.toml`` that holds one. Its digest is stored with the values.
    sr : int, optional
        Resample every recording to this rate (Hz); by default each keeps its own. A front end with a rate of
        its own takes no other: recordings at another rate go to the ledger unless they are resampled.
    settings : mapping, optional
        Keyword arguments of the feature, over its defaults. A front end has its own.
    workers : int, optional
        Threads; by default voicefeat's thread budget. The dataset does not depend on it.
    shard_mb : float
        Megabytes of values in one Parquet file, before compression.
    progress : bool, optional
        Draw a progress bar on stderr; by default when that is a terminal.

    Returns
    -------
    Extraction
        Counts, sizes, times and the files written.

    Raises
    ------
    ParameterError
        Before any recording is opened, if an argument cannot be used. A recording that cannot be used raises
        nothing: it becomes a line of ``_failures.csv`` in `out`.
    ModuleNotFoundError
        If the ``corpus`` extra is not installed.

    Examples
    --------
    >>> import tempfile, numpy as np, soundfile
    >>> folder = tempfile.mkdtemp()
    >>> soundfile.write(folder + "/tone.wav", np.sin(np.arange(16000) / 5), 16000)
    >>> done = extract_corpus(folder, folder + "/out", "mfcc", settings={"n_mfcc": 13})
    >>> done.recordings, done.failed, [shard.name for shard in done.shards]
    (1, 0, ['part-00000.parquet'])
    """
    need("pyarrow.parquet")
    task = _work(feature, frontend, sr, settings)
    workers = get_num_threads() if workers is None else whole("workers", workers, unit="threads")
    shard_mb = real("shard_mb", shard_mb, above=0, unit="megabytes")
    folder = claim(out)
    found = find_sources([paths] if isinstance(paths, str | os.PathLike) else paths)
    if not found.sources:
        raise ParameterError(_nothing(found.ignored, found.links))
    n_rows = task.probe()
    warned: list[str] = []
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    with (
        Shards(folder, task.name, task.describe(n_rows), shard_mb) as shards,
        Ledger(folder) as ledger,
        Progress(len(found.sources), progress) as bar,
        Remarks(),
    ):
        for result in in_order(task, found.sources, workers):
            if isinstance(result, Row):
                shards.add(result)
                bar.step(result.duration)
                if result.remarks:
                    warned.append(f"{result.path}: {result.remarks[0]}")
            else:
                ledger.add(result)
                bar.step(failed=True)
    return Extraction(
        folder=folder,
        recordings=shards.rows,
        failed=ledger.count,
        audio_seconds=bar.audio_seconds,
        seconds=time.perf_counter() - started,
        bytes=sum(file.stat().st_size for file in shards.files),
        shards=tuple(shards.files),
        ledger=ledger.file if ledger.count else None,
        ignored=dict(found.ignored),
        links=tuple(found.links),
        warned=len(warned),
        warning=warned[0] if warned else "",
    )


def _work(
    feature: str | None, frontend: str | FrontEnd | None, sr: int | None, settings: Mapping[str, Any] | None
) -> Work:
    """What is done to each recording."""
    if frontend is None:
        return Task.of("mfcc" if feature is None else feature, sr, settings)
    if feature is not None:
        raise ParameterError(
            f"feature={feature!r} and frontend={frontend!r}: exclude each other; give one of them"
        )
    if settings:
        raise ParameterError(
            f"settings={dict(settings)!r}: a front end has its own; give one that is changed, "
            "frontend=vf.frontend(name).replace(...), or a TOML file of it"
        )
    return FrontEndTask.of(frontend, sr)


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, stop: Event | None = None
) -> Iterator[Result]:
    """``map(function, items)`` on threads: results in the order of `items`, few of them in memory at once.

    `stop` is set as soon as no more results are wanted.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="voicefeat")
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # also when the caller stops early: what has not begun never begins
        if stop is not None:
            stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _nothing(ignored: Counter[str], links: list[str]) -> str:
    beside = [f"{count} other file{'s' * (count != 1)} ({name})" for name, count in sorted(ignored.items())]
    beside += [f"a link to a folder ({link})" for link in links]
    seen = f"only {', '.join(beside)}" if beside else "nothing at all"
    return f"paths: hold no recordings, {seen}; give audio files, or folders that hold some at any depth"

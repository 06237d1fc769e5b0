"""Features of recordings that fit into memory, by the engine that extracts a corpus."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..._typing import StatisticName
from ...errors import ParameterError, check_bool, check_float, check_path, fail
from ...feature.names import FeatureName
from ...presets.front_end import FrontEnd
from ...presets.names import FrontEndName
from ..inputs.sources import Listing
from ..items import Failure, Item, Row
from ..output.folders import plain
from ..output.lock import InUse
from ..output.made_from import recordings_digest
from ..output.state import NAME as STATE, State
from ..run.arguments import check_executor, check_mapping, check_names, check_workers
from ..run.callables import CallableFrontEnd, check_sendable
from ..run.extract import extract_corpus
from ..run.job import CorpusJob
from ..run.listed import listed
from ..run.memory import estimated_bytes, free_bytes
from ..run.progress import Progress
from ..run.run import Extraction
from ..run.schedule import pieces_in_order
from ..run.task import CallableTask, make_tasks
from ..run.warnings import WarningsByThread
from .batches import Entry
from .dataset import Dataset
from .feature_list import FeatureList
from .open import open_dataset

__all__ = ["features"]

#: The largest limit of memory in megabytes, a petabyte: a larger one is a mistake.
MOST_MB = float(1 << 30)
#: Seconds between two looks at a folder that another run is writing to.
PAUSE = 0.2
#: Largest number of recordings that a message names.
NAMED = 3


def features(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Listing,
    frontend: FrontEndName | str | FrontEnd | CallableFrontEnd | None = None,
    *,
    feature: FeatureName | str | None = None,
    sr: int | None = None,
    settings: Mapping[str, Any] | None = None,
    channels: Literal["mean", "first", "each"] = "mean",
    part_seconds: float = 600.0,
    summary: Sequence[StatisticName | str] = (),
    windows: float | None = None,
    dtype: Literal["float32", "float64", "float16"] = "float32",
    workers: int | None = None,
    executor: Executor | None = None,
    strict: bool = True,
    cache: str | os.PathLike[str] | None = None,
    max_memory_mb: float | None = None,
    progress: bool = False,
) -> FeatureList:
    """Features, or a front end, of recordings that fit into memory: `extract_corpus` without a dataset.

    The same recordings are decoded and checked in the same way, with the same values bit for bit.

    Parameters
    ----------
    paths : path-like, iterable of path-like, or Listing
        The recordings, as for `extract_corpus`: files, folders and patterns, or a listing of
        `voicefeat.corpus.inputs`. Rows have the order of `paths`, and within a folder or pattern that of
        their ids; those of a listing have its order.
    frontend : str, FrontEnd or CallableFrontEnd, optional
        A front end: the name of a published one, the path of a file ``*.toml``, a value, or any callable that
        declares its name, rows and version.
    feature : str, optional
        In place of a front end, the name of a feature; by default ``"mfcc"``.
    sr, settings, channels, part_seconds, summary, windows, dtype, workers, executor
        As for `extract_corpus`. A recording longer than `part_seconds` has several rows.
    strict : bool
        Raise an error if a recording cannot be used; it names the first of them, when all have been tried.
        Otherwise they are left out, with a warning, and are in `FeatureList.failures`.
    cache : path-like, optional
        A folder for datasets. The first call extracts one, in a folder that is named after the front end and
        a digest of settings, list and versions; the same call later reads it. Recordings that have changed
        since and damaged shards are made again, and what failed is tried again. Another process that is
        extracting the same is waited for.
    max_memory_mb : float, optional
        Megabytes that the values may take; by default the memory that is free. The need is estimated before
        any recording is analysed, from the lengths of 128 of them, and then counted.
    progress : bool
        Draw a progress bar on stderr.

    Returns
    -------
    FeatureList
        Rows with their values, ids and labels; as lists, or stacked to one array.

    Raises
    ------
    ParameterError
        If an argument cannot be used, the values would need too much memory, or, if `strict`, a recording
        cannot be used.
    ModuleNotFoundError
        If `cache` is given and the extra ``corpus`` is not installed.

    Examples
    --------
    >>> import voicefeat as vf
    >>> made = vf.features("examples/audio", "asvspoof2019-lfcc", sr=16000, summary=["mean", "std"])
    >>> made.stacked().shape, made.row_names[:2]
    ((8, 120, 1), ['lfcc_0_mean', 'lfcc_0_std'])
    """
    workers, executor = check_workers(workers), check_executor(executor)
    tasks = make_tasks(
        _one("feature", feature), _one("frontend", frontend), sr, check_mapping("settings", settings)
    )
    for task in tasks:
        if isinstance(task, CallableTask):
            check_sendable(task.given, executor)
    job = CorpusJob(tasks, sr, channels, part_seconds, dtype, check_names("summary", summary), windows)
    limit = _limit(max_memory_mb)
    strict, progress = check_bool("strict", strict), check_bool("progress", progress)
    asked = {
        "feature": feature, "frontend": frontend, "sr": sr, "settings": settings, "channels": channels,
        "part_seconds": part_seconds, "summary": summary, "windows": windows, "dtype": dtype,
        "workers": workers, "executor": executor,
    }  # fmt: skip
    found = listed(_no_arrays(paths), strict, as_given=True)
    [about] = job.describe(job.probe())
    if cache is not None:
        made = _cached(_checked_cache(cache), asked, about, job, found, limit, progress)
    else:
        limit.check(estimated_bytes(job, found.sources, workers), len(found.sources))
        made = _computed(job, about, found, workers, executor, limit, progress)
    _tell_failures(made.failures, len(found.sources), strict)
    return made


def _one(name: str, given: Any) -> Any:
    """Refuse several features or front ends: a row has the values of one."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        fail(name, given, "is a list", "give one, and call this for each; extract_corpus takes several")
    return given


def _no_arrays(paths: Any) -> Any:
    """The given paths as a list; samples have no file and no id, and need no corpus."""
    if isinstance(paths, Listing | str | bytes | bytearray | os.PathLike) or not isinstance(paths, Iterable):
        return paths
    given = list(paths) if getattr(paths, "ndim", 1) else [paths]
    for each in given:
        if isinstance(each, np.ndarray | np.generic | float | int):
            fail("paths", each, "is not a recording", "give files; of samples, [fe(y, sr) for y in signals]")
    return given


@dataclass(frozen=True)
class _Limit:
    """The bytes that values may take; None where nothing is known."""

    most: int | None
    given: bool

    def check(self, needed: int, recordings: int) -> None:
        """Refuse what needs more."""
        if self.most is None or needed <= self.most:
            return
        there = (
            f"max_memory_mb={self.most / 2**20:g}" if self.given else f"{self.most / 2**20:,.1f} MB are free"
        )
        raise ParameterError(
            f"paths: features of {recordings:,} recordings take about {needed / 2**20:,.1f} MB, and {there}; "
            "extract them to a dataset, which is read row by row (voicefeat.extract_corpus), or take "
            "statistics (summary)"
        )


def _limit(max_memory_mb: Any) -> _Limit:
    if max_memory_mb is None:
        return _Limit(free_bytes(), False)
    most = check_float("max_memory_mb", max_memory_mb, above=0, high=MOST_MB, unit="megabytes")
    return _Limit(round(most * 2**20), True)


def _computed(
    job: CorpusJob, about: dict[str, Any], found: Listing, workers: int, executor: Executor | None,
    limit: _Limit, progress: bool,
) -> FeatureList:  # fmt: skip
    """The rows of all recordings, computed now."""
    names, size = [name for name, _ in found.columns], 0
    entries: list[Entry] = []
    failures: list[Failure] = []
    warned: list[str] = []
    zeroed = 0
    items = (Item(number, source) for number, source in enumerate(found.sources))
    with Progress(len(found.sources), progress) as bar, WarningsByThread():
        for done in pieces_in_order(job, items, workers, executor):
            row, whole = done.row, done.item.piece + 1 == done.pieces
            if row is None:
                assert done.failure is not None
                failures.append(done.failure)
                bar.step(failed=True, whole=whole)
                continue
            entries.append(_entry(row, names))
            warned += [f"{row.id}: {row.warnings[0]}"] if row.warnings else []
            zeroed += row.zeroed
            size += row.values[0].nbytes
            limit.check(size, len(found.sources))  # the estimate may have been too low
            bar.step(row.duration, whole=whole)
    _tell_warnings(len(warned), warned[0] if warned else "", zeroed)
    return FeatureList(entries, about, failures, found.ignored, found.links)


def _entry(row: Row, names: Sequence[str]) -> Entry:
    labels = dict(zip(names, row.carried, strict=True))
    values = row.values[0]
    return Entry(row.id, values, row.part, row.start, row.channel, row.sr, row.duration, labels, row.sha256)


def _checked_cache(cache: Any) -> Path:
    """The folder of datasets, which need not exist."""
    folder = Path(check_path("cache", cache) or fail("cache", cache, "is empty", "give a folder, or None"))
    there = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    if os.path.lexists(there) and not there.is_dir():
        fail("cache", cache, f"{str(there)!r} is no folder", "give a folder, which need not exist")
    return folder


def _usable(folder: Path) -> None:
    """Refuse a dataset of the cache that has lost its state: nothing says what its shards hold."""
    remedy = "remove that folder; the features are then computed again"
    try:
        lost = State.load(folder) is None and folder.is_dir() and any(folder.glob("part-*"))
    except ParameterError as error:
        raise ParameterError(f"cache={str(folder.parent)!r}: {str(error).split(';')[0]}; {remedy}") from None
    if lost:
        fail("cache", str(folder.parent), f"{folder.name} in it has no {STATE}", remedy)


def _cached(
    cache: Path, asked: dict[str, Any], about: dict[str, Any], job: CorpusJob, found: Listing, limit: _Limit,
    progress: bool,
) -> FeatureList:  # fmt: skip
    """The rows of a dataset in the folder `cache`, which is extracted, or continued, or only read."""
    stored = found._replace(sources=sorted(found.sources, key=lambda source: source.id))
    key = json.dumps([about, recordings_digest(stored.sources), stored.columns])
    name = plain(f"{about['feature']}-{hashlib.sha256(key.encode()).hexdigest()[:16]}")
    folder = cache / name
    _usable(folder)
    if not (folder / STATE).exists():
        limit.check(estimated_bytes(job, found.sources, asked["workers"]), len(found.sources))
    done = _extracted(stored, folder, asked, progress)
    _tell_warnings(done.warned, done.warning, done.zeroed)
    failures = _ledger(done.ledger)
    if not done.recordings:
        return FeatureList([], about, failures, found.ignored, found.links)
    dataset = open_dataset(folder)
    limit.check(_bytes(dataset), len(found.sources))
    place = {source.id: number for number, source in enumerate(found.sources)}
    entries = sorted(dataset, key=lambda entry: place[entry.id])  # parts and channels keep their order
    failures.sort(key=lambda failure: place[failure.id])
    return FeatureList(entries, dataset.about, failures, found.ignored, found.links)


def _extracted(found: Listing, folder: Path, asked: dict[str, Any], progress: bool) -> Extraction:
    """Extract the dataset, or bring it up to date; a run that is doing so already is waited for."""
    while True:
        try:
            return extract_corpus(found, folder, **asked, redo=True, retry=True, progress=progress)
        except InUse:
            time.sleep(PAUSE)


def _bytes(dataset: Dataset) -> int:
    return int(dataset.lengths.sum()) * len(dataset.row_names) * np.dtype(dataset.about["dtype"]).itemsize


def _ledger(file: Path | None) -> list[Failure]:
    if file is None:
        return []
    with open(file, newline="", encoding="utf-8") as lines:
        return [Failure(**line) for line in csv.DictReader(lines)]


def _tell_warnings(count: int, first: str, zeroed: int) -> None:
    """What the summary of a run says on warnings, as warnings."""
    if count:
        many = "1 recording has" if count == 1 else f"{count:,} recordings have"
        warnings.warn(f"{many} a warning, the first {first}", stacklevel=4)
    if zeroed:
        warnings.warn(f"{zeroed:,} values became 0 in float16; float32 keeps them", stacklevel=4)


def _tell_failures(failures: Sequence[Failure], recordings: int, strict: bool) -> None:
    """An error, or a warning, that names the first recordings that could not be used."""
    if not failures:
        return
    named = "; ".join(f"{each.path} ({each.stage}: {each.error})" for each in failures[:NAMED])
    more = f"; and {len(failures) - NAMED:,} more" if len(failures) > NAMED else ""
    many = "1 failure" if len(failures) == 1 else f"{len(failures):,} failures"
    told = f"{many} in {recordings:,} recording{'s' * (recordings != 1)}: {named}{more}"
    if strict:
        remedy = failures[0].remedy or "repair them or leave them out"
        raise ParameterError(f"paths: {told}; {remedy}, or give strict=False, which leaves them out")
    warnings.warn(f"left out: {told}; see FeatureList.failures", stacklevel=3)

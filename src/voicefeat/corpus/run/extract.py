"""Extraction of a dataset from a corpus, of one file or of a million.

Recordings are decoded and analysed on threads (decoder, resampler and kernels release the GIL), or by any
executor. They are stored in the order of the list, for any number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ..._typing import StatisticName
from ...errors import check_float, check_path
from ...feature.names import FeatureName
from ...presets.front_end import FrontEnd
from ...presets.names import FrontEndName
from ..formats import About, FormatName, find_format
from ..inputs.sources import Listing
from ..output.disk_errors import writing
from ..output.failures import commit_ledger
from ..output.lock import held
from ..output.made_from import Changed, recordings_digest
from ..output.shards import Shards
from ..output.state import State, opened
from .arguments import check_executor, check_mapping, check_names, check_workers
from .callables import CallableFrontEnd, check_sendable
from .due import Wanted, mark_due
from .growth import Growth, arranged
from .job import CorpusJob
from .listed import listed
from .retry import Retry, tried_again
from .run import Extraction, Run
from .run_log import RunLog
from .task import CallableTask, make_tasks

__all__ = ["Extraction", "extract_corpus"]

#: The largest shard in megabytes, a terabyte: a larger one is a mistake.
MOST_MB = float(1 << 20)


def extract_corpus(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Listing,
    out: str | os.PathLike[str],
    feature: FeatureName | str | Sequence[FeatureName | str] | None = None,
    *,
    frontend: FrontEndName
    | str
    | FrontEnd
    | CallableFrontEnd
    | Sequence[FrontEndName | str | FrontEnd | CallableFrontEnd]
    | None = None,
    sr: int | None = None,
    settings: Mapping[str, Any] | None = None,
    channels: Literal["mean", "first", "each"] = "mean",
    part_seconds: float = 600.0,
    summary: Sequence[StatisticName | str] = (),
    windows: float | None = None,
    dtype: Literal["float32", "float64", "float16"] = "float32",
    format: FormatName = "parquet",
    format_options: Mapping[str, Any] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    strict: bool = False,
    redo: bool = False,
    update: bool = False,
    retry: bool = False,
    shard_mb: float = 128.0,
    progress: bool | None = None,
    log: str | os.PathLike[str] | None = None,
) -> Extraction:
    """Extract features, or front ends, of recordings to a dataset; continue a run that was stopped.

    Completed shards are kept, and lost shards are made again.

    Parameters
    ----------
    paths : path-like, iterable of path-like, or Listing
        Files, folders that are searched to any depth, and patterns; or a listing that a function of
        `voicefeat.corpus.inputs` makes from a manifest, a protocol or the like.
    out : path-like
        The folder of the dataset: a new or empty folder, or one that the same call has started.
    feature : str or sequence of str, optional
        Names in `voicefeat.feature.registry.FEATURES`; by default ``"mfcc"``. Several features share
        decoding, and the spectra of equal frames.
    frontend : str, FrontEnd, CallableFrontEnd, or sequence of them, optional
        Front ends, in place of features: the name of a published one (`voicefeat.frontends`), the path
        of a file ``*.toml``, a value, or any callable that declares its name, rows and version
        (`voicefeat.corpus.CallableFrontEnd`). Several share decoding, and the spectra of equal frames of the
        same signal; each has a folder in `out`.
    sr : int, optional
        Sampling rate in Hz to which every recording is resampled; by default each keeps its own rate. A front
        end with a fixed rate accepts no other: recordings at another rate go to the ledger unless they are
        resampled.
    settings : mapping, optional
        Keyword arguments of the feature; others keep their defaults. A front end has its own settings.
    channels : {"mean", "first", "each"}
        Use the mean of the channels, the first channel, or each channel (one row per channel).
    part_seconds : float
        Longest part in seconds: longer recordings are split into several rows, each analysed by itself.
    summary : sequence of str
        Statistics over frames, in place of the frames ("mean", "std", "median", "min", "max", "q0.05").
    windows : float, optional
        With `summary`: length in seconds of the windows over which statistics are taken; by default the whole
        recording.
    dtype : {"float32", "float64", "float16"}
        Type of the stored values; with float64, features are computed in double precision.
    format : str
        The format of the shards: a name in `voicefeat.corpus.formats.FORMATS`.
    format_options : mapping, optional
        Options of the format, for example ``{"compress": True}``.
    workers : int, optional
        Number of threads; by default voicefeat's thread budget. The dataset does not depend on it.
    executor : concurrent.futures.Executor, optional
        Processes or a cluster, in place of threads. `workers` is then the number of its workers.
    strict : bool
        Stop at the first recording that cannot be used.
    redo : bool
        Make the shards of recordings again whose files have changed. By default a changed file is an error,
        because old rows in `out` would be lost. With `redo` the checksums of all shards are compared as well,
        and damaged shards are made again.
    update : bool
        Add the recordings that came since `out` was made: they get shards of their own, and the others stay
        as they are. Changed recordings and those that are not listed any more keep their rows, and the result
        says which they are.
    retry : bool
        Try the recordings of the ledger again; those that can be used now are moved to the dataset, for which
        their shards are made again.
    shard_mb : float
        Size of a shard in megabytes of values, before compression.
    progress : bool, optional
        Draw a progress bar on stderr, or show nothing. By default there is a bar if stderr is a terminal, and
        otherwise one plain line per minute.
    log : path-like, optional
        A file to which lines of JSON are appended: the command, the host, progress, failures, times.

    Returns
    -------
    Extraction
        Counts, sizes, times and the files.

    Raises
    ------
    ParameterError
        Before any recording is opened: if an argument cannot be used, if `out` holds something else, or if
        the files that `out` was made from have changed. A recording that cannot be used raises nothing,
        unless `strict`: it becomes a line of ``_failures.csv`` in `out`. Later only if a callable returns
        something else than it declares: the run stops, and the error names the recording.
    ModuleNotFoundError
        If the extra that the format needs is not installed.
    OSError
        If `out` cannot be written, or the disk is full. Completed shards are kept;
        repeat the call to continue.

    Examples
    --------
    >>> import tempfile, numpy as np, soundfile
    >>> folder = tempfile.mkdtemp()
    >>> soundfile.write(folder + "/tone.wav", np.sin(np.arange(16000) / 5), 16000)
    >>> done = extract_corpus(folder, folder + "/out", "mfcc", settings={"n_mfcc": 13})
    >>> done.recordings, done.failed, [shard.name for shard in done.shards]
    (1, 0, ['part-00000.parquet'])
    """
    check_path("out", out)
    if log is not None:
        check_path("log", log)
    tasks = make_tasks(feature, frontend, sr, check_mapping("settings", settings))
    statistics = check_names("summary", summary)
    job = CorpusJob(tasks, sr, channels, part_seconds, dtype, statistics, windows)
    workers, executor = check_workers(workers), check_executor(executor)
    for task in tasks:
        if isinstance(task, CallableTask):
            check_sendable(task.given, executor)
    shard_mb = check_float("shard_mb", shard_mb, above=0, high=MOST_MB, unit="megabytes", remedy="give 128")
    form = find_format(format)
    options = form.complete(check_mapping("format_options", format_options))
    found = listed(paths, strict)
    metadata = job.describe(job.probe())
    asked: dict[str, Any] = {
        "features": metadata, "recordings": recordings_digest(found.sources), "format": format,
        "format_options": options, "shard_mb": shard_mb,
    }  # fmt: skip
    columns = [list(column) for column in found.columns]
    folder, _ = opened(out, asked, columns, found.sources, update)
    abouts = [
        About(task.name, about, dtype, found.columns, channels == "each", options)
        for task, about in zip(tasks, metadata, strict=True)
    ]
    for about in abouts:
        form.check(about)
    with writing(folder), held(folder), RunLog(log) as lines:
        # Opened a second time: another run may have held the lock until now.
        _, state = opened(out, asked, columns, found.sources, update)
        _finish_ledger(folder, state)
        shards = Shards(folder, abouts, form, shard_mb)
        growth = Growth(found.sources)
        grown = state.grown or asked["recordings"] != state.asked["recordings"]
        if grown:
            growth = arranged(folder, state, found.sources, form, shards)
            found = found._replace(sources=growth.sources)
        retried = Retry()
        if retry:
            retried = tried_again(folder, state, found.sources, job, shards, workers, executor)
        wanted = Wanted(redo, update and not retry, growth.vanished, grown, retried)
        due, left = _prepared(folder, state, shards, growth, workers, wanted, asked["recordings"])
        told = _told(growth, left, retried)
        lines.start(
            out=str(folder), sources=len(found.sources), missing=found.missing, workers=workers,
            rows_before=state.total.rows, again=due, added=growth.added, vanished=len(growth.vanished),
            changed=len(left), **asked,
        )  # fmt: skip
        run = Run(folder, state, job, found, lines, strict, shards, workers, executor, progress)
        return replace(run.go(due), **told)


def _told(growth: Growth, left: Sequence[Changed], retried: Retry) -> dict[str, Any]:
    """What the result says of an update and of recordings that were tried again."""
    return {
        "added": growth.added, "vanished": len(growth.vanished), "vanished_ids": tuple(growth.names),
        "changed": tuple(left), "tried": len(retried.tried), "mended": len(retried.mended),
    }  # fmt: skip


def _finish_ledger(folder: Path, state: State) -> None:
    """Put a new ledger in its place, which a killed run has left beside it."""
    commit_ledger(folder, state.ledger_aside)
    if state.ledger_aside:
        state.ledger_aside = False
        state.save(folder)


def _prepared(
    folder: Path, state: State, shards: Shards, growth: Growth, workers: int, wanted: Wanted, recordings: str
) -> tuple[int, list[Changed]]:
    """Mark the segments to be made, and save the state before the first shard is written or removed.

    `recordings` is the digest of the list. Returns the number of segments that are made again, and the
    changed recordings whose rows are kept.
    """
    before = len(state.segments)
    left = mark_due(folder, state, shards, growth.sources, workers, wanted)
    if state.asked["recordings"] != recordings:
        state.asked["recordings"] = recordings
        state.grown = True
        state.complete = state.complete and not growth.added
        state.save(folder)
    if not state.complete:
        state.save(folder)
        shards.clear(len(state.segments), state.again)
    return before - len(state.segments) + len(state.again), left

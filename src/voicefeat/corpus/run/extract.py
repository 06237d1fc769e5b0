"""A corpus to a dataset: one engine for one file and for a million.

Recordings are decoded and analysed on threads (the decoder, the resampler and the kernels let go of Python's
lock), or by any executor, and stored in their order, whatever the number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from ...errors import ParameterError, check_float, check_path
from ...presets.front_end import FrontEnd
from ..formats import About, find_format
from ..inputs.sources import Listing, Source, find_sources
from ..output.disk_errors import writing
from ..output.failures import settle_lines
from ..output.lock import held
from ..output.made_from import recordings_digest
from ..output.shards import Shards
from ..output.state import State, opened
from .due import mark_due
from .job import Job
from .run import Extraction, Run
from .run_log import RunLog
from .task import executor_of, mapping, names, threads, works_of

__all__ = ["Extraction", "extract_corpus"]

#: The largest shard in megabytes, a terabyte: more is a slip.
MOST_MB = float(1 << 20)


def extract_corpus(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Listing,
    out: str | os.PathLike[str],
    feature: str | Sequence[str] | None = None,
    *,
    frontend: str | FrontEnd | Sequence[str | FrontEnd] | None = None,
    sr: int | None = None,
    settings: Mapping[str, Any] | None = None,
    channels: str = "mean",
    part_seconds: float = 600.0,
    summary: Sequence[str] = (),
    windows: float | None = None,
    dtype: str = "float32",
    format: str = "parquet",
    format_options: Mapping[str, Any] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    strict: bool = False,
    redo: bool = False,
    shard_mb: float = 128.0,
    progress: bool | None = None,
    log: str | os.PathLike[str] | None = None,
) -> Extraction:
    """Extract features, or front ends, of recordings into a dataset; go on where a killed run stopped.

    Shards that were lost since are made again, and nothing else is.

    Parameters
    ----------
    paths : path-like, iterable of path-like, or Listing
        Files, folders that are searched to any depth, and patterns; or what a function of
        :mod:`voicefeat.corpus.inputs` made of a manifest, a protocol or the like.
    out : path-like
        The folder of the dataset: absent, empty, or one that the same call has begun before.
    feature : str or sequence of str, optional
        Names in :data:`voicefeat.feature.registry.FEATURES`; by default ``"mfcc"``. Several share decoding,
        and spectra where their frames are equal.
    frontend : str, FrontEnd, or sequence of them, optional
        Instead of a feature: front ends, by the name of a published one (:func:`voicefeat.frontends`), as a
        file ``*.toml`` that holds one, or as a value. Several share decoding, and each has a folder in
        `out`.
    sr : int, optional
        Resample every recording to this rate (Hz); by default each keeps its own. A front end with a rate of
        its own takes no other: recordings at another rate go to the ledger unless they are resampled.
    settings : mapping, optional
        Keyword arguments of the feature, over its defaults. A front end has its own.
    channels : {"mean", "first", "each"}
        What becomes of several channels: their mean, the first, or a row for each.
    part_seconds : float
        Recordings longer than this become several rows, each analysed by itself.
    summary : sequence of str
        Statistics over frames in their place ("mean", "std", "median", "min", "max", "q0.05").
    windows : float, optional
        With `summary`: statistics over windows of so many seconds instead of whole recordings.
    dtype : {"float32", "float64", "float16"}
        What values are stored as; float64 is computed in double precision.
    format : str
        What shards are written as: a name in :data:`voicefeat.corpus.formats.FORMATS`.
    format_options : mapping, optional
        What the format lets one choose, for example ``{"compress": True}``.
    workers : int, optional
        Threads; by default voicefeat's thread budget. The dataset does not depend on it.
    executor : concurrent.futures.Executor, optional
        What runs the recordings in place of threads: processes, a cluster. `workers` is then how many it has.
    strict : bool
        Stop at the first recording that cannot be used.
    redo : bool
        Where recordings are no longer the files that were read, make the shards that hold them again. By
        default that is an error, as nothing says that `out` may lose what it holds. All bytes of all shards
        are then compared with what was written, and damaged ones made again too.
    shard_mb : float
        Megabytes of values in one shard, before compression.
    progress : bool, optional
        Draw a progress bar on stderr; by default when that is a terminal.
    log : path-like, optional
        A file that gets lines of JSON: the command, the host, progress, failures, times.

    Returns
    -------
    Extraction
        Counts, sizes, times and the files written.

    Raises
    ------
    ParameterError
        Before any recording is opened, if an argument cannot be used, `out` holds something else, or it was
        made from other files than those that are there now. A recording that cannot be used raises nothing,
        unless `strict`: it becomes a line of ``_failures.csv`` in `out`.
    ModuleNotFoundError
        If the extra that the format needs is not installed.
    OSError
        If `out` cannot be written, or the disk is full. Finished shards stay, and the same call goes on.

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
    works = works_of(feature, frontend, sr, mapping("settings", settings))
    job = Job(works, sr, channels, part_seconds, dtype, names("summary", summary), windows)
    workers, executor = threads(workers), executor_of(executor)
    shard_mb = check_float("shard_mb", shard_mb, above=0, high=MOST_MB, unit="megabytes", remedy="give 128")
    form = find_format(format)
    options = form.complete(mapping("format_options", format_options))
    found = _listing(paths, strict)
    metadata = job.describe(job.probe())
    asked = {
        "features": metadata, "recordings": recordings_digest(found.sources), "format": format,
        "format_options": options, "shard_mb": shard_mb,
    }  # fmt: skip
    columns = [list(column) for column in found.columns]
    folder, _ = opened(out, asked, columns, found.sources)
    abouts = [
        About(work.name, told, dtype, found.columns, channels == "each", options)
        for work, told in zip(works, metadata, strict=True)
    ]
    for about in abouts:
        form.check(about)
    with writing(folder), held(folder), RunLog(log) as lines:
        # Once more: another run may have been at work until now.
        _, state = opened(out, asked, columns, found.sources)
        shards = Shards(folder, abouts, form, shard_mb)
        due = _prepared(folder, state, shards, found, workers, redo)
        lines.start(
            out=str(folder), sources=len(found.sources), missing=found.missing, workers=workers,
            rows_before=state.total.rows, again=due, **asked,
        )  # fmt: skip
        return Run(folder, state, job, found, lines, strict, shards, workers, executor, progress).go(due)


def _prepared(folder: Path, state: State, shards: Shards, found: Listing, workers: int, redo: bool) -> int:
    """See what is to be done, and have the disk know it before the first shard is written or removed.

    Returns how many segments are made a second time.
    """
    settle_lines(folder, state.ledger_aside)
    if state.ledger_aside:
        state.ledger_aside = False
        state.save(folder)
    before = len(state.segments)
    mark_due(folder, state, shards, found.sources, workers, redo)
    if not state.complete:
        state.save(folder)
        shards.clear(len(state.segments), state.again)
    return before - len(state.segments) + len(state.again)


def _listing(paths: Any, strict: bool) -> Listing:
    if isinstance(paths, Listing):
        found = paths
    else:
        one = isinstance(paths, str | os.PathLike) or not isinstance(paths, Iterable)
        found = find_sources([paths] if one else paths)
    if not found.sources:
        raise ParameterError(_nothing(found))
    _check_ids(found.sources)
    if strict and found.missing:
        raise ParameterError(
            f"strict: {found.missing:,} of {len(found.sources):,} recordings are not there, the first is "
            f"{found.first_missing!r}{found.because and f' ({found.because})'}; put them there, or leave "
            "them out of the list"
        )
    return found


def _check_ids(sources: Sequence[Source]) -> None:
    """See that no two recordings have one id."""
    if len({source.id for source in sources}) == len(sources):
        return
    first: dict[str, Source] = {}
    for source in sources:
        if (other := first.setdefault(source.id, source)) is not source:
            raise ParameterError(
                f"paths: {other.path!r} and {source.path!r} have one id, {source.id!r}; give each its own"
            )


def _nothing(found: Listing) -> str:
    ignored = sorted(found.ignored.items())
    beside = [f"{count} other file{'s' * (count != 1)} ({name})" for name, count in ignored]
    beside += [f"a link to a folder ({link})" for link in found.links]
    seen = f"only {', '.join(beside)}" if beside else "nothing at all"
    return f"paths: hold no recordings, {seen}; give audio files, or folders that hold some at any depth"

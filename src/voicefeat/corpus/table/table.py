"""One table of class folders: one row per window of each recording."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import NamedTuple

import numpy as np

from ...audio.decoding import blocks
from ...errors import check_int, fail
from ..inputs.class_folders import class_folders, class_of
from ..inputs.sources import Source
from ..inputs.speakers import read_speakers
from ..items import Failure
from ..ordered_map import ordered_map
from ..output.failures import Ledger
from ..run.arguments import check_workers
from ..run.machine_faults import stop_if_passing
from ..run.progress import Progress
from ..run.versions import versions
from ..run.warnings import ThreadWarnings, WarningsByThread
from .file import TableFile, Value
from .recipes import Recipe, find_recipe

__all__ = ["Table", "make_table"]

#: The columns that identify the source of a row.
GROUPS = ("file", "window", "source_speaker", "target_speaker")


@dataclass(frozen=True)
class Table:
    """The result of a run."""

    #: The table, or None if no recording could be used.
    file: Path | None
    #: Number of rows of each class in the table.
    rows: Mapping[str, int]
    #: Number of measured windows of each class: more than rows if classes were balanced.
    windows: Mapping[str, int]
    #: Number of recordings that were measured, and that failed.
    recordings: int
    failed: int
    audio_seconds: float
    seconds: float
    #: The file with the failures, or None if nothing failed.
    ledger: Path | None
    #: Number of files in the folder that were left out, by extension.
    ignored: Mapping[str, int] = field(default_factory=dict)
    #: Links to folders, which were not followed.
    links: tuple[str, ...] = ()
    #: Number of recordings with a warning; the first warning, as "id: warning".
    warned: int = 0
    warning: str = ""

    @property
    def times_real_time(self) -> float:
        """Seconds of audio per second of work."""
        return self.audio_seconds / self.seconds if self.seconds else 0.0


class Measured(NamedTuple):
    """The windows of one recording."""

    path: str
    #: float64, (windows, columns).
    values: np.ndarray
    duration: float
    warnings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return class_of(self.path)


@dataclass(frozen=True)
class Measure:
    """A function that measures the windows of a source, and returns them or the failure."""

    recipe: Recipe
    mono: bool
    #: Set when the result is no longer needed.
    stop: Event = field(default_factory=Event)

    def __call__(self, source: Source) -> Measured | Failure:
        with ThreadWarnings() as messages:
            return self._measured(source, messages)

    def _measured(self, source: Source, messages: list[str]) -> Measured | Failure:
        stage, warnings, values, duration = "decode", [], [], 0.0
        try:
            for window, rate in blocks(source.path, self.recipe.seconds, np.dtype(np.float32)):
                stage = "feature"
                y = self.recipe.arrange(window, self.mono)
                values.append(self.recipe.measure(y, rate))
                if y.size >= self.recipe.frame and y.any():  # warnings of tails and pauses are not useful
                    warnings += messages
                messages.clear()
                duration += len(window) / rate
                stage = "decode"
                if self.stop.is_set():
                    break
        except Exception as error:  # any error that a file causes becomes a line of the ledger
            stop_if_passing(source.path, error)
            return Failure.of(source, stage, error)
        return Measured(source.id, np.array(values), duration, tuple(warnings))


def make_table(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    recipe: str = "deep-voice",
    *,
    balance: int | None = None,
    groups: bool = False,
    mono: bool = False,
    workers: int | None = None,
    progress: bool | None = None,
) -> Table:
    """Measure every window of the recordings in class folders, and write one table.

    Parameters
    ----------
    folder : path-like
        A folder with two or more folders, one per class, such as ``REAL`` and ``FAKE``, and recordings at any
        depth.
    out : path-like
        The table: a new file with the extension ``.csv`` or ``.parquet``.
    recipe : {"deep-voice"}
        Name of the recipe; see `voicefeat.corpus.RECIPES`.
    balance : int, optional
        Seed: keep as many rows of each class as the smallest class has, drawn at random.
    groups : bool
        Add the columns ``file``, ``window``, ``source_speaker`` and ``target_speaker``.
    mono : bool
        Average channels, in place of the recipe's arrangement.
    workers : int, optional
        Number of threads; by default voicefeat's thread budget. The table does not depend on it.
    progress : bool, optional
        Draw a progress bar on stderr, or show nothing. By default there is a bar if stderr is a terminal, and
        otherwise a plain line a minute.

    Returns
    -------
    Table
        Counts, times and the files written.

    Raises
    ------
    ParameterError
        Before any recording is opened: if an argument cannot be used, `out` exists, or `folder` has fewer
        than two classes. A recording that cannot be used raises nothing: none of its windows is in the
        table, and it becomes a line of ``<out>.failures.csv``.

    Examples
    --------
    >>> import tempfile, numpy as np, soundfile
    >>> folder = tempfile.mkdtemp()
    >>> for k, name in enumerate(["REAL/musk.wav", "FAKE/linus-to-musk.wav"]):
    ...     Path(folder, name).parent.mkdir()
    ...     soundfile.write(Path(folder, name), np.sin(np.arange(40000) / (5 + k)), 16000)
    >>> done = make_table(folder, folder + "/table.csv", groups=True)
    >>> dict(done.rows), done.failed
    ({'FAKE': 3, 'REAL': 3}, 0)
    """
    chosen = find_recipe(recipe)
    workers = check_workers(workers)
    remedy = "give a seed, 0 or more"
    seed = None if balance is None else check_int("balance", balance, 0, remedy=remedy, most=None)
    file = TableFile(out)
    found = class_folders(folder)
    started = time.perf_counter()
    measured: list[Measured] = []
    with file.claimed():
        ledger = Ledger(file.path.parent, f"{file.path.name}.failures.csv")
        ledger.file.unlink(missing_ok=True)  # of an earlier run, whose table does not exist
        with ledger, Progress(len(found.sources), progress) as bar, WarningsByThread():
            measure = Measure(chosen, mono)
            for result in ordered_map(measure, found.sources, workers, measure.stop):
                if isinstance(result, Measured):
                    measured.append(result)
                    bar.step(result.duration)
                else:
                    ledger.add(result)
                    bar.step(failed=True)
        kept = _kept(measured, {class_of(source.id) for source in found.sources}, seed)
        if measured:
            speakers = read_speakers(source.id for source in found.sources) if groups else None
            names = [*chosen.names, chosen.label, *(GROUPS if groups else ())]
            about = {**chosen.describe(mono), "balance": seed, "versions": versions()}
            file.write(_rows(measured, kept, chosen.decimals, speakers, file.is_csv), names, about)
    warnings = [f"{m.path}: {m.warnings[0]}" for m in measured if m.warnings]
    return Table(
        file=file.path if measured else None,
        rows=_count(measured, kept),
        windows=_count(measured, [np.arange(len(m.values)) for m in measured]),
        recordings=len(measured),
        failed=ledger.count,
        audio_seconds=bar.audio_seconds,
        seconds=time.perf_counter() - started,
        ledger=ledger.file if ledger.count else None,
        ignored=dict(found.ignored),
        links=tuple(found.links),
        warned=len(warnings),
        warning=warnings[0] if warnings else "",
    )


def _kept(measured: list[Measured], classes: set[str], seed: int | None) -> list[np.ndarray]:
    """The windows of each recording for the table: all, or an equal number per class, drawn at random."""
    if seed is None:
        return [np.arange(len(m.values)) for m in measured]
    windows = _count(measured, [np.arange(len(m.values)) for m in measured])
    missing = sorted(classes - windows.keys())
    if missing and measured:
        problem = f"no recording of class {missing[0]!r} could be used"
        fail("balance", seed, problem, "repair one (the ledger has the reasons), or leave balance out")
    least = min(windows.values(), default=0)
    draw = np.random.default_rng(seed)
    chosen = {label: np.sort(draw.permutation(windows[label])[:least]) for label in sorted(windows)}
    kept, passed = [], Counter[str]()
    for m in measured:
        first, last = np.searchsorted(chosen[m.label], [passed[m.label], passed[m.label] + len(m.values)])
        kept.append(chosen[m.label][first:last] - passed[m.label])
        passed[m.label] += len(m.values)
    return kept


def _count(measured: list[Measured], kept: list[np.ndarray]) -> Counter[str]:
    count: Counter[str] = Counter()
    for m, windows in zip(measured, kept, strict=True):
        count[m.label] += len(windows)
    return count


def _rows(
    measured: list[Measured],
    kept: list[np.ndarray],
    decimals: int,
    speakers: Mapping[str, tuple[str, str]] | None,
    as_text: bool,
) -> Iterator[list[Value]]:
    """The rows of the table; CSV shows all decimals, and Parquet holds the same numbers."""
    for m, windows in zip(measured, kept, strict=True):
        for window in windows:
            texts = [f"{value + 0.0:.{decimals}f}" for value in np.round(m.values[window], decimals)]
            row: list[Value] = [*texts] if as_text else [float(text) for text in texts]
            row.append(m.label)
            if speakers is not None:
                row += [m.path, int(window), *speakers[m.path]]
            yield row

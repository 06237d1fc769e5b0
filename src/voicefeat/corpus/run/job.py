"""The work on one recording: decode it, compute its features; a failure is a value, not an exception."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ParameterError, check_choice, check_float
from ...feature.summarize import summarize
from ..checksums import Identity, identity
from ..items import DTYPES, Done, Failure, Item, Row
from ..output.folders import check_folders
from .callables import CallableFault
from .machine_faults import stop_if_passing
from .pieces import CHANNELS, cut
from .task import Task, compute_tasks
from .versions import versions
from .warnings import ThreadWarnings, WarningsByThread

__all__ = ["CorpusJob", "run_in_worker"]

#: Longest part or window in seconds, about thirty years.
LONGEST = 1e9


@dataclass(frozen=True)
class CorpusJob:
    """The features, or front ends, of a recording: called with an item, it returns its row or its failure."""

    tasks: tuple[Task, ...]
    #: Sampling rate in Hz, or None for the recording's own.
    sr: int | None
    channels: str = "mean"
    #: Recordings longer than this many seconds become several rows.
    part_seconds: float = 600.0
    dtype: str = "float32"
    #: Statistics in place of frames, over the whole piece or over windows of a length in seconds.
    summary: tuple[str, ...] = ()
    windows: float | None = None

    def __post_init__(self) -> None:
        check_choice("channels", self.channels, CHANNELS)
        check_choice("dtype", self.dtype, DTYPES)
        check_float(
            "part_seconds", self.part_seconds, low=10.0, high=LONGEST, unit="seconds", remedy="give 600"
        )
        if self.windows is not None:
            check_float("windows", self.windows, above=0.0, high=LONGEST, unit="seconds")
            if not self.summary:
                raise ParameterError(f"windows={self.windows}: windows need statistics; give summary")
        if self.summary:
            summarize(np.zeros((1, 8)), self.summary)
        names = [task.name for task in self.tasks]
        if len(set(names)) < len(names):
            raise ParameterError(f"features {', '.join(names)}: two have the same name; give each once")
        if len(names) > 1:
            check_folders(names)

    def probe(self) -> list[int]:
        """Try the settings on noise; returns the number of rows of each task, before statistics."""
        if self.windows is not None:
            for task in self.tasks:
                task.hop(16000)
        return [task.probe() for task in self.tasks]

    def describe(self, n_rows: Sequence[int]) -> list[dict[str, Any]]:
        """The metadata of each dataset; it is the same for two runs of one command."""
        return [self._about(task, count) for task, count in zip(self.tasks, n_rows, strict=True)]

    def _about(self, task: Task, n_rows: int) -> dict[str, Any]:
        about = task.settings(n_rows)
        if self.summary:
            about["summary"] = list(self.summary)
            about["windows"] = self.windows
            about["rows"] = [f"{row}_{name}" for row in about["rows"] for name in self.summary]
        return {
            **about,
            "sr": self.sr if self.sr is not None else "own",
            "channels": self.channels,
            "part_seconds": self.part_seconds,
            "dtype": self.dtype,
            "values": f"{self.dtype}, row by row: values.reshape(n_rows, n_frames)",
            "versions": versions(),
        }

    def bytes_of(self, y: np.ndarray, rate: int) -> int:
        """Bytes of the values that are stored for the signal `y`."""
        y = y.astype(np.float64) if self.dtype == "float64" else y
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # recordings give the same warnings
            results = compute_tasks(self.tasks, y, rate)
        made = zip(self.tasks, results, strict=True)
        return sum(self._stored(task, values, y, rate)[0].nbytes for task, values in made)

    def __call__(self, item: Item) -> Done:
        """The row of one piece of a recording, or its failure.

        Raises
        ------
        OSError
            If the machine has too few open files, too little memory or the like: see `stop_if_passing`.
        CallableFault
            If a callable does not return what it declares.
        """
        with ThreadWarnings() as messages:
            return self._done(item, messages)

    def _done(self, item: Item, messages: list[str]) -> Done:
        stage, pieces, source = "decode", item.piece + 1, item.source
        stored, zeroed = [], 0
        try:
            piece = cut(source, item.piece, self.sr, self.channels, self.part_seconds)
            stage, pieces = "feature", piece.pieces
            y = piece.y.astype(np.float64) if self.dtype == "float64" else piece.y
            results = compute_tasks(self.tasks, y, piece.sr)
            for task, result in zip(self.tasks, results, strict=True):
                values, zeros = self._stored(task, result, y, piece.sr)
                stored.append(values)
                zeroed += zeros
        except CallableFault as fault:  # of the callable: all its rows are in doubt
            raise CallableFault(f"{source.path}: {fault}") from None
        except Exception as error:  # any error that a file causes becomes a line of the ledger
            stop_if_passing(source.path, error)
            failure = Failure.of(source, stage, error)
            return Done(item, pieces, None, failure, _identity(source.path))
        channel = piece.channel if self.channels == "each" else None
        read = _identity(source.path) if piece.content is None else Identity.of(piece.content)
        row = Row(
            source.id, piece.part, piece.start, channel, piece.sr, piece.duration, tuple(stored),
            source.carried, tuple(messages), zeroed, read.sha256.hex(), piece.decoder,
        )  # fmt: skip
        return Done(item, pieces, row, identity=read)

    def _stored(self, task: Task, values: np.ndarray, y: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
        """The values to be stored, copied from the memory of `y`, and how many of them became 0."""
        if self.summary:
            frames = None if self.windows is None else max(1, round(self.windows / task.hop(rate)))
            columns = summarize(values, self.summary, frames=frames)
            values = np.stack([np.atleast_1d(column) for column in columns.values()])
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(values, dtype=self.dtype)
        if np.may_share_memory(stored, y):
            stored = stored.copy()
        if self.dtype != "float16":
            return stored, 0
        lost = np.isinf(stored) & np.isfinite(values)
        if lost.any():
            largest, count = float(np.abs(values[lost]).max()), int(lost.sum())
            raise ParameterError(
                f"dtype='float16': {count:,} values would become infinite; they reach {largest:.6g}, and the "
                "largest number is 65504; give 'float32'"
            )
        return stored, int(((stored == 0) & (values != 0)).sum())


def _identity(path: str) -> Identity:
    """Size, time and digest of the file; a fault of the machine stops the run."""
    try:
        return identity(path)
    except OSError as error:
        stop_if_passing(path, error)
        raise


def run_in_worker(job: CorpusJob, items: Sequence[Item]) -> list[Done]:
    """Process several items in a worker process; warnings are collected as in the parent process."""
    with WarningsByThread():
        return [job(item) for item in items]

"""What is done to one recording: decode it, compute its features; a failure is a value, not an exception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from ...chain.threads import single
from ...errors import ParameterError, check_choice, check_float
from ...feature.extract import extract
from ...feature.summarize import summarize
from ..items import DTYPES, Done, Failure, Item, Row
from ..output.checksums import Identity, identity
from ..output.folders import check_folders
from .decode import versions
from .machine_faults import stop_if_passing
from .pieces import CHANNELS, cut
from .task import Task, Work, bounded
from .warnings import Listening, Remarks

__all__ = ["Job", "far", "values_of"]


def values_of(works: Sequence[Work], y: np.ndarray, rate: int) -> list[np.ndarray]:
    """What each of `works` makes of `y`, (rows, frames), on the calling thread alone.

    Features take one pass over the spectra of `y`, with the bits of one call each. Front ends, which may each
    change the signal first, are computed one after the other.
    """
    if len(works) == 1 or not _features(works):
        return [work.compute(y, rate) for work in works]
    with single():
        made = extract(y, rate, {work.name: work.given for work in works})
    return [bounded(made[work.name]) for work in works]


def _features(works: Sequence[Work]) -> TypeGuard[Sequence[Task]]:
    return all(isinstance(work, Task) for work in works)


#: Seconds that no part and no window exceeds, some thirty years.
LONGEST = 1e9


@dataclass(frozen=True)
class Job:
    """Features, or front ends, of each recording; called with an item, gives what became of it."""

    works: tuple[Work, ...]
    sr: int | None
    channels: str = "mean"
    #: Seconds beyond which a recording becomes several rows.
    part_seconds: float = 600.0
    dtype: str = "float32"
    #: Statistics in place of frames, over the whole piece or over windows of so many seconds.
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
                raise ParameterError(
                    f"windows={self.windows}: there are no statistics to take over them; give summary"
                )
        if self.summary:
            summarize(np.zeros((1, 8)), self.summary)
        names = [work.name for work in self.works]
        if len(set(names)) < len(names):
            raise ParameterError(f"features {', '.join(names)}: two have one name; give each once")
        if len(names) > 1:
            check_folders(names)

    def probe(self) -> list[int]:
        """Try the settings on noise; the number of rows that each front end gives, without statistics."""
        if self.windows is not None:
            for work in self.works:
                work.hop(16000)
        return [work.probe() for work in self.works]

    def describe(self, n_rows: Sequence[int]) -> list[dict[str, Any]]:
        """What each dataset says of itself; nothing that differs between two runs of one command."""
        return [self._about(work, count) for work, count in zip(self.works, n_rows, strict=True)]

    def _about(self, work: Work, n_rows: int) -> dict[str, Any]:
        about = work.settings(n_rows)
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

    def __call__(self, item: Item) -> Done:
        """One piece of a recording; never raises for what is wrong with it.

        Raises
        ------
        OSError
            If the machine has too few open files, too little memory or the like: see `stop_if_passing`.
        """
        with Listening() as remarks:
            return self._done(item, remarks)

    def _done(self, item: Item, remarks: list[str]) -> Done:
        stage, pieces, source = "decode", item.piece + 1, item.source
        try:
            piece = cut(source, item.piece, self.sr, self.channels, self.part_seconds)
            stage, pieces = "feature", piece.pieces
            y = piece.y.astype(np.float64) if self.dtype == "float64" else piece.y
            made = values_of(self.works, y, piece.sr)
            stored = [self._stored(w, v, y, piece.sr) for w, v in zip(self.works, made, strict=True)]
        except Exception as error:  # whatever a file can provoke is a line in the ledger
            stop_if_passing(source.path, error)
            failure = Failure.of(source, stage, error)
            return Done(item, pieces, None, failure, _identity(source.path))
        channel = piece.channel if self.channels == "each" else None
        read = _identity(source.path)
        row = Row(
            source.id, piece.part, piece.start, channel, piece.sr, piece.duration,
            tuple(values for values, _ in stored), source.carried, tuple(remarks),
            sum(zeros for _, zeros in stored),
            read.sha256.hex(),
        )  # fmt: skip
        return Done(item, pieces, row, identity=read)

    def _stored(self, work: Work, values: np.ndarray, y: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
        """The values as they are stored, none of them in the memory of `y`; and how many became 0."""
        if self.summary:
            frames = None if self.windows is None else max(1, round(self.windows / work.hop(rate)))
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
                f"dtype='float16': {count:,} values would become infinite, up to {largest:.6g} where the "
                "largest number is 65504; give 'float32'"
            )
        return stored, int(((stored == 0) & (values != 0)).sum())


def _identity(path: str) -> Identity:
    """What the file was; a fault of the machine stops the run."""
    try:
        return identity(path)
    except OSError as error:
        stop_if_passing(path, error)
        raise


def far(job: Job, items: Sequence[Item]) -> list[Done]:
    """Several items in a process of its own, where warnings are gathered as in the parent process."""
    with Remarks():
        return [job(item) for item in items]

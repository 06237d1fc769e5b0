"""One run of the loop: results to shards, ledger, state, bar and log."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ParameterError
from .flow import pieces_in_order
from .job import Job
from .ledger import Failure, Ledger
from .progress import Progress
from .remarks import Remarks
from .rows import Done, Item
from .runlog import RunLog
from .settling import Settling
from .shards import Shards
from .sources import Listing, Source
from .state import State

__all__ = ["Extraction", "Run"]


@dataclass(frozen=True)
class Extraction:
    """What a run did, and what it found done."""

    folder: Path
    #: Rows in the dataset: recordings, or their parts and channels.
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
    #: Rows that an earlier run had made.
    resumed: int = 0
    #: Values that became 0 in the type that they are stored as, float16.
    zeroed: int = 0

    @property
    def times_real_time(self) -> float:
        """Seconds of audio for each second of work."""
        return self.audio_seconds / self.seconds if self.seconds else 0.0


@dataclass
class Run:
    """A run, as far as it has come."""

    folder: Path
    state: State
    job: Job
    found: Listing
    log: RunLog
    strict: bool

    def go(
        self, shards: Shards, workers: int, executor: Executor | None, progress: bool | None
    ) -> Extraction:
        """What is not done yet; then what there is."""
        state, before, started = self.state, self.state.rows, time.perf_counter()
        had = state.audio_seconds
        try:
            if not state.complete:
                self._rest(shards, workers, executor, progress)
        except BaseException:
            shards.abandon()
            raise
        seconds = time.perf_counter() - started
        done = Extraction(
            folder=self.folder, recordings=state.rows, failed=state.failed,
            audio_seconds=state.audio_seconds - had, seconds=seconds,
            bytes=sum(_size(file) for file in shards.files), shards=tuple(shards.files),
            ledger=self.folder / Ledger.NAME if state.failed else None,
            ignored=dict(self.found.ignored), links=tuple(self.found.links),
            warned=state.warned, warning=state.warning, resumed=before,
            zeroed=state.zeroed,
        )  # fmt: skip
        told = {"rows": state.rows, "failed": state.failed, "bytes": done.bytes}
        self.log.write("end", audio_seconds=done.audio_seconds, **told)
        return done

    def _rest(self, shards: Shards, workers: int, executor: Executor | None, progress: bool | None) -> None:
        state, sources = self.state, self.found.sources
        begin, piece = state.next
        with (
            Ledger(self.folder, length=state.ledger, count=state.failed) as ledger,
            Progress(len(sources), progress, begin, state.failed) as bar,
            Settling(self.folder) as settling,
            Remarks(),
        ):
            for done in pieces_in_order(self.job, _items(sources, begin, piece), workers, executor):
                full = self._take(done, shards, ledger, bar)
                last = done.item.piece + 1 == done.pieces
                state.next = (done.item.number + last, 0 if last else done.item.piece + 1)
                if full:
                    self._settle(shards, ledger, settling)
            state.complete = True
            self._settle(shards, ledger, settling)
            settling.wait()

    def _take(self, done: Done, shards: Shards, ledger: Ledger, bar: Progress) -> bool:
        """One result; whether shards are full."""
        state, row, last = self.state, done.row, done.item.piece + 1 == done.pieces
        failure = done.failure if row is None else shards.refused(row, done.item.source)
        if row is None or failure is not None:
            assert failure is not None
            ledger.add(failure)
            state.failed += 1
            self.log.write("failed", **failure._asdict())
            bar.step(failed=True, whole=last)
            if self.strict:
                self._stop(failure)
            return False
        full = shards.add(row)
        state.rows += 1
        state.audio_seconds += row.duration
        state.zeroed += row.zeroed
        if row.remarks:
            state.warned += 1
            state.warning = state.warning or f"{row.id}: {row.remarks[0]}"
        bar.step(row.duration, whole=last)
        audio = round(state.audio_seconds, 1)
        self.log.progress(rows=state.rows, failed=state.failed, audio_seconds=audio)
        return full

    def _stop(self, failure: Failure) -> None:
        raise ParameterError(
            f"strict: {failure.path} cannot be used ({failure.stage}: {failure.error}); "
            f"{failure.remedy or 'mend it or leave it out'}, and the same command goes on from there"
        )

    def _settle(self, shards: Shards, ledger: Ledger, settling: Settling) -> None:
        """Shards to their places, and the state that knows them, while the next are begun."""
        moves = shards.close()
        self.state.shards, self.state.ledger = shards.count, ledger.length
        settling.begin(moves, self.state)


def _items(sources: Sequence[Source], begin: int, piece: int) -> Iterator[Item]:
    for index in range(begin, len(sources)):
        yield Item(index, sources[index], piece if index == begin else 0)


def _size(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())

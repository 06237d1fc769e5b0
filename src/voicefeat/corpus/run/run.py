"""One run: its results go to shards, ledger, state, progress bar and log."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ..inputs.sources import Listing
from ..items import Done, Failure, Item
from ..output.commit import Committer
from ..output.failures import Ledger, commit_ledger, write_next_ledger
from ..output.made_from import Changed, Recordings
from ..output.shards import Shards
from ..output.state import Segment, State
from .job import CorpusJob
from .progress import Progress
from .run_log import RunLog
from .schedule import pieces_in_order
from .warnings import WarningsByThread

__all__ = ["Extraction", "Run"]

#: The failures of a segment while it is made again.
REDONE = ".again.csv.partial"


@dataclass(frozen=True)
class Extraction:
    """The result of a run: the content of the dataset, and the work of this run."""

    folder: Path
    #: Rows in the dataset: recordings, or their parts and channels.
    recordings: int
    #: Lines in the ledger.
    failed: int
    #: Seconds of audio in the dataset.
    audio_seconds: float
    #: How long this run took.
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
    #: Number of recordings in the dataset with a warning; the first warning, as "id: warning".
    warned: int = 0
    warning: str = ""
    #: Number of rows of an earlier run.
    resumed: int = 0
    #: Number of values that became 0 when they were stored as float16.
    zeroed: int = 0
    #: Number of shards made again because they were lost or their recordings had changed.
    again: int = 0
    #: Seconds of audio that this run has read and stored.
    run_audio_seconds: float = 0.0
    #: Of an update: number of recordings that were not in the dataset, of those that are not listed any more,
    #: with their ids as far as they are known, and changed recordings whose old rows were kept.
    added: int = 0
    vanished: int = 0
    vanished_ids: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    #: Number of recordings that were in the ledger and were tried again, and of those that could be used.
    tried: int = 0
    mended: int = 0

    @property
    def run_recordings(self) -> int:
        """Number of rows that this run has stored."""
        return self.recordings - self.resumed

    @property
    def times_real_time(self) -> float:
        """Seconds of audio of this run per second of work."""
        return self.run_audio_seconds / self.seconds if self.seconds else 0.0


@dataclass
class Run:
    """A run and its progress."""

    folder: Path
    state: State
    job: CorpusJob
    found: Listing
    log: RunLog
    strict: bool
    shards: Shards
    workers: int
    executor: Executor | None = None
    progress: bool | None = None
    #: The content of the dataset, and the seconds of audio that this run has added.
    total: Segment = field(default_factory=Segment)
    audio_seconds: float = 0.0
    #: Rows of this run by the decoder and by the ending of the recording's name.
    decoded: dict[str, Counter[str]] = field(default_factory=dict)

    def go(self, again: int = 0) -> Extraction:
        """Do the remaining work and report it; `again` is the number of shards that are made again."""
        state, started = self.state, time.perf_counter()
        self.total = self._kept()
        before = self.total.rows
        try:
            if not state.complete:
                with (
                    self._progress() as bar,
                    Recordings(self.folder, len(state.segments)) as recordings,
                    WarningsByThread(),
                ):
                    self._redo(recordings, bar)
                    self._continue(recordings, bar)
        except BaseException:
            self.shards.abandon()
            raise
        seconds, total = time.perf_counter() - started, state.total
        places = [self.shards.places(k) for k, segment in enumerate(state.segments) if segment.shards]
        files = tuple(file for dataset in zip(*places, strict=True) for file in dataset)
        done = Extraction(
            folder=self.folder, recordings=total.rows, failed=total.failed,
            audio_seconds=total.audio_seconds, seconds=seconds,
            bytes=sum(shard.bytes for segment in state.segments for shard in segment.shards), shards=files,
            ledger=self.folder / Ledger.NAME if total.failed else None,
            ignored=dict(self.found.ignored), links=tuple(self.found.links),
            warned=total.warned, warning=total.warning, resumed=before, again=again,
            zeroed=total.zeroed, run_audio_seconds=self.audio_seconds,
        )  # fmt: skip
        counts = {"rows": total.rows, "failed": total.failed, "bytes": done.bytes}
        audio = {"audio_seconds": total.audio_seconds, "run_audio_seconds": self.audio_seconds}
        self.log.write("end", **audio, run_rows=done.run_recordings, decoded=self.decoded, **counts)
        return done

    def _kept(self) -> Segment:
        """What is in the dataset and stays: all segments but those to be made again."""
        state = self.state
        return replace(
            state, segments=[s for k, s in enumerate(state.segments) if k not in state.again]
        ).total

    def _progress(self) -> Progress:
        """The progress over all recordings; those to be made again are not done yet."""
        state = self.state
        again = sum(state.segments[k].next[0] - state.begin(k)[0] for k in state.again)
        done = state.next[0] - again
        return Progress(len(self.found.sources), self.progress, done, self.total.failed)

    def _facts(self, bar: Progress) -> dict[str, Any]:
        """A line of progress: what the dataset holds, what this run did, how long it will take."""
        left, total = bar.seconds_left, self.total
        return {
            "rows": total.rows, "failed": total.failed, "audio_seconds": round(total.audio_seconds, 1),
            "run_audio_seconds": round(self.audio_seconds, 1), "done": bar.done, "total": bar.total,
            "seconds_left": None if left is None else round(left, 3),
        }  # fmt: skip

    def _continue(self, recordings: Recordings, bar: Progress) -> None:
        """Process all recordings after the segments that are done."""
        state, total = self.state, self.total
        with (
            Ledger(self.folder, length=total.ledger, count=total.failed) as ledger,
            Committer(self.folder, recordings) as committer,
        ):
            segment = Segment(state.next)
            for done in self._pieces(state.next, None):
                if self._take(done, segment, ledger, recordings, bar):
                    self._commit(segment, ledger, recordings, committer)
                    segment = Segment(segment.next)
            state.complete = True
            self._commit(segment, ledger, recordings, committer)
            committer.wait()

    def _pieces(self, begin: tuple[int, int], end: tuple[int, int] | None) -> Iterator[Done]:
        """The results of all pieces from `begin` on, and before `end`."""
        sources = self.found.sources
        last = len(sources) if end is None else end[0] + (end[1] > 0)
        first, piece = begin
        items = (Item(k, sources[k], piece if k == first else 0) for k in range(first, last))
        for done in pieces_in_order(self.job, items, self.workers, self.executor):
            if end is not None and (done.item.number, done.item.piece) >= end:
                return
            if done.item.piece < done.pieces:  # a changed recording may have fewer pieces than before
                yield done

    def _take(
        self, done: Done, segment: Segment, ledger: Ledger, recordings: Recordings, bar: Progress
    ) -> bool:
        """Store one result; return whether the shards are full."""
        row, number, last = done.row, done.item.number, done.item.piece + 1 == done.pieces
        if done.item.piece == 0:
            recordings.put(number, done.item.source, done.identity)
        segment.next = (number + last, 0 if last else done.item.piece + 1)
        failure = done.failure if row is None else self.shards.refused(row, done.item.source)
        if row is None or failure is not None:
            assert failure is not None
            ledger.add(failure)
            self.log.write("failed", **failure._asdict())
            bar.step(failed=True, whole=last)
            if self.strict:
                self._stop(failure)
            for each in (segment, self.total):
                each.failed += 1
            return False
        full = self.shards.add(row)
        self.audio_seconds += row.duration
        self.decoded.setdefault(row.decoder, Counter())[os.path.splitext(done.item.source.path)[1]] += 1
        for each in (segment, self.total):
            each.rows += 1
            each.audio_seconds += row.duration
            each.zeroed += row.zeroed
            if row.warnings:
                each.warned += 1
                each.warning = each.warning or f"{row.id}: {row.warnings[0]}"
        bar.step(row.duration, whole=last)
        self.log.progress(lambda: self._facts(bar))
        return full

    def _stop(self, failure: Failure) -> None:
        raise ParameterError(
            f"strict: {failure.path} cannot be used ({failure.stage}: {failure.error}); "
            f"{failure.remedy or 'repair it or leave it out'}, and run the same command again to continue"
        )

    def _commit(self, segment: Segment, ledger: Ledger, recordings: Recordings, committer: Committer) -> None:
        """Commit the finished shards and the state file that records them, while the next shards begin."""
        recordings.flush()
        moves = self.shards.close()
        segment.chains = self.shards.chains
        segment.ledger = ledger.lines - sum(each.ledger for each in self.state.segments)
        if segment.next != self.state.next:
            self.state.segments.append(segment)
        committer.commit(moves, self.shards.digests, segment, self.state)

    def _redo(self, recordings: Recordings, bar: Progress) -> None:
        """Make segments again that lost a shard or whose recordings changed, each with its old bounds."""
        state, folder = self.state, self.folder
        (folder / REDONE).unlink(missing_ok=True)  # a run that was killed may have left it
        if not state.again:
            return
        with Committer(folder, recordings) as committer:
            for number in list(state.again):
                self._redo_segment(number, recordings, committer, bar)
        self.shards.number = len(state.segments)

    def _redo_segment(self, number: int, recordings: Recordings, committer: Committer, bar: Progress) -> None:
        """Make one segment again, and replace its old failures by the new ones."""
        state, folder, old = self.state, self.folder, self.state.segments[number]
        begin, end = state.begin(number), old.next
        segment, self.shards.number = Segment(begin), number
        with Ledger(folder, REDONE) as ledger:
            for done in self._pieces(begin, end):
                self._take(done, segment, ledger, recordings, bar)
        segment.next = end
        recordings.flush()
        moves = self.shards.close()
        segment.chains = self.shards.chains
        before = sum(each.ledger for each in state.segments[:number])
        after = sum(each.ledger for each in state.segments[number + 1 :])
        segment.ledger = write_next_ledger(folder, before, old.ledger, after, folder / REDONE)
        (folder / REDONE).unlink(missing_ok=True)
        state.segments[number] = segment
        state.again.remove(number)
        committer.commit(moves, self.shards.digests, segment, replace(state, ledger_aside=True))
        committer.wait()
        commit_ledger(folder)
        state.save(folder)  # before another new ledger is written
        self.total = self._kept()

"""Commit finished shards, then the state file that records them, on a thread of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from .inventory import inventory
from .made_from import Recordings
from .state import Segment, State

__all__ = ["Settling", "put", "remove"]


class Settling:
    """One set of shards after the other, while the run goes on; leaving waits for what has begun."""

    def __init__(self, folder: Path, recordings: Recordings) -> None:
        self._folder, self._recordings = folder, recordings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voicefeat-disk")
        self._last: Future[None] | None = None

    def begin(self, moves: Sequence[tuple[Path, Path]], segment: Segment, state: State) -> None:
        """Move finished shards, those of `segment`, from where they were written, and save `state` as it is.

        Raises
        ------
        OSError
            If the disk did not take those before.
        """
        try:
            self.wait()
        except OSError:
            _drop(moves)
            raise
        now = replace(state, segments=list(state.segments), again=list(state.again))
        self._last = self._thread.submit(self._settle, moves, segment, now)

    def _settle(self, moves: Sequence[tuple[Path, Path]], segment: Segment, state: State) -> None:
        put(moves)
        segment.shards = [inventory(place) for _, place in moves]
        self._recordings.to_disk()
        state.save(self._folder)

    def wait(self) -> None:
        """Until all is in its place; raises as `begin` does."""
        if self._last is not None:
            self._last.result()

    def __enter__(self) -> Settling:
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.shutdown()


def put(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move what `Shards.close` finished, as soon as the disk has it."""
    try:
        for aside, place in moves:
            _to_disk(aside)
            os.replace(aside, place)
    except OSError:
        _drop(moves)
        raise


def _drop(moves: Sequence[tuple[Path, Path]]) -> None:
    """Throw away what did not come to its place: a full disk needs the room."""
    for aside, _ in moves:
        remove(aside)


def remove(place: Path) -> None:
    """Remove a file, a link or a folder, if it is there."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _to_disk(place: Path) -> None:
    """Have the system write a file, or the files of a folder, before they are renamed."""
    files = [entry for entry in place.rglob("*") if entry.is_file()] if place.is_dir() else [place]
    for file in files:
        with open(file, "rb") as whole:
            os.fsync(whole.fileno())

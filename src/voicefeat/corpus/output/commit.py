"""Commit finished shards, then the state file that records them, on a separate thread."""

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

__all__ = ["Committer", "put", "remove"]


class Committer:
    """Commits one set of shards after the other while the run continues; its exit waits for the last."""

    def __init__(self, folder: Path, recordings: Recordings) -> None:
        self._folder, self._recordings = folder, recordings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voicefeat-disk")
        self._last: Future[None] | None = None

    def commit(
        self, moves: Sequence[tuple[Path, Path]], digests: Sequence[str], segment: Segment, state: State
    ) -> None:
        """Begin to commit the shards of `segment`: move each to its final path, then save `state`.

        `digests` has the SHA-256 of each shard, or "" where it is still to be computed.

        Raises
        ------
        OSError
            If the previous shards could not be committed.
        """
        try:
            self.wait()
        except OSError:
            _drop(moves)
            raise
        now = replace(state, segments=list(state.segments), again=list(state.again))
        self._last = self._thread.submit(self._commit, moves, digests, segment, now)

    def _commit(
        self, moves: Sequence[tuple[Path, Path]], digests: Sequence[str], segment: Segment, state: State
    ) -> None:
        put(moves)
        segment.shards = [inventory(place, digest) for (_, place), digest in zip(moves, digests, strict=True)]
        self._recordings.to_disk()
        state.save(self._folder)

    def wait(self) -> None:
        """Wait until everything is committed; it raises the errors of `commit`."""
        if self._last is not None:
            self._last.result()

    def __enter__(self) -> Committer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.shutdown()


def put(moves: Sequence[tuple[Path, Path]]) -> None:
    """Flush the shards of `Shards.close` to disk, then move them."""
    try:
        for aside, place in moves:
            _to_disk(aside)
            os.replace(aside, place)
    except OSError:
        _drop(moves)
        raise


def _drop(moves: Sequence[tuple[Path, Path]]) -> None:
    """Remove shards that were not moved, to free space on a full disk."""
    for aside, _ in moves:
        remove(aside)


def remove(place: Path) -> None:
    """Remove a file, a link or a folder, if it exists."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _to_disk(place: Path) -> None:
    """Flush a file, or the files of a folder, to disk."""
    files = [entry for entry in place.rglob("*") if entry.is_file()] if place.is_dir() else [place]
    for file in files:
        with open(file, "rb") as whole:
            os.fsync(whole.fileno())

"""Shards to their places, then the state that knows them: on a thread, for the disk takes its time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from .state import State

__all__ = ["Settling", "put", "remove"]


class Settling:
    """One set of shards after the other, while the run goes on; leaving waits for what has begun."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voicefeat-disk")
        self._last: Future[None] | None = None

    def begin(self, moves: Sequence[tuple[Path, Path]], state: State) -> None:
        """Move finished shards, each from where it was written, and save `state` as it is now.

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
        self._last = self._thread.submit(_settle, moves, replace(state), self._folder)

    def wait(self) -> None:
        """Until all is in its place; raises as `begin` does."""
        if self._last is not None:
            self._last.result()

    def __enter__(self) -> Settling:
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.shutdown()


def _settle(moves: Sequence[tuple[Path, Path]], state: State, folder: Path) -> None:
    put(moves)
    state.save(folder)


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

"""A dataset as numbered shards, written aside and renamed when they are whole.

Which rows share a shard depends on their order and sizes alone. Several datasets of one run, one for each
front end, close their shards together, so that one place in the list of recordings says what all of them
hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import ParameterError
from .folders import plain
from .formats import About, Writer, format_called
from .ledger import Failure
from .rows import Row
from .settling import remove
from .sources import Source

__all__ = ["Shards"]


class Shards:
    """The datasets of a run, in `folder` or in a folder each below it.

    Parameters
    ----------
    folder : Path
        An existing folder.
    abouts : sequence of About
        Of each front end; one alone has its shards in `folder`, several have folders of their names.
    form : str
        The format.
    shard_mb : float
        Shards close when their values have reached this many megabytes (2^20 bytes, before compression).
    count : int
        Shards that are there already.
    """

    def __init__(
        self, folder: Path, abouts: Sequence[About], form: str, shard_mb: float, count: int = 0
    ) -> None:
        self._writer, self._ending = format_called(form)
        self._abouts = list(abouts)
        alone = len(self._abouts) == 1
        self.folders = [folder if alone else folder / plain(about.feature) for about in self._abouts]
        self.limit = int(shard_mb * 2**20)
        self.count = count
        self._open: list[Writer] = []
        self._bytes = 0
        for place in self.folders:
            place.mkdir(parents=True, exist_ok=True)
            self._clear(place)

    def _clear(self, place: Path) -> None:
        """Remove what a run that was killed left: shards half written, and those its state does not know."""
        for entry in place.iterdir():
            name = entry.name
            ours = name.startswith((".part-", "part-")) and name.removeprefix(".")[5:10].isdigit()
            if ours and (name.startswith(".") or int(name[5:10]) >= self.count):
                remove(entry)

    def refused(self, row: Row, source: Source) -> Failure | None:
        """Why a shard cannot hold a row, where it cannot."""
        try:
            for about, values in zip(self._abouts, row.values, strict=True):
                self._writer.fits(values, about)
        except ParameterError as error:
            return Failure.of(source, "store", error)
        return None

    def add(self, row: Row) -> bool:
        """Take the next row; True where its shards are full and have to be closed."""
        if not self._open:
            for place in self.folders:
                remove(self._aside(place))
            self._open = [
                self._writer(self._aside(place), about)
                for place, about in zip(self.folders, self._abouts, strict=True)
            ]
        for writer, values in zip(self._open, row.values, strict=True):
            writer.add(row, values)
            self._bytes += values.nbytes
        return self._bytes >= self.limit

    def close(self) -> list[tuple[Path, Path]]:
        """Finish the open shards: where each is, and its place once the disk has it."""
        if not self._open:
            return []
        for writer in self._open:
            writer.close()
        moves = [(self._aside(place), self._place(place, self.count)) for place in self.folders]
        self._open, self._bytes = [], 0
        self.count += 1
        return moves

    def abandon(self) -> None:
        """Throw the open shards away."""
        for writer in self._open:
            writer.abandon()
        for place in self.folders:  # also one that the disk let nobody open
            remove(self._aside(place))
        self._open = []

    @property
    def files(self) -> list[Path]:
        """The shards that are whole."""
        return [self._place(place, k) for place in self.folders for k in range(self.count)]

    def _place(self, folder: Path, number: int) -> Path:
        return folder / f"part-{number:05d}{self._ending}"

    def _aside(self, folder: Path) -> Path:
        return folder / f".part-{self.count:05d}{self._ending}.partial"

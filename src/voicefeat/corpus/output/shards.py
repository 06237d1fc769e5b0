"""The numbered shards of a run: written under another name, and renamed once they are complete.

Which rows share a shard depends only on their order and sizes. The datasets of a run, one per task, close
their shards together, so that a position in the list of recordings is valid for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import ParameterError
from ..formats import About, Format, Writer
from ..inputs.sources import Source
from ..items import Failure, Row
from .commit import remove
from .folders import plain

__all__ = ["Shards"]


class Shards:
    """The datasets of a run, in `folder` or each in its own folder below it.

    Parameters
    ----------
    folder : Path
        An existing folder.
    abouts : sequence of About
        One per dataset; a single dataset has its shards in `folder`, several have folders with their names.
    form : Format
        The format of all datasets.
    shard_mb : float
        Shards close when their values have reached this many megabytes (2^20 bytes, before compression).
    """

    def __init__(self, folder: Path, abouts: Sequence[About], form: Format, shard_mb: float) -> None:
        self._format = form
        self._abouts = list(abouts)
        alone = len(self._abouts) == 1
        self.folders: list[Path] = [
            folder if alone else folder / plain(about.feature) for about in self._abouts
        ]
        self.limit: int = int(shard_mb * 2**20)
        #: The number of the next shards.
        self.number: int = 0
        #: `Writer.chain` of the shards that were closed last.
        self.chains: list[int] = []
        #: `Writer.sha256` of the same.
        self.digests: list[str] = []
        self._open: list[Writer] = []
        self._bytes = 0
        for place in self.folders:
            place.mkdir(parents=True, exist_ok=True)

    def clear(self, count: int, again: Sequence[int] = ()) -> None:
        """Continue after `count` shards. Remove the shards to be made `again`, and those of a killed run that
        are incomplete or not in its state."""
        self.number = count
        for place in self.folders:
            for entry in place.iterdir():
                name = entry.name
                ours = name.startswith((".part-", "part-")) and name.removeprefix(".")[5:10].isdigit()
                if ours and (name.startswith(".") or int(name[5:10]) >= count or int(name[5:10]) in again):
                    remove(entry)

    def refused(self, row: Row, source: Source) -> Failure | None:
        """The failure of a row that a shard cannot hold, or None."""
        try:
            for about, values in zip(self._abouts, row.values, strict=True):
                self._format.check_values(values, about)
        except ParameterError as error:
            return Failure.of(source, "store", error)
        return None

    def add(self, row: Row) -> bool:
        """Write the next row; return True if its shards are full and have to be closed."""
        if not self._open:
            for place in self.folders:
                remove(self._aside(place))
            self._open = [
                self._format.write(self._aside(place), about)
                for place, about in zip(self.folders, self._abouts, strict=True)
            ]
        for writer, values in zip(self._open, row.values, strict=True):
            writer.add(row, values)
            self._bytes += values.nbytes
        return self._bytes >= self.limit

    def close(self) -> list[tuple[Path, Path]]:
        """Finish the open shards; return the present and the final path of each."""
        self.chains, self.digests = [], []
        if not self._open:
            return []
        for writer in self._open:
            writer.close()
        self.chains = [writer.chain for writer in self._open]
        self.digests = [writer.sha256 for writer in self._open]
        asides = [self._aside(place) for place in self.folders]
        moves = list(zip(asides, self.places(self.number), strict=True))
        self._open, self._bytes = [], 0
        self.number += 1
        return moves

    def abandon(self) -> None:
        """Remove the open shards."""
        for writer in self._open:
            writer.abandon()
        for place in self.folders:  # including one that could not be opened
            remove(self._aside(place))
        self._open = []

    def places(self, number: int) -> list[Path]:
        """The paths of the shards of a number, one per dataset."""
        return [folder / f"part-{number:05d}{self._format.ending}" for folder in self.folders]

    def _aside(self, folder: Path) -> Path:
        return folder / f".part-{self.number:05d}{self._format.ending}.partial"

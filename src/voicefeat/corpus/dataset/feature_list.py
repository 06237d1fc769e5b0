"""Features of recordings in memory: rows by number and by id, as a list of arrays, as one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, SupportsIndex, overload

import numpy as np

from ...errors import ParameterError, check_choice
from ..items import Failure
from .batches import Entry, column_array
from .index import RowIndex, row_number

__all__ = ["FeatureList"]

#: The columns that every row has.
OWN = ("id", "part", "start", "channel", "sr", "duration", "sha256")


class FeatureList(Sequence[Entry]):
    """What `voicefeat.features` returns: a sequence of rows, as of a dataset, with all values in memory.

    ``made[3]``, ``made[-1]`` and ``made[2:5]`` are rows by number; ``made[id]`` is the list of a recording's
    rows (its parts and channels). A row is an `Entry`: id, values of shape (rows, frames), part, start,
    channel, sr, duration, labels. `voicefeat.corpus.collate` makes a batch of some of them.

    Examples
    --------
    >>> import voicefeat as vf
    >>> made = vf.features("examples/audio", "asvspoof2019-lfcc", sr=16000)
    >>> made
    <FeatureList: 8 rows of asvspoof2019-lfcc, 60 values per frame>
    >>> made[0].id, made["fr_pain.ogg"][0].values.shape, made.lengths[:3].tolist()
    ('de_fenster.flac', (60, 222), [283, 316, 244])
    """

    def __init__(
        self, entries: Sequence[Entry], about: dict[str, Any], failures: Sequence[Failure] = (),
        ignored: Mapping[str, int] | None = None, links: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._entries = list(entries)
        #: The metadata, as that of a dataset: settings, digest, names of rows, versions.
        self.about: dict[str, Any] = about
        #: The recordings that could not be used: id, path, stage, error and remedy of each.
        self.failures: tuple[Failure, ...] = tuple(failures)
        #: Files in the folders that were left out, by extension.
        self.ignored: dict[str, int] = dict(ignored or {})
        #: Links to folders, which were not followed.
        self.links: tuple[str, ...] = tuple(links)

    def __repr__(self) -> str:
        rows = f"{len(self):,} row{'s' * (len(self) != 1)} of {self.about['feature']}"
        failed = f", {len(self.failures):,} failed" if self.failures else ""
        return f"<FeatureList: {rows}, {len(self.row_names)} values per frame{failed}>"

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, key: SupportsIndex) -> Entry: ...

    @overload
    def __getitem__(self, key: str | slice) -> list[Entry]: ...

    def __getitem__(self, key: SupportsIndex | str | slice) -> Entry | list[Entry]:
        if isinstance(key, slice):
            return self._entries[key]
        if isinstance(key, str):
            return [self._entries[number] for number in self._lookup.find(key)]
        return self._entries[row_number(key, len(self), "features")]

    def __contains__(self, key: object) -> bool:
        """Whether a recording has this id, or an entry is one of these."""
        if isinstance(key, str):
            return any(entry.id == key for entry in self._entries)
        return any(entry is key for entry in self._entries)  # == of entries would compare arrays

    @cached_property
    def _lookup(self) -> RowIndex:
        parts = [entry.part for entry in self._entries]
        return RowIndex(self.ids, parts, None, "features", "features.failures")

    @property
    def feature(self) -> str:
        """The name of the feature, front end or callable."""
        return self.about["feature"]

    @property
    def digest(self) -> str:
        """The fingerprint of the settings."""
        return self.about["digest"]

    @property
    def row_names(self) -> list[str]:
        """The names of the rows of the values."""
        return list(self.about["rows"])

    @property
    def ids(self) -> list[str]:
        """The id of each row."""
        return [entry.id for entry in self._entries]

    @property
    def values(self) -> list[np.ndarray]:
        """The values of each row, (rows, frames)."""
        return [entry.values for entry in self._entries]

    @property
    def lengths(self) -> np.ndarray:
        """The number of frames of each row, int64."""
        return np.array([entry.values.shape[1] for entry in self._entries], np.int64)

    @property
    def carried(self) -> list[str]:
        """The names of the carried columns: label, speaker, ..."""
        return list(self._entries[0].labels) if self._entries else []

    def column(self, name: str) -> np.ndarray:
        """One column of all rows: a carried column (label, speaker, ...), or id, part, sr, duration, ...

        Parameters
        ----------
        name : str
            One of `carried`, or a column of every row.

        Returns
        -------
        array of shape (len(made),)
            Numbers; texts and columns with missing values (None) have dtype object.

        Raises
        ------
        ParameterError
            If there is no such column.
        """
        name = check_choice("name", name, [*OWN, *self.carried])
        return column_array([getattr(e, name) if name in OWN else e.labels[name] for e in self._entries])

    def stacked(self) -> np.ndarray:
        """All values as one array, where every row has the same number of frames.

        Returns
        -------
        array of shape (len(made), rows, frames)
            A copy.

        Raises
        ------
        ParameterError
            If rows have different numbers of frames, or there is none.
        """
        lengths = sorted(set(self.lengths.tolist()))
        if not lengths:
            raise ParameterError("stacked: there are no rows; failures says why")
        if len(lengths) > 1:
            each = f"have {lengths[0]:,} to {lengths[-1]:,} frames"
            raise ParameterError(
                f"stacked: the rows {each}, and an array has one number; pad them with "
                "voicefeat.corpus.collate, or take statistics (summary)"
            )
        return np.stack(self.values)

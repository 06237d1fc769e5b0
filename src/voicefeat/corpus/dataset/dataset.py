"""A dataset: its rows by number and by id, in order, shuffled, in batches, as a data frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np

from ...errors import check_choice, check_int
from ...presets.front_end import FrontEnd
from ..items import OWN
from ..optional import pandas
from ..output.state import State
from .batches import Batch, Entry, Sampler, collate, column_array, entry_of
from .index import RowIndex, row_number
from .store import Store

if TYPE_CHECKING:
    from pandas import DataFrame

    from .holdings import Holdings
else:  # for those who read types at run time
    DataFrame = Holdings = Any

__all__ = ["Dataset"]


class Dataset:
    """A dataset opened by `open_dataset`: a sequence of rows, each read when it is requested.

    ``dataset[3]``, ``dataset[-1]`` and ``dataset[2:5]`` are rows by number; ``dataset[id]`` is the list of
    a recording's rows (its parts and channels), ``dataset[id, part]`` and ``dataset[id, part, channel]``
    one of them. A row is an `Entry`: id, values of shape (rows, frames), part, start, channel, sr, duration,
    labels. A dataset can be sent to other processes, and read from several threads.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import extract_corpus
    >>> done = extract_corpus("examples/audio", "features", "mfcc", sr=16000)
    >>> dataset = vf.open_dataset("features")
    >>> dataset
    <Dataset features: 8 rows of mfcc, 20 values per frame>
    >>> dataset[0].id, dataset["de_fenster.flac", 0].values.shape
    ('de_fenster.flac', (20, 89))
    """

    def __init__(
        self, folder: Path, store: Store, complete: bool = True, held: Holdings | None = None
    ) -> None:
        self.folder: Path = folder
        self._store = store
        self._held = held
        #: Whether the run that wrote it is complete.
        self.complete = complete
        #: The metadata: settings, digest, names of rows, versions.
        self.about: dict[str, Any] = store.about
        #: The names of the carried columns: label, speaker, ...
        self.carried: list[str] = [name for name in store.names if name not in OWN]

    @property
    def feature(self) -> str:
        """The name of the feature, front end or callable."""
        return self.about["feature"]

    @property
    def front_end(self) -> FrontEnd | None:
        """The front end, or None for a feature or a callable."""
        text = self.about.get("front_end")
        return None if text is None else FrontEnd.from_toml(text)

    @property
    def digest(self) -> str:
        """The fingerprint of the settings."""
        return self.about["digest"]

    @property
    def format(self) -> str:
        """The format of the shards: a name in `voicefeat.corpus.formats.FORMATS`."""
        return self._store.format

    @property
    def shards(self) -> list[Path]:
        """The files or folders of its shards."""
        return list(self._store.shards)

    @property
    def rows_of_shards(self) -> list[int]:
        """The number of rows of each shard."""
        return self._store.counts

    @property
    def state(self) -> State | None:
        """The state of the run that wrote it; None if the state file was not copied."""
        return None if self._held is None else self._held.state

    def damage(self) -> list[str]:
        """Damage in the bytes of shards, one line per shard; empty without a state file."""
        return [] if self._held is None else self._held.damage()

    @property
    def columns(self) -> list[str]:
        """The names that `column` accepts."""
        return list(self._store.names)

    @property
    def row_names(self) -> list[str]:
        """The names of the rows of the values."""
        return list(self.about["rows"])

    def __repr__(self) -> str:
        rows = f"{len(self):,} row{'s' * (len(self) != 1)} of {self.feature}"
        state = "" if self.complete else ", not complete"
        return f"<Dataset {self.folder}: {rows}, {len(self.row_names)} values per frame{state}>"

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Entry]:
        return self.take(range(len(self)))

    @overload
    def __getitem__(self, key: SupportsIndex | tuple[str, int] | tuple[str, int, int]) -> Entry: ...

    @overload
    def __getitem__(self, key: str | slice) -> list[Entry]: ...

    def __getitem__(
        self, key: SupportsIndex | str | slice | tuple[str, int] | tuple[str, int, int]
    ) -> Entry | list[Entry]:
        if isinstance(key, slice):
            return list(self.take(range(len(self))[key]))
        if isinstance(key, str):
            return list(self.take(self.find(key)))
        if isinstance(key, tuple) and len(key) in (2, 3) and isinstance(key[0], str):
            return next(self.take([self._lookup.place(*key)]))
        return next(self.take([key]))  # type: ignore[list-item]  # `take` checks that it is a number

    def __getitems__(self, numbers: Sequence[int]) -> list[Entry]:
        """Several rows in the given order, read in ascending order; PyTorch's loader calls this."""
        known = [row_number(number, len(self)) for number in numbers]
        order = sorted(range(len(known)), key=known.__getitem__)
        found = dict(zip(order, self.take([known[k] for k in order]), strict=True))
        return [found[k] for k in range(len(known))]

    def take(self, numbers: Sequence[int] | np.ndarray) -> Iterator[Entry]:
        """Iterate over rows by number, in the given order; fastest in ascending order.

        Parameters
        ----------
        numbers : sequence of int
            Row numbers from 0; negative numbers count from the end.

        Returns
        -------
        iterator of Entry
            The rows.

        Raises
        ------
        NotInDatasetError
            If a number is out of range, before any row is read.
        """
        known = [row_number(number, len(self)) for number in numbers]
        return (entry_of(*found) for found in self._store.rows(known))

    @property
    def ids(self) -> list[str]:
        """The id of each row."""
        return self._store.column("id")

    @property
    def lengths(self) -> np.ndarray:
        """The number of frames of each row, int64."""
        return np.array(self._store.column("n_frames"), np.int64)

    def find(self, id: str) -> list[int]:
        """The row numbers of a recording: its parts and channels, in their order.

        Parameters
        ----------
        id : str
            The recording's id.

        Returns
        -------
        list of int
            Numbers of the rows.

        Raises
        ------
        NotInDatasetError
            If there is no such recording; the nearest id is suggested.
        """
        return self._lookup.find(id)

    @cached_property
    def _lookup(self) -> RowIndex:
        column = self._store.column
        channels = column("channel") if "channel" in self._store.names else None
        return RowIndex(self.ids, column("part"), channels)

    def column(self, name: str) -> np.ndarray:
        """One column of all rows: a carried column (label, speaker, ...), or id, part, sr, duration, ...

        Parameters
        ----------
        name : str
            One of `carried`, or a column of every dataset.

        Returns
        -------
        array of shape (len(dataset),)
            Numbers; texts and columns with missing values (None) have dtype object.

        Raises
        ------
        ParameterError
            If there is no such column.
        """
        return column_array(self._store.column(check_choice("name", name, self.columns)))

    def shuffled(self, seed: int, rows: Sequence[int] | None = None) -> Iterator[Entry]:
        """Iterate over rows in a random order.

        Parameters
        ----------
        seed : int
            Seed of the order: the same seed gives the same order.
        rows : sequence of int, optional
            Numbers of the rows to use; by default all.

        Returns
        -------
        iterator of Entry
            Each row once.

        Raises
        ------
        ParameterError
            If the seed is not an integer of 0 or more, or a row does not exist.
        """
        drawn = np.random.default_rng(check_int("seed", seed, 0, most=None)).permutation(self._chosen(rows))
        return self.take(drawn)

    def sampler(
        self, size: int, *, seed: int | None = None, rows: Sequence[int] | None = None,
        bucket: bool = True, drop_last: bool = False,
    ) -> Sampler:  # fmt: skip
        """The row numbers of each batch, for ``DataLoader(dataset, batch_sampler=...)``.

        Parameters
        ----------
        size : int
            Number of rows in a batch.
        seed : int, optional
            Seed of the shuffling; each iteration (epoch) has another order. Without it, rows come in order.
        rows : sequence of int, optional
            Numbers of the rows to use, for example a class or a split; by default all.
        bucket : bool
            Batch rows of similar length together, so that there is little padding.
        drop_last : bool
            Drop an incomplete last batch.

        Returns
        -------
        Sampler
            Iterable over lists of numbers; its length is the number of batches.

        Raises
        ------
        ParameterError
            If a number cannot be used.
        """
        return Sampler(self.lengths, self._chosen(rows), size, seed, bucket=bucket, drop_last=drop_last)

    def batches(
        self, size: int, *, seed: int | None = None, rows: Sequence[int] | None = None,
        bucket: bool = True, drop_last: bool = False, pad: bool = True,
    ) -> Iterator[Batch]:  # fmt: skip
        """Batches of rows of similar length, as arrays.

        Parameters
        ----------
        size, seed, rows, bucket, drop_last
            As for `sampler`.
        pad : bool
            Pad rows with zeros at their end to one array (batch, rows, longest); otherwise return a list.

        Returns
        -------
        iterator of Batch
            Values, lengths, ids and labels.

        Raises
        ------
        ParameterError
            If a number cannot be used.
        """
        wanted = self.sampler(size, seed=seed, rows=rows, bucket=bucket, drop_last=drop_last)
        return (collate(self.__getitems__(numbers), pad) for numbers in wanted)

    def _chosen(self, rows: Sequence[int] | None) -> np.ndarray:
        chosen = range(len(self)) if rows is None else [row_number(k, len(self)) for k in rows]
        return np.array(chosen, np.int64)

    def to_pandas(self, values: bool = True) -> DataFrame:
        """All rows as a data frame.

        Parameters
        ----------
        values : bool
            Add a column with the values, each an array (rows, frames); all values are then in memory.

        Returns
        -------
        pandas.DataFrame
            The dataset's columns.

        Raises
        ------
        ModuleNotFoundError
            If pandas is not installed.
        """
        table = pandas().DataFrame({name: self.column(name) for name in self.columns})
        if values:
            table["values"] = [entry.values for entry in self]
        return table

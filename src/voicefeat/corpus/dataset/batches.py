"""Batches: their rows, the order, and padding of rows of several lengths to one array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import check_int
from ..items import carried

__all__ = ["Batch", "Entry", "Sampler", "collate", "column_array", "entry_of"]

#: Number of batches sorted by length together: lengths in a batch are similar, and the order stays random.
POOL = 50


class Entry(NamedTuple):
    """One row of a dataset: a recording, or a part or a channel of one."""

    id: str
    #: (rows, frames)
    values: np.ndarray
    #: The number of the part, and its start in the file in seconds.
    part: int
    start: float
    #: The channel, if each channel has its own rows.
    channel: int | None
    #: Sampling rate in Hz and duration in seconds of the samples that were analysed.
    sr: int
    duration: float
    #: The carried columns: label, speaker, ...
    labels: dict[str, Any]
    #: SHA-256 of the bytes of the recording's file when it was read, in hexadecimal digits.
    sha256: str = ""


def column_array(values: Sequence[Any]) -> np.ndarray:
    """A column of rows: numbers as such, texts and columns with missing values as objects."""
    plain = all(isinstance(value, int | float) for value in values)
    return np.array(values) if plain else np.array(values, object)


def entry_of(facts: Mapping[str, Any], values: np.ndarray) -> Entry:
    """The entry of a row's columns and values."""
    labels = carried(facts)
    part, start, channel = facts["part"], facts["start"], facts.get("channel")
    sha256 = facts.get("sha256") or ""
    return Entry(facts["id"], values, part, start, channel, facts["sr"], facts["duration"], labels, sha256)


class Batch(NamedTuple):
    """Several rows of a dataset as one batch."""

    #: (batch, rows, longest), padded with zeros; or a list of (rows, frames), not padded.
    values: Any
    #: The number of frames of each row, int64 (batch,).
    lengths: np.ndarray
    ids: list[str]
    #: The carried columns, each as a list.
    labels: dict[str, list[Any]]


def collate(entries: Sequence[Entry], pad: bool = True) -> Batch:
    """Make one batch of rows: padded with zeros to the longest, or as a list.

    Parameters
    ----------
    entries : sequence of Entry
        One or more rows of a dataset.
    pad : bool
        Pad rows with zeros at their end to one array (batch, rows, longest); otherwise return a list.

    Returns
    -------
    Batch
        Values, lengths, ids and labels.

    Examples
    --------
    >>> rows = [Entry("a", np.ones((2, n)), 0, 0.0, None, 8000, 1.0, {"label": n}) for n in (1, 3)]
    >>> batch = collate(rows)
    >>> batch.values.shape, batch.lengths.tolist(), batch.values[0, 0].tolist(), batch.labels
    ((2, 2, 3), [1, 3], [1.0, 0.0, 0.0], {'label': [1, 3]})
    """
    matrices = [entry.values for entry in entries]
    lengths = np.array([matrix.shape[1] for matrix in matrices], np.int64)
    values: Any = matrices
    if pad:
        most = max(matrix.shape[0] for matrix in matrices)
        values = np.zeros((len(matrices), most, int(lengths.max())), matrices[0].dtype)
        for place, matrix in zip(values, matrices, strict=True):
            place[: matrix.shape[0], : matrix.shape[1]] = matrix
    labels = {name: [entry.labels[name] for entry in entries] for name in entries[0].labels}
    return Batch(values, lengths, [entry.id for entry in entries], labels)


class Sampler:
    """The row numbers of each batch, for ``torch.utils.data.DataLoader(batch_sampler=...)``.

    Epoch k draws with (`seed`, k): every epoch has another order, and every run has the same epochs. `epoch`
    is the number of the next epoch, and may be set.

    Parameters
    ----------
    lengths : int64 array
        The number of frames of each row; rows of similar length are batched together.
    rows : int64 array
        The rows to take.
    size : int
        Number of rows in a batch.
    seed : int, optional
        Seed of the shuffling; without it, rows come in order.
    bucket : bool
        Sort by length within `POOL` batches before cutting them.
    drop_last : bool
        Drop an incomplete last batch.

    Examples
    --------
    >>> lengths = np.array([5, 1, 4, 2, 9, 1])
    >>> list(Sampler(lengths, np.arange(6), 2))
    [[1, 5], [3, 2], [0, 4]]
    >>> list(Sampler(lengths, np.arange(5), 2, bucket=False, drop_last=True))
    [[0, 1], [2, 3]]
    """

    def __init__(
        self, lengths: np.ndarray, rows: np.ndarray, size: int, seed: int | None = None,
        *, bucket: bool = True, drop_last: bool = False,
    ) -> None:  # fmt: skip
        self._lengths, self._rows = lengths, rows
        self.size: int = check_int("size", size, unit="rows")
        self.seed: int | None = seed if seed is None else check_int("seed", seed, 0, most=None)
        self.bucket: bool = bucket
        self.drop_last: bool = drop_last
        self.epoch: int = 0

    def __len__(self) -> int:
        full, rest = divmod(self._rows.size, self.size)
        return full + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[list[int]]:
        rng = None if self.seed is None else np.random.default_rng([self.seed, self.epoch])
        self.epoch += 1
        rows = self._rows if rng is None else rng.permutation(self._rows)
        pool = POOL * self.size if self.bucket else self.size
        for first in range(0, rows.size, pool):
            together = rows[first : first + pool]
            if self.bucket:
                together = together[np.argsort(self._lengths[together], kind="stable")]
            batches = [together[k : k + self.size] for k in range(0, together.size, self.size)]
            if batches[-1].size < self.size and self.drop_last:
                batches.pop()
            order = range(len(batches)) if rng is None else rng.permutation(len(batches))
            yield from (batches[k].tolist() for k in order)

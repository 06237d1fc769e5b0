"""Verify a dataset: compute its rows again from the recordings, and compare."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError, check_int, fail
from ..inputs.sources import Listing, Source, find_sources
from ..items import Done, Item, Row
from ..run.arguments import check_workers
from ..run.callables import CallableFrontEnd
from ..run.schedule import pieces_in_order
from ..run.versions import versions
from ..run.warnings import WarningsByThread
from .batches import Entry
from .dataset import Dataset
from .rebuild import rebuild_job

__all__ = ["BOUNDS", "Verified", "verify"]

#: Largest difference by rounding that another processor or build of a library may cause, relative to the
#: largest magnitude of the row: some hundred units in the last place, one for float16.
BOUNDS = {"float16": 1e-3, "float32": 1e-5, "float64": 1e-12}


class Unequal(NamedTuple):
    """A row that differs from the features of its recording."""

    id: str
    part: int
    channel: int | None
    #: Largest difference, relative to the row's largest magnitude; None if there is nothing to compare.
    error: float | None
    #: The difference, in words.
    why: str


@dataclass
class Verified:
    """The result of a verification: rows of a dataset compared with rows computed now."""

    #: The bound for rounding, and the versions that differ, as "numpy 2.0 in the dataset, 2.1 here".
    bound: float
    versions: list[str]
    #: Recordings of the dataset that were not given.
    absent: list[str]
    recordings: int = 0
    #: Number of rows with the same bits, and of rows that differ within the bound.
    equal: int = 0
    near: int = 0
    #: Largest difference of the latter, relative to the row's largest magnitude.
    largest: float = 0.0
    unequal: list[Unequal] = field(default_factory=list)
    #: Damage in the bytes of shards, one line per shard; empty if a sample was drawn.
    damaged: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Number of rows that were compared."""
        return self.equal + self.near + len(self.unequal)


def verify(
    dataset: Dataset,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Listing,
    *,
    frontend: CallableFrontEnd | None = None,
    sample: int | None = None,
    seed: int = 0,
    exact: bool = False,
    workers: int | None = None,
) -> Verified:
    """Compute rows of a dataset again and compare; compare its shards with their checksums.

    If the digest of a recording's file has changed, its rows count as unequal, even with the same values.

    Parameters
    ----------
    dataset : Dataset
        An open dataset.
    paths : path-like, iterable of path-like, or Listing
        The recordings, as for `voicefeat.extract_corpus`: the dataset has their ids, not their paths.
    frontend : CallableFrontEnd, optional
        The callable that made the dataset, if one did: a dataset names no code that could be imported.
    sample : int, optional
        Number of recordings to draw with `seed`; shards are then not compared. By default all recordings.
    seed : int
        Seed of the draw.
    exact : bool
        Allow no difference, not even by rounding.
    workers : int, optional
        Number of threads; by default voicefeat's thread budget.

    Returns
    -------
    Verified
        The number of equal rows, and the rows that are not equal.

    Raises
    ------
    ParameterError
        If an argument cannot be used, no recording is in the dataset, or this version lacks a setting; if a
        callable made the dataset, and none or another one is given.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import extract_corpus
    >>> done = extract_corpus("examples/audio", "features", "mfcc", sr=16000)
    >>> found = verify(vf.open_dataset("features"), "examples/audio", sample=3)
    >>> found.rows, found.equal, found.unequal
    (3, 3, [])
    """
    about = dataset.about
    if not about["values"].startswith(about["dtype"]):
        fail("dataset", str(dataset.folder), "is compressed with loss", "verify one that is not compressed")
    job = rebuild_job(about, frontend)
    workers = check_workers(workers)
    given = _listing(paths)
    known = {source.id: source for source in given.sources}
    names = [name for name, _ in given.columns]
    ids = _drawn(sorted(set(dataset.ids)), sample, check_int("seed", seed, 0, most=None))
    here = [known[id] for id in ids if id in known]
    if not here:
        raise ParameterError(
            f"paths: none of these {len(known):,} recordings is in the dataset, whose first id is "
            f"{ids[0]!r}; "
            "give the recordings as for 'voicefeat extract'"
        )
    bound = 0.0 if exact else BOUNDS[about["dtype"]]
    result = Verified(bound, _other_versions(dataset), [id for id in ids if id not in known], len(here))
    if sample is None:
        result.damaged = dataset.damage()
    with WarningsByThread():
        for source, made in _by_recording(pieces_in_order(job, _items(here), workers)):
            try:
                entries = dataset[source.id]
            except ParameterError as error:  # the shard is damaged
                result.unequal.append(Unequal(source.id, 0, None, None, str(error)))
                continue
            _compare_recording(result, entries, made, names)
    return result


def _listing(paths: Any) -> Listing:
    if isinstance(paths, Listing):
        return paths
    return find_sources([paths] if isinstance(paths, str | os.PathLike) else paths)


def _drawn(ids: list[str], sample: int | None, seed: int) -> list[str]:
    if sample is None or check_int("sample", sample, unit="recordings") >= len(ids):
        return ids
    drawn = np.random.default_rng(seed).choice(len(ids), sample, replace=False)
    return [ids[k] for k in sorted(drawn)]


def _other_versions(dataset: Dataset) -> list[str]:
    there = dataset.about["versions"]
    here = versions()
    return [f"{k} {there.get(k)} in the dataset, {here[k]} here" for k in here if here[k] != there.get(k)]


def _items(sources: list[Source]) -> Iterator[Item]:
    return (Item(number, source) for number, source in enumerate(sources))


def _by_recording(pieces: Iterator[Done]) -> Iterator[tuple[Source, list[Done]]]:
    collected: list[Done] = []
    for done in pieces:
        collected.append(done)
        if done.item.piece + 1 == done.pieces:
            yield done.item.source, collected
            collected = []


def _compare_recording(result: Verified, entries: list[Entry], made: list[Done], columns: list[str]) -> None:
    """Compare the rows of a recording; carried columns are compared where both have them."""
    rows = {(done.row.part, done.row.channel): done.row for done in made if done.row is not None}
    failures = [done.failure.error for done in made if done.failure is not None]
    for entry in entries:
        row = rows.get((entry.part, entry.channel))
        if row is None:
            why = failures[0] if failures else "the recording has no such part"
            result.unequal.append(Unequal(entry.id, entry.part, entry.channel, None, why))
        else:
            _compare(result, entry, row, dict(zip(columns, row.carried, strict=True)))


def _compare(result: Verified, entry: Entry, row: Row, carried: dict[str, Any]) -> None:
    values = row.values[0]
    other = [name for name, value in entry.labels.items() if not _same(value, carried.get(name, value))]
    then = (entry.values.shape, entry.sr, entry.start, entry.duration)
    now = (values.shape, row.sr, row.start, row.duration)
    error, same = None, entry.sha256 in ("", row.sha256)
    if then != now:
        why = f"shape, rate, start and duration are {then} in the dataset, {now} now"
    elif other:
        why = "; ".join(
            f"{name}: {entry.labels[name]!r} in the dataset, {carried[name]!r} now" for name in other
        )
    elif entry.values.tobytes() == values.tobytes():
        if same:
            result.equal += 1
            return
        why = "values are equal"
    else:
        peak = np.abs(values).max(initial=0).astype(float) or 1.0
        error = float(np.abs(entry.values.astype(float) - values).max() / peak)
        if same and error <= result.bound:
            result.near += 1
            result.largest = max(result.largest, error)
            return
        why = f"differs by {error:.2g} of its largest magnitude"
    if not same:
        why = f"the recording is not the file that the row was made from; {why}"
    result.unequal.append(Unequal(entry.id, entry.part, entry.channel, error, why))


def _same(one: Any, other: Any) -> bool:
    """Whether two labels are equal; None and NaN are both missing values."""
    none = [value is None or value != value for value in (one, other)]
    return all(none) or (not any(none) and one == other)

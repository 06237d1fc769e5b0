"""A dataset in one format, written in another one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ...errors import ParameterError, check_path, fail
from ..formats import About, Format, find_format
from ..items import Row
from ..output.commit import put, remove
from ..output.failures import Ledger
from ..output.folders import plain
from ..output.inventory import inventory
from ..output.lock import NAME as LOCK, held
from ..output.made_from import RECORDINGS
from ..output.shards import Shards
from ..output.state import Segment, State
from ..run.arguments import check_mapping
from .batches import Entry
from .dataset import Dataset
from .open import open_dataset

__all__ = ["Converted", "convert_dataset"]


class Converted(NamedTuple):
    """A dataset that was written in another format."""

    folder: Path
    #: Rows of each dataset in the folder.
    rows: int
    #: Size of the shards.
    bytes: int
    shards: tuple[Path, ...]


@dataclass(frozen=True)
class _Given:
    """What is to be converted: the datasets of a run, or one of them, or one whose state was not copied."""

    datasets: list[Dataset]
    #: The folder with the ledger and the records, and the state; None if it was not copied.
    folder: Path
    state: State | None
    segments: list[Segment]
    #: Metadata of each dataset, and the carried columns with their types.
    features: list[dict[str, Any]]
    columns: list[list[str]]


def convert_dataset(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    format: Literal["parquet", "hdf5", "zarr", "npy", "webdataset", "kaldi", "csv"],
    *,
    format_options: Mapping[str, Any] | None = None,
) -> Converted:
    """Write a dataset in another format: the files that `voicefeat.extract_corpus` would have written in it.

    Values, digests and all columns of the rows, the ledger, the state and the records of the recordings are
    carried over. A run that was not complete goes on in `out`, with the new format.

    Parameters
    ----------
    folder : path-like
        The folder of a dataset, or of a run with several ones, which are then all converted.
    out : path-like
        The new folder. It appears when all is written.
    format : str
        A name in `voicefeat.corpus.formats.FORMATS`.
    format_options : mapping, optional
        Options of the format, for example ``{"compress": True}``.

    Returns
    -------
    Converted
        Counts, size and files.

    Raises
    ------
    ParameterError
        If `out` holds something, if the dataset is damaged or compressed with loss, or if the format cannot
        hold it. Nothing is written then.
    OSError
        If `out` cannot be written.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import convert_dataset, extract_corpus
    >>> done = extract_corpus("examples/audio", "features", "mfcc", sr=16000)
    >>> convert_dataset("features", "as-npy", "npy").rows
    8
    >>> vf.open_dataset("as-npy")
    <Dataset as-npy: 8 rows of mfcc, 20 values per frame>
    """
    source, target = Path(check_path("folder", folder)), Path(check_path("out", out))
    form = find_format(format)
    options = form.complete(check_mapping("format_options", format_options))
    _check_new(target)
    given = _given(source)
    columns = tuple((name, kind) for name, kind in given.columns)
    abouts = [
        About(each["feature"], each, each["dtype"], columns, each["channels"] == "each", options)
        for each in given.features
    ]
    for about in abouts:
        form.check(about)
    aside = Path(os.path.abspath(target))
    aside = aside.with_name(f".{aside.name}.partial")
    aside.mkdir(parents=True, exist_ok=True)
    try:
        with held(aside):
            for left in aside.iterdir():  # of a conversion that was killed
                if left.name != LOCK:
                    remove(left)
            segments = _write(given, Shards(aside, abouts, form, 1.0), form, abouts)
            _write_state(given, aside, segments, {"format": format, "format_options": options})
        if target.is_dir():  # it is empty
            target.rmdir()
        os.replace(aside, target)
    except BaseException:
        remove(aside)
        raise
    known = [shard for segment in segments for shard in segment.shards]
    shards = Shards(target, abouts, form, 1.0)
    places = [shards.places(k) for k, segment in enumerate(segments) if segment.shards]
    files = tuple(file for dataset in zip(*places, strict=True) for file in dataset)
    return Converted(target, sum(s.rows for s in segments), sum(shard.bytes for shard in known), files)


def _check_new(target: Path) -> None:
    if os.path.lexists(target) and not target.is_dir():
        fail("out", str(target), "exists, and is not a folder", "give a new folder")
    names = [entry.name for entry in target.iterdir()] if target.is_dir() else []
    if names:
        first = min(names, key=lambda name: (name.startswith("."), name))  # rather a dataset than its lock
        fail("out", str(target), f"already holds {first!r}", "give a new or empty folder")


def _given(folder: Path) -> _Given:
    """The datasets in `folder`, and their state."""
    state = State.load(folder)
    if state is None:
        return _one(folder)
    features = state.asked["features"]
    names = [plain(each["feature"]) for each in features] if len(features) > 1 else ["."]
    datasets = [_opened(folder / name) for name in names]
    return _Given(datasets, folder, state, state.segments, features, state.columns)


def _one(folder: Path) -> _Given:
    """One dataset of a run with several, whose state is in the folder above; or one without a state."""
    dataset = _opened(folder)
    state = dataset.state
    if state is not None:
        above = folder.absolute().parent
        names = [plain(each["feature"]) for each in state.asked["features"]]
        which = names.index(folder.absolute().name)
        features = [state.asked["features"][which]]
        segments = [
            _with(segment, shards=segment.shards[which:][:1], chains=segment.chains[which:][:1])
            for segment in state.segments
        ]
        state = replace(state, asked={**state.asked, "features": features}, segments=segments)
        return _Given([dataset], above, state, segments, features, state.columns)
    segments = [Segment(rows=rows) for rows in dataset.rows_of_shards]
    layout = f"{dataset.about['dtype']}, row by row: values.reshape(n_rows, n_frames)"
    about = {**dataset.about, "values": layout}
    columns = [[name, _kind(dataset.column(name).tolist())] for name in dataset.carried]
    return _Given([dataset], folder, None, segments, [about], columns)


def _opened(folder: Path) -> Dataset:
    """A dataset whose values can be carried over."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions, and of a run that is not complete: both are kept
        dataset = open_dataset(folder)
    if dataset.state is not None and dataset.state.ledger_aside:
        remedy = "run the same 'voicefeat extract' again to finish it"
        fail("folder", str(folder), "has a shard whose rebuild was stopped", remedy)
    if not dataset.about["values"].startswith(dataset.about["dtype"]):
        fail("folder", str(folder), "is compressed with loss", "convert one that is not compressed")
    return dataset


def _kind(values: list[Any]) -> str:
    """The type of a carried column, by its values."""
    there = [value for value in values if value is not None]
    if not there or any(isinstance(value, str) for value in there):
        return "string"
    return "float64" if any(isinstance(value, float) for value in there) else "int64"


def _write(given: _Given, shards: Shards, form: Format, abouts: list[About]) -> list[Segment]:
    """Write the shards of all segments; returns the segments with the new shards."""
    segments = []
    rows = _rows(given)
    try:
        for number, segment in enumerate(given.segments):
            shards.number = number
            for _ in range(segment.rows):
                row = next(rows)
                _check_values(form, abouts, row, given.datasets[0].folder)
                shards.add(row)
            moves, chains = shards.close(), shards.chains
            put(moves)
            if form.exact(abouts[0].options) and any(segment.chains) and segment.chains != chains:
                place = given.datasets[0].folder
                raise ParameterError(f"{place}: {form.name} would change the rows; choose another format")
            made = [
                inventory(place, digest) for (_, place), digest in zip(moves, shards.digests, strict=True)
            ]
            segments.append(_with(segment, shards=made, chains=chains))
    except BaseException:
        shards.abandon()
        raise
    return segments


def _check_values(form: Format, abouts: list[About], row: Row, folder: Path) -> None:
    """Refuse a dataset with a row that the format cannot hold: there is no recording to be left out."""
    try:
        for about, values in zip(abouts, row.values, strict=True):
            form.check_values(values, about)
    except ParameterError as error:
        raise ParameterError(f"{folder}: {row.id}: {error}") from None


def _rows(given: _Given) -> Iterator[Row]:
    """The rows, each with the values of all datasets."""
    names = [name for name, _ in given.columns]
    for entries in zip(*(dataset.take(range(len(dataset))) for dataset in given.datasets), strict=True):
        yield _row(entries, names)


def _row(entries: tuple[Entry, ...], names: list[str]) -> Row:
    entry = entries[0]
    return Row(
        entry.id, entry.part, entry.start, entry.channel, entry.sr, entry.duration,
        tuple(each.values for each in entries), tuple(entry.labels[name] for name in names),
        sha256=entry.sha256,
    )  # fmt: skip


def _write_state(given: _Given, aside: Path, segments: list[Segment], form: dict[str, Any]) -> None:
    """Write ledger, records and state, if they are known."""
    if given.state is None:
        return
    if length := given.state.total.ledger:
        (aside / Ledger.NAME).write_bytes((given.folder / Ledger.NAME).read_bytes()[:length])
    if (given.folder / RECORDINGS).exists():
        (aside / RECORDINGS).write_bytes((given.folder / RECORDINGS).read_bytes())
    replace(given.state, asked={**given.state.asked, **form}, segments=segments).save(aside)


def _with(segment: Segment, **changed: Any) -> Segment:
    """A segment with other values; the text that it may have kept is dropped."""
    fields = {name: value for name, value in vars(segment).items() if name != "text"}
    return Segment(**{**fields, **changed})

"""Open a dataset: find its shards, check that all exist, and that it is the expected one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import ParameterError, check_path, fail
from ...feature.names import FeatureName
from ...presets.front_end import FrontEnd
from ...presets.names import FrontEndName
from ..formats import FORMATS, Format, find_format
from ..output.inventory import shards_in
from ..output.state import State
from ..run.callables import CallableFrontEnd
from .dataset import Dataset
from .expected import check_expected
from .holdings import holdings
from .store import Store

__all__ = ["open_dataset"]

GIVE = "give the folder that 'voicefeat extract' wrote"


def open_dataset(
    folder: str | os.PathLike[str],
    *,
    feature: FeatureName | str | None = None,
    frontend: FrontEndName | str | FrontEnd | CallableFrontEnd | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Dataset:
    """Open a dataset written by `voicefeat extract`.

    Parameters
    ----------
    folder : path-like
        The folder of the dataset; if a run wrote several datasets, the folder of one of them.
    feature, frontend, settings : optional
        The expected content, as in `voicefeat.extract_corpus`: a dataset with other settings is refused, and
        the error names them.

    Returns
    -------
    Dataset
        A sequence of rows. There is a warning if its run is not complete, or used another version of
        voicefeat.

    Raises
    ------
    ParameterError
        If the folder holds no dataset, several, or one with other settings; if a shard is lost or incomplete,
        or belongs to another dataset, or the state file or ledger is lost or damaged.
    ModuleNotFoundError
        If the library of its format is not installed.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import extract_corpus
    >>> done = extract_corpus("examples/audio", "lfcc", frontend="asvspoof2019-lfcc", sr=16000)
    >>> len(vf.open_dataset("lfcc", frontend="asvspoof2019-lfcc"))
    8
    >>> other = vf.frontend("asvspoof2019-lfcc").replace(hop_length=80)
    >>> vf.open_dataset("lfcc", frontend=other)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    voicefeat.errors.ParameterError: folder='lfcc': has other settings than those given (framing.hop_...
    """
    place = Path(check_path("folder", folder))
    if not os.path.isdir(place):
        fail("folder", str(folder), "there is no such folder", GIVE)
    content = holdings(place)
    if not content.shards:
        _empty(place, content.state)
    state, shards = content.state, content.places
    form = _format_of(shards[0]) if state is None else _format_called(state.asked["format"], place)
    store = Store(form, shards, content.rows)
    dataset = Dataset(place, store, state is None or state.complete, content)
    content.check_settings(dataset.about)
    check_expected(place, dataset.about, feature, frontend, settings)
    _warn(dataset)
    return dataset


def _format_of(shard: Path) -> Format:
    """The format of a shard without a state file: by its ending, or by a file in its folder."""
    for form in map(find_format, reversed(FORMATS)):  # Kaldi first: its folders have the index of npy's too
        if (shard / form.mark).is_file() if form.mark else shard.suffix == form.ending:
            return form
    return _format_called(shard.suffix, shard.parent)


def _format_called(name: str, folder: Path) -> Format:
    """The format of a name in the state; another version may have formats that this one lacks."""
    if name in FORMATS:
        return find_format(name)
    raise ParameterError(
        f"{folder}: has the format {name!r}, which voicefeat cannot read; use the library of that format"
    )


def _empty(place: Path, state: State | None) -> None:
    below = sorted(entry.name for entry in place.iterdir() if entry.is_dir() and shards_in(entry))
    if below:
        raise ParameterError(
            f"folder={str(place)!r}: holds {len(below)} datasets of one run, {', '.join(below)}; open one of "
            f"them, {str(place / below[0])!r}"
        )
    if state is not None:
        failed = "no recording could be used (_failures.csv has the reasons)"
        why = failed if state.complete else "its run was stopped before the first row"
        fail("folder", str(place), f"holds no rows, {why}", "run 'voicefeat extract' again")
    names = sorted(entry.name for entry in place.iterdir())
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    content = f"it holds {names[0]!r}{more}" if names else "it is empty"
    fail("folder", str(place), f"is not a dataset, {content}", GIVE)


def _warn(dataset: Dataset) -> None:
    """Warn about a dataset that is not complete, or of another version."""
    from ... import __version__

    if not dataset.complete:
        warnings.warn(
            f"{dataset.folder}: is not complete, and has {len(dataset):,} rows; run the same "
            "'voicefeat extract' again to continue",
            stacklevel=3,
        )
    version = dataset.about.get("versions", {}).get("voicefeat")
    if version != __version__:
        warnings.warn(
            f"{dataset.folder}: was made by voicefeat {version}, this is {__version__}, whose values "
            "may differ; compare them with 'voicefeat verify'",
            stacklevel=3,
        )

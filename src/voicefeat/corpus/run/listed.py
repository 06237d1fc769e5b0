"""The recordings that a run was given, checked before one of them is opened."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from ...errors import ParameterError, fail
from ..inputs.sources import Listing, Source, find_sources

__all__ = ["listed"]


def listed(paths: Any, strict: bool = False, as_given: bool = False) -> Listing:
    """The recordings of `paths`, or of a listing; those of paths in their order if `as_given`.

    Raises
    ------
    ParameterError
        If there are none, two have the same id, or, if `strict`, a listing has missing ones.
    """
    if isinstance(paths, Listing):
        found = paths
    else:
        if isinstance(paths, bytes | bytearray):
            fail("paths", paths, "is bytes", "give a text, as of os.fsdecode")
        one = isinstance(paths, str | os.PathLike) or not isinstance(paths, Iterable)
        found = find_sources([paths] if one else paths, as_given=as_given)
    if not found.sources:
        raise ParameterError(_nothing(found))
    _check_ids(found.sources)
    if strict and found.missing:
        raise ParameterError(
            f"strict: {found.missing:,} of {len(found.sources):,} recordings are missing, the first is "
            f"{found.first_missing!r}{found.because and f' ({found.because})'}; restore them, or leave "
            "them out of the list"
        )
    return found


def _check_ids(sources: Sequence[Source]) -> None:
    """Refuse two recordings with the same id."""
    if len({source.id for source in sources}) == len(sources):
        return
    first: dict[str, Source] = {}
    for source in sources:
        if (other := first.setdefault(source.id, source)) is not source:
            raise ParameterError(
                f"paths: {other.path!r} and {source.path!r} have the same id, {source.id!r}; give "
                "each its own"
            )


def _nothing(found: Listing) -> str:
    ignored = sorted(found.ignored.items())
    beside = [f"{count} other file{'s' * (count != 1)} ({name})" for name, count in ignored]
    beside += [f"a link to a folder ({link})" for link in found.links]
    seen = f"only {', '.join(beside)}" if beside else "nothing at all"
    return f"paths: hold no recordings, {seen}; give audio files, or folders that hold some at any depth"

"""A dataset and a list that has grown: recordings in the order of the dataset, then the new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import ParameterError
from ..formats import Format
from ..inputs.sources import Source
from ..output.failures import failed_ids
from ..output.made_from import entries_by_digest, listed_entries
from ..output.shards import Shards
from ..output.state import State

__all__ = ["Growth", "arranged"]

#: In place of a recording that the list no longer has.
GONE = Source("", "")


@dataclass(frozen=True)
class Growth:
    """A list of recordings, compared with a dataset."""

    #: Those of the dataset, in its order, and those that are not in it yet, in the order of the list.
    sources: list[Source]
    #: How many of them are not in the dataset yet.
    added: int = 0
    #: Numbers of the dataset's recordings that are not in the list, and their ids as far as they are known.
    vanished: frozenset[int] = frozenset()
    names: list[str] = field(default_factory=list)


def arranged(folder: Path, state: State, sources: Sequence[Source], form: Format, shards: Shards) -> Growth:
    """Put the recordings of a list in the order of the dataset in `folder`.

    Raises
    ------
    ParameterError
        If a recording of the dataset is listed with other labels or times than before, or if its records or
        its ledger are lost.
    """
    number, piece = state.next
    known = listed_entries(folder, state.begun)
    given = entries_by_digest(sources)
    order = [given.pop(entry, GONE) for entry in known]
    vanished = frozenset(k for k, source in enumerate(order) if source is GONE)
    if piece and number in vanished:
        raise ParameterError(
            f"{folder}: the run was stopped within a recording that is no longer listed; give it again, or "
            "another folder"
        )
    rest = list(given.values())
    names: list[str] = []
    if vanished and form.read_with and rest:
        raise ParameterError(
            f"{folder}: {len(vanished):,} of its recordings are not listed, and {form.name} cannot be read "
            "here to see which; list them too, or give another folder"
        )
    if vanished and not form.read_with:
        ids = _ids(folder, state, form, shards)
        _check_other_entries(folder, rest, ids)
        names = sorted(ids - {source.id for source in sources})
    return Growth([*order, *rest], len(rest), vanished, names)


def _ids(folder: Path, state: State, form: Format, shards: Shards) -> set[str]:
    """The ids of the dataset's rows, and of the recordings that failed."""
    if problem := state.check_ledger(folder):
        raise ParameterError(f"{problem}; copy it again")
    ids = set(failed_ids(folder, state.total.ledger))
    for number, segment in enumerate(state.segments):
        if segment.shards and number not in state.again:
            ids.update(form.read(shards.places(number)[0]).column("id"))
    return ids


def _check_other_entries(folder: Path, rest: Sequence[Source], ids: set[str]) -> None:
    """Refuse recordings that would be in the dataset twice."""
    twice = [source.id for source in rest if source.id in ids]
    if twice:
        raise ParameterError(
            f"{folder}: {len(twice):,} of its recordings are listed with other labels, times or channels "
            f"than before, the first is {twice[0]!r}; list them as before, or give another folder"
        )

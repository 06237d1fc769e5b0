"""The parts of a dataset to be made again: shards that are lost or damaged, or whose recordings changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...errors import ParameterError, is_transient
from ..formats import Format, find_format
from ..formats.damage import has_other_rows
from ..inputs.sources import Source
from ..ordered_map import ordered_map
from ..output.failures import failed_ids
from ..output.inventory import Inventory, changed_bytes, differs, shards_in
from ..output.made_from import RECORDINGS, Changed, changed, missing_records
from ..output.shards import Shards
from ..output.state import Segment, State
from .retry import Retry

__all__ = ["Wanted", "changed_in_words", "mark_due"]

#: Largest number of recordings that a message names.
NAMED = 3
REDO = "make their shards again (redo=True, --redo)"


class Wanted(NamedTuple):
    """What a run does with recordings that are already in the dataset."""

    #: Make the shards of changed recordings again. Otherwise they are refused, or left as they are if `keep`.
    redo: bool = False
    keep: bool = False
    #: Recordings that are not listed any more, by their numbers.
    vanished: frozenset[int] = frozenset()
    #: Whether the order of recordings is that of the records, which are lost where a segment is.
    grown: bool = False
    #: Recordings of the ledger that were tried again, and those that are to be stored.
    retry: Retry = Retry()


def mark_due(
    folder: Path, state: State, shards: Shards, sources: Sequence[Source], workers: int, wanted: Wanted
) -> list[Changed]:
    """Mark in `state` the segments to be made again.

    Unless the list has grown, segments at the end simply count as not done.

    Returns the changed recordings that are left as they are.

    Raises
    ------
    ParameterError
        If recordings have changed, or the ledger is lost, and `wanted` does not say what to do; if there are
        unknown shards; if a recording of a shard that must be made again is not listed any more.
    """
    due = set(state.again)
    if state.complete:
        _refuse_others(state, shards)
    due |= _wrong(state, shards, workers, wanted.redo)
    due |= _lost_failures(folder, state, wanted.redo)
    stale, left = _stale(folder, state, due, sources, workers, wanted)
    due |= stale
    _refuse_vanished(folder, state, due, wanted.vanished)
    while due and state.segments and len(state.segments) - 1 in due and not wanted.grown:
        due.discard(len(state.segments) - 1)
        state.segments.pop()
        state.complete = False
    state.again = sorted(due)
    state.complete = state.complete and not due
    return left


def _refuse_vanished(folder: Path, state: State, due: set[int], vanished: frozenset[int]) -> None:
    """Refuse to make a shard again without one of its recordings."""
    lost = {number for segment in due for number in _recordings(state, segment)} & vanished
    if lost:
        raise ParameterError(
            f"out={str(folder)!r}: shards must be made again, and {len(lost):,} of their recordings are no "
            "longer listed; list them too, or give another folder"
        )


def _refuse_others(state: State, shards: Shards) -> None:
    """Refuse unknown shards in the folder of a complete run."""
    ours = {place for k, s in enumerate(state.segments) if s.shards for place in shards.places(k)}
    for folder in shards.folders:
        for place in shards_in(folder) if folder.is_dir() else ():
            if place not in ours:
                raise ParameterError(f"{place}: is not a shard of the dataset; move it elsewhere")


def _wrong(state: State, shards: Shards, workers: int, redo: bool) -> set[int]:
    """Segments whose shard is lost or has other rows; with `redo`, also shards that differ in any byte.

    Reading the checksums of rows is fast; reading all bytes of all shards takes long.
    """
    form = find_format(state.asked["format"])
    listed = [
        (number, *each)
        for number, segment in enumerate(state.segments)
        if segment.shards and number not in state.again
        for each in zip(shards.places(number), segment.shards, segment.chains, strict=True)
    ]

    def wrong(each: tuple[int, Path, Inventory, int]) -> tuple[int, bool]:
        number, place, known, chain = each
        if redo or form.read_with:
            return number, bool(changed_bytes(place, known))
        return number, bool(differs(place, known)) or _holds_other_rows(form, place, chain)

    return {number for number, found in ordered_map(wrong, listed, workers) if found}


def _holds_other_rows(form: Format, place: Path, chain: int) -> bool:
    """Whether the rows of a shard have changed or cannot be read."""
    try:
        return has_other_rows(form.read(place), chain)
    except Exception as error:  # libraries raise anything for a damaged file
        if is_transient(error) or isinstance(error, (ImportError, PermissionError)):
            raise
        return True


def _lost_failures(folder: Path, state: State, redo: bool) -> set[int]:
    """Segments with lines in a ledger that is lost."""
    problem = state.check_ledger(folder)
    if not problem:
        return set()
    if not redo:
        raise ParameterError(f"{problem}; copy it again, or {REDO}")
    due = {number for number, segment in enumerate(state.segments) if segment.failed}
    for number in due:
        state.segments[number] = _without_lines(state.segments[number])
    return due


def _without_lines(segment: Segment) -> Segment:
    fields = {name: value for name, value in vars(segment).items() if name != "text"}
    return Segment(**{**fields, "ledger": 0})


def _stale(
    folder: Path, state: State, due: set[int], sources: Sequence[Source], workers: int, wanted: Wanted
) -> tuple[set[int], list[Changed]]:
    """Segments whose recordings have changed or can be used now; the changed recordings of other segments."""
    kept = [number for number in range(len(state.segments)) if number not in due]
    if not kept:
        return set(), []
    if lost := missing_records(folder, state.begun):
        if not wanted.redo:
            raise ParameterError(
                f"{folder / RECORDINGS}: {lost}, so the source files of the dataset are not known; "
                "copy it again, or make all shards again (redo=True, --redo)"
            )
        return set(kept), []
    numbers = {n for number in kept for n in _recordings(state, number)} - wanted.vanished
    others = changed(folder, sources, sorted(numbers), workers)
    tried, mended = wanted.retry
    left = [] if wanted.redo else [each for each in others if each.number not in tried]
    if left and not wanted.keep:
        _refuse(folder, state, sources, left)
    wrong = {each.number for each in others} - {each.number for each in left} | mended
    return {number for number in kept if not wrong.isdisjoint(_recordings(state, number))}, left


def _recordings(state: State, number: int) -> range:
    """The numbers of the recordings of a segment; a recording of several parts may be in two segments."""
    end, piece = state.segments[number].next
    return range(state.begin(number)[0], end + (piece > 0))


def _refuse(folder: Path, state: State, sources: Sequence[Source], found: Sequence[Changed]) -> None:
    failed = failed_ids(folder, state.total.ledger)
    if all(sources[each.number].id in failed for each in found):
        remedy = "they failed before, so try them again (retry=True, --retry)"
    else:
        remedy = f"give another folder, or {REDO}"
    raise ParameterError(f"out={str(folder)!r}: {changed_in_words(found)}; {remedy}")


def changed_in_words(found: Sequence[Changed]) -> str:
    """How many recordings have changed, and the first of them.

    Examples
    --------
    >>> changed_in_words([Changed(3, "a.wav", "other bytes than before")])
    "1 recording has changed since the dataset was made: 'a.wav' (other bytes than before)"
    """
    named = ", ".join(f"{each.id!r} ({each.why})" for each in found[:NAMED])
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    many = "1 recording has" if len(found) == 1 else f"{len(found):,} recordings have"
    return f"{many} changed since the dataset was made: {named}{more}"

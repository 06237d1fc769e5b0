"""Which shards a dataset has, and whether they are those that its state lists: by names and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ..formats import find_format
from ..formats.damage import MEND, fail_damaged
from ..output.folders import plain
from ..output.inventory import Inventory, changed_bytes, differs, shards_in
from ..output.state import NAME, RESTORE, State

__all__ = ["Holdings", "holdings"]


@dataclass(frozen=True)
class Holdings:
    """The shards of a dataset."""

    folder: Path
    #: What the run says of itself; None where shards were copied without it.
    state: State | None
    #: Where each shard is, and what it was when it was written, where that is known.
    shards: list[tuple[Path, Inventory | None]]
    #: The rows of each, and their checksums in one, where that is known.
    rows: list[tuple[int, int]] | None

    @property
    def places(self) -> list[Path]:
        """Where the shards are."""
        return [place for place, _ in self.shards]

    def damage(self) -> list[str]:
        """What is wrong with shards, each in words, by all of their bytes."""
        found = ((place, changed_bytes(place, told)) for place, told in self.shards if told is not None)
        return [f"{place}: {how}" for place, how in found if how]

    def check_settings(self, about: Mapping[str, Any]) -> None:
        """Refuse a state that is of other settings than the shards."""
        known = [] if self.state is None else self.state.asked["features"]
        if known and about.get("digest") not in [told["digest"] for told in known]:
            raise ParameterError(
                f"{self.folder}: {NAME} is of another dataset (digest {known[0]['digest']} there, "
                f"{about.get('digest')} in the shards); {RESTORE}"
            )


def holdings(folder: Path) -> Holdings:
    """The shards in `folder`, all of them and no others.

    Raises
    ------
    ParameterError
        If one is lost or of another size, is none of the dataset's, or the state cannot be read.
    """
    found = shards_in(folder)
    state, which = _state(folder, bool(found))
    if state is None:
        _check_numbers(folder, found)
        return Holdings(folder, None, [(place, None) for place in found], None)
    if (folder / NAME).exists() and len(state.asked["features"]) > 1:
        return Holdings(folder, state, [], None)  # its datasets are in folders of their own
    if problem := state.check_ledger(folder if (folder / NAME).exists() else folder.parent):
        raise ParameterError(f"{problem}; copy it again, or run the same 'voicefeat extract' with --redo")
    if state.again:
        raise ParameterError(
            f"{folder}: {len(state.again):,} of its shards were being made again; run the same 'voicefeat "
            "extract', which goes on with that"
        )
    by_number = {int(place.name[5:10]): place for place in found}
    shards: list[tuple[Path, Inventory | None]] = []
    rows = []
    for number, segment in enumerate(state.segments):
        if len(segment.shards) <= which:
            continue
        told, place = segment.shards[which], by_number.pop(number, None)
        if place is None:
            name = f"part-{number:05d}{find_format(state.asked['format']).ending}"
            fail_damaged(folder / name, f"is not there; {_rows(segment.rows)} missing")
        if how := differs(place, told):
            fail_damaged(place, how)
        shards.append((place, told))
        rows.append((segment.rows, segment.chains[which]))
    others = [place for number, place in by_number.items() if state.complete or number < len(state.segments)]
    if others:
        raise ParameterError(f"{others[0]}: is none of the shards that {NAME} lists; move it elsewhere")
    return Holdings(folder, state, shards, rows)


def _state(folder: Path, needed: bool) -> tuple[State | None, int]:
    """What the run says of itself, and which of its datasets is in `folder`.

    It is in the folder, or above it where one run made several.
    """
    state = State.load(folder)
    if state is not None or not needed:
        return state, 0
    above = folder.absolute().parent
    state = State.load(above)
    names = [] if state is None else [plain(told["feature"]) for told in state.asked["features"]]
    return (state, names.index(folder.name)) if len(names) > 1 and folder.name in names else (None, 0)


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _check_numbers(folder: Path, found: list[Path]) -> None:
    """Shards without a state: their numbers tell whether one is missing between others."""
    for number, place in enumerate(found):
        if int(place.name[5:10]) != number:
            raise ParameterError(f"{folder}: has no part-{number:05d}, and has {place.name}; {MEND}")

"""The shards of a dataset, compared by names and sizes with those that its state file lists."""

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
    #: The state of the run; None if the shards were copied without the state file.
    state: State | None
    #: The path of each shard, and the inventory at the time of writing, if known.
    shards: list[tuple[Path, Inventory | None]]
    #: The number of rows of each shard, and `Writer.chain`, if known.
    rows: list[tuple[int, int]] | None

    @property
    def places(self) -> list[Path]:
        """The paths of the shards."""
        return [place for place, _ in self.shards]

    def damage(self) -> list[str]:
        """Damage in the bytes of shards, one line per shard."""
        known = ((place, changed_bytes(place, each)) for place, each in self.shards if each is not None)
        return [f"{place}: {how}" for place, how in known if how]

    def check_settings(self, about: Mapping[str, Any]) -> None:
        """Refuse a state file of other settings than the shards."""
        known = [] if self.state is None else self.state.asked["features"]
        if known and about.get("digest") not in [each["digest"] for each in known]:
            raise ParameterError(
                f"{self.folder}: {NAME} belongs to another dataset (digest {known[0]['digest']} in it, "
                f"{about.get('digest')} in the shards); {RESTORE}"
            )


def holdings(folder: Path) -> Holdings:
    """The shards in `folder`; all must exist, and there must be no others.

    Raises
    ------
    ParameterError
        If a shard is lost, has another size or is not of the dataset, or the state file cannot be read.
    """
    found = shards_in(folder)
    state, which = _state(folder, bool(found))
    if state is None:
        _check_numbers(folder, found)
        return Holdings(folder, None, [(place, None) for place in found], None)
    if (folder / NAME).exists() and len(state.asked["features"]) > 1:
        return Holdings(folder, state, [], None)  # its datasets are in their own folders
    if problem := state.check_ledger(folder if (folder / NAME).exists() else folder.parent):
        raise ParameterError(f"{problem}; copy it again, or run the same 'voicefeat extract' with --redo")
    if state.again:
        raise ParameterError(
            f"{folder}: {len(state.again):,} of its shards have a rebuild that was stopped; run the same "
            "'voicefeat extract' again to finish it"
        )
    by_number = {int(place.name[5:10]): place for place in found}
    shards: list[tuple[Path, Inventory | None]] = []
    rows = []
    for number, segment in enumerate(state.segments):
        if len(segment.shards) <= which:
            continue
        known, place = segment.shards[which], by_number.pop(number, None)
        if place is None:
            name = f"part-{number:05d}{find_format(state.asked['format']).ending}"
            fail_damaged(folder / name, f"is missing, with {_rows(segment.rows)}")
        if how := differs(place, known):
            fail_damaged(place, how)
        shards.append((place, known))
        rows.append((segment.rows, segment.chains[which]))
    others = [place for number, place in by_number.items() if state.complete or number < len(state.segments)]
    if others:
        raise ParameterError(f"{others[0]}: is not a shard that {NAME} lists; move it elsewhere")
    return Holdings(folder, state, shards, rows)


def _state(folder: Path, needed: bool) -> tuple[State | None, int]:
    """The state of the run, and the number of its dataset that is in `folder`.

    The state file is in the folder, or above it if the run made several datasets.
    """
    state = State.load(folder)
    if state is not None or not needed:
        return state, 0
    above = folder.absolute().parent
    state = State.load(above)
    names = [] if state is None else [plain(about["feature"]) for about in state.asked["features"]]
    return (state, names.index(folder.name)) if len(names) > 1 and folder.name in names else (None, 0)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _check_numbers(folder: Path, found: list[Path]) -> None:
    """Refuse shards without a state file if one is missing between others, by their numbers."""
    for number, place in enumerate(found):
        if int(place.name[5:10]) != number:
            raise ParameterError(f"{folder}: has no part-{number:05d}, but has {place.name}; {MEND}")

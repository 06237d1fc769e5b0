"""The state file of a dataset: the work that is done, so that a later run can continue.

It is written under a temporary name and renamed each time that shards have been committed. However a run
ends, the shards in the file are complete; all others are removed and made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from ...errors import ParameterError, fail
from ...files.temporary import replacing
from ..inputs.sources import Source
from .failures import HEADER, Ledger
from .inventory import Inventory
from .made_from import (
    RECORDINGS,
    entries_by_digest,
    first_listed_otherwise,
    listed_entries,
    missing_records,
)

__all__ = ["NAME", "Segment", "State", "differing", "opened"]

NAME = "_state.json"
RESTORE = (
    "copy it again from the original dataset, or remove it: the shards can then be read, but a run needs "
    "a new folder"
)


@dataclass
class Segment:
    """Consecutive recordings: those of one set of shards."""

    #: The next recording, by its number, and its piece.
    next: tuple[int, int] = (0, 0)
    rows: int = 0
    failed: int = 0
    #: Number of bytes of its lines in the ledger.
    ledger: int = 0
    audio_seconds: float = 0.0
    warned: int = 0
    warning: str = ""
    #: Number of values that became 0 in the type of stored values.
    zeroed: int = 0
    #: Its shards, one per dataset of the run; none if no recording could be used.
    shards: list[Inventory] = field(default_factory=list)
    #: `Writer.chain` of each of these shards.
    chains: list[int] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The segment as text of the file; cached, so it is used only when the segment is complete."""
        fields = {**vars(self), "shards": [list(shard) for shard in self.shards]}
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Segment:
        """A segment from its fields in the file."""
        number, piece = fields["next"]
        shards = [Inventory(*shard) for shard in fields["shards"]]
        return cls(**{**fields, "next": (number, piece), "shards": shards})


@dataclass
class State:
    """The planned content of a dataset, and its present content."""

    #: Settings, versions, format: the bytes depend on them, and a run with others cannot continue.
    asked: dict[str, Any]
    #: The segments that are done, in order; segment k has the shards of number k.
    segments: list[Segment] = field(default_factory=list)
    #: Numbers of the segments to be made again, because shards are lost or recordings have changed.
    again: list[int] = field(default_factory=list)
    #: Whether a new ledger has been written that is to replace the old one.
    ledger_aside: bool = False
    complete: bool = False
    #: The carried columns, with their types.
    columns: list[list[str]] = field(default_factory=list)
    #: Whether recordings were added later: their order is then that of the records, not that of the list.
    grown: bool = False

    @property
    def begun(self) -> int:
        """Number of recordings that are in the dataset, whole or in part."""
        return self.next[0] + (self.next[1] > 0)

    @property
    def next(self) -> tuple[int, int]:
        """The next recording, by its number, and its piece."""
        return self.segments[-1].next if self.segments else (0, 0)

    def begin(self, number: int) -> tuple[int, int]:
        """The first recording of a segment, and its piece."""
        return self.segments[number - 1].next if number else (0, 0)

    @property
    def total(self) -> Segment:
        """All segments as one; its `ledger` counts the header too."""
        done = self.segments
        lines = sum(s.ledger for s in done)
        return Segment(
            self.next, sum(s.rows for s in done), sum(s.failed for s in done), lines and lines + len(HEADER),
            sum(s.audio_seconds for s in done), sum(s.warned for s in done),
            next((s.warning for s in done if s.warning), ""), sum(s.zeroed for s in done),
        )  # fmt: skip

    def check_ledger(self, folder: Path) -> str:
        """What is wrong with the ledger in `folder`, in words; "" if it is complete."""
        due = self.total
        try:
            there = (folder / Ledger.NAME).stat().st_size
        except FileNotFoundError:
            there = 0
        if there >= due.ledger or self.ledger_aside:
            return ""
        state = "is missing" if not there else f"has {there:,} of its {due.ledger:,} bytes"
        many = "the recording" if due.failed == 1 else f"{due.failed:,} recordings"
        return f"{folder / Ledger.NAME} {state}; it lists {many} that could not be used"

    def save(self, folder: Path) -> None:
        """Write the file under a temporary name and rename it."""
        fields = {name: value for name, value in vars(self).items() if name != "segments"}
        head = json.dumps(fields, ensure_ascii=False, indent=1).removesuffix("\n}")
        lines = ",\n  ".join(segment.text for segment in self.segments)
        with replacing(folder / NAME, encoding="utf-8") as file:
            file.write(f'{head},\n "segments": [\n  {lines}\n ]\n}}\n')

    @classmethod
    def load(cls, folder: Path) -> State | None:
        """The state of the dataset in `folder`, or None if there is no state file.

        Raises
        ------
        ParameterError
            If the file is not a state file.
        """
        try:
            text = (folder / NAME).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(folder, error) from None
        try:
            fields = json.loads(text)
            if not isinstance(fields, dict):
                raise TypeError(f"it holds {text.strip()[:20]!r} where an object should be")
            if isinstance(fields.get("shards"), int):
                raise TypeError("an earlier version of voicefeat wrote it")
            if not isinstance(fields["asked"], dict) or not isinstance(fields.get("again", []), list):
                raise TypeError("its entries are not those of a run")
            segments = [Segment.of(each) for each in fields["segments"]]
            return cls(**{**fields, "segments": segments})
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _unreadable(folder, error) from None


def _unreadable(folder: Path, error: Exception) -> ParameterError:
    why = f"it has no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
    return ParameterError(f"{folder / NAME}: is not the state of a dataset ({why}); {RESTORE}")


def opened(
    out: str | os.PathLike[str], asked: dict[str, Any], columns: list[list[str]], sources: Sequence[Source],
    update: bool = False,
) -> tuple[Path, State]:  # fmt: skip
    """The folder `out` and the state to continue from; nothing is created or changed yet.

    Raises
    ------
    ParameterError
        If `out` is a file, or holds other files, or a dataset with other settings; or of other recordings,
        unless `update`.
    """
    folder = Path(out)
    if os.path.lexists(folder) and not folder.is_dir():
        kind = "is a file" if folder.exists() else "is a broken link"
        fail("out", str(folder), kind, "give a folder for the dataset")
    asked = json.loads(json.dumps(asked))
    state = State.load(folder)
    if state is None:
        existing = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        ours = [name for name in existing if name.startswith(".") or name in (Ledger.NAME, RECORDINGS)]
        if existing and len(ours) < len(existing):
            first = next(name for name in existing if name not in ours)
            more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
            fail("out", str(folder), f"already holds {first!r}{more}", "give a new or empty folder")
        return folder, State(asked, columns=columns)
    if not state.segments and not state.complete:
        return folder, State(asked, columns=columns)  # a run that was stopped before it stored anything
    differences = list(differing(state.asked, asked))
    if differences and asked["recordings"] != state.asked.get("recordings"):
        differences = [each for each in differences if not each.startswith("recordings: ")]
        if not differences and update:
            _check_columns(folder, state.columns, columns)
            return folder, state
        _refuse_list(folder, state, sources, differences)
    if differences:
        raise _other(folder, differences, "give a new folder, or the same command and versions as before")
    return folder, state


def _other(folder: Path, differences: Sequence[str], remedy: str) -> ParameterError:
    listed = "; ".join(differences[:3]) + ("; ..." if len(differences) > 3 else "")
    return ParameterError(f"out={str(folder)!r}: holds a dataset made in another way ({listed}); {remedy}")


def _refuse_list(folder: Path, state: State, sources: Sequence[Source], others: Sequence[str]) -> NoReturn:
    """Refuse another list of recordings; say what `--update` would do, if nothing else differs."""
    done = state.begun
    how = f"recordings: {first_listed_otherwise(folder, sources, done)}"
    if others:
        raise _other(folder, [how, *others], "give a new folder, or the same command and versions as before")
    if missing_records(folder, done):
        raise _other(folder, [how], "give a new folder")
    given = entries_by_digest(sources)
    new = len(given.keys() - set(listed_entries(folder, done)))
    if state.complete and new == len(sources) - done:
        be = "1 more is" if new == 1 else f"{new:,} more are"
        raise ParameterError(
            f"out={str(folder)!r}: has {done:,} of these recordings, and {be} given; --update (update=True) "
            f"adds {'it' if new == 1 else 'them'}"
        )
    raise _other(folder, [how], "give a new folder, or --update (update=True), which adds the new ones")


def _check_columns(folder: Path, before: list[list[str]], now: list[list[str]]) -> None:
    """Refuse a list with other carried columns: a dataset has the same ones in each shard."""
    if before != now:
        there, here = (
            ", ".join(f"{name} ({kind})" for name, kind in each) or "none" for each in (before, now)
        )
        raise ParameterError(
            f"out={str(folder)!r}: has the columns {there}, and the list has {here}; list the same ones, or "
            "give a new folder"
        )


def differing(before: Any, now: Any, where: str = "", here: str = "now") -> Iterable[str]:
    """The differences of two descriptions, as "name: 1 in the dataset, 2 now"."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in [*before, *(key for key in now if key not in before)]:
            yield from differing(before.get(key), now.get(key), f"{where}.{key}" if where else key, here)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for k, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differing(one, other, f"{where}[{k}]", here)
    elif before != now:
        yield f"{where}: {_short(before)} in the dataset, {_short(now)} {here}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""How far a run has come, in a small file of the dataset, so that any later run goes on from there.

The file is written anew, and renamed into its place, each time that shards have been: whatever kills a run,
the shards that it names are whole, and what lies beside them is left over and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..asides import replacing
from ..errors import ParameterError, reject
from .sources import Source

__all__ = ["NAME", "State", "differing", "opened", "recordings_digest"]

NAME = "_state.json"


@dataclass
class State:
    """What a dataset was asked to hold, and what it holds."""

    #: What makes the bytes: settings, versions, format; equal in every run that may go on with the dataset.
    asked: dict[str, Any]
    #: The recording, by its number, and its piece that come next.
    next: tuple[int, int] = (0, 0)
    shards: int = 0
    rows: int = 0
    failed: int = 0
    #: Bytes of the ledger that belong to what is done.
    ledger: int = 0
    audio_seconds: float = 0.0
    warned: int = 0
    warning: str = ""
    #: Values that became 0 in the type that they are stored as.
    zeroed: int = 0
    complete: bool = False
    #: The columns that every recording carries, with their kinds.
    columns: list[list[str]] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Write it aside and rename it."""
        with replacing(folder / NAME, encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)

    @classmethod
    def load(cls, folder: Path) -> State | None:
        """The state of the dataset in `folder`, or None where there is none."""
        try:
            text = (folder / NAME).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            found = json.loads(text)
            return cls(**{**found, "next": tuple(found["next"])})
        except (ValueError, TypeError, KeyError) as error:
            raise ParameterError(
                f"{folder / NAME}: cannot be read ({error}); give a new folder, or remove this one"
            ) from None


def opened(
    out: str | os.PathLike[str], asked: dict[str, Any], columns: list[list[str]]
) -> tuple[Path, State]:
    """The folder `out` and the state to go on from; nothing is created or changed yet.

    Raises
    ------
    ParameterError
        If `out` is a file, holds something else, or a dataset that was asked for in another way.
    """
    folder = Path(out)
    if os.path.lexists(folder) and not folder.is_dir():
        reject("out", str(folder), "is a file", "give a folder for the dataset")
    asked = json.loads(json.dumps(asked))
    state = State.load(folder)
    if state is None:
        held = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        ours = [name for name in held if name.startswith(".") or name == "_failures.csv"]
        if held and len(ours) < len(held):
            first = next(name for name in held if name not in ours)
            more = f" and {len(held) - 1} more" if len(held) > 1 else ""
            reject("out", str(folder), f"already holds {first!r}{more}", "give a new or empty folder")
        return folder, State(asked, columns=columns)
    if state.next == (0, 0) and not state.shards and not state.complete:
        return folder, State(asked, columns=columns)  # a run that was stopped before it kept anything
    differences = list(differing(state.asked, asked))
    if differences:
        told = "; ".join(differences[:3]) + ("; ..." if len(differences) > 3 else "")
        raise ParameterError(
            f"out={str(folder)!r}: holds a dataset made in another way ({told}); give a new folder, or the "
            "same command and versions as before"
        )
    return folder, state


def differing(before: Any, now: Any, where: str = "", here: str = "here") -> Iterable[str]:
    """Where two descriptions part, as "name: 1 there, 2 here"."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in [*before, *(key for key in now if key not in before)]:
            yield from differing(before.get(key), now.get(key), f"{where}.{key}" if where else key, here)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for k, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differing(one, other, f"{where}[{k}]", here)
    elif before != now:
        yield f"{where}: {_short(before)} there, {_short(now)} {here}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def recordings_digest(sources: Iterable[Source]) -> str:
    """A fingerprint of which recordings come in which order; where they lie has no part in it."""
    digest = hashlib.sha256()
    for source in sources:
        told = (source.id, source.start, source.end, source.channel, source.carried)
        digest.update(repr(told).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:16]

"""What folders of plain files say of their rows: ``about.json``, and a line of ``index.jsonl`` for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import unreadable

__all__ = ["Described"]


class Described:
    """A shard that is such a folder; where the values of a row lie, its line says in `WHERE`."""

    WHERE: tuple[str, ...] = ()

    def __init__(self, place: Path) -> None:
        self.place = place
        try:
            self.about = json.loads((place / "about.json").read_text(encoding="utf-8"))
            with open(place / "index.jsonl", encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            held = list(rows[0])
            self._columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in held}
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            unreadable(place, error)
        self.names = [name for name in held if name not in self.WHERE]
        self.count = len(rows)

    def column(self, name: str) -> list[Any]:
        return self._columns[name]

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        for number in numbers:
            told = {name: self._columns[name][number] for name in self.names}
            where = [self._columns[name][number] for name in self.WHERE]
            try:
                yield told, self._matrix(told, *where)
            except (OSError, ValueError) as error:
                unreadable(self.place, error)

    def _matrix(self, told: dict[str, Any], *where: Any) -> np.ndarray:
        raise NotImplementedError

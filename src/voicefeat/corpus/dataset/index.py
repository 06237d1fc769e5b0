"""Row numbers from an index or an id."""

from __future__ import annotations

import difflib
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import NotInDatasetError

__all__ = ["RowIndex", "row_number"]

#: Ids before and after a wrong one that are compared with it for a suggestion.
NEAR = 500


def row_number(given: Any, count: int, name: str = "dataset") -> int:
    """The number of a row from 0 on; negative ones count from the end.

    Examples
    --------
    >>> row_number(-1, 5)
    4
    """
    try:
        number = operator.index(given)
    except TypeError:
        raise NotInDatasetError(
            f"{name}[{given!r}]: is not a row; give a number, an id, or an id and a part"
        ) from None
    if not count:
        raise NotInDatasetError(f"{name}[{number}]: there are no rows; its failures say why")
    if not -count <= number < count:
        raise NotInDatasetError(
            f"{name}[{number}]: there are {count:,} rows; give a number from 0 to {count - 1}, or from "
            f"-{count} to -1"
        )
    return number % count


class RowIndex:
    """The rows sorted by id; rows of one id keep their order.

    Examples
    --------
    >>> lookup = RowIndex(["b", "b", "a"], [0, 1, 0], None)
    >>> lookup.find("b"), lookup.place("b", 1)
    ([0, 1], 1)
    """

    def __init__(
        self, ids: Sequence[str], parts: Sequence[int], channels: Sequence[int] | None,
        name: str = "dataset", failed: str = "_failures.csv",
    ) -> None:  # fmt: skip
        #: What holds the rows, and where the recordings that could not be used are, for messages.
        self._name, self._failed = name, failed
        self._ids, self._parts, self._channels = ids, parts, channels
        self._order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)

    def find(self, id: str) -> list[int]:
        """The rows of a recording."""
        first = bisect_left(self._order, id, key=self._ids.__getitem__)
        last = bisect_right(self._order, id, lo=first, key=self._ids.__getitem__)
        if first == last:
            near = self._nearest(id, first)
            hint = f"did you mean {near!r}? " if near else ""
            raise NotInDatasetError(
                f"{self._name}[{id!r}]: no recording has this id; {hint}{self._name}.ids lists all ids, and "
                f"{self._failed} the recordings that could not be used"
            )
        return self._order[first:last].tolist()

    def place(self, id: str, part: int, channel: int | None = None) -> int:
        """The row of a part, and of a channel if each channel has its own rows."""
        rows = {number: self._place(number) for number in self.find(id)}
        wanted = (part,) if channel is None else (part, channel)
        fitting = [number for number, place in rows.items() if place[: len(wanted)] == wanted]
        if len(fitting) == 1:
            return fitting[0]
        what = "parts" if self._channels is None else "parts and channels"
        listed = ", ".join(" ".join(map(str, place)) for place in rows.values())
        asked = ", ".join(map(str, wanted))
        wrong = "several rows match" if fitting else "no row matches"
        raise NotInDatasetError(f"dataset[{id!r}, {asked}]: {wrong}; give one of the {what} {listed}")

    def _place(self, number: int) -> tuple[int, ...]:
        part = self._parts[number]
        return (part,) if self._channels is None else (part, self._channels[number])

    def _nearest(self, id: str, place: int) -> str | None:
        """An id that contains the given one, or a similar one near its place in the order."""
        for known in self._ids:
            if id and id in known:
                return known
        near = self._order[max(0, place - NEAR) : place + NEAR]
        found = difflib.get_close_matches(id, [self._ids[k] for k in near], n=1)
        return found[0] if found else None

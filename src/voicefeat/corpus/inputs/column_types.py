"""The type of a column if the file does not define it: text, integers or floats."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["as_text", "converted", "kind_of"]

# Integers as Python writes them: "007" is a name, and so is one with more digits than int64 holds.
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII).fullmatch
_REAL = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?|-?inf", re.ASCII).fullmatch
#: Texts that mean a missing value among numbers.
_NONE = frozenset({"nan", "NaN"})


def kind_of(values: Iterable[Any], written: bool = False) -> str | None:
    """The narrowest of "int64", "float64" and "string" that holds all `values`; None if all are missing.

    Text stays text, unless the file can hold nothing else (`written`), as in CSV. There a column is numeric
    only if one notation reproduces all texts: the same number of decimals, or the fewest digits. So ``1.1``
    and ``1.10``, which would become one number, are text.

    Examples
    --------
    >>> kind_of(["1", None, "-20"], True), kind_of(["1", "2.5"], True), kind_of(["4.500", "3.744"], True)
    ('int64', 'float64', 'float64')
    >>> kind_of(["1.1", "1.10"], True), kind_of(["1", "007"], True), kind_of(["1e400"], True)
    ('string', 'string', 'string')
    >>> kind_of([1, 2.5]), kind_of(["1"]), kind_of([True, False]), kind_of([None])
    ('float64', 'string', 'string', None)
    """
    there = [value for value in values if value is not None]
    if written:
        there = [text for text in there if text not in _NONE]
        if there and all(map(_WHOLE, there)):
            return "int64"
        return ("float64" if _come_back(there) else "string") if there else None
    types = set(map(type, there))
    if not there:
        return None
    if not types <= {int, float}:
        return "string"
    number_type = float if float in types else int
    fits = all(
        -(2**63) <= value < 2**63 and number_type(value) == value for value in there if type(value) is int
    )
    return ("float64" if number_type is float else "int64") if fits else "string"


def _come_back(texts: Sequence[str]) -> bool:
    """Whether one notation of numbers reproduces all `texts`."""
    if not all(map(_REAL, texts)):
        return False
    first = next((text for text in texts if not text.endswith("inf")), "")
    decimals = len(first.partition("e")[0].partition(".")[2])
    ways: tuple[Callable[[float], str], ...] = (
        repr,
        lambda number: repr(number).removesuffix(".0"),
        f"{{:.{decimals}{'e' if 'e' in first else 'f'}}}".format,
    )
    return any(all(way(float(text)) == text for text in texts) for way in ways)


def converted(values: Sequence[Any], kind: str) -> list[Any]:
    """`values` as `kind`; None for missing ones, such as NaN among numbers."""
    convert = _CONVERT[kind]
    items = [None if value is None else convert(value) for value in values]
    return items if kind == "string" else [None if value != value else value for value in items]


def as_text(value: Any) -> str:
    """A value as text: dates and the like as Python writes them, others as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | list | dict) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _whole(value: Any) -> int | None:
    return None if value in _NONE else int(value)


_CONVERT: dict[str, Callable[[Any], Any]] = {"int64": _whole, "float64": float, "string": as_text}

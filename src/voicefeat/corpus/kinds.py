"""What kind of values a column holds, where the file does not say: text, whole numbers or numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["as_text", "converted", "kind_of", "wider"]

_KINDS = ("int64", "float64", "string")
# Numbers that read as they were written: "007" is a name, and so are more digits than a number can hold.
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}").fullmatch
_REAL = re.compile(r"(-?(0|[1-9]\d{0,14})(\.\d*)?([eE][+-]?\d+)?|-?\.\d+([eE][+-]?\d+)?|-?inf|nan)").fullmatch


def kind_of(values: Iterable[Any], written: bool = False) -> str | None:
    """The narrowest of "int64", "float64" and "string" that holds all `values`; None if none is there.

    Text is text, unless it is all that the file could hold (`written`), as in CSV.

    Examples
    --------
    >>> kind_of(["1", None, "-20"], True), kind_of(["1", "2.5e-3"], True), kind_of(["1", "007"], True)
    ('int64', 'float64', 'string')
    >>> kind_of([1, 2.5]), kind_of(["1"]), kind_of([True, False]), kind_of([None])
    ('float64', 'string', 'string', None)
    """
    there = [value for value in values if value is not None]
    if not there:
        return None
    if written:
        return "int64" if all(map(_WHOLE, there)) else "float64" if all(map(_REAL, there)) else "string"
    types = set(map(type, there))
    if types == {int}:
        return "int64" if min(there) >= -(2**63) and max(there) < 2**63 else "string"
    return "float64" if types <= {int, float} else "string"


def wider(one: str | None, other: str | None) -> str | None:
    """The kind that holds the values of two."""
    both = [kind for kind in (one, other) if kind is not None]
    return max(both, key=_KINDS.index, default=None)


def converted(values: Sequence[Any], kind: str) -> list[Any]:
    """`values` as `kind`; a float that is NaN is a value, None is none."""
    convert = _CONVERT[kind]
    return [None if value is None else convert(value) for value in values]


def as_text(value: Any) -> str:
    """A value as text: dates and the like as Python writes them, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | list | dict) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


_CONVERT: dict[str, Callable[[Any], Any]] = {"int64": int, "float64": float, "string": as_text}

"""How messages about bad input are worded."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import voicefeat as vf


def one_of(name: str, value: Any, allowed: Iterable[str]) -> Any:
    """`value`, which must be among `allowed`; the nearest is suggested."""
    choices = list(allowed)
    if value in choices:
        return value
    near = difflib.get_close_matches(str(value), choices, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise vf.ParameterError(f"{name}={value!r}: is not known here; {hint}choose one of {', '.join(choices)}")


def some(names: Sequence[str], most: int = 3) -> str:
    """The first few, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

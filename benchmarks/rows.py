"""The rows of all families: which calls are timed, with which settings, and what their times should be."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import partial

from voicefeat.feature.registry import FEATURES

from .families import FAMILIES
from .row import Row
from .twins import reference_call

__all__ = ["ROWS", "firsts", "keeping", "select"]

ROWS: list[Row] = [row for family in FAMILIES for row in family.ROWS]
# A feature that no family lists is timed with its defaults, against the reference that its tests have.
ROWS += [
    Row(name, f"{name}, defaults", peers={"librosa": partial(reference_call, name)})
    for name in FEATURES
    if name not in {row.feature for row in ROWS}
]


def select(*patterns: str) -> list[Row]:
    """The rows whose label holds one of `patterns` or matches it as a file pattern does; without any, all."""
    if not patterns:
        return list(ROWS)

    def wanted(label: str) -> bool:
        return any(p.lower() in label or fnmatch(label, p.lower()) for p in patterns)

    return [row for row in ROWS if wanted(row.label.lower())]


def firsts(rows: list[Row]) -> list[Row]:
    """The first row of each function."""
    return list({row.feature: row for row in reversed(rows)}.values())[::-1]


def keeping(rows: list[Row]) -> list[Row]:
    """The rows whose memory is of interest: the first of each function, and those with something to keep."""
    first = firsts(rows)
    return [row for row in rows if row in first or row.kept]

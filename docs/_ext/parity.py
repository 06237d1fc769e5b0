"""How close a function is to its reference: read from the tables that the tests hold it to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[2] / "tests"

ABOUT = """\
Tests compare it with a reference, for signals such as speech, noise, tones and silence at several rates. The
numbers are the largest differences that they allow, relative to the peak of the reference.
"""


@cache
def rows() -> dict[str, list[Any]]:
    """The rows of `tests/parity.py` and `tests/tables` by the function that they call."""
    sys.path.insert(0, str(TESTS))
    try:
        table = import_module("parity").ROWS
    finally:
        sys.path.remove(str(TESTS))
    found: dict[str, list[Any]] = {}
    for row in table:
        found.setdefault(row.call, []).append(row)
    return found


def reference(row: Any) -> str:
    """What a row is compared with."""
    if row.original == "definition":
        return "its definition, written in the tests"
    if row.original.startswith("test_"):
        return f"a reference in the tests, held to the original's numbers in ``tests/{row.original}``"
    if row.original:
        return f"a reference in the tests, held to the output of the original, ``{row.original}``"
    return row.needs


def lines(path: str) -> Iterator[str]:
    """The section of a function's page; nothing for a function that no table has."""
    found = rows().get(path, [])
    if not found:
        return
    yield from ("Agreement", "---------", "", ABOUT)
    yield from (".. list-table::", "   :header-rows: 1", "")
    yield from _line(["reference", "calls", "float64", "float32"])
    for told in dict.fromkeys(map(reference, found)):
        those = [row for row in found if reference(row) == told]
        defaults = [row for row in those if not row.options and row.given == "y"]
        if defaults:
            yield from _line([told, "with its defaults", *_largest(defaults)])
        if len(those) > len(defaults):
            yield from _line([told, f"all {len(those)} that are compared", *_largest(those)])
    yield ""


def _largest(those: list[Any]) -> list[str]:
    return [f"{max(getattr(row, kind) for row in those):.1g}" for kind in ("float64", "float32")]


def _line(cells: list[str]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        yield f"   {'* -' if place == 0 else '  -'} {cell}"

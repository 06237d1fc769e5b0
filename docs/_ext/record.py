"""The newest record of the benchmarks, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "record"
#: What the lengths of signals are called.
SIGNALS = {"3s": "3 s", "4s": "4 s", "30s": "30 s", "60s": "60 s", "10min": "10 min", "batch": "256 of 4 s"}


@cache
def newest() -> dict[str, Any]:
    """The record that was made last."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    found: dict[str, Any] = max(records, key=lambda record: record["date"])
    return found


def where() -> str:
    """On what was measured, and when."""
    made = newest()
    return f"{made['machine']['processor']}, {made['machine']['vector instructions']}, {made['date'][:10]}"


def number(x: float) -> str:
    """Three significant digits, no exponent."""
    return f"{x:.0f}" if abs(x) >= 100 else f"{x:#.3g}".rstrip(".")


def lines(path: str) -> Iterator[str]:
    """The section of a function's page; nothing for a function without a row."""
    cells = [cell for cell in newest()["cells"] if cell["feature"] == path]
    if not cells or path == "frontend":  # its rows stand in the page of front ends
        return
    yield from ("Cost", "----", "")
    yield f"One thread; {where()}. :doc:`/performance` says how it is measured."
    yield from ("", ".. list-table::", "   :header-rows: 1", "")
    head = ["call", "signal", "takes", "librosa takes", "others take"]
    for cell in [head, *map(_cells, cells)]:
        for place, text in enumerate(cell):
            yield f"   {'* -' if place == 0 else '  -'} {text}".rstrip()
    yield ""


def _cells(cell: dict[str, Any]) -> list[str]:
    long = f"{cell['cut']:g} s" if cell["cut"] else SIGNALS[cell["signal"]]
    theirs = f"{number(cell['times']['median'])} times as long" if cell["times"] else ""
    others = ", ".join(f"{name} {number(times)} times" for name, (_, times) in cell["peers"].items())
    return [cell["label"], long, f"{number(cell['ours'])} ms", theirs, others]

"""Print the newest record into the pages: ``python -m benchmarks.pages``; ``--check`` only says which differ.

That is what stands between two marks of README.md and docs/scale.md, the whole of docs/performance.md, and
the tables of the families of front ends, which take their costs from there. A test holds the pages to it.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import voicefeat as vf

from .corpus import FRONT_END, size_table, speed_table
from .record import FOLDER, ROOT, newest
from .report import Report, replace_between

__all__ = ["due"]

README = ROOT / "README.md"
PERFORMANCE = ROOT / "docs" / "performance.md"
SCALE = ROOT / "docs" / "scale.md"


def due(folder: Path = FOLDER) -> dict[Path, str]:
    """What each page should hold, by path, printed from the newest record of `folder`."""
    report = newest(folder)
    if report is None:
        raise SystemExit(f"{folder}: holds no record; `python -m benchmarks --record` makes one")
    scale = SCALE.read_text(encoding="utf-8")
    for mark, text in _scale(report).items():
        scale = replace_between(scale, text, mark)
    return {
        README: replace_between(README.read_text(encoding="utf-8"), report.readme_table(), "table"),
        PERFORMANCE: report.markdown(),
        SCALE: scale,
    }


def _scale(report: Report) -> dict[str, str]:
    """The blocks of docs/scale.md by their marks."""
    made, larger = report.corpus["speed"], report.corpus["speed"]["a_second"]["voicefeat to Parquet"]
    where = (
        f"Measured with {made['workers']} threads on {report.machine['processor']}, "
        f"{report.machine['cores']} cores, on {report.date[:10]}."
    )
    return {
        "speed": "\n".join([where, "", *speed_table(made)]),
        "size": "\n".join(size_table(report.corpus["size"])),
        "larger": "\n".join(_larger(made, larger)),
    }


def _larger(speed: dict[str, Any], rate: float) -> list[str]:
    """How long larger corpora take: products of the rate, and bytes of the features alone."""
    fe = vf.frontend(FRONT_END)
    clip = 4.0 * len(fe.rows) * fe.frames(round(speed["seconds"] * 16000))
    lines = [
        f"| recordings of {speed['seconds']:g} s | hours | one such machine | 100 such machines | stored |",
        "| --- | --- | --- | --- | --- |",
    ]
    for power, name in ((6, "10⁶"), (8, "10⁸")):
        n = 10**power
        hours = f"{n * speed['seconds'] / 3600:,.0f}"
        times = [_duration(n / rate / machines) for machines in (1, 100)]
        lines.append(f"| {name} | {hours} | {times[0]} | {times[1]} | {n * clip / 1e9:,.0f} GB |")
    return lines


def _duration(seconds: float) -> str:
    for size, unit in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def main() -> int:
    """Write what differs; with ``--check``, 1 if anything does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where a page differs")
    check = parser.parse_args().check
    differing = []
    for path, text in due().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            differing.append(path)
            if not check:
                path.write_text(text, encoding="utf-8")
    sys.path.append(str(ROOT / "tests"))
    families = import_module("family_pages")
    for path, (there, text) in families.pages().items():
        if there != text:
            differing.append(path)
            if not check:
                path.write_text(text, encoding="utf-8")
    for path in differing:
        print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())

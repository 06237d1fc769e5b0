"""Measurements that the repository keeps: a file for each processor, lane width and version of voicefeat.

``python -m benchmarks --record`` writes one, and ``python -m benchmarks.pages`` prints the newest into the
pages. A record says on which processor, with which versions and when it was made. It names neither host nor
folder.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .report import Report

__all__ = ["FOLDER", "file_name", "newest", "tree", "write"]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).resolve().parent / "record"
#: What a record keeps of a number: noise begins long before.
DIGITS = 4


def tree() -> str:
    """The commit that is measured, marked if the package has changed since; nothing outside a checkout."""
    try:
        commit = _git("rev-parse", "--short=10", "HEAD")
        return commit + ("-changed" if _git("status", "--porcelain", "--", "src") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def file_name(report: Report) -> str:
    """The file of this processor, number of lanes and version of voicefeat."""
    parts = [
        report.machine.get("processor", ""),
        report.machine.get("lanes", ""),
        report.versions["voicefeat"],
    ]
    return "-".join(re.sub(r"[^a-z0-9.]+", "-", part.lower()).strip("-") for part in parts if part) + ".json"


def write(report: Report, folder: Path = FOLDER) -> Path:
    """Keep `report`, in the place of an earlier one of the same processor and version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(report)
    path.write_text("\n".join(_lines(_kept(report))) + "\n", encoding="utf-8")
    return path


def newest(folder: Path = FOLDER) -> Report | None:
    """The record that was made last; None where there is none."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return Report.from_json(max(records, key=lambda record: record["date"])) if records else None


def _kept(report: Report) -> dict[str, Any]:
    """The report with numbers rounded, without messages of other libraries, which may tell of folders."""
    data = report.to_json()
    for cell in data["cells"]:
        cell["failed"] = {name: why.partition(":")[0] for name, why in cell["failed"].items()}
    data["missing"] = dict.fromkeys(data["missing"], "cannot be imported")
    rounded: dict[str, Any] = _rounded(data)
    return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, (list, tuple)) else value


def _lines(data: dict[str, Any]) -> Iterator[str]:
    """JSON with a line for each cell, so that two records can be compared line by line."""
    yield "{"
    for place, (name, value) in enumerate(data.items(), 1):
        end = "," if place < len(data) else ""
        if isinstance(value, list) and value:
            yield f'"{name}": ['
            yield ",\n".join(json.dumps(part, ensure_ascii=False) for part in value)
            yield f"]{end}"
        else:
            yield f'"{name}": {json.dumps(value, ensure_ascii=False)}{end}'
    yield "}"

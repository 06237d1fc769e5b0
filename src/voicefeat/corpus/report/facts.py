"""A dataset as values that JSON can hold, for programs."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from ..dataset.dataset import Dataset
from ..output.failures import Ledger
from ..run.settings import as_json

__all__ = ["COUNTED", "audio_seconds", "counted_values", "dataset_facts", "failure_counts", "size"]

#: Largest number of values of a column that are counted one by one.
COUNTED = 12


def dataset_facts(dataset: Dataset) -> dict[str, Any]:
    """What `voicefeat show --json` prints of a dataset.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import extract_corpus
    >>> done = extract_corpus("examples/audio", "features", "mfcc", sr=16000)
    >>> facts = dataset_facts(vf.open_dataset("features"))
    >>> facts["recordings"], facts["rows"], facts["sample_rates"], facts["failures"]
    (8, 8, [16000], [])
    """
    about, lengths = dataset.about, dataset.lengths
    lengths_known = {
        "frames": int(lengths.sum()), "frames_least": int(lengths.min()), "frames_most": int(lengths.max()),
    }  # fmt: skip
    failures = [
        {"stage": stage, "error": error, "recordings": count}
        for (stage, error), count in failure_counts(dataset.folder).most_common()
    ]
    facts = {
        "kind": "dataset",
        "path": str(dataset.folder),
        "complete": dataset.complete,
        "format": dataset.format,
        "shards": len(dataset.shards),
        "bytes": size(dataset),
        "recordings": len(set(dataset.ids)),
        "audio_seconds": audio_seconds(dataset),
        "sample_rates": sorted({int(rate) for rate in dataset.column("sr")}),
        "rows": len(dataset),
        **lengths_known,
        "columns": {name: _column(dataset.column(name)) for name in dataset.carried},
        "failures": failures,
        "about": dict(about),
    }
    return as_json(facts)


def size(dataset: Dataset) -> int:
    """Number of bytes of the shards."""
    files = [file for shard in dataset.shards for file in (shard.rglob("*") if shard.is_dir() else [shard])]
    return sum(file.stat().st_size for file in files if file.is_file())


def audio_seconds(dataset: Dataset) -> float:
    """Seconds of audio; channels of one recording count once."""
    if "channel" not in dataset.columns:
        return float(dataset.column("duration").sum())
    channels = dataset.column("channel")
    return float(dataset.column("duration")[channels == channels.min()].sum())


def counted_values(column: np.ndarray) -> tuple[Counter[Any], int]:
    """How often each value of a column occurs, and how many rows have none."""
    values = Counter(column.tolist())
    return values, values.pop(None, 0)


def failure_counts(folder: Path) -> Counter[tuple[str, str]]:
    """How often each kind of failure occurs: its stage and error."""
    try:
        with open(folder / Ledger.NAME, newline="", encoding="utf-8") as rows:
            return Counter((line["stage"], line["error"]) for line in csv.DictReader(rows))
    except FileNotFoundError:
        return Counter()


def _column(column: np.ndarray) -> dict[str, Any]:
    """A column: its values with their counts, if there are few; the range of numbers."""
    values, missing = counted_values(column)
    facts: dict[str, Any] = {"different": len(values), "missing": missing}
    if len(values) <= COUNTED:
        facts["counts"] = [{"value": value, "rows": count} for value, count in values.most_common()]
    numbers = [value for value in values if isinstance(value, int | float)]
    if values and len(numbers) == len(values):
        facts |= {"least": min(numbers), "most": max(numbers)}
    return facts

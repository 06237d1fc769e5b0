"""A dataset described in lines that fit a screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...errors import escape
from ..dataset.dataset import Dataset
from ..dataset.expected import kind_of
from ..output.failures import Ledger
from ..run.versions import versions
from .facts import COUNTED, audio_seconds, counted_values, failure_counts, size
from .run import counted, lasting, sized

__all__ = ["lines", "of_dataset"]

#: Largest number of kinds of failures that are named.
NAMED = 5


def of_dataset(dataset: Dataset) -> str:
    """A dataset in words: its size, contents, settings and versions, with labels and failures counted.

    Examples
    --------
    >>> import voicefeat as vf
    >>> from voicefeat.corpus import extract_corpus
    >>> done = extract_corpus("examples/audio", "features", "mfcc", sr=16000)
    >>> print(of_dataset(vf.open_dataset("features")).splitlines()[1])
    recordings  8, 21.0 s of audio, 16000 Hz
    """
    about = dataset.about
    facts = {
        escape(str(dataset.folder)): f"{'' if dataset.complete else 'not complete, '}{_shards(dataset)}",
        "recordings": _recordings(dataset),
        "rows": _rows(dataset),
        "holds": escape(_holds(about)),
        "settings": escape(", ".join(f"{n}={_plain(value)}" for n, value in _flat(about["settings"]))),
        **({"statistics": _statistics(about)} if "summary" in about else {}),
        "digest": about["digest"],
        "made by": ", ".join(_versions(about["versions"])),
        **{escape(name): escape(_values(dataset.column(name))) for name in dataset.carried},
    }
    failures = failure_counts(dataset.folder)
    if failures:
        total = sum(failures.values())
        kinds = "; ".join(f"{n:,} {stage}, {why}" for (stage, why), n in failures.most_common(NAMED))
        more = f"; and {len(failures) - NAMED} other kinds" if len(failures) > NAMED else ""
        facts["failures"] = f"{counted(total, 'recording')}, see {Ledger.NAME}: {escape(kinds)}{more}"
    return lines(facts)


def lines(facts: Mapping[str, str]) -> str:
    """One line per fact, with names of one width; the first fact is the title."""
    (title, first), *rest = facts.items()
    wide = max(len(name) for name, _ in rest) + 2
    return "\n".join([f"{title}: {first}", *(f"{name:{wide}s}{text}" for name, text in rest)])


def _shards(dataset: Dataset) -> str:
    return f"{counted(len(dataset.shards), 'shard')}, {sized(size(dataset))}"


def _recordings(dataset: Dataset) -> str:
    rates = sorted({int(rate) for rate in dataset.column("sr")})
    rate = f"{rates[0]} Hz" if len(rates) == 1 else f"{rates[0]} to {rates[-1]} Hz"
    return f"{len(set(dataset.ids)):,}, {lasting(audio_seconds(dataset))} of audio, {rate}"


def _rows(dataset: Dataset) -> str:
    lengths = dataset.lengths
    least, most = int(lengths.min()), int(lengths.max())
    middle = np.median(lengths)
    each = f"{least:,} to {most:,} each, half below {middle:,.0f}" if least < most else f"{most:,} each"
    what = "windows" if "summary" in dataset.about else "frames"
    if least == most == 1:
        return f"{len(dataset):,}"
    return f"{len(dataset):,} with {int(lengths.sum()):,} {what}, {each}"


def _holds(about: Mapping[str, Any]) -> str:
    names = about["rows"]
    listed = ", ".join(names) if len(names) <= 4 else f"{names[0]}, {names[1]}, ..., {names[-1]}"
    several = "" if about["channels"] == "mean" else f", channels: {about['channels']}"
    each = "frame" if "summary" not in about else "recording" if about["windows"] is None else "window"
    return (
        f"the {kind_of(about)} {about['feature']}, {len(names)} {about['dtype']} a {each} ({listed}){several}"
    )


def _statistics(about: Mapping[str, Any]) -> str:
    over = "the whole recording" if about["windows"] is None else f"windows of {about['windows']:g} s"
    return f"{', '.join(about['summary'])} over {over}"


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _plain(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:36]}..."


def _versions(there: Mapping[str, str]) -> Iterator[str]:
    here = versions()
    for name, version in there.items():
        yield f"{name} {version}" + (f" (here {here[name]})" if here.get(name, version) != version else "")


def _values(column: np.ndarray) -> str:
    """A summary of a column: how often each value occurs, or the range of many numbers."""
    values, missing = counted_values(column)
    lack = f", {missing:,} without" if missing else ""
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(values) > COUNTED and len(numbers) == len(values):
        return f"{min(numbers):g} to {max(numbers):g}{lack}"
    if len(values) > COUNTED:
        (most, times), *_ = values.most_common(1)
        return f"{len(values):,} different, the most frequent {most!r} {times:,} times{lack}"
    return ", ".join(f"{count:,} {value}" for value, count in values.most_common()) + lack

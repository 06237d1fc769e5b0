"""The result of a run in a few lines."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import escape
from ..dataset.convert import Converted
from ..dataset.verify import Unequal, Verified
from ..inputs.sources import Listing
from ..run.due import changed_in_words
from ..run.run import Extraction
from ..table.table import Table

__all__ = ["converted", "counted", "lasting", "notice", "sized", "summary", "table_summary", "verified"]


#: Largest number of recordings that are named.
NAMED = 3


def summary(done: Extraction) -> str:
    """The result of a run in words: rows stored, speed, failures, files left out.

    A run that has continued another one tells what is in the whole dataset and what it did itself.

    Examples
    --------
    >>> from pathlib import Path
    >>> from dataclasses import replace
    >>> shards = (Path("out/part-00000.parquet"),)
    >>> done = Extraction(Path("out"), 2, 0, 7200.0, 9.0, 3 << 20, shards, None, run_audio_seconds=7200.0)
    >>> print(summary(done))
    2 recordings, 2.00 hours of audio in 9.0 s (800 times real time)
    out: 1 shard, 3.0 MB
    >>> print(summary(replace(done, recordings=5, resumed=3, audio_seconds=18000.0)).splitlines()[0])
    this run: 2 recordings, 2.00 hours of audio in 9.0 s (800 times real time)
    """
    stored = f"{escape(str(done.folder))}: {counted(len(done.shards), 'shard')}, {sized(done.bytes)}"
    speed = _speed(done, done.run_recordings, done.run_audio_seconds)
    lines = [stored, *_rest(done, "give its path to include it")]
    if done.zeroed:
        lost = "became 0 in float16, whose least number is 6e-08; float32 keeps them"
        lines.insert(1, f"{counted(done.zeroed, 'value')} {lost}")
    if done.again:
        lines.insert(0, f"{counted(done.again, 'shard')} made again: lost, or recordings have changed")
    lines[:0] = _since(done)
    if not done.resumed:
        return "\n".join([speed, *lines])
    whole = f"{counted(done.recordings, 'recording')}, {lasting(done.audio_seconds)} of audio"
    this = f"this run: {speed}" if done.run_recordings else "this run: nothing new to store"
    return "\n".join([this, f"whole dataset: {whole}", *lines])


def _since(done: Extraction) -> list[str]:
    """Lines on recordings that were added, changed or removed since the last run."""
    lines = []
    if done.resumed and done.added:
        lines.append(f"{counted(done.added, 'recording')} added since the last run")
    if done.changed:
        lines.append(f"{escape(changed_in_words(done.changed))}; old rows were kept, --redo makes them again")
    if done.vanished:
        named = ", ".join(map(repr, done.vanished_ids[:NAMED]))
        names = f" (the first by name: {named})" if named else ""
        listed = "is" if done.vanished == 1 else "are"
        lines.append(
            f"{counted(done.vanished, 'recording')} of the dataset {listed} no longer listed"
            f"{escape(names)}; {'its' if done.vanished == 1 else 'their'} rows were kept"
        )
    if done.tried:
        were = "was" if done.tried == 1 else "were"
        tried = f"{counted(done.tried, 'recording')} of the ledger {were} tried again"
        lines.append(f"{tried}: {done.mended:,} can be used now")
    return lines


def notice(found: Listing) -> str:
    """The notice before a run: the number of missing recordings; "" if none is missing."""
    if not found.missing:
        return ""
    count = f"{found.missing:,} of {counted(len(found.sources), 'recording')}"
    verb = "is" if found.missing == 1 else "are"
    because = f"; {found.because}" if found.because else ""
    first = escape(found.first_missing)
    return f"{count} {verb} missing, the first is {first}{because}; each will be listed in _failures.csv"


def table_summary(done: Table) -> str:
    """The result of a run that made a table.

    Examples
    --------
    >>> from pathlib import Path
    >>> rows, windows = {"FAKE": 60, "REAL": 60}, {"FAKE": 130, "REAL": 60}
    >>> print(table_summary(Table(Path("t.csv"), rows, windows, 3, 0, 190.0, 0.5, None)))
    3 recordings, 190.0 s of audio in 0.5 s (380 times real time)
    t.csv: 120 rows (60 FAKE, 60 REAL), drawn from 190 windows (130 FAKE, 60 REAL)
    """
    table = "no table was written"
    if done.file:
        table = f"{escape(str(done.file))}: {_by_class(done.rows, 'row')}"
        if done.rows != done.windows:
            table += f", drawn from {_by_class(done.windows, 'window')}"
    speed = _speed(done, done.recordings, done.audio_seconds)
    return "\n".join([speed, table, *_rest(done, "replace them by folders to include them")])


def converted(done: Converted) -> str:
    """The result of a conversion.

    Examples
    --------
    >>> from pathlib import Path
    >>> print(converted(Converted(Path("out"), 8, 3 << 20, (Path("out/part-00000"),))))
    out: 8 rows, 1 shard, 3.0 MB
    """
    sizes = f"{counted(len(done.shards), 'shard')}, {sized(done.bytes)}"
    return f"{escape(str(done.folder))}: {counted(done.rows, 'row')}, {sizes}"


def _by_class(counts: Mapping[str, int], noun: str) -> str:
    each = ", ".join(f"{count:,} {escape(label)}" for label, count in sorted(counts.items()))
    return f"{counted(sum(counts.values()), noun)} ({each})"


def _speed(done: Extraction | Table, recordings: int, audio_seconds: float) -> str:
    """The work of a run, and its speed."""
    audio, speed = lasting(audio_seconds), f"{done.times_real_time:.0f} times real time"
    return f"{counted(recordings, 'recording')}, {audio} of audio in {done.seconds:.1f} s ({speed})"


def _rest(done: Extraction | Table, remedy: str) -> list[str]:
    """Lines for failures, warnings, and files left out."""
    lines = []
    if done.failed:
        ledger = escape(str(done.ledger))
        lines.append(f"{counted(done.failed, 'recording')} failed, each with its reason in {ledger}")
    if done.warned:
        first = escape(done.warning)
        lines.append(f"{counted(done.warned, 'recording')} stored with a warning, the first {first}")
    if done.ignored:
        tried = " (give the path of such a file to try it)" if isinstance(done, Extraction) else ""
        ignored = sorted(done.ignored.items())
        kinds = ", ".join(f"{count} {escape(extension)}" for extension, count in ignored)
        lines.append(f"left out, not audio by name: {kinds}{tried}")
    if done.links:
        links = ", ".join(map(escape, done.links))
        lines.append(f"links to folders, not followed: {links} ({remedy})")
    return lines


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular or the plural."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lasting(seconds: float) -> str:
    """A duration of audio, in words."""
    return f"{seconds / 3600:.2f} hours" if seconds >= 360 else f"{seconds:.1f} s"


def sized(count: int) -> str:
    """A number of bytes, in words."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{count / 2**10:.1f} kB"


#: Largest number of rows that are named by a verification.
ROWS_NAMED = 10


def verified(found: Verified) -> str:
    """A verification in words.

    Examples
    --------
    >>> print(verified(Verified(1e-5, ["numpy 2.0 in the dataset, 2.1 here"], ["b.wav"], 2, 1, 1, 3e-7)))
    2 rows of 2 recordings computed again: 1 equal bit for bit, 1 within 3e-07 of its largest magnitude
    versions differ: numpy 2.0 in the dataset, 2.1 here; differences up to 1e-05 are rounding
    1 recording of the dataset is not among those given, the first 'b.wav'
    """
    counts = [f"{found.equal:,} equal bit for bit"]
    if found.near:
        whose = "its" if found.near == 1 else "their"
        counts.append(f"{found.near:,} within {found.largest:.0e} of {whose} largest magnitude")
    if found.unequal:
        counts.append(f"{len(found.unequal):,} not equal")
    what = f"{counted(found.rows, 'row')} of {counted(found.recordings, 'recording')}"
    lines = [f"{what} computed again: {', '.join(counts)}"]
    if found.versions:
        lines.append(f"versions differ: {'; '.join(found.versions)}")
    elif found.near:
        lines.append("versions are the same: this is another processor or another build")
    if found.near and found.bound:
        lines[-1] += f"; differences up to {found.bound:.0e} are rounding"
    if found.absent:
        be = "is" if len(found.absent) == 1 else "are"
        lines.append(
            f"{counted(len(found.absent), 'recording')} of the dataset {be} not among those given, the first "
            f"{found.absent[0]!r}"
        )
    lines += [f"damaged: {each}" for each in found.damaged[:ROWS_NAMED]]
    if len(found.damaged) > ROWS_NAMED:
        lines.append(f"... and {len(found.damaged) - ROWS_NAMED:,} more shards")
    lines += [_named(each) for each in found.unequal[:ROWS_NAMED]]
    if len(found.unequal) > ROWS_NAMED:
        lines.append(f"... and {len(found.unequal) - ROWS_NAMED:,} more")
    return "\n".join(lines)


def _named(each: Unequal) -> str:
    part = f", part {each.part}" if each.part else ""
    channel = f", channel {each.channel}" if each.channel is not None else ""
    return escape(f"{each.id}{part}{channel}: {each.why}")

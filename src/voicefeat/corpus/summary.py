"""What a run did, in a few lines that a tired person can act on."""

from __future__ import annotations

from .extraction import Extraction

__all__ = ["summary"]


def summary(done: Extraction) -> str:
    """The end of a run in words: what was stored, how fast, what failed, what was left out.

    Examples
    --------
    >>> from pathlib import Path
    >>> shards = (Path("out/part-00000.parquet"),)
    >>> print(summary(Extraction(Path("out"), 2, 0, 7200.0, 9.0, 3 << 20, shards, None)))
    2 recordings, 2.00 hours of audio in 9.0 s (800 times real time)
    out: 1 shard, 3.0 MB
    """
    audio, speed = _audio(done.audio_seconds), f"{done.times_real_time:.0f} times real time"
    lines = [
        f"{_count(done.recordings, 'recording')}, {audio} of audio in {done.seconds:.1f} s ({speed})",
        f"{done.folder}: {_count(len(done.shards), 'shard')}, {_size(done.bytes)}",
    ]
    if done.failed:
        lines.append(f"{_count(done.failed, 'recording')} failed, each with its reason in {done.ledger}")
    if done.warned:
        lines.append(f"{_count(done.warned, 'recording')} stored with a warning, the first {done.warning}")
    if done.ignored:
        kinds = ", ".join(f"{count} {extension}" for extension, count in sorted(done.ignored.items()))
        lines.append(f"left out, not audio by name: {kinds} (name a file itself to have it tried)")
    if done.links:
        links = ", ".join(done.links)
        lines.append(f"links to folders, not followed: {links} (name one itself to include it)")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _audio(seconds: float) -> str:
    return f"{seconds / 3600:.2f} hours" if seconds >= 360 else f"{seconds:.1f} s"


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{count / 2**10:.1f} kB"

"""The errors for damaged shards, and for files that are not shards."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from ...errors import ParameterError
from ..checksums import combined
from . import Reader

__all__ = ["MEND", "fail_damaged", "fail_unreadable", "has_other_rows"]

#: The remedy for a damaged dataset.
MEND = "copy it again, or remove it and run the same 'voicefeat extract', which makes missing shards again"


def has_other_rows(reader: Reader, chain: int) -> bool:
    """Whether the rows of a shard differ from those whose checksums combine to `chain`."""
    return "crc32" in reader.names and combined(0, reader.column("crc32")) != chain


def fail_damaged(place: Path, how: str) -> NoReturn:
    """Raise the error for a damaged shard."""
    raise ParameterError(f"{place}: {how}; {MEND}")


def fail_unreadable(place: Path, error: Exception) -> NoReturn:
    """Raise the error for a file or folder that is not a shard."""
    message = " ".join(str(error).split()) or type(error).__name__
    raise ParameterError(
        f"{place}: is not a shard of a dataset ({message}); copy it again, or extract into a new folder"
    ) from None

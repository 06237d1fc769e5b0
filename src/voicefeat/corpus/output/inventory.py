"""What the files of a shard are, by names, sizes and bytes: whether one is still what it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Inventory", "changed_bytes", "differs", "inventory", "shards_in"]


class Inventory(NamedTuple):
    """The files of one shard."""

    files: int
    #: Bytes of all of them.
    bytes: int
    #: A fingerprint of their names and sizes: 16 hexadecimal digits.
    sizes: str
    #: SHA-256 of what is in them, in hexadecimal digits: of a shard that is a file, that of the file; of a
    #: folder, of its files one after the other, each behind its name.
    sha256: str = ""


def inventory(place: Path) -> Inventory:
    """All of a shard, every byte of it."""
    digest = hashlib.sha256()
    for name, file, _ in _listed(place):
        if name:
            digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        with open(file, "rb", buffering=0) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return _by_size(place)._replace(sha256=digest.hexdigest())


def differs(place: Path, told: Inventory) -> str:
    """How a shard is not what it was, by the names and sizes of its files; "" if it is."""
    if not os.path.lexists(place):
        return "is not there"
    found = _by_size(place)
    if found.files != told.files:
        return f"has {found.files:,} of its {told.files:,} files"
    if found.bytes != told.bytes:
        return f"has {found.bytes:,} of its {told.bytes:,} bytes"
    return "" if found.sizes == told.sizes else "has files of other names or sizes"


def changed_bytes(place: Path, told: Inventory) -> str:
    """How a shard is not what it was, by all of its bytes; "" if it is."""
    if how := differs(place, told):
        return how
    return "" if inventory(place) == told else "has other bytes (its checksum differs)"


def shards_in(folder: Path) -> list[Path]:
    """What looks like a shard in `folder`, in order."""
    return sorted(entry for entry in folder.glob("part-*") if entry.name[5:10].isdigit())


def _by_size(place: Path) -> Inventory:
    digest, count, total = hashlib.sha256(), 0, 0
    for name, _, size in _listed(place):
        digest.update(f"{name}\0{size}\n".encode("utf-8", "surrogateescape"))
        count, total = count + 1, total + size
    return Inventory(count, total, digest.hexdigest()[:16])


def _listed(place: Path) -> list[tuple[str, str, int]]:
    """Each file of a shard: its name below the shard ("" for one that is a file), its path, its size."""
    if not place.is_dir():
        return [("", str(place), place.stat().st_size)]
    return sorted(_below(str(place), ""))


def _below(folder: str, before: str) -> Iterator[tuple[str, str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):  # what an operating system leaves beside files, such as ._name
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{before}{entry.name}/")
            elif entry.is_file():
                yield before + entry.name, entry.path, entry.stat().st_size

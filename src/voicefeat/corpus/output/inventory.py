"""The files of a shard, by names, sizes and bytes, to detect changes of the shard."""

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
    #: Total size in bytes.
    bytes: int
    #: A fingerprint of their names and sizes: 16 hexadecimal digits.
    sizes: str
    #: SHA-256 in hexadecimal digits: of a file, or of the files of a folder, each after its name.
    sha256: str = ""


def inventory(place: Path, sha256: str = "") -> Inventory:
    """The inventory of a shard; every byte is read, unless `sha256` is known."""
    if sha256:
        return _by_size(place)._replace(sha256=sha256)
    digest = hashlib.sha256()
    for name, file, _ in _listed(place):
        if name:
            digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        with open(file, "rb", buffering=0) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return _by_size(place)._replace(sha256=digest.hexdigest())


def differs(place: Path, known: Inventory) -> str:
    """How the names and sizes of a shard's files differ from the known ones, in words; "" if equal."""
    if not os.path.lexists(place):
        return "is missing"
    found = _by_size(place)
    if found.files != known.files:
        return f"has {found.files:,} of its {known.files:,} files"
    if found.bytes != known.bytes:
        return f"has {found.bytes:,} of its {known.bytes:,} bytes"
    return "" if found.sizes == known.sizes else "has files of other names or sizes"


def changed_bytes(place: Path, known: Inventory) -> str:
    """How the bytes of a shard differ from the known ones, in words; "" if equal."""
    if how := differs(place, known):
        return how
    return "" if inventory(place) == known else "has other bytes (its checksum differs)"


def shards_in(folder: Path) -> list[Path]:
    """The shards in `folder` by their names, in order."""
    return sorted(entry for entry in folder.glob("part-*") if entry.name[5:10].isdigit())


def _by_size(place: Path) -> Inventory:
    digest, count, total = hashlib.sha256(), 0, 0
    for name, _, size in _listed(place):
        digest.update(f"{name}\0{size}\n".encode("utf-8", "surrogateescape"))
        count, total = count + 1, total + size
    return Inventory(count, total, digest.hexdigest()[:16])


def _listed(place: Path) -> list[tuple[str, str, int]]:
    """Each file of a shard: its name below the shard ("" if the shard is a file), its path, its size."""
    if not place.is_dir():
        return [("", str(place), place.stat().st_size)]
    return sorted(_below(str(place), ""))


def _below(folder: str, before: str) -> Iterator[tuple[str, str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):  # files that an operating system adds, such as ._name
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{before}{entry.name}/")
            elif entry.is_file():
                yield before + entry.name, entry.path, entry.stat().st_size

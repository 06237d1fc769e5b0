"""A file of numpy's for every row, in a folder for each shard."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..items import Row
from . import About, Writer
from .folder import Index

__all__ = ["Shard", "file_name"]

#: What every file system takes, and no shell minds.
ODD = re.compile(r"[^A-Za-z0-9._-]")
#: Names that Windows keeps for itself, whatever follows the point.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{k}" for d in ("com", "lpt") for k in range(10))})
#: Letters of a name that are the id's; file systems take 255 bytes with what follows.
LONGEST = 180


class Shard(Writer):
    """A folder ``part-00000``: ``about.json``, ``index.jsonl``, a file (n_rows, n_frames) for every row."""

    name = "npy"

    def __init__(self, place: Path, about: About) -> None:
        shape = f"{about.dtype}, a file for each row: numpy.load(file) is (n_rows, n_frames)"
        self._index = Index(place, about, shape)
        self._folder = place
        self._taken: set[str] = set()

    def add(self, row: Row, values: np.ndarray) -> None:
        name = file_name(row, self._taken)
        with open(self._folder / name, "wb") as file:
            # As numpy.save has it, which tells of a full disk without the system's number for it.
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
            file.write(values.data)
        self._index.add(row, values, file=name)
        self.chain = self._index.chain

    def close(self) -> None:
        self._index.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._index.close()


def file_name(row: Row, taken: set[str]) -> str:
    """A name for a row's file that its id can be read from, and that is in one folder only once.

    Letters that are not safe everywhere become ``_``, so that nothing leaves the folder; a name that is not
    the id then, or that another differs from only by capitals, ends in a fingerprint of the id.

    Examples
    --------
    >>> row = Row("LA_T_1000137.flac", 0, 0.0, None, 16000, 4.0, ())
    >>> taken = set()
    >>> file_name(row, taken), file_name(row._replace(part=1), taken)
    ('LA_T_1000137.flac.npy', 'LA_T_1000137.flac.part1.npy')
    >>> file_name(row._replace(id="../a b.wav"), taken)
    '_._a_b.wav-222781bb0d5d.npy'
    """
    plain = ODD.sub("_", row.id)[:LONGEST]
    plain = "_" + plain[1:] if plain.startswith((".", "-")) else plain
    which = f".part{row.part}" if row.part else ""
    which += "" if row.channel is None else f".ch{row.channel}"
    name, print_of = plain + which, row.id
    odd = plain != row.id or plain.split(".")[0].lower() in DEVICES
    while odd or name.lower() in taken:
        print_of = hashlib.sha256(print_of.encode("utf-8", "backslashreplace")).hexdigest()
        name, odd = f"{plain}-{print_of[:12]}{which}", False
    taken.add(name.lower())
    return f"{name}.npy"

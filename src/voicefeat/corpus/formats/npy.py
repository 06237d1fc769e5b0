"""NumPy files: one for each row, in a folder for each shard."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from ..items import Row
from . import About, Format, Reader, Writer
from .folder import FolderReader, Index

__all__ = ["FORMAT", "file_name", "write_npy"]

#: Letters other than these are not safe on every file system and in every shell.
ODD = re.compile(r"[^A-Za-z0-9._-]")
#: Names that Windows reserves, with any ending.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{k}" for d in ("com", "lpt") for k in range(10))})
#: Largest number of letters of the id in a file's name; file systems allow 255 bytes with the rest.
LONGEST = 180


class NpyWriter(Writer):
    """A folder ``part-00000``: ``about.json``, ``index.jsonl``, and one file (n_rows, n_frames) per row."""

    def __init__(self, place: Path, about: About) -> None:
        layout = f"{about.dtype}, a file for each row: numpy.load(file) is (n_rows, n_frames)"
        self._index = Index(place, about, layout)
        self._folder = place
        self._taken: set[str] = set()

    def add(self, row: Row, values: np.ndarray) -> None:
        name = file_name(row, self._taken)
        with open(self._folder / name, "wb") as file:
            write_npy(file, values)
        self._index.add(row, values, file=name)
        self.chain: int = self._index.chain

    def close(self) -> None:
        self._index.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._index.close()


class NpyReader(FolderReader):
    """A folder ``part-00000`` with one file per row."""

    where: tuple[Literal["file"]] = ("file",)

    def matrix(self, facts: dict[str, Any], *where: Any) -> np.ndarray:
        file = self.place / Path(where[0]).name  # never outside this folder
        return np.load(file, allow_pickle=False)


class Npy(Format):
    """Folders of NumPy files."""

    name = "npy"
    mark = "index.jsonl"

    def write(self, place: Path, about: About) -> Writer:
        return NpyWriter(place, about)

    def read(self, place: Path) -> Reader:
        return NpyReader(place)


FORMAT = Npy()


def write_npy(file: IO[bytes], values: np.ndarray) -> None:
    """As numpy.save writes it, which reports a full disk without the system's error number."""
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
    file.write(values.data)


def file_name(row: Row, taken: set[str]) -> str:
    """The name of a row's file: it shows the id, and is unique in the folder.

    Letters that are not safe everywhere become ``_``, so that no file leaves the folder. A name that then
    differs from the id, or from another name only by capitals, ends with a digest of the id.

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
    name, hashed = plain + which, row.id
    odd = plain != row.id or plain.split(".")[0].lower() in DEVICES
    while odd or name.lower() in taken:
        hashed = hashlib.sha256(hashed.encode("utf-8", "backslashreplace")).hexdigest()
        name, odd = f"{plain}-{hashed[:12]}{which}", False
    taken.add(name.lower())
    return f"{name}.npy"

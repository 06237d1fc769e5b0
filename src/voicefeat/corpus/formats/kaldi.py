"""Kaldi archives: matrices (frames, rows) in an ark, a scp with their offsets, and tables of text."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import quote

import numpy as np

from ...errors import ParameterError
from ..checksums import checksum
from ..items import Row, carried
from ..optional import need
from . import About, Format, Reader, Writer
from .compressed import METHODS, compressed
from .folder import FolderReader, Index

__all__ = ["FORMAT", "key"]

#: Kaldi's tables for carried columns, by the name of the column.
TABLES = {"speaker": "utt2spk", "label": "utt2label"}
#: The types of uncompressed matrices, by their mark.
KINDS = {b"FM ": "<f4", b"DM ": "<f8"}


class KaldiWriter(Writer):
    """A folder ``part-00000``: ``feats.ark``, ``feats.scp``, tables of text, ``about.json``, ``index.jsonl``.

    The scp names the ark by its path from the dataset's folder, so that the dataset can be moved.
    """

    def __init__(self, place: Path, about: About) -> None:
        method = about.options.get("compress", False)
        self._method = "auto" if method is True else method
        kind = "8 or 16 bits" if method else about.dtype
        self._index = Index(place, about, f"{kind}, Kaldi matrices (n_frames, n_rows)")
        self._ark = f"{place.name.removeprefix('.').removesuffix('.partial')}/feats.ark"
        self._tables = {"utt2num_frames": "utt2num_frames", "utt2dur": "utt2dur"}
        self._tables |= {name: TABLES[name] for name, _ in about.columns if name in TABLES}
        self._names = [name for name, _ in about.columns]
        self._open = ExitStack()
        self._data = self._open.enter_context((place / "feats.ark").open("wb"))
        self._text = {
            name: self._open.enter_context((place / name).open("w", encoding="utf-8", newline="\n"))
            for name in ("feats.scp", *self._tables.values())
        }

    def add(self, row: Row, values: np.ndarray) -> None:
        name = key(row)
        self._data.write(name.encode() + b" ")
        begin = self._data.tell()
        stored = matrix(values.T, self._method)
        self._data.write(b"\0B" + stored)
        self._text["feats.scp"].write(f"{name} {self._ark}:{begin}\n")
        facts = {"utt2num_frames": values.shape[1], "utt2dur": row.duration}
        facts |= dict(zip(self._names, row.carried, strict=True))
        for column, file in self._tables.items():
            if facts[column] not in (None, ""):
                self._text[file].write(f"{name} {_word(str(facts[column]))}\n")
        # Compression changes the values, so the checksum is that of the bytes in the archive.
        self._index.add(row, values, stored if self._method else None, key=name, offset=begin)
        self.chain: int = self._index.chain

    def close(self) -> None:
        self._open.close()
        self._index.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self.close()


class KaldiReader(FolderReader):
    """A folder ``part-00000`` with ``feats.ark``; kaldiio decodes compressed matrices."""

    where: tuple[Literal["key"], Literal["offset"]] = ("key", "offset")

    def matrix(self, facts: dict[str, Any], *where: Any) -> np.ndarray:
        with open(self.place / "feats.ark", "rb") as file:
            file.seek(where[1])
            head = file.read(5)
            if head[2:] in KINDS:
                _, frames, _, rows = struct.unpack("<bibi", file.read(10))
                kind = np.dtype(KINDS[head[2:]])
                values = np.frombuffer(file.read(frames * rows * kind.itemsize), kind).reshape(frames, rows)
            elif head[:4] == b"\0BCM":
                file.seek(where[1])
                values = need("kaldiio.matio", "kaldi").read_kaldi(file)
                end = file.tell()
                file.seek(where[1] + 2)
                self._check(facts, file.read(end - where[1] - 2))
            else:
                raise ValueError(f"{head!r} is not the mark of a matrix")
        return np.ascontiguousarray(values.T)

    def _check(self, facts: dict[str, Any], stored: bytes) -> None:
        """Compare the checksum of a compressed matrix."""
        wanted = facts.pop("crc32", None)
        if wanted is not None and checksum(facts, carried(facts).values(), stored) != wanted:
            raise ValueError("its checksum differs")


class Kaldi(Format):
    """Folders with Kaldi archives."""

    name = "kaldi"
    mark = "feats.ark"
    dtypes: ClassVar[tuple[str, ...]] = ("float32", "float64")
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {"compress": (False, True, *METHODS)}

    def write(self, place: Path, about: About) -> Writer:
        return KaldiWriter(place, about)

    def read(self, place: Path) -> Reader:
        return KaldiReader(place)

    def check(self, about: About) -> None:
        super().check(about)
        if about.options.get("compress", False) and about.dtype != "float32":
            raise ParameterError(
                f"dtype={about.dtype!r}: compressed matrices have 8 or 16 bits per number; give 'float32', "
                "or compress=false"
            )

    def exact(self, options: Mapping[str, Any]) -> bool:
        return not options.get("compress", False)

    def check_values(self, values: np.ndarray, about: About) -> None:
        if about.options.get("compress", False) and not np.isfinite(values).all():
            raise ParameterError(
                "y: gives values that are not finite, which a compressed matrix cannot hold; give "
                "compress=false"
            )


FORMAT = Kaldi()


def key(row: Row) -> str:
    """The name of a row in an archive: its id, part and channel.

    A key ends at the first space, so spaces and control characters are escaped as in a URL. So are ``#`` and
    ``@``, which precede the part and the channel.

    Examples
    --------
    >>> row = Row("LA/LA_T_1000137.flac", 0, 0.0, None, 16000, 4.0, ())
    >>> key(row), key(row._replace(id="a b#1.wav", part=2, channel=1))
    ('LA/LA_T_1000137.flac', 'a%20b%231.wav#2@1')
    """
    part = f"#{row.part}" if row.part else ""
    channel = "" if row.channel is None else f"@{row.channel}"
    return _word(row.id, "#@") + part + channel


def matrix(values: np.ndarray, method: Any = False) -> bytes:
    """A matrix (frames, rows) as Kaldi writes it."""
    if method:
        return compressed(np.ascontiguousarray(values), method)
    mark = b"DM " if values.dtype == np.float64 else b"FM "
    frames, rows = values.shape
    kind = values.dtype.newbyteorder("<")
    return mark + struct.pack("<bibi", 4, frames, 4, rows) + values.astype(kind, order="C").tobytes()


def _word(text: str, signs: str = "") -> str:
    """`text` with characters escaped that end a word or a line."""
    odd = "".join(sorted({c for c in text if c.isspace() or not c.isprintable()})) + signs + "%"
    return text.translate({ord(c): quote(c, safe="", errors="backslashreplace") for c in odd})

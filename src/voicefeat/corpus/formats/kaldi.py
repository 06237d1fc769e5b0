"""Kaldi's archives: matrices (frames, rows) in an ark, a scp that says where each begins, tables of text."""

from __future__ import annotations

import struct
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import numpy as np

from ...errors import ParameterError
from ..items import Row
from . import About, Writer
from .compressed import METHODS, compressed
from .folder import Index

__all__ = ["Shard", "key"]

#: Tables of what recordings carry, by the name of the column.
TABLES = {"speaker": "utt2spk", "label": "utt2label"}


class Shard(Writer):
    """A folder ``part-00000``: ``feats.ark``, ``feats.scp``, tables of text, ``about.json``, ``index.jsonl``.

    The scp names the ark by its path from the dataset's folder, so that the dataset can be moved.
    """

    name = "kaldi"
    dtypes = ("float32", "float64")
    options: ClassVar = {"compress": (False, True, *METHODS)}

    def __init__(self, place: Path, about: About) -> None:
        method = (about.options or {}).get("compress", False)
        self._method = "auto" if method is True else method
        held = "8 or 16 bits" if method else about.dtype
        self._index = Index(place, about, f"{held}, Kaldi matrices (n_frames, n_rows)")
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
        called = key(row)
        self._data.write(called.encode() + b" ")
        begin = self._data.tell()
        held = matrix(values.T, self._method)
        self._data.write(b"\0B" + held)
        self._text["feats.scp"].write(f"{called} {self._ark}:{begin}\n")
        told = {"utt2num_frames": values.shape[1], "utt2dur": row.duration}
        told |= dict(zip(self._names, row.carried, strict=True))
        for name, file in self._tables.items():
            if told[name] not in (None, ""):
                self._text[file].write(f"{called} {_word(str(told[name]))}\n")
        # What loses precision is not read back as it was: the checksum is then of the bytes in the archive.
        self._index.add(row, values, held if self._method else None, key=called, offset=begin)
        self.chain = self._index.chain

    def close(self) -> None:
        self._open.close()
        self._index.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self.close()

    @classmethod
    def check(cls, about: About) -> None:
        super().check(about)
        compress = (about.options or {}).get("compress", False)
        if compress and about.dtype != "float32":
            raise ParameterError(
                f"dtype={about.dtype!r}: compressed matrices have 8 or 16 bits for a number; give 'float32', "
                "or compress=false"
            )

    @classmethod
    def fits(cls, values: np.ndarray, about: About) -> None:
        if (about.options or {}).get("compress", False) and not np.isfinite(values).all():
            raise ParameterError(
                "y: gives values that are not finite, and a compressed matrix has no place for them; give "
                "compress=false"
            )


def key(row: Row) -> str:
    """The name of a row in an archive: its id, part and channel.

    A key ends at the first space, so spaces and control characters are written as in a URL, and so are the
    signs that separate id, ``#`` part and ``@`` channel.

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
    """`text` without anything that ends a word or a line."""
    odd = "".join(sorted({c for c in text if c.isspace() or not c.isprintable()})) + signs + "%"
    return text.translate({ord(c): quote(c, safe="", errors="backslashreplace") for c in odd})

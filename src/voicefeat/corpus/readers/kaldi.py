"""Rows of Kaldi's archives, found by the offset that the index says."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from ..dataset.batches import carried
from ..optional import need
from ..output.checksums import checksum
from .described import Described

__all__ = ["Shard"]

#: Matrices that are not compressed, by their mark.
KINDS = {b"FM ": "<f4", b"DM ": "<f8"}


class Shard(Described):
    """A folder ``part-00000`` with ``feats.ark``; compressed matrices are unpacked by kaldiio."""

    WHERE = ("key", "offset")

    def _matrix(self, told: dict[str, Any], *where: Any) -> np.ndarray:
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
                self._check(told, file.read(end - where[1] - 2))
            else:
                raise ValueError(f"{head!r} is no mark of a matrix")
        return np.ascontiguousarray(values.T)

    def _check(self, told: dict[str, Any], stored: bytes) -> None:
        """Compare the checksum of a matrix that was stored with loss."""
        wanted = told.pop("crc32", None)
        if wanted is not None and checksum(told, carried(told).values(), stored) != wanted:
            raise ValueError("its checksum differs")

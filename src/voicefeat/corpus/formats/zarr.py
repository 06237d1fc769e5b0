"""Zarr shards: flat arrays in a group of version 3, which is a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..items import Row
from ..optional import need
from . import About, Writer
from .flat import Table, check_names

__all__ = ["Shard"]


class Shard(Writer):
    """A group ``part-00000.zarr``, laid out as `Table` says; its attribute ``voicefeat`` is the metadata."""

    name = "zarr"
    library = "zarr"
    extra = "zarr"
    options: ClassVar = {"compress": (False, True)}

    def __init__(self, place: Path, about: About) -> None:
        zarr = need("zarr", "zarr")
        how = "auto" if (about.options or {}).get("compress") else None
        whole = {"write_empty_chunks": True}  # what is -0.0 throughout is not nothing
        flat = "values[offset:offset + n_rows * n_frames].reshape(n_rows, n_frames)"
        told = {**about.metadata, "values": f"{about.dtype}, row by row: {flat}"}
        place.mkdir()  # exclusively: no link is followed
        group = zarr.open_group(str(place), mode="w-", zarr_format=3, attributes={"voicefeat": told})

        def make(name: str, kind: str, chunk: int) -> Any:
            dtype = str if kind == "string" else kind
            form = {"shape": (0,), "chunks": (chunk,), "dtype": dtype, "compressors": how}
            return group.create_array(name, config=whole, **form)

        self._table = Table(make, about)

    def add(self, row: Row, values: np.ndarray) -> None:
        self._table.add(row, values)
        self.chain = self._table.chain

    def close(self) -> None:
        self._table.close()

    def abandon(self) -> None:
        pass  # nothing stays open

    @classmethod
    def check(cls, about: About) -> None:
        super().check(about)
        check_names(about)

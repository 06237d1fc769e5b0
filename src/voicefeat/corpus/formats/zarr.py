"""Zarr shards: flat arrays in a group of version 3, which is a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..items import Row
from ..optional import need
from . import About, Format, Reader, Writer
from .damage import fail_unreadable
from .flat import FlatReader, Table, check_names, with_layout

__all__ = ["FORMAT"]


class ZarrWriter(Writer):
    """A group ``part-00000.zarr`` with the arrays of `Table`; its attribute ``voicefeat`` is the metadata."""

    def __init__(self, place: Path, about: About) -> None:
        zarr = need("zarr", "zarr")
        compressors = "auto" if about.options.get("compress") else None
        config = {"write_empty_chunks": True}  # a chunk of -0.0 is not an empty one
        place.mkdir()  # exclusively: no link is followed
        attributes = {"voicefeat": with_layout(about)}
        group = zarr.open_group(str(place), mode="w-", zarr_format=3, attributes=attributes)

        def make(name: str, kind: str, chunk: int) -> Any:
            dtype = str if kind == "string" else kind
            form = {"shape": (0,), "chunks": (chunk,), "dtype": dtype, "compressors": compressors}
            return group.create_array(name, config=config, **form)

        self._table = Table(make, about)

    def add(self, row: Row, values: np.ndarray) -> None:
        self._table.add(row, values)
        self.chain: int = self._table.chain

    def close(self) -> None:
        self._table.close()

    def abandon(self) -> None:
        pass  # nothing stays open


class ZarrReader(FlatReader):
    """A group ``part-00000.zarr``."""

    def __init__(self, place: Path) -> None:
        zarr = need("zarr", "zarr")
        try:
            group = zarr.open_group(str(place), mode="r")
            about = group.attrs["voicefeat"]
            carried = sorted(group["columns"].array_keys()) if "columns" in group else []
        except (OSError, KeyError, ValueError) as error:
            fail_unreadable(place, error)
        super().__init__(group.__getitem__, dict(about), carried, list(group.array_keys()))


class Zarr(Format):
    """Zarr groups of version 3."""

    name = "zarr"
    ending = ".zarr"
    library: ClassVar[str | None] = "zarr"
    extra = "zarr"
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {"compress": (False, True)}

    def write(self, place: Path, about: About) -> Writer:
        return ZarrWriter(place, about)

    def read(self, place: Path) -> Reader:
        return ZarrReader(place)

    def check(self, about: About) -> None:
        super().check(about)
        check_names(about)


FORMAT = Zarr()

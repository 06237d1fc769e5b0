"""HDF5 shards: flat arrays in one file."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..items import Row
from ..optional import need
from . import About, Writer
from .flat import Table, check_names

__all__ = ["Shard"]


class Shard(Writer):
    """One file ``part-00000.h5``, laid out as `Table` says; its attribute ``voicefeat`` is the metadata."""

    name = "hdf5"
    library = "h5py"
    extra = "hdf5"
    options: ClassVar = {"compress": (False, True)}

    def __init__(self, place: Path, about: About) -> None:
        h5py = need("h5py", "hdf5")
        filters = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
        chosen = filters if (about.options or {}).get("compress") else {}
        flat = "values[offset:offset + n_rows * n_frames].reshape(n_rows, n_frames)"
        told = {**about.metadata, "values": f"{about.dtype}, row by row: {flat}"}
        self._disk = Disk(place, "x+")
        # Attributes of more than 64 kB, which names of many rows take, came with version 1.8 of the library.
        self._file = h5py.File(self._disk, "w", libver=("v108", "v110"))

        def make(name: str, kind: str, chunk: int) -> Any:
            dtype = h5py.string_dtype() if kind == "string" else kind
            more = {} if kind == "string" else chosen
            shape = {"shape": (0,), "maxshape": (None,), "chunks": (chunk,)}
            return self._file.create_dataset(name, dtype=dtype, track_times=False, **shape, **more)

        self._file.attrs["voicefeat"] = json.dumps(told, ensure_ascii=False)
        self._table = Table(make, about)

    def add(self, row: Row, values: np.ndarray) -> None:
        carried = tuple(_text(value) for value in row.carried)
        self._table.add(row._replace(id=_text(row.id), carried=carried), values)
        self.chain = self._table.chain
        self._disk.check()

    def close(self) -> None:
        self._table.close()
        self._file.close()
        self._disk.check()
        self._disk.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._file.close()
        self._disk.close()

    @classmethod
    def check(cls, about: About) -> None:
        super().check(about)
        check_names(about)


def _text(value: Any) -> Any:
    """A text as HDF5 can hold it, which ends at the first NUL."""
    return value.replace("\0", "\\x00") if isinstance(value, str) else value


class Disk(io.FileIO):
    """A file that keeps what goes wrong for `check`, and tells HDF5 that all is well.

    The library can crash the process when a disk is full while it closes a file.
    """

    _fault: OSError | None = None

    def write(self, data: Any) -> int:
        """All of `data`, or the end of it all."""
        view = memoryview(data).cast("B")
        done = 0
        try:
            while done < len(view) and self._fault is None:
                done += super().write(view[done:])
        except OSError as error:
            self._fault = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Make the file as long as that."""
        try:
            return super().truncate(size)
        except OSError as error:
            self._fault = error
            return size or 0

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self._fault is not None:
            raise self._fault

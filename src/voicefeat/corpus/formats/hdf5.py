"""HDF5 shards: flat arrays in one file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..arrow import need
from ..rows import Row
from . import About, Writer
from .growing import Table, check_names

__all__ = ["Shard"]


class Shard(Writer):
    """One file ``part-00000.h5``, laid out as `Table` says; its attribute ``voicefeat`` is the metadata as JSON."""

    name = "hdf5"
    library = "h5py"
    extra = "hdf5"
    options = {"compress": (False, True)}

    def __init__(self, place: Path, about: About) -> None:
        h5py = need("h5py", "hdf5")
        filters = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
        chosen = filters if (about.options or {}).get("compress") else {}
        # Attributes of more than 64 kB, which names of many rows take, came with version 1.8 of the library.
        self._file = h5py.File(place, "w", libver=("v108", "v110"))
        flat = "values[offset:offset + n_rows * n_frames].reshape(n_rows, n_frames)"
        told = {**about.metadata, "values": f"{about.dtype}, row by row: {flat}"}

        def make(name: str, kind: str, chunk: int) -> Any:
            dtype = h5py.string_dtype() if kind == "string" else kind
            more = {} if kind == "string" else chosen
            shape = {"shape": (0,), "maxshape": (None,), "chunks": (chunk,)}
            return self._file.create_dataset(name, dtype=dtype, track_times=False, **shape, **more)

        with _as_system_errors():
            self._file.attrs["voicefeat"] = json.dumps(told, ensure_ascii=False)
            self._table = Table(make, about)

    def add(self, row: Row, values: np.ndarray) -> None:
        with _as_system_errors():
            self._table.add(row, values)

    def close(self) -> None:
        with _as_system_errors():
            self._table.close()
            self._file.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._file.close()

    @classmethod
    def check(cls, about: About) -> None:
        super().check(about)
        check_names(about)


@contextmanager
def _as_system_errors() -> Iterator[None]:
    """A full disk as the error that it is, whose number h5py has in its text alone."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = re.search(r"errno = (\d+), error message = '([^']*)'", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), number[2]) from error

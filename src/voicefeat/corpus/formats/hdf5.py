"""HDF5 shards: flat arrays in one file."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..items import Row
from ..optional import need
from . import About, Format, Reader, Writer
from .damage import fail_unreadable
from .flat import FlatReader, Table, check_names, with_layout

__all__ = ["FORMAT"]


class Hdf5Writer(Writer):
    """One file ``part-00000.h5`` with the arrays of `Table`; its attribute ``voicefeat`` is the metadata."""

    def __init__(self, place: Path, about: About) -> None:
        h5py = need("h5py", "hdf5")
        compress = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
        chosen = compress if about.options.get("compress") else {}
        self._disk = Disk(place, "x+")
        # Names of many rows need attributes above 64 kB, which version 1.8 of the library introduced.
        self._file = h5py.File(self._disk, "w", libver=("v108", "v110"))

        def make(name: str, kind: str, chunk: int) -> Any:
            dtype = h5py.string_dtype() if kind == "string" else kind
            more = {} if kind == "string" else chosen
            shape = {"shape": (0,), "maxshape": (None,), "chunks": (chunk,)}
            return self._file.create_dataset(name, dtype=dtype, track_times=False, **shape, **more)

        self._file.attrs["voicefeat"] = json.dumps(with_layout(about), ensure_ascii=False)
        self._table = Table(make, about)

    def add(self, row: Row, values: np.ndarray) -> None:
        carried = tuple(map(_text, row.carried))
        self._table.add(row._replace(id=_text(row.id), carried=carried), values)
        self.chain: int = self._table.chain
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


class Hdf5Reader(FlatReader):
    """One file ``part-00000.h5``."""

    def __init__(self, place: Path) -> None:
        h5py = need("h5py", "hdf5")
        try:
            file = h5py.File(place, "r")
            _check_inside(h5py, file)
            about = json.loads(file.attrs["voicefeat"])
            carried = list(file["columns"]) if "columns" in file else []
        except (OSError, KeyError, ValueError) as error:
            fail_unreadable(place, error)

        def array(name: str) -> Any:
            found = file[name]
            return found.asstr() if h5py.check_string_dtype(found.dtype) else found

        super().__init__(array, about, carried, list(file))


class Hdf5(Format):
    """HDF5 files."""

    name = "hdf5"
    ending = ".h5"
    library: ClassVar[str | None] = "h5py"
    extra = "hdf5"
    options: ClassVar[Mapping[str, tuple[Any, ...]]] = {"compress": (False, True)}

    def write(self, place: Path, about: About) -> Writer:
        return Hdf5Writer(place, about)

    def read(self, place: Path) -> Reader:
        return Hdf5Reader(place)

    def check(self, about: About) -> None:
        super().check(about)
        check_names(about)


FORMAT = Hdf5()


def _text(value: Any) -> Any:
    """A text as HDF5 can hold it: it must not contain a NUL."""
    return value.replace("\0", "\\x00") if isinstance(value, str) else value


def _check_inside(h5py: Any, group: Any) -> None:
    """Check that all values are in the file itself: a link or external storage could read any other file.

    Raises
    ------
    ValueError
        If some values are elsewhere.
    """
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"{name!r} is a link; no shard of ours has any")
        entry = group[name]
        if isinstance(entry, h5py.Group):
            _check_inside(h5py, entry)
        elif entry.external or entry.is_virtual:
            raise ValueError(f"the values of {name!r} lie outside the file; no shard of ours has such")


class Disk(io.FileIO):
    """A file that keeps an error for `check` and reports success to HDF5.

    The library can crash the process when it closes a file on a full disk.
    """

    _error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write all of `data`, or nothing after an error."""
        view = memoryview(data).cast("B")
        done = 0
        try:
            while done < len(view) and self._error is None:
                done += super().write(view[done:])
        except OSError as error:
            self._error = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file."""
        try:
            return super().truncate(size)
        except OSError as error:
            self._error = error
            return size or 0

    def check(self) -> None:
        """Raise the error that was kept."""
        if self._error is not None:
            raise self._error

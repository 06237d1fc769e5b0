"""Rows of an HDF5 shard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..optional import need
from . import unreadable
from .growing import Flat

__all__ = ["Shard"]


class Shard(Flat):
    """One file ``part-00000.h5``."""

    def __init__(self, place: Path) -> None:
        h5py = need("h5py", "hdf5")
        try:
            file = h5py.File(place, "r")
            _check_inside(h5py, file)
            about = json.loads(file.attrs["voicefeat"])
            carried = list(file["columns"]) if "columns" in file else []
        except (OSError, KeyError, ValueError) as error:
            unreadable(place, error)

        def array(name: str) -> Any:
            found = file[name]
            return found.asstr() if h5py.check_string_dtype(found.dtype) else found

        super().__init__(array, about, carried, list(file))


def _check_inside(h5py: Any, group: Any) -> None:
    """See that all values lie in the file itself: a link or a storage elsewhere could read any file there is.

    Raises
    ------
    ValueError
        If something lies elsewhere.
    """
    for name in group:
        held = group.get(name, getlink=True)
        if not isinstance(held, h5py.HardLink):
            raise ValueError(f"{name!r} is a link; no shard of ours has any")
        entry = group[name]
        if isinstance(entry, h5py.Group):
            _check_inside(h5py, entry)
        elif entry.external or entry.is_virtual:
            raise ValueError(f"the values of {name!r} lie outside the file; no shard of ours has such")

"""Rows of an HDF5 shard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..arrow import need
from . import unreadable
from .growing import Flat

__all__ = ["Shard"]


class Shard(Flat):
    """One file ``part-00000.h5``."""

    def __init__(self, place: Path) -> None:
        h5py = need("h5py", "hdf5")
        try:
            file = h5py.File(place, "r")
            about = json.loads(file.attrs["voicefeat"])
            carried = list(file["columns"]) if "columns" in file else []
        except (OSError, KeyError, ValueError) as error:
            unreadable(place, error)

        def array(name: str) -> Any:
            found = file[name]
            return found.asstr() if h5py.check_string_dtype(found.dtype) else found

        super().__init__(array, about, carried, list(file))

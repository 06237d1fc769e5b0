"""Rows of a Zarr shard."""

from __future__ import annotations

from pathlib import Path

from ..optional import need
from . import unreadable
from .growing import Flat

__all__ = ["Shard"]


class Shard(Flat):
    """A group ``part-00000.zarr``."""

    def __init__(self, place: Path) -> None:
        zarr = need("zarr", "zarr")
        try:
            group = zarr.open_group(str(place), mode="r")
            about = group.attrs["voicefeat"]
            carried = sorted(group["columns"].array_keys()) if "columns" in group else []
        except (OSError, KeyError, ValueError) as error:
            unreadable(place, error)
        super().__init__(group.__getitem__, dict(about), carried, list(group.array_keys()))

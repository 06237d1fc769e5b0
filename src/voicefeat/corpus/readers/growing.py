"""Rows of flat arrays, as HDF5 and Zarr hold them: the values one after the other, and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..formats.folder import COLUMNS

__all__ = ["Flat"]


class Flat:
    """A shard whose columns are read when first asked for.

    Parameters
    ----------
    array : callable
        The array of a name, from which stretches can be read.
    about : mapping
        The metadata.
    carried : sequence of str
        What recordings carry: the arrays below ``columns``.
    known : sequence of str
        The other arrays.
    """

    def __init__(
        self,
        array: Callable[[str], Any],
        about: Mapping[str, Any],
        carried: Sequence[str],
        known: Sequence[str],
    ) -> None:
        self._array, self._carried, self.about = array, list(carried), about
        self.names = [*(name for name, _ in COLUMNS if name in known), *self._carried]
        self.count = int(array("offset").shape[0])
        self._read: dict[str, list[Any]] = {}

    def column(self, name: str) -> list[Any]:
        if name not in self._read:
            if name in self._carried:
                values = self._array(f"columns/{name}")[:].tolist()
                lacks = self._array(f"missing/{name}")[:].tolist()
                self._read[name] = [None if none else v for v, none in zip(values, lacks, strict=True)]
            else:
                self._read[name] = self._array(name)[:].tolist()
        return self._read[name]

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        values = self._array("values")
        for number in numbers:
            told = {name: self.column(name)[number] for name in self.names}
            first, shape = self.column("offset")[number], (told["n_rows"], told["n_frames"])
            yield told, np.asarray(values[first : first + shape[0] * shape[1]]).reshape(shape)

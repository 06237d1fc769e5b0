"""Statistics as a table of text: a column for each, a line for each recording or window."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np

from ...errors import ParameterError
from ...files.csv_lines import csv_writer
from ..items import Row
from . import About, Writer
from .folder import columns, facts, write_about

__all__ = ["Shard"]

#: What a line says of its recording; how many numbers follow, the header says.
NOT_TOLD = ("n_frames", "n_rows", "crc32")


class Shard(Writer):
    """A folder ``part-00000``: ``about.json`` and ``table.csv``.

    Columns: id, part, start, channel (where each has rows of its own), sr, duration, sha256, window (with
    windows), what recordings carry, and ``mfcc_0_mean`` and so on.
    """

    name = "csv"

    def __init__(self, place: Path, about: About) -> None:
        self._about = about
        self._windows = about.metadata.get("windows") is not None
        place.mkdir()
        write_about(place, about, f"{about.dtype}, a column for each of rows, a line for each window")
        table = place / "table.csv"
        self._stream = table.open("w", newline="", encoding="utf-8", errors="backslashreplace")
        self._writer = csv_writer(self._stream)
        self._writer.writerow(_header(about))

    def add(self, row: Row, values: np.ndarray) -> None:
        told = [value for name, value in facts(row, values, self._about).items() if name not in NOT_TOLD]
        for k, column in enumerate(values.T):
            window = [k] if self._windows else []
            # The fewest digits that name each number among those of its type.
            self._writer.writerow([*told, *window, *row.carried, *map(str, column)])

    def close(self) -> None:
        self._stream.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._stream.close()

    @classmethod
    def check(cls, about: About) -> None:
        super().check(about)
        if not about.metadata.get("summary"):
            raise ParameterError(
                "format='csv': holds statistics, and whole matrices were asked for; give summary too, for "
                "example mean,std, or another format"
            )
        twice = [name for name, count in Counter(_header(about)).items() if count > 1]
        if twice:
            raise ParameterError(f"columns: {twice[0]!r} would be in the table twice; rename yours")

    @classmethod
    def fits(cls, values: np.ndarray, about: About) -> None:
        wanted = len(about.metadata["rows"])
        if len(values) != wanted:
            raise ParameterError(
                f"y: gives {len(values)} statistics, but the table has {wanted} columns; give sr, so that "
                "all recordings have one rate, or another format"
            )


def _header(about: About) -> list[str]:
    told = [name for name, _ in columns(about) if name not in NOT_TOLD]
    window = ["window"] if about.metadata.get("windows") is not None else []
    return [*told, *window, *(name for name, _ in about.columns), *about.metadata["rows"]]

"""CSV tables of statistics: one column per statistic, one line per recording or window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...files.csv_lines import csv_writer
from ..items import Row
from . import About, Format, Writer
from .folder import row_columns, row_facts, write_about

__all__ = ["FORMAT"]

#: Facts of a row that are not in the table; the header gives the number of values.
LEFT_OUT = ("n_frames", "n_rows", "crc32")


class CsvWriter(Writer):
    """A folder ``part-00000``: ``about.json`` and ``table.csv``.

    Columns: id, part, start, channel (if each channel has its own rows), sr, duration, sha256, window (with
    windows), the carried columns, and ``mfcc_0_mean`` and so on.
    """

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
        facts = row_facts(row, values, self._about).items()
        known = [value for name, value in facts if name not in LEFT_OUT]
        for k, column in enumerate(values.T):
            window = [k] if self._windows else []
            # The fewest digits that distinguish a number from all others of its type.
            self._writer.writerow([*known, *window, *row.carried, *map(str, column)])

    def close(self) -> None:
        self._stream.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._stream.close()


class Csv(Format):
    """Folders with one CSV table."""

    name = "csv"
    mark = "table.csv"
    read_with = "pandas.read_csv('{place}/table.csv')"

    def write(self, place: Path, about: About) -> Writer:
        return CsvWriter(place, about)

    def check(self, about: About) -> None:
        super().check(about)
        if not about.metadata.get("summary"):
            raise ParameterError(
                "format='csv': can hold only statistics, not whole matrices; give summary, for "
                "example mean,std, or another format"
            )
        twice = [name for name, count in Counter(_header(about)).items() if count > 1]
        if twice:
            raise ParameterError(f"columns: {twice[0]!r} would occur twice in the table; rename your column")

    def exact(self, options: Mapping[str, Any]) -> bool:
        return False  # texts, and no checksums

    def check_values(self, values: np.ndarray, about: About) -> None:
        wanted = len(about.metadata["rows"])
        if len(values) != wanted:
            raise ParameterError(
                f"y: gives {len(values)} statistics, but the table has {wanted} columns; give sr, so that "
                "all recordings have one rate, or another format"
            )


FORMAT = Csv()


def _header(about: About) -> list[str]:
    known = [name for name, _ in row_columns(about) if name not in LEFT_OUT]
    window = ["window"] if about.metadata.get("windows") is not None else []
    return [*known, *window, *(name for name, _ in about.columns), *about.metadata["rows"]]

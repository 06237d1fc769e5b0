"""Tar shards in WebDataset's layout: for each row a JSON file and then a NumPy file."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..checksums import combined
from ..items import Row
from . import About, Format, Reader, Writer
from .damage import fail_unreadable
from .folder import json_values, row_facts
from .npy import write_npy

__all__ = ["FORMAT"]


class WebDatasetWriter(Writer):
    """One file ``part-00000.tar``: ``00000-000000.json``, ``00000-000000.npy``, and so on.

    The names are the numbers of shard and row, since a dot in an id would end the key of a sample, and keys
    of several shards must differ; the id is in the JSON.
    The metadata are the comment of the archive, a global header of POSIX tar that other programs skip.
    """

    def __init__(self, place: Path, about: About) -> None:
        layout = f"{about.dtype}, a file for each row: numpy.load(file) is (n_rows, n_frames)"
        comment = json.dumps({**about.metadata, "values": layout})  # only ASCII
        self._about = about
        self._carried = [name for name, _ in about.columns]
        self._count = 0
        self._key: str = "".join(filter(str.isdigit, place.name))
        self._tar = tarfile.TarFile(
            place, "x", format=tarfile.PAX_FORMAT, pax_headers={"comment": comment}
        )  # fmt: skip

    def add(self, row: Row, values: np.ndarray) -> None:
        line = row_facts(row, values, self._about)
        self.chain: int = combined(self.chain, [line["crc32"]])
        line |= zip(self._carried, json_values(row), strict=True)
        self._put("json", json.dumps(line).encode("ascii"))
        file = io.BytesIO()
        write_npy(file, values)
        self._put("npy", file.getvalue())
        self._count += 1

    def _put(self, ending: str, data: bytes) -> None:
        member = tarfile.TarInfo(
            f"{self._key}-{self._count:06d}.{ending}"
        )  # no owner and no time, so that equal runs write equal bytes
        member.size = len(data)
        self._tar.addfile(member, io.BytesIO(data))

    def close(self) -> None:
        self._tar.close()

    def abandon(self) -> None:
        with suppress(Exception):
            self._tar.close()


class WebDatasetReader(Reader):
    """One file ``part-00000.tar``; its members are located once and read directly from it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        try:
            with tarfile.open(place, "r:") as tar, open(place, "rb") as file:
                members = tar.getmembers()
                self.about: Mapping[str, Any] = json.loads(comment_of(tar))
                pairs = list(zip(members[::2], members[1::2], strict=True))
                for facts, values in pairs:
                    check_pair(facts, values)
                rows = [json.loads(_content(file, facts)) for facts, _ in pairs]
            self.names: list[str] = list(rows[0])
            self._columns = {name: [row[name] for row in rows] for name in self.names}
        except (OSError, ValueError, KeyError, IndexError, TypeError, tarfile.TarError) as error:
            fail_unreadable(place, error)
        self.count: int = len(rows)
        self._values = [values for _, values in pairs]

    def column(self, name: str) -> list[Any]:
        return self._columns[name]

    def rows(self, numbers: Sequence[int]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
        try:
            with open(self.place, "rb") as file:
                for number in numbers:
                    facts = {name: column[number] for name, column in self._columns.items()}
                    data = io.BytesIO(_content(file, self._values[number]))
                    yield facts, np.lib.format.read_array(data, allow_pickle=False)
        except (OSError, ValueError) as error:
            fail_unreadable(self.place, error)


def comment_of(tar: tarfile.TarFile) -> str:
    """The metadata; an archive that another program made has none."""
    if "comment" not in tar.pax_headers:
        raise ValueError("the archive has no comment with the settings; another program may have packed it")
    return tar.pax_headers["comment"]


def check_pair(facts: tarfile.TarInfo, values: tarfile.TarInfo) -> None:
    """Refuse two neighbours in an archive that are not the JSON and the values of one row."""
    key = facts.name.removesuffix(".json")
    if not (facts.isreg() and values.isreg() and facts.name == f"{key}.json" and values.name == f"{key}.npy"):
        raise ValueError(f"{facts.name} and {values.name} are not the two files of a row")


def _content(file: io.BufferedReader, member: tarfile.TarInfo) -> bytes:
    """The bytes of a member, read from the archive itself."""
    file.seek(member.offset_data)
    data = file.read(member.size)
    if len(data) < member.size:
        raise ValueError(f"{member.name} ends early")
    return data


class WebDataset(Format):
    """Tar files, as the package webdataset streams them."""

    name = "webdataset"
    ending = ".tar"

    def write(self, place: Path, about: About) -> Writer:
        return WebDatasetWriter(place, about)

    def read(self, place: Path) -> Reader:
        return WebDatasetReader(place)


FORMAT = WebDataset()

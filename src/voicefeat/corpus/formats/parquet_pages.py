"""Pages of lists of numbers in Parquet files, written and found without Arrow.

Arrow encodes two levels for each number, which say where lists begin, and takes longer for them than for the
numbers. Here a list is two runs of equal levels, and its numbers are the bytes of the array.

Source: the Apache Parquet format, https://parquet.apache.org/docs/file-format/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .thrift import BINARY, I16, I32, I64, LIST, STRUCT, Struct, read_struct, varint, write_struct

__all__ = ["Chunk", "first_value", "footer", "pages", "parsed_footer"]

#: Numbers of Parquet's enumerations.
DATA_PAGE, PLAIN, RLE, UNCOMPRESSED = 0, 0, 3, 0
#: The physical types of values, by their type; float16 has a fixed length.
PHYSICAL = {"float32": 4, "float64": 5, "float16": 7}
#: Values of a page: its size in bytes must be below 2^31.
MOST_VALUES = 1 << 26
#: Fields of the metadata of a column that are positions in the file.
_POSITIONS = (9, 10, 11, 14)


class Chunk(NamedTuple):
    """The values of a row group: one chunk of a column of lists."""

    #: Position of the first page, and bytes of all pages.
    at: int
    size: int
    #: Number of values, in which an empty list counts as one.
    entries: int
    dtype: str

    def column(self) -> Struct:
        """The chunk in the footer."""
        levels = (I32, [PLAIN, RLE])
        path = (BINARY, [b"values", b"list", b"element"])
        told: Struct = {
            1: (I32, PHYSICAL[self.dtype]), 2: (LIST, levels), 3: (LIST, path), 4: (I32, UNCOMPRESSED),
            5: (I64, self.entries), 6: (I64, self.size), 7: (I64, self.size), 9: (I64, self.at),
        }  # fmt: skip
        return {2: (I64, 0), 3: (STRUCT, told)}


def pages(values: np.ndarray, ends: Sequence[int]) -> Iterator[tuple[bytes, np.ndarray]]:
    """The pages of lists that end at `ends` in `values`; the first of `ends` is 0. Of each: head, values.

    Lists of more than `MOST_VALUES` values begin a page and may have several.
    """
    first = 0
    for last in range(1, len(ends)):
        size = ends[last] - ends[first]
        if last + 1 < len(ends) and ends[last + 1] - ends[first] <= MOST_VALUES:
            continue
        if size <= MOST_VALUES:
            sizes = [b - a for a, b in zip(ends[first:last], ends[first + 1 : last + 1], strict=True)]
            yield _head(sizes, True, values.itemsize), values[ends[first] : ends[last]]
        else:
            for at in range(ends[first], ends[last], MOST_VALUES):
                part = values[at : min(at + MOST_VALUES, ends[last])]
                yield _head([part.size], at == ends[first], values.itemsize), part
        first = last


def _head(sizes: list[int], begins: bool, itemsize: int) -> bytes:
    """The header of a page and its levels: of lists of these sizes, or of one that goes on from before."""
    repeated, defined, full = b"", b"", 0
    for size in sizes:
        repeated += _run(1, 0) + _run(size - 1, 1) if begins else _run(size, 1)
        if size:
            full += size
        else:  # an empty list has one entry, which is no value
            defined += _run(full, 1) + _run(1, 0)
            full = 0
    defined += _run(full, 1)
    levels = b"".join(len(each).to_bytes(4, "little") + each for each in (repeated, defined))
    size = len(levels) + sum(sizes) * itemsize
    about: Struct = {
        1: (I32, sum(max(size, 1) for size in sizes)), 2: (I32, PLAIN), 3: (I32, RLE), 4: (I32, RLE),
    }  # fmt: skip
    told: Struct = {1: (I32, DATA_PAGE), 2: (I32, size), 3: (I32, size), 5: (STRUCT, about)}
    return write_struct(told) + levels


def _run(count: int, level: int) -> bytes:
    return varint(count << 1) + bytes([level]) if count > 0 else b""


def first_value(head: bytes, size: int) -> tuple[int, int]:
    """Position of the first value in a chunk of `size` bytes that begins with `head`, and how many follow.

    Raises
    ------
    ValueError
        If it is not one page as `pages` writes it.
    """
    told, at = read_struct(head)
    try:
        about = told[5][1]
        kinds = [told[1][1], *(about[k][1] for k in (2, 3, 4))]
        whole = told[2][1] == told[3][1] == size - at
    except (KeyError, TypeError) as error:
        raise ValueError("is no page") from error
    if kinds != [DATA_PAGE, PLAIN, RLE, RLE] or not whole:
        raise ValueError("is not one plain page")
    for _ in range(2):  # the levels: where lists begin, and where they are not empty
        if at + 4 > len(head):
            raise ValueError("has more levels than were read")
        at += 4 + int.from_bytes(head[at : at + 4], "little")
    return at, size - at


def parsed_footer(file: bytes) -> Struct:
    """The footer of a Parquet file that ends with `file`."""
    size = int.from_bytes(file[-8:-4], "little")
    return read_struct(file[-8 - size : -8])[0]


def footer(schema: Struct, others: Struct, chunks: Sequence[Chunk], place: int) -> bytes:
    """The end of a file whose column number `place` was written apart, a chunk after each row group.

    `schema` is the footer of a file of all columns without rows; `others` that of the other columns, with
    positions as if they were alone in the file.

    Raises
    ------
    ValueError
        If a row group does not end where its chunk begins.
    """
    groups, shift = others[4][1][1], 0
    for number, (group, chunk) in enumerate(zip(groups, chunks, strict=True)):
        columns: list[Any] = group[1][1][1]
        for column in columns:
            told = column[3][1]
            for key in _POSITIONS:
                if key in told:
                    told[key] = told[key][0], told[key][1] + shift
        begin = group[5][1] + shift
        if begin + group[6][1] != chunk.at:
            raise ValueError(f"the columns of row group {number} do not end at byte {chunk.at}")
        columns.insert(place, chunk.column())
        for key in (2, 6):  # bytes of the group
            group[key] = I64, group[key][1] + chunk.size
        group[5] = I64, begin
        group[7] = I16, number
        shift += chunk.size
    end = write_struct({**schema, 3: others[3], 4: (LIST, (STRUCT, groups))})
    return end + len(end).to_bytes(4, "little") + b"PAR1"

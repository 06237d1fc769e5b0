"""Thrift's compact protocol, in which footers and page headers of Parquet are written, as plain values."""

from __future__ import annotations

import struct
from typing import Any

__all__ = ["BINARY", "I16", "I32", "I64", "LIST", "STRUCT", "Struct", "read_struct", "varint", "write_struct"]

TRUE, FALSE, I8, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 12
#: A struct by the numbers of its fields, each a type and a value. The value of a list is the type of its
#: elements and the elements; that of a boolean is its type.
Struct = dict[int, tuple[int, Any]]


def read_struct(data: bytes, at: int = 0) -> tuple[Struct, int]:
    """The struct that begins at byte `at`, and the position after it.

    Raises
    ------
    ValueError
        If the bytes are no such struct.
    """
    found: Struct = {}
    number = 0
    try:
        while head := data[at]:
            kind, step, at = head & 15, head >> 4, at + 1
            if step:
                number += step
            else:
                number, at = _integer(data, at)
            value, at = _read(kind, data, at)
            found[number] = kind, value
    except (IndexError, struct.error) as error:
        raise ValueError(f"ends at byte {at} within a struct") from error
    return found, at + 1


def write_struct(fields: Struct) -> bytes:
    """The bytes of a struct."""
    parts, before = [], 0
    for number, (kind, value) in sorted(fields.items()):
        step = number - before
        parts.append(bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + _zigzag(number))
        parts.append(_write(kind, value))
        before = number
    return b"".join(parts) + b"\0"


def varint(value: int) -> bytes:
    """A number of seven bits a byte, the lowest first."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _zigzag(value: int) -> bytes:
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(data, at)
    return value >> 1 ^ -(value & 1), at


def _read(kind: int, data: bytes, at: int) -> tuple[Any, int]:
    if kind in (TRUE, FALSE):
        return kind, at
    if kind == I8:
        return data[at], at + 1
    if kind in (I16, I32, I64):
        return _integer(data, at)
    if kind == DOUBLE:
        return struct.unpack_from("<d", data, at)[0], at + 8
    if kind == BINARY:
        size, at = _unsigned(data, at)
        return data[at : at + size], at + size
    if kind == STRUCT:
        return read_struct(data, at)
    if kind != LIST:
        raise ValueError(f"has the type {kind} at byte {at}")
    head, at = data[at], at + 1
    size, inner = head >> 4, head & 15
    if size == 15:
        size, at = _unsigned(data, at)
    values = []
    for _ in range(size):
        value, at = _read_element(inner, data, at)
        values.append(value)
    return (inner, values), at


def _read_element(kind: int, data: bytes, at: int) -> tuple[Any, int]:
    """In a list, a boolean is a byte."""
    return (data[at], at + 1) if kind in (TRUE, FALSE) else _read(kind, data, at)


def _write(kind: int, value: Any) -> bytes:
    if kind in (TRUE, FALSE):
        return b""
    if kind == I8:
        return bytes([value])
    if kind in (I16, I32, I64):
        return _zigzag(value)
    if kind == DOUBLE:
        return struct.pack("<d", value)
    if kind == BINARY:
        return varint(len(value)) + value
    if kind == STRUCT:
        return write_struct(value)
    inner, values = value
    head = (
        bytes([len(values) << 4 | inner]) if len(values) < 15 else bytes([0xF0 | inner]) + varint(len(values))
    )
    if inner in (TRUE, FALSE):
        return head + bytes(values)
    return head + b"".join(_write(inner, each) for each in values)

"""Decoding of recordings: all samples of a file, even if its header says otherwise, or an error."""

from .checks import check_room, first_not_finite
from .files import Content, printable_name, sample_at
from .read import blocks, kind, length, read

__all__ = [
    "Content",
    "blocks",
    "check_room",
    "first_not_finite",
    "kind",
    "length",
    "printable_name",
    "read",
    "sample_at",
]

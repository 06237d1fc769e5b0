"""Recordings as samples: all that are there, whatever a header says, and an error for what is not."""

from .checks import check_room, first_not_finite
from .files import printable_name, sample_at
from .read import blocks, kind, length, read

__all__ = [
    "blocks",
    "check_room",
    "first_not_finite",
    "kind",
    "length",
    "printable_name",
    "read",
    "sample_at",
]

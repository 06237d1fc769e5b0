"""The folders of a run with several features or front ends, one for each, of its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ...errors import ParameterError, fail

__all__ = ["check_folders", "plain"]


def plain(name: str) -> str:
    """A name that a folder may have.

    Examples
    --------
    >>> plain("my lfcc"), plain("../x")
    ('my_lfcc', '_x')
    """
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).lstrip(".")


def check_folders(names: Sequence[str]) -> None:
    """Refuse names of which two would be one folder, on any disk, or one a file or a shard of the run.

    Raises
    ------
    ParameterError
        With both names.
    """
    held: dict[str, str] = {}
    for name in names:
        folder = plain(name)
        if not folder or folder.startswith(("part-", "_state", "_failures", "_recordings")):
            fail("name", name, "is none that the folder of a front end can have", "rename the front end")
        same = unicodedata.normalize("NFC", folder).casefold()  # some disks do not tell capitals apart
        other = held.setdefault(same, name)
        if other is not name:
            told = f"would both have the folder {folder!r}; rename one"
            raise ParameterError(f"front ends {other!r} and {name!r}: {told}")

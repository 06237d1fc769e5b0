"""The folders of a run with several features or front ends: each has a folder with its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ...errors import ParameterError, fail

__all__ = ["check_folders", "plain"]


def plain(name: str) -> str:
    """The name of the folder of a front end.

    Examples
    --------
    >>> plain("my lfcc"), plain("../x")
    ('my_lfcc', '_x')
    """
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).lstrip(".")


def check_folders(names: Sequence[str]) -> None:
    """Refuse two names with the same folder on any disk, and names of the run's own files.

    Raises
    ------
    ParameterError
        The error names both.
    """
    names_by_folder: dict[str, str] = {}
    for name in names:
        folder = plain(name)
        if not folder or folder.startswith(("part-", "_state", "_failures", "_recordings")):
            fail("name", name, "cannot be the name of a folder for a front end", "rename the front end")
        same = unicodedata.normalize("NFC", folder).casefold()  # some disks ignore case
        other = names_by_folder.setdefault(same, name)
        if other is not name:
            problem = f"would both have the folder {folder!r}; rename one"
            raise ParameterError(f"front ends {other!r} and {name!r}: {problem}")

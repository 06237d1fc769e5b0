"""Reading text files of other programs: only regular files, and only UTF-8."""

from __future__ import annotations

import codecs
import os
import re
import stat
from typing import Any, TextIO

from ..errors import ParameterError, check_path, fail

__all__ = ["BLANK", "open_text", "refuse_pipe", "toml", "words"]

#: The byte order marks of UTF-16 and UTF-32; the longer ones first.
_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: The characters that separate words in protocols, score files and Kaldi's lists. `str.split` would also
#: split at others, such as a no-break space, which may be part of a name.
BLANK = " \t\n\r\v\f"
_SPACES = re.compile(f"[{BLANK}]+")
_ODD = re.compile(r"[\x1c-\x1f\x80-\U0010ffff]").search


def refuse_pipe(name: str, path: str | os.PathLike[str]) -> None:
    """Refuse a pipe or a device: opening one could wait forever. A missing file is left to `open`."""
    try:
        kind = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        problem = "is a pipe or a device, not a regular file"
        fail(name, os.fspath(path), problem, "copy its content into a file")


def open_text(name: str, path: str | os.PathLike[str], **how: Any) -> TextIO:
    """Open a text file for reading, as UTF-8 with or without a byte order mark.

    Raises
    ------
    ParameterError
        If it is a pipe or a device, or a text in UTF-16 or UTF-32, as some spreadsheets save it.
    OSError
        If the file cannot be opened.
    """
    path = check_path(name, path)
    refuse_pipe(name, path)
    with open(path, "rb") as file:
        head = file.read(4)
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    if mark or (len(head) > 1 and (head[0] == 0) != (head[1] == 0)):  # an ASCII letter beside a zero byte
        form = "UTF-32" if len(mark) == 4 else "UTF-16"
        fail(name, os.fspath(path), f"is {form}", "save it as UTF-8 ('CSV UTF-8' of a spreadsheet)")
    return open(path, encoding="utf-8-sig", **how)


def toml(name: str, text: Any, remedy: str) -> dict[str, Any]:
    """The tables of a text in TOML.

    Raises
    ------
    ParameterError
        If it is not valid TOML, or Python cannot read it: too many digits or too many brackets.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        why = "too many brackets" if isinstance(error, RecursionError) else error
        raise ParameterError(f"{name}: is not TOML ({why}); {remedy}") from None


def words(line: str) -> list[str]:
    """The words of a line, separated by ASCII spaces and tabs.

    Examples
    --------
    >>> words("LA_0079  one\\u00a0name\\t-\\n")
    ['LA_0079', 'one\\xa0name', '-']
    """
    if _ODD(line) is None:
        return line.split()
    return [word for word in _SPACES.split(line) if word]

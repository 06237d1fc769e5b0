"""Where the paths of a list lie: below one folder, and nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from ..errors import ParameterError, reject
from .sources import Source, printable

__all__ = ["Root", "once", "some_there"]

#: Paths that stay where they are put, however many there are to look at: no part of them begins with a dot.
_PLAIN = re.compile(r"[^/.\\:\0][^/\\:\0]*(/[^/.\\:\0][^/\\:\0]*)*").fullmatch


class Root:
    """The folder that the paths of a list are relative to, and must not leave.

    Parameters
    ----------
    folder : path-like
        An existing folder.

    Examples
    --------
    >>> root = Root(".")
    >>> root.place("a/./b.wav")
    ('a/b.wav', './a/b.wav')
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder)
        if not os.path.isdir(self.folder):
            problem = "is a file" if os.path.lexists(self.folder) else "there is no such folder"
            reject("root", self.folder, problem, "give the folder that the paths are relative to")
        self._before = os.path.join(self.folder, "")
        self._above = os.path.join(os.path.abspath(self.folder), "")

    def place(self, text: str) -> tuple[str, str]:
        """The path `text` relative to the root as an id, and as it is opened.

        What counts is how a path reads: links inside the root may lead anywhere.
        """
        if text.isascii() and _PLAIN(text):
            return text, self._before + text
        try:
            possible = b"\0" not in os.fsencode(text)
        except UnicodeEncodeError:
            possible = False
        if not possible:
            reject("path", text, "is no name that a file can have", "mend it")
        relative = os.path.normpath(text)
        if os.path.isabs(relative):
            if not relative.startswith(self._above):
                self._outside(text)
            relative = relative[len(self._above) :]
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            self._outside(text)
        return printable(relative), self._before + relative

    def _outside(self, text: str) -> None:
        remedy = "give a root that holds all of them (--root DIR), or leave it out"
        reject("path", text, f"lies outside the root {self.folder!r}", remedy)


def once(where: str, line: int, identity: str, seen: dict[str, int]) -> None:
    """See that no other line has the same id; `where` is the file, and what it has of it."""
    first = seen.setdefault(identity, line)
    if first != line:
        told = f"has the id {identity!r}, as has {where.rpartition(', ')[2]} {first}"
        raise ParameterError(f"{where} {line}: {told}; give each an id of its own")


def some_there(name: str, file: str, sources: Sequence[Source], root: str, links: Sequence[str] = ()) -> int:
    """How many files of a list are missing; an error if that is all of them."""
    missing = _count_missing(sources)
    if missing == len(sources):
        each = f"none of its {missing:,} recordings is" if missing > 1 else "its recording is not"
        beside = f", and links to folders are not followed ({', '.join(links)})" if links else ""
        reject(
            name, file, f"{each} below {root!r}, the first would be {sources[0].path!r}{beside}",
            "give the folder that the paths are relative to as the root (--root DIR)",
        )  # fmt: skip
    return missing


def _count_missing(sources: Iterable[Source]) -> int:
    """How many of `sources` are not there.

    Folders are listed rather than files looked for: on a disk across a network a million questions take
    minutes.
    """
    held: dict[str, set[str]] = {}
    missing = 0
    for source in sources:
        folder, name = os.path.split(source.path)
        if folder not in held:
            held[folder] = _names(folder or os.curdir)
        # Names may be there in another spelling: the disk has the last word.
        missing += name not in held[folder] and not os.path.lexists(source.path)
    return missing


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()

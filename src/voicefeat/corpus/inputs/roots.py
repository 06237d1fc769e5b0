"""The paths of a list, which must be below one folder."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NoReturn

from ...errors import ParameterError, check_path, fail
from .other_names import UNICODE, Folders, reasons_text
from .sources import Source, printable

__all__ = ["Root", "located", "once"]

#: Paths that cannot leave the root, recognised fast: no part of them begins with a dot.
_PLAIN = re.compile(r"[^/.\\:\0][^/\\:\0]*(/[^/.\\:\0][^/\\:\0]*)*").fullmatch


class Root:
    """The folder of a list's relative paths, which must not lead outside.

    Parameters
    ----------
    folder : path-like
        An existing folder.
    anywhere : bool
        Take absolute paths outside the folder as they are.

    Examples
    --------
    >>> root = Root(".")
    >>> root.place("a/./b.wav")
    ('a/b.wav', './a/b.wav')
    >>> Root(".", anywhere=True).place("/corpus/b.wav")
    ('/corpus/b.wav', '/corpus/b.wav')
    """

    def __init__(self, folder: str | os.PathLike[str], anywhere: bool = False) -> None:
        self.folder: str = check_path("root", folder)
        if not os.path.isdir(self.folder):
            problem = "is a file" if os.path.lexists(self.folder) else "there is no such folder"
            fail("root", self.folder, problem, "give the folder that the paths are relative to")
        self._anywhere = anywhere
        self._before = os.path.join(self.folder, "")
        self._above = os.path.join(os.path.abspath(self.folder), "")

    def place(self, text: str) -> tuple[str, str]:
        """The id of the path `text`, relative to the root unless it is outside, and the path to open.

        Only the text of the path is checked: links inside the root may lead anywhere.
        """
        if text.isascii() and _PLAIN(text):
            return text, self._before + text
        try:
            possible = b"\0" not in os.fsencode(text)
        except UnicodeEncodeError:
            possible = False
        if not possible:
            fail("path", text, "cannot be the name of a file", "correct it")
        relative = os.path.normpath(text)
        if os.path.isabs(relative):
            if not relative.startswith(self._above):
                return (printable(relative), text) if self._anywhere else self._outside(text)
            relative = relative[len(self._above) :]
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            self._outside(text)
        return printable(relative), self._before + relative

    def _outside(self, text: str) -> NoReturn:
        remedy = "give a root that holds all of them (--root DIR), or leave it out"
        fail("path", text, f"lies outside the root {self.folder!r}", remedy)


def once(where: str, line: int, identity: str, seen: dict[str, tuple[int, str]], path: str = "") -> None:
    """Refuse an id that occurs in another line; `where` is the file and its unit, "line" or "row"."""
    first, other = seen.setdefault(identity, (line, path))
    if first != line:
        problem = f"has the same id {identity!r} as {where.rpartition(', ')[2]} {first}"
        if other != path:
            problem += f" ({path!r} and {other!r})"
        raise ParameterError(f"{where} {line}: {problem}; give each its own id")


def located(
    name: str,
    file: str,
    sources: Sequence[Source],
    root: str = "",
    links: Sequence[str] = (),
    reasons: Iterable[str] | None = None,
) -> tuple[list[Source], int, str]:
    """The sources of a list with their files, the number of missing files, and the reasons.

    Parameters
    ----------
    name, file : str
        The argument that names the list, and its path.
    sources : sequence of Source
        Other spellings of a missing path are searched, unless the caller has done so and gives `reasons`.
    root : str
        The folder that must contain all paths; "" for none.
    links : sequence of str
        Links to folders, which were not followed.
    reasons : iterable of str, optional
        Why some paths were not found.

    Raises
    ------
    ParameterError
        If no file exists.
    """
    absent = _absent(sources)
    sources, why = list(sources), list(reasons or ())
    if absent and reasons is None:
        before = os.path.join(root, "") if root else ""
        meant, why = _meant({sources[k].path for k in absent}, sources, before)
        for k in absent:
            sources[k] = sources[k]._replace(path=meant.get(sources[k].path, sources[k].path))
        here = set(meant.values())
        absent = [k for k in absent if sources[k].path not in here]
    because = reasons_text(why, len(absent))
    if len(absent) == len(sources):
        each = f"none of its {len(absent):,} recordings is" if len(absent) > 1 else "its recording is not"
        beside = f", and links to folders are not followed ({', '.join(links)})" if links else ""
        known = f" ({because})" if because else ""
        fail(
            name, file,
            f"{each} below {root or os.getcwd()!r}, the first would be {sources[0].path!r}{known}{beside}",
            "give the folder that the paths are relative to as the root (--root DIR)",
        )  # fmt: skip
    return sources, len(absent), because


def _meant(paths: set[str], sources: Sequence[Source], before: str) -> tuple[dict[str, str], list[str]]:
    """The files meant by missing paths, if no other line names the same file; for the others the reasons."""
    folders = Folders(before)
    matches = {path: folders.find(path) for path in sorted(paths)}
    reasons = [why for _, why in matches.values() if why]
    read = {path: meant for path, (meant, _) in matches.items() if meant}
    if not read:
        return {}, reasons
    named = Counter(read.values())
    named.update({source.path for source in sources})
    alone = {path: meant for path, meant in read.items() if named[meant] == 1}
    return alone, reasons + [UNICODE] * (len(read) - len(alone))


def _absent(sources: Iterable[Source]) -> list[int]:
    """The numbers of the sources without a file.

    Folders are listed, because checking a million files on a network disk takes minutes.
    """
    names_in: dict[str, set[str]] = {}
    missing = []
    for k, source in enumerate(sources):
        folder, name = os.path.split(source.path)
        if folder not in names_in:
            names_in[folder] = _names(folder or os.curdir)
        # A disk may accept another spelling of a name, so the file itself is checked.
        if name not in names_in[folder] and not os.path.lexists(source.path):
            missing.append(k)
    return missing


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()

"""Where the paths of a list lie: below one folder, and nowhere else."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ...errors import ParameterError, check_path, fail
from .other_names import UNICODE, Folders, told
from .sources import Source, printable

__all__ = ["Root", "located", "once"]

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
        self.folder: str = check_path("root", folder)
        if not os.path.isdir(self.folder):
            problem = "is a file" if os.path.lexists(self.folder) else "there is no such folder"
            fail("root", self.folder, problem, "give the folder that the paths are relative to")
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
            fail("path", text, "cannot be the name of a file", "correct it")
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
        fail("path", text, f"lies outside the root {self.folder!r}", remedy)


def once(where: str, line: int, identity: str, seen: dict[str, tuple[int, str]], path: str = "") -> None:
    """See that no other line has the same id; `where` is the file, and what it has of it."""
    first, other = seen.setdefault(identity, (line, path))
    if first != line:
        told = f"has the id {identity!r}, as has {where.rpartition(', ')[2]} {first}"
        if other != path:
            told += f" ({path!r} and {other!r})"
        raise ParameterError(f"{where} {line}: {told}; give each an id of its own")


def located(
    name: str,
    file: str,
    sources: Sequence[Source],
    root: str = "",
    links: Sequence[str] = (),
    reasons: Iterable[str] | None = None,
) -> tuple[list[Source], int, str]:
    """The sources of a list, at the files that they mean; how many have none, and what is known of why.

    Parameters
    ----------
    name, file : str
        What the caller calls the list, and where it is.
    sources : sequence of Source
        A path that is not there is read in other ways, as `readings` says, where one alone is possible; by
        the caller, where it gives `reasons`.
    root : str
        The folder that paths do not leave; "" for none.
    links : sequence of str
        Links to folders, which were not followed.
    reasons : iterable of str, optional
        Why some were not found.

    Raises
    ------
    ParameterError
        If none is there.
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
    because = told(why, len(absent))
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
    """What absent paths mean, each a file that no other line names; and of the others why not."""
    folders = Folders(before)
    found = {path: folders.find(path) for path in sorted(paths)}
    reasons = [why for _, why in found.values() if why]
    read = {path: meant for path, (meant, _) in found.items() if meant}
    if not read:
        return {}, reasons
    named = Counter(read.values())
    named.update({source.path for source in sources})
    alone = {path: meant for path, meant in read.items() if named[meant] == 1}
    return alone, reasons + [UNICODE] * (len(read) - len(alone))


def _absent(sources: Iterable[Source]) -> list[int]:
    """Which of `sources` are not there.

    Folders are listed rather than files looked for: on a disk across a network a million questions take
    minutes.
    """
    held: dict[str, set[str]] = {}
    missing = []
    for k, source in enumerate(sources):
        folder, name = os.path.split(source.path)
        if folder not in held:
            held[folder] = _names(folder or os.curdir)
        # Names may be there in another spelling: the disk has the last word.
        if name not in held[folder] and not os.path.lexists(source.path):
            missing.append(k)
    return missing


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()

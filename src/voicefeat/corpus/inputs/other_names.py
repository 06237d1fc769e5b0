"""Other spellings of a missing file's name: Windows separators, another Unicode form, an extra extension.

A list and a disk may come from different systems. If a file has exactly the given name, it is that file;
another spelling counts only if it is the only one.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from functools import cached_property

from .sources import EXTENSIONS

__all__ = ["Files", "Folders", "reasons_text"]

#: Reasons why a name was not matched to an existing file.
UNICODE = "differ only in Unicode form from existing files"
CAPITALS = "differ only in capitals from existing files"
BACKSLASH = "have backslashes, which are part of a file name on this system"


def reasons_text(reasons: Iterable[str], missing: int) -> str:
    """Why `missing` names have no file, in words; "" if unknown.

    Examples
    --------
    >>> reasons_text([UNICODE, UNICODE], 2)
    'these differ only in Unicode form from existing files'
    >>> reasons_text([CAPITALS], 3)
    '1 of these differs only in capitals from existing files'
    """
    counts: dict[str, int] = {}
    for reason in filter(None, reasons):
        counts[reason] = counts.get(reason, 0) + 1
    parts = []
    for reason, count in counts.items():
        if count == missing:
            parts.append(f"these {reason}")
        else:
            one = reason.replace("differ", "differs", 1).replace("have", "has", 1)
            parts.append(f"{count:,} of these {one if count == 1 else reason}")
    return "; ".join(parts)


def same(name: str) -> str:
    """`name` in Unicode form NFC, in which equal names are equal."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


class Folders:
    """The folders below one folder, each listed when it is first needed."""

    def __init__(self, before: str) -> None:
        #: The beginning of all paths: a folder and its separator, or nothing.
        self._before = before
        self._held: dict[str, tuple[dict[str, list[str]], set[str]]] = {}

    def find(self, path: str) -> tuple[str, str]:
        """The only file that a missing `path` can mean, or "" with the reason."""
        if path.isascii() and "\\" not in path:
            return "", self._capitals(path)
        relative = path.removeprefix(self._before)
        found = self._alike(relative)
        if "\\" in relative and os.sep != "\\":
            plain = os.path.normpath(relative.replace("\\", "/"))
            inside = not os.path.isabs(plain) and plain.split("/")[0] != os.pardir
            found += self._alike(plain) if inside or not self._before else []
        if len(found) == 1:
            return found[0], ""
        if found:
            return "", UNICODE
        return "", BACKSLASH if "\\" in relative else self._capitals(path)

    def _alike(self, relative: str) -> list[str]:
        """The files with that name in any Unicode form; only the exact name if it exists."""
        first, *parts = relative.split("/")
        places = [self._before]
        if not first and parts:  # an absolute path
            places, first, *parts = ["/"], *parts
        for part in [first, *parts]:
            places = [place for above in places for place in self._inside(above, part)]
        return [place.rstrip("/") for place in places if place != self._before]

    def _inside(self, above: str, part: str) -> list[str]:
        if os.path.lexists(above + part):
            return [f"{above}{part}/"]
        if part.isascii():
            return []
        return [f"{above}{name}/" for name in self._listed(above)[0].get(same(part), [])]

    def _capitals(self, path: str) -> str:
        folder, name = os.path.split(path)
        return CAPITALS if name.casefold() in self._listed(folder)[1] else ""

    def _listed(self, folder: str) -> tuple[dict[str, list[str]], set[str]]:
        """The names in a folder by their form NFC, and in lower case."""
        if folder not in self._held:
            try:
                names = sorted(os.listdir(folder or os.curdir))
            except OSError:
                names = []
            forms: dict[str, list[str]] = {}
            for name in names:
                if not name.isascii():
                    forms.setdefault(same(name), []).append(name)
            self._held[folder] = forms, {name.casefold() for name in names}
        return self._held[folder]


class Files:
    """Files below a folder, found by names that may include an extension or folders.

    Parameters
    ----------
    files : iterable of (str, str)
        The name of each file below the folder, with ``/``, and its path.
    """

    def __init__(self, files: Iterable[tuple[str, str]]) -> None:
        self._files = list(files)

    @cached_property
    def _written(self) -> dict[str, list[str]]:
        paths_by_name: dict[str, list[str]] = {}
        for below, path in self._files:
            for name in {below, os.path.splitext(below)[0], os.path.basename(below)}:
                paths_by_name.setdefault(name, []).append(path)
        return paths_by_name

    @cached_property
    def _stems(self) -> dict[str, list[str]]:
        paths_by_stem: dict[str, list[str]] = {}
        for below, path in self._files:
            paths_by_stem.setdefault(os.path.splitext(os.path.basename(below))[0], []).append(path)
        return paths_by_stem

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        paths_by_form: dict[str, list[str]] = {}
        for names in (self._written, self._stems):
            for name, paths in names.items():
                same_form = paths_by_form.setdefault(same(name), [])
                same_form += [path for path in paths if path not in same_form]
        return paths_by_form

    @cached_property
    def _plain(self) -> set[str]:
        return {name.casefold() for name in (*self._written, *self._stems)}

    def find(self, name: str) -> tuple[list[str], str]:
        """The files that `name` may mean, or none with the reason."""
        plain = name.replace("\\", "/")
        bare, ending = os.path.splitext(plain)
        names = [plain] if ending.lower() not in EXTENSIONS else [plain, bare]
        for each in names:
            found = self._written.get(each) or self._stems.get(each) or []
            if found:
                return found, ""
        for each in names:
            found = self._forms.get(same(each), [])
            if found:
                return (found, "") if len(found) == 1 else ([], UNICODE)
        return [], CAPITALS if any(each.casefold() in self._plain for each in names) else ""

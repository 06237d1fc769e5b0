"""Patterns like ``corpus/*/wav/**/*.flac``, for more files than a command line can hold."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["matches", "split_pattern"]

_WILD = frozenset("*?[")


def split_pattern(text: str) -> tuple[str, Sequence[str]]:
    """The folder before the first part with a wildcard, and the parts from there on; none without one.

    Examples
    --------
    >>> split_pattern("corpus/2019/*/flac/*.flac")
    ('corpus/2019', ('*', 'flac', '*.flac'))
    >>> split_pattern("*.wav"), split_pattern("a/b.wav")
    (('.', ('*.wav',)), ('a/b.wav', ()))
    """
    parts = Path(text).parts
    wild = [k for k, part in enumerate(parts) if _WILD.intersection(part)]
    if not wild:
        return text, ()
    return str(Path(*parts[: wild[0]])), parts[wild[0] :]


def matches(folder: str, parts: Sequence[str], links: list[str]) -> Iterator[str]:
    """The files and folders below `folder` that a pattern means, in a fixed order.

    ``*``, ``?`` and ``[...]`` stand for letters of one name, ``**`` for folders to any depth. Hidden names
    are matched only where the pattern has the dot. Links to folders are followed where the pattern has their
    very name; those that it only matches go to `links`.
    """
    below = [(folder, parts)]
    while below:  # not by a call for each folder, of which Python has a thousand
        folder, parts = below.pop()
        head, rest = parts[0], parts[1:]
        names = sorted(os.listdir(folder))
        deeper: list[tuple[str, Sequence[str]]] = [(folder, rest or ("*",))] if head == "**" else []
        for name in names:
            path = os.path.join(folder, name)
            if head == "**":
                wanted, follow, then = not name.startswith("."), False, parts
            else:
                wanted = fnmatchcase(name, head) and name.startswith(".") == head.startswith(".")
                follow, then = name == head, rest
            if not wanted:
                continue
            if not follow and os.path.islink(path) and os.path.isdir(path):
                links.append(path)
            elif not then:
                yield path
            elif os.path.isdir(path):
                deeper.append((path, then))
        below += reversed(deeper)

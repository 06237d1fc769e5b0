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
    head, rest = parts[0], parts[1:]
    names = sorted(os.listdir(folder))
    if head != "**":
        for name in names:
            path = os.path.join(folder, name)
            if not fnmatchcase(name, head) or name.startswith(".") != head.startswith("."):
                continue
            if name != head and os.path.islink(path) and os.path.isdir(path):
                links.append(path)
            elif not rest:
                yield path
            elif os.path.isdir(path):
                yield from matches(path, rest, links)
        return
    yield from matches(folder, rest or ("*",), links)
    for name in names:
        path = os.path.join(folder, name)
        if name.startswith(".") or not os.path.isdir(path):
            continue
        if os.path.islink(path):
            links.append(path)
        else:
            yield from matches(path, parts, links)

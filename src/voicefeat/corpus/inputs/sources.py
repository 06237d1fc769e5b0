"""The recordings of a run: files, folders and patterns give one sorted list of sources with unique ids.

An id is the path below the given folder, or below the folder in which a pattern begins, with ``/`` between
its parts on every system; the id of a given file is its name. The list is sorted by id, so it depends neither
on the order of the arguments nor on the file system.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ...errors import ParameterError, check_path, fail

__all__ = [
    "EXTENSIONS",
    "Listing",
    "SIDE",
    "Source",
    "TAKEN",
    "find_sources",
    "matches",
    "printable",
    "split_pattern",
    "walk",
]


_WILD = frozenset("*?[")


def split_pattern(text: str) -> tuple[str, Sequence[str]]:
    """The folder before the first part with a wildcard, and the parts from there on; none without wildcard.

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
    """The files and folders below `folder` that match a pattern, in a fixed order.

    ``*``, ``?`` and ``[...]`` stand for letters of one name, ``**`` for folders to any depth. Hidden names
    match only a part with a dot. Links to folders are followed where the pattern has their exact name; other
    links that match go to `links`.
    """
    below = [(folder, parts)]
    while below:  # no recursion, which Python limits to a thousand calls
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


#: Extensions of audio. libsndfile detects the format by the content, so a wrong extension does no harm.
# fmt: off
READABLE = frozenset({
    ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".aif", ".aiff", ".aifc", ".au",
    ".snd", ".caf", ".w64", ".rf64", ".sph", ".nist", ".voc", ".paf", ".sf", ".ircam", ".pvf", ".svx",
    ".iff", ".avr", ".sds", ".wve",
})
#: Audio that libsndfile cannot read; it is listed too, so that it becomes a line of the ledger.
UNREADABLE = frozenset({
    ".m4a", ".aac", ".mp4", ".wma", ".webm", ".amr", ".spx", ".ape", ".wv", ".mka", ".ac3", ".3gp",
})
# fmt: on
EXTENSIONS = READABLE | UNREADABLE
#: The prefix of AppleDouble files, which macOS writes on foreign disks.
SIDE = "._"
#: The names of the columns that every dataset has; carried columns must have others.
TAKEN = frozenset({
    "id", "part", "start", "channel", "sr", "n_frames", "duration", "feature", "n_rows", "sha256", "crc32",
    "values",
})  # fmt: skip


class Source(NamedTuple):
    """One recording, or a segment of one: its id in the dataset, and its file."""

    id: str
    path: str
    #: In seconds; an `end` of None is the end of the file.
    start: float = 0.0
    end: float | None = None
    #: The channel, counted from 0; None leaves the choice to the run.
    channel: int | None = None
    #: The values of `Listing.columns`; None for a missing value.
    carried: tuple[Any, ...] = ()


class Listing(NamedTuple):
    """The recordings of a run, and what was left out."""

    sources: list[Source]
    #: Number of files in folders whose names do not mean audio, by extension.
    ignored: Counter[str]
    #: Links to folders, which are not followed.
    links: list[str]
    #: The carried columns: names, and "string", "int64" or "float64".
    columns: tuple[tuple[str, str], ...] = ()
    #: Number of missing recordings; each becomes a line of the ledger.
    missing: int = 0
    #: Why they are missing, as far as known from their names; "" if unknown.
    because: str = ""

    @property
    def first_missing(self) -> str:
        """The path of the first missing recording; "" if none is missing."""
        paths = (source.path for source in self.sources)
        return next((path for path in paths if not os.path.lexists(path)), "")


def find_sources(paths: Iterable[str | os.PathLike[str]], *, as_given: bool = False) -> Listing:
    """List the recordings below `paths`.

    Parameters
    ----------
    paths : iterable of path-like
        Files (with any name), folders (searched to any depth for names that mean audio), and patterns with
        ``*``, ``?``, ``[...]`` and ``**`` (folders to any depth), unless a file has that exact name. Hidden
        files and folders are skipped; links to folders are not followed.
    as_given : bool
        Keep the order of `paths`, and sort by id only what one folder or pattern gives; by default all
        sources are sorted by id.

    Returns
    -------
    Listing
        Sources in that order, the ignored files by extension, and the links to folders.

    Raises
    ------
    ParameterError
        If a path does not exist, a pattern matches nothing, a folder cannot be listed, or two recordings have
        the same id.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "b.wav").touch(); (folder / "a.flac").touch(); (folder / "notes.txt").touch()
    >>> found = find_sources([folder])
    >>> [source.id for source in found.sources], dict(found.ignored)
    (['a.flac', 'b.wav'], {'.txt': 1})
    """
    ignored: Counter[str] = Counter()
    links: list[str] = []
    by_id: dict[str, Source] = {}
    by_file: dict[str, Source] = {}
    true_folders: dict[str, str] = {}
    if not isinstance(paths, Iterable) or getattr(paths, "ndim", 1) != 1:
        fail("paths", paths, "is not a list of paths", "give files, folders and patterns in a list")
    order: list[str] = []
    for given in paths:
        root = check_path("paths", given)
        base, pattern = split_pattern(root)
        if os.path.isdir(root):
            base = root
            found: Iterable[Source] = walk(root, ignored, links)
        elif os.path.lexists(root):  # a broken link is listed too: the ledger will name it
            base, name = os.path.split(root)
            found = [Source(printable(name), root)]
        elif pattern and os.path.isdir(base):
            found = _matching(root, base, pattern, ignored, links)
        else:
            fail("path", root, "there is no such file or folder", "check the spelling and the working folder")
        if base not in true_folders:  # once for many files of one folder
            true_folders[base] = os.path.join(os.path.realpath(base), "")
        true_root = true_folders[base]
        before = len(by_id)
        for source in found:
            _add(source, true_root + source.id, by_id, by_file)
        if as_given:
            order += sorted(islice(by_id, before, None))
    return Listing([by_id[key] for key in order or sorted(by_id)], ignored, links)


def _add(source: Source, file: str, by_id: dict[str, Source], by_file: dict[str, Source]) -> None:
    same = by_file.setdefault(file, source)
    if same is not source:
        raise ParameterError(
            f"path={source.path!r}: the same file was found twice, also as {same.path!r}; name it once, or a "
            f"folder that holds it"
        )
    other = by_id.setdefault(source.id, source)
    if other is not source:
        raise ParameterError(
            f"path={source.path!r}: would have the same id {source.id!r} as {other.path!r}; give one folder "
            f"above both, a pattern in quotes, or extract them into two datasets"
        )


def walk(root: str, ignored: Counter[str], links: list[str]) -> Iterator[Source]:
    """The recordings below `root`, folder by folder."""
    below, top = [root], os.path.join(root, "")
    while below:  # os.walk is recursive, which Python limits to a thousand calls
        before = os.path.join(below.pop(), "")
        folders, files = _listed(before)
        links += [before + name for name in folders if os.path.islink(before + name)]
        for name in files:
            if (source := _by_name(before + name, top, ignored)) is not None:
                yield source
        below += [before + name for name in reversed(folders) if not os.path.islink(before + name)]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """The folders and files in a folder, sorted, without hidden ones."""
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    (folders if _is_folder(entry) else files).append(entry.name)
    except OSError as error:
        _unlistable(error)
    return sorted(folders), sorted(files)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _matching(
    text: str, base: str, pattern: Sequence[str], ignored: Counter[str], links: list[str]
) -> Iterator[Source]:
    """The recordings that match a pattern, each once: files, and the recordings in folders."""
    found: dict[str, Source] = {}
    try:
        paths = list(matches(base, pattern, links))
    except OSError as error:
        _unlistable(error)
    if not paths:
        fail("path", text, f"matches nothing in {base!r}", "check the pattern, and that it is in quotes")
    for path in paths:
        if os.path.isdir(path):
            before = printable(path.removeprefix(os.path.join(base, "")))
            inside = walk(path, ignored, links)
            sources: Iterable[Source] = (s._replace(id=f"{before}/{s.id}") for s in inside)
        else:
            source = _by_name(path, os.path.join(base, ""), ignored)
            sources = () if source is None else (source,)
        for source in sources:
            found.setdefault(source.path, source)
    yield from found.values()


def _by_name(path: str, top: str, ignored: Counter[str]) -> Source | None:
    """The source of a file below the folder `top` (with a separator at its end); None if it is not audio."""
    extension = os.path.splitext(path)[1].lower()
    if os.path.basename(path).startswith(SIDE):
        ignored[f"{SIDE}*"] += 1
    elif extension in EXTENSIONS:
        return Source(printable(path.removeprefix(top)), path)
    else:
        ignored[extension or "no extension"] += 1
    return None


def _unlistable(error: OSError) -> NoReturn:
    fail("path", error.filename, f"cannot be listed ({error.strerror})", "make it readable or leave it out")


def printable(text: str) -> str:
    """A path or an id as text, with ``/`` between parts and ``\\xff`` for bytes that are not UTF-8."""
    plain = text.replace(os.sep, "/")
    if plain.isascii():
        return plain
    try:
        return plain.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can hold
        return plain.encode("utf-8", "backslashreplace").decode()

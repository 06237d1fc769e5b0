"""ASVspoof protocols, with a folder that holds the audio of their utterances."""

from __future__ import annotations

import os
from collections import Counter
from operator import itemgetter

from ...errors import ParameterError, check_path, fail
from ...files.protocols import LABELS, LAYOUTS
from ...files.text import words
from .other_names import Files
from .records import read_lines, wrong_line
from .roots import Root, located, once
from .sources import EXTENSIONS, Listing, Source, printable, walk

__all__ = ["read_protocol"]

#: The fields of a line, by their number; a single field is a plain list of utterances.
FIELDS: dict[int, tuple[str, ...]] = {1: ("utterance",)} | {len(names): names for names in LAYOUTS.values()}
SHARED = "differ from other utterances only in spelling, so that one file would match both"
CALLED = "1 (a list of utterances), 5 (2019), 8, 12 and 13 (2021 LA, PA, DF) or 10 (ASVspoof 5)"


def read_protocol(file: str | os.PathLike[str], root: str | os.PathLike[str]) -> Listing:
    """The recordings of an ASVspoof protocol, in its order, with its fields as columns.

    Parameters
    ----------
    file : path-like
        A countermeasure protocol of ASVspoof 2019 (LA, PA), of 2021 (LA, PA, DF: ``trial_metadata.txt``)
        or of ASVspoof 5, or a plain list of utterances. It is recognised by the number of fields.
    root : path-like
        The folder of the audio. It is searched to any depth for files with the names of the utterances and
        any extension. The name of an utterance may include an extension or folders, or have another Unicode
        form than its file, if only one file matches.

    Returns
    -------
    Listing
        The sources, whose ids are the utterances; the columns ``speaker``, ``label``, ``attack`` and the
        others of the layout; and the number of utterances without audio. These keep their expected path,
        and are listed in the ledger.

    Raises
    ------
    ParameterError
        If the file or the folder does not exist, a line does not fit the layout of the first line, a label is
        neither "bonafide" nor "spoof", an utterance is listed twice or has two files, or no utterance has a
        file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "LA_T_1138215.flac").touch()
    >>> lines = ["LA_0079 LA_T_1138215 - - bonafide", "LA_0079 LA_T_1004644 - A01 spoof"]
    >>> _ = (folder / "train.txt").write_text("\\n".join(lines))
    >>> found = read_protocol(folder / "train.txt", folder)
    >>> [(source.id, source.carried) for source in found.sources]
    [('LA_T_1138215', ('LA_0079', '-', 'bonafide')), ('LA_T_1004644', ('LA_0079', 'A01', 'spoof'))]
    >>> [name for name, _ in found.columns], found.missing
    (['speaker', 'attack', 'label'], 1)
    """
    file, place = check_path("protocol", file), Root(root)
    names, rows = _read(file)
    links: list[str] = []
    audio = _Audio(place, links)
    pick = [k for k, name in enumerate(names) if name not in ("utterance", "-")]
    at = names.index("utterance")
    sources: list[Source] = []
    seen: dict[str, tuple[int, str]] = {}
    for line, fields in rows:
        utterance = fields[at]
        once(f"{file}, line", line, utterance, seen)
        try:
            path = audio.path(utterance)
        except ParameterError as error:
            raise wrong_line(file, line, error) from None
        sources.append(Source(printable(utterance), path, carried=tuple(fields[k] for k in pick)))
    sources = audio.once_each(sources)
    sources, missing, why = located("protocol", file, sources, place.folder, links, audio.reasons)
    return Listing(sources, Counter(), links, tuple((names[k], "string") for k in pick), missing, why)


def _read(file: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """The layout of a protocol, and the fields of its lines; equal fields are the same object."""
    memory: dict[str, str] = {}
    rows = [
        (line, [memory.setdefault(field, field) for field in words(text)])
        for line, text in read_lines("protocol", file)
    ]
    if not rows:
        fail("protocol", file, "lists no utterance", "write one in each line")
    names = FIELDS.get(len(rows[0][1]), ())
    for line, fields in rows:
        if len(fields) != len(names):
            wanted = f"the first has {len(names)}" if names else f"a protocol has {CALLED}"
            raise wrong_line(
                file,
                line,
                f"has {len(fields)} fields, and {wanted}; correct it, or make a manifest of the file",
            )
        if "label" in names and (label := fields[names.index("label")]) not in LABELS:
            remedy = "give a protocol of countermeasures, or make a manifest of the file"
            raise wrong_line(file, line, f"label={label!r}: is neither 'bonafide' nor 'spoof'; {remedy}")
    if len(names) == 5 and set(map(itemgetter(2), map(itemgetter(1), rows))) == {"-"}:
        names = ("speaker", "utterance", "-", "attack", "label")  # LA has no column for the room
    return names, rows


class _Audio:
    """The files below a root, found by utterance."""

    def __init__(self, place: Root, links: list[str]) -> None:
        self._place = place
        before = os.path.join(place.folder, "")
        found = [source.path for source in walk(place.folder, Counter(), links)]
        #: The files by name without extension, and the second file of names that two files have.
        self._first: dict[str, str] = {}
        self._second: dict[str, str] = {}
        for path in found:
            name = os.path.splitext(os.path.basename(path))[0]
            if self._first.setdefault(name, path) is not path:
                self._second[name] = path
        self._files = Files((path.removeprefix(before), path) for path in found)
        #: The files of utterances with another spelling.
        self._read: dict[str, str] = {}
        #: Why utterances were not found.
        self.reasons: list[str] = []

    def path(self, utterance: str) -> str:
        """The file of an utterance, or its expected path."""
        paths = [held[utterance] for held in (self._first, self._second) if utterance in held]
        if not paths:
            paths, why = self._files.find(utterance)
            if len(paths) == 1:
                self._read[utterance] = paths[0]
            elif why:
                self.reasons.append(why)
        if len(paths) > 1:
            two = f"{paths[0]!r} and {paths[1]!r}"
            raise ParameterError(f"{utterance} has two files, {two}; give a root that holds one")
        return paths[0] if paths else self._due(utterance)

    def once_each(self, sources: list[Source]) -> list[Source]:
        """The sources; an utterance with another spelling never gets the file of another utterance."""
        if not self._read:
            return sources
        shared = Counter(source.path for source in sources)
        odd = {printable(name): name for name, path in self._read.items() if shared[path] > 1}
        self.reasons += [SHARED] * len(odd)
        return [each._replace(path=self._due(odd[each.id])) if each.id in odd else each for each in sources]

    def _due(self, utterance: str) -> str:
        """The expected path of the audio of an utterance."""
        ending = os.path.splitext(utterance)[1].lower()
        return self._place.place(utterance if ending in EXTENSIONS else f"{utterance}.flac")[1]

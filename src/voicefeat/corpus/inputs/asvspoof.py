"""The protocols of the ASVspoof challenges, and a folder that holds the audio they speak of."""

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

#: What the fields of a line are, by their number; one alone is a bare list of utterances.
FIELDS = {1: ("utterance",)} | {len(names): names for names in LAYOUTS.values()}
SHARED = "differ from other utterances only in how they are written, and one file would be both"
CALLED = "1 (a list of utterances), 5 (2019), 8, 12 and 13 (2021 LA, PA, DF) or 10 (ASVspoof 5)"


def read_protocol(file: str | os.PathLike[str], root: str | os.PathLike[str]) -> Listing:
    """The recordings of an ASVspoof protocol, in its order, with what it says of each.

    Parameters
    ----------
    file : path-like
        A countermeasure protocol of ASVspoof 2019 (LA, PA), of 2021 (LA, PA, DF: ``trial_metadata.txt``)
        or of ASVspoof 5, or a bare list of utterances. Which one it is follows from the fields of a line.
    root : path-like
        The folder of the audio. It is searched to any depth for files that are called as the utterances,
        whatever their ending. An utterance may have an ending or folders of its own, and another Unicode form
        than its file, where one file alone can be meant.

    Returns
    -------
    Listing
        The sources, whose ids are the utterances; the columns ``speaker``, ``label``, ``attack`` and what
        else the layout has; and how many of the utterances have no audio. Those keep the path that they
        should have, and become lines of the ledger.

    Raises
    ------
    ParameterError
        If the file or the folder is not there, a line fits no layout or not that of the first line, a label
        is neither "bonafide" nor "spoof", an utterance is listed twice, has two files or none has any.

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
    names, told = _told(file)
    links: list[str] = []
    audio = _Audio(place, links)
    pick = [k for k, name in enumerate(names) if name not in ("utterance", "-")]
    at = names.index("utterance")
    sources: list[Source] = []
    seen: dict[str, tuple[int, str]] = {}
    for line, fields in told:
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


def _told(file: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """The layout of a protocol, and the fields of its lines; equal fields are one object."""
    memory: dict[str, str] = {}
    told = [
        (line, [memory.setdefault(field, field) for field in words(text)])
        for line, text in read_lines("protocol", file)
    ]
    if not told:
        fail("protocol", file, "lists no utterance", "write one in each line")
    names = FIELDS.get(len(told[0][1]), ())
    for line, fields in told:
        if len(fields) != len(names):
            wanted = f"the first has {len(names)}" if names else f"a protocol has {CALLED}"
            raise wrong_line(
                file, line, f"has {len(fields)} fields, and {wanted}; mend it, or make a manifest of the file"
            )
        if "label" in names and (label := fields[names.index("label")]) not in LABELS:
            remedy = "give a protocol of countermeasures, or make a manifest of the file"
            raise wrong_line(file, line, f"label={label!r}: is neither 'bonafide' nor 'spoof'; {remedy}")
    if len(names) == 5 and set(map(itemgetter(2), map(itemgetter(1), told))) == {"-"}:
        names = ("speaker", "utterance", "-", "attack", "label")  # LA: speech that was never in a room
    return names, told


class _Audio:
    """The files below a root by the utterances that mean them."""

    def __init__(self, place: Root, links: list[str]) -> None:
        self._place = place
        before = os.path.join(place.folder, "")
        found = [source.path for source in walk(place.folder, Counter(), links)]
        #: By name without ending; of names that two files have, the second.
        self._first: dict[str, str] = {}
        self._second: dict[str, str] = {}
        for path in found:
            name = os.path.splitext(os.path.basename(path))[0]
            if self._first.setdefault(name, path) is not path:
                self._second[name] = path
        self._files = Files((path.removeprefix(before), path) for path in found)
        #: Which utterance, written in another way than its file, was taken to mean it.
        self._read: dict[str, str] = {}
        #: Why utterances were not found.
        self.reasons: list[str] = []

    def path(self, utterance: str) -> str:
        """The file of an utterance, or the path that it should have."""
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
        """The sources, without a file where two utterances would share it and one is written otherwise."""
        if not self._read:
            return sources
        shared = Counter(source.path for source in sources)
        odd = {printable(name): name for name, path in self._read.items() if shared[path] > 1}
        self.reasons += [SHARED] * len(odd)
        return [each._replace(path=self._due(odd[each.id])) if each.id in odd else each for each in sources]

    def _due(self, utterance: str) -> str:
        """Where the audio of an utterance should be."""
        ending = os.path.splitext(utterance)[1].lower()
        return self._place.place(utterance if ending in EXTENSIONS else f"{utterance}.flac")[1]

"""The protocols of the ASVspoof challenges, and a folder that holds the audio they speak of."""

from __future__ import annotations

import os
from collections import Counter
from operator import itemgetter

from ..errors import ParameterError, reject
from .records import read_lines, wrong_line
from .roots import Root, once, some_there
from .sources import Listing, Source, printable, walk

__all__ = ["read_protocol"]

#: What the fields of a line are, by their number. The organisers' evaluation packages and READMEs say so.
LAYOUTS: dict[int, tuple[str, ...]] = {
    1: ("utterance",),
    5: ("speaker", "utterance", "environment", "attack", "label"),
    8: ("speaker", "utterance", "codec", "transmission", "attack", "label", "trim", "subset"),
    10: (
        "speaker", "utterance", "gender", "codec", "codec_q", "codec_seed", "attack_tag", "attack",
        "label", "-",
    ),
    12: (
        "speaker", "utterance", "asv_room", "asv_mic", "asv_distance", "attacker_room", "attacker_mic",
        "replay_device", "attacker_distance", "label", "trim", "subset",
    ),
    13: (
        "speaker", "utterance", "codec", "source", "attack", "label", "trim", "subset", "vocoder",
        "task", "team", "gender_pair", "language",
    ),
}  # fmt: skip
CALLED = "1 (a list of utterances), 5 (2019), 8, 12 and 13 (2021 LA, PA, DF) or 10 (ASVspoof 5)"
LABELS = ("bonafide", "spoof")


def read_protocol(file: str | os.PathLike[str], root: str | os.PathLike[str]) -> Listing:
    """The recordings of an ASVspoof protocol, in its order, with what it says of each.

    Parameters
    ----------
    file : path-like
        A countermeasure protocol of ASVspoof 2019 (LA, PA), of 2021 (LA, PA, DF: ``trial_metadata.txt``)
        or of ASVspoof 5, or a bare list of utterances. Which one it is follows from the fields of a line.
    root : path-like
        The folder of the audio. It is searched to any depth for files that are called as the utterances,
        whatever their ending.

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
    file, place = os.fspath(file), Root(root)
    names, told = _told(file)
    links: list[str] = []
    audio, twice = _audio(place.folder, links)
    pick = [k for k, name in enumerate(names) if name not in ("utterance", "-")]
    at = names.index("utterance")
    sources: list[Source] = []
    seen: dict[str, int] = {}
    for line, fields in told:
        utterance = fields[at]
        if utterance in twice:
            two = f"{audio[utterance]!r} and {twice[utterance]!r}"
            raise wrong_line(file, line, f"{utterance} has two files, {two}; give a root that holds one")
        once(f"{file}, line", line, utterance, seen)
        path = audio.get(utterance) or _due(file, line, place, utterance)
        sources.append(Source(printable(utterance), path, carried=tuple(fields[k] for k in pick)))
    missing = some_there("protocol", file, sources, place.folder, links)
    return Listing(sources, Counter(), links, tuple((names[k], "string") for k in pick), missing)


def _told(file: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """The layout of a protocol, and the fields of its lines; equal fields are one object."""
    memory: dict[str, str] = {}
    told = [
        (line, [memory.setdefault(field, field) for field in text.split()])
        for line, text in read_lines("protocol", file)
    ]
    if not told:
        reject("protocol", file, "lists no utterance", "write one in each line")
    names = LAYOUTS.get(len(told[0][1]), ())
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


def _audio(root: str, links: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The files below `root` by their names without ending, and of names that two files have, the second."""
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    for source in walk(root, Counter(), links):
        name = os.path.splitext(os.path.basename(source.path))[0]
        if first.setdefault(name, source.path) is not source.path:
            second[name] = source.path
    return first, second


def _due(file: str, line: int, place: Root, utterance: str) -> str:
    """Where the audio of an utterance should be."""
    try:
        return place.place(f"{utterance}.flac")[1]
    except ParameterError as error:
        raise wrong_line(file, line, error) from None

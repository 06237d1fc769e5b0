"""Protocols of spoofing corpora: which utterance is whose, genuine or made by which attack; text alone.

Every layout is a row of `LAYOUTS`, and is told by its number of columns. Files of ASVspoof 5 are called
``.tsv`` and have spaces between their columns; a file whose first line names its columns is read by these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .errors import ParameterError, reject

__all__ = ["LAYOUTS", "Protocol", "named", "read_lines", "read_protocol"]

#: The columns of each layout, ``-`` for one that says nothing. Sources: README of ASVspoof 2019 LA and PA;
#: README of the keys and configuration of the evaluation package of ASVspoof 2021; README of ASVspoof 5.
LAYOUTS = {
    "ASVspoof 2019": ("speaker", "utterance", "environment", "attack", "label"),
    "ASVspoof 2021 LA": (
        "speaker", "utterance", "codec", "transmission", "attack", "label", "trim", "subset",
    ),
    "ASVspoof 2021 PA": (
        "speaker", "utterance", "asv_room", "asv_mic", "asv_distance", "attacker_room", "attacker_mic",
        "replay_device", "attacker_distance", "label", "trim", "subset",
    ),
    "ASVspoof 2021 DF": (
        "speaker", "utterance", "codec", "source", "attack", "label", "trim", "subset", "vocoder", "task",
        "team", "gender_pair", "language",
    ),
    "ASVspoof 5": (
        "speaker", "utterance", "gender", "codec", "codec_q", "codec_seed", "attack_tag", "attack", "label",
        "-",
    ),
}  # fmt: skip
_BY_WIDTH = {len(columns): layout for layout, columns in LAYOUTS.items()}
#: What columns are called in first lines, and what they are called here.
_HEADERS = {
    "filename": "utterance", "file": "utterance", "utt": "utterance", "utt_id": "utterance",
    "cm-label": "label", "key": "label", "system": "attack", "spk": "speaker", "speaker_id": "speaker",
    "cm-score": "score",
}  # fmt: skip
LABELS = ("bonafide", "spoof")


class Protocol(NamedTuple):
    """A protocol as columns of text, all of one length; ``-`` is the attack of what is bona fide."""

    #: Where it was read from.
    path: str
    #: A name of `LAYOUTS`, or "named columns".
    layout: str
    columns: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.columns["utterance"])

    def column(self, name: str) -> list[str]:
        """A column, ``-`` throughout where the layout has none of that name."""
        return self.columns.get(name) or ["-"] * len(self)

    def where(self, **values: str) -> Protocol:
        """The rows in which columns have these values, ``subset="eval"`` for one."""
        for name in values:
            if name not in self.columns:
                told = f"choose among {', '.join(sorted(self.columns))}"
                reject("where", name, f"is no column of {self.layout}, the layout of {self.path}", told)
        kept = [k for k in range(len(self)) if all(self.columns[n][k] == v for n, v in values.items())]
        columns = {name: [column[k] for k in kept] for name, column in self.columns.items()}
        return Protocol(self.path, self.layout, columns)


def read_lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, list[str]]]:
    """Number and words of every line that is not blank; words lie between tabs where a line has any."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, [w.strip() for w in line.split("\t")] if "\t" in line else line.split()
    except UnicodeDecodeError:
        reject("path", os.fspath(path), "is no text", "give a file of lines with columns")
    except OSError as error:
        reject("path", os.fspath(path), f"cannot be read ({error.strerror})", "check the spelling")


def header(words: list[str]) -> list[str]:
    """What the columns are, where a first line names them; else nothing."""
    names = [_HEADERS.get(word.lower(), word.lower()) for word in words]
    return names if "utterance" in names else []


def named(values: list[Any], most: int = 3) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(values) - most:,} more" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + more


def read_protocol(path: str | os.PathLike[str]) -> Protocol:
    """Read a protocol of ASVspoof 2019, 2021 or 5, or one whose first line names its columns.

    Parameters
    ----------
    path : path-like
        A text file with one utterance a line.

    Returns
    -------
    Protocol
        Its columns by name: `speaker`, `utterance`, `attack`, `label` (the key) and what else the layout has.
        The attack of a replay of ASVspoof 2021 PA is made of the attacker's distance and device, as in 2019.

    Raises
    ------
    ParameterError
        If the file is none of these, a label is neither bonafide nor spoof, or an utterance occurs twice.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "protocol.txt")
    >>> _ = path.write_text("LA_0039 LA_E_2834763 - A11 spoof\\nLA_0014 LA_E_8877452 - - bonafide\\n")
    >>> protocol = read_protocol(path)
    >>> protocol.layout, protocol.columns["attack"], protocol.columns["label"]
    ('ASVspoof 2019', ['A11', '-'], ['spoof', 'bonafide'])
    """
    shown = os.fspath(path)
    lines = list(read_lines(path))
    if not lines:
        reject("path", shown, "holds nothing", "give a file with one utterance a line")
    names = tuple(header(lines[0][1]))
    layout = "named columns" if names else _BY_WIDTH.get(len(lines[0][1]), "")
    if names:
        lines = lines[1:]
    elif not layout:
        _not_known(shown, lines[0][1])
    names = names or LAYOUTS[layout]
    for number, words in lines:
        if len(words) != len(names):
            problem = f"line {number} has {len(words)} columns, and the lines before have {len(names)}"
            raise ParameterError(f"path={shown!r}: {problem} ({layout}); mend the line")
    columns = {name: [words[k] for _, words in lines] for k, name in enumerate(names) if name != "-"}
    _check(shown, columns, [number for number, _ in lines])
    _name_attacks(columns)
    return Protocol(shown, layout, columns)


def _not_known(path: str, words: list[str]) -> None:
    widths = ", ".join(f"{len(columns)} ({layout})" for layout, columns in LAYOUTS.items())
    if len(words) == 1:
        told = "give the file with the keys: for ASVspoof 2021 it is CM/trial_metadata.txt"
        reject("path", path, "lists utterances without their keys", told)
    reject("path", path, f"has {len(words)} columns", f"give a protocol of {widths}, or name its columns")


def _check(path: str, columns: Mapping[str, list[str]], numbers: list[int]) -> None:
    for name in ("utterance", "label"):
        if not columns.get(name):
            told = "give a protocol with one utterance a line and its label"
            reject("path", path, f"has no column {name}", told)
    for number, label in zip(numbers, columns["label"], strict=True):
        if label not in LABELS:
            problem = f"the label in line {number} is {label!r}"
            raise ParameterError(f"path={path!r}: {problem}; a label is bonafide or spoof")
    refuse_twice("path", path, columns["utterance"])


def refuse_twice(name: str, value: Any, utterances: list[str]) -> None:
    """Refuse utterances that occur more than once, and name them."""
    if len(set(utterances)) != len(utterances):
        seen: set[str] = set()
        twice = [u for u in utterances if u in seen or seen.add(u)]  # type: ignore[func-returns-value]
        problem = f"{len(twice):,} utterances occur twice: {named(twice)}"
        reject(name, value, problem, "keep one line for each utterance")


def _name_attacks(columns: dict[str, list[str]]) -> None:
    """One word for the attack, ``-`` for what is bona fide, in place."""
    if "replay_device" in columns:
        pairs = zip(columns["attacker_distance"], columns["replay_device"], strict=True)
        columns["attack"] = [distance + device for distance, device in pairs]
    if "attack" in columns:
        pairs = zip(columns["attack"], columns["label"], strict=True)
        columns["attack"] = ["-" if label == "bonafide" else attack for attack, label in pairs]

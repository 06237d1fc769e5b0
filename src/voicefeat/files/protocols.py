"""Protocols of spoofing corpora: speaker, key (bona fide or spoof) and attack of each utterance.

Each layout is a row of `LAYOUTS` and is recognised by its number of columns. Files of ASVspoof 5 end in
``.tsv`` but have spaces between their columns. If the first line names the columns, these names are used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import ParameterError, check_path, fail
from .text import open_text, words

__all__ = ["LAYOUTS", "Protocol", "Table", "named", "read_protocol", "read_table"]

#: The columns of each layout, ``-`` for an unused one. Sources: README of ASVspoof 2019 LA and PA;
#: README of the keys and configuration of the evaluation package of ASVspoof 2021; README of ASVspoof 5.
LAYOUTS: dict[str, tuple[str, ...]] = {
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
#: Names of columns in first lines, and the names used here.
_HEADERS = {
    "filename": "utterance", "file": "utterance", "utt": "utterance", "utt_id": "utterance",
    "cm-label": "label", "key": "label", "system": "attack", "spk": "speaker", "speaker_id": "speaker",
    "cm-score": "score", "trial": "kind", "asv-label": "kind", "tar_spk_anon": "speaker",
    "trial_anon": "utterance", "attack_anon": "attack",
}  # fmt: skip
LABELS = ("bonafide", "spoof")


class Protocol(NamedTuple):
    """A protocol as columns of text, all of the same length; bona fide utterances have the attack ``-``."""

    #: The file it was read from.
    path: str
    #: A name of `LAYOUTS`, or "named columns".
    layout: str
    columns: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.columns["utterance"])

    def column(self, name: str) -> list[str]:
        """A column by name; filled with ``-`` if the layout does not have it."""
        return self.columns.get(name) or ["-"] * len(self)

    def where(self, **values: str) -> Protocol:
        """The rows in which columns have these values, for example ``subset="eval"``."""
        for name in values:
            if name not in self.columns:
                remedy = f"choose among {', '.join(sorted(self.columns))}"
                fail("where", name, f"is not a column of {self.layout}, the layout of {self.path}", remedy)
        kept = [k for k in range(len(self)) if all(self.columns[n][k] == v for n, v in values.items())]
        columns = {name: [column[k] for k in kept] for name, column in self.columns.items()}
        return Protocol(self.path, self.layout, columns)


class Table(NamedTuple):
    """A text file with columns."""

    path: str
    #: The name of the layout; "named columns" if the first line names them.
    layout: str
    #: The line number of each row, from 1.
    numbers: list[int]
    columns: dict[str, list[str]]


def read_table(
    path: str | os.PathLike[str],
    form: Callable[[str, list[str]], tuple[str, tuple[str, ...]]],
    header_names: frozenset[str] = frozenset({"utterance"}),
) -> Table:
    """Read a file with columns separated by spaces or tabs.

    `form` takes the path and the words of the first line, and returns the name of the layout and of its
    columns. It is not called if the first line is a header, which is recognised by any of `header_names`.
    Columns called ``-`` are left out.
    """
    shown = check_path("path", path)
    numbers, lines = _lines(shown)
    first = words(lines[0])
    names = tuple(_HEADERS.get(word.lower(), word.lower()) for word in first)
    if header_names.intersection(names):
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            fail("path", shown, f"has two columns called {twice[0]}", "remove one of them")
        layout, numbers = "named columns", numbers[1:]
        tabs = "\t" in lines[0]
        rows = [line.rstrip("\r\n").split("\t") if tabs else words(line) for line in lines[1:]]
    else:
        layout, names = form(shown, first)
        rows = [words(line) for line in lines]
    try:
        values = list(zip(*rows, strict=True)) or [()] * len(names)
    except ValueError:
        values = []
    if len(values) != len(names):
        line, row = next((n, row) for n, row in zip(numbers, rows, strict=True) if len(row) != len(names))
        problem = f"line {line} has {len(row)} columns where there should be {len(names)} ({layout})"
        raise ParameterError(f"path={shown!r}: {problem}; correct the line")
    columns = {name: list(column) for name, column in zip(names, values, strict=True) if name != "-"}
    return Table(shown, layout, numbers, columns)


def _lines(path: str) -> tuple[list[int], list[str]]:
    """The lines that are not blank, and their numbers."""
    try:
        with open_text("path", path) as file:
            lines = file.readlines()
    except UnicodeDecodeError:
        fail("path", path, "is not a text file", "give a file of lines with columns")
    except OSError as error:
        fail("path", path, f"cannot be read ({error.strerror})", "check the spelling")
    numbers = [number for number, line in enumerate(lines, 1) if not line.isspace()]
    if not numbers:
        fail("path", path, "is empty", "give a file with one utterance per line")
    return numbers, [lines[number - 1] for number in numbers]


def named(values: list[Any], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(values) - most:,} more" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + more


def read_protocol(path: str | os.PathLike[str]) -> Protocol:
    """Read a protocol of ASVspoof 2019, 2021 or 5, or one whose first line names its columns.

    Parameters
    ----------
    path : path-like
        A text file with one utterance per line.

    Returns
    -------
    Protocol
        Its columns by name: `speaker`, `utterance`, `attack`, `label` (the key) and others of the layout. For
        replays of ASVspoof 2021 PA the attack is the attacker's distance and device, as in 2019.

    Raises
    ------
    ParameterError
        If the file has no such layout, a label is neither bonafide nor spoof, or an utterance occurs twice.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "protocol.txt")
    >>> _ = path.write_text("LA_0039 LA_E_2834763 - A11 spoof\\nLA_0014 LA_E_8877452 - - bonafide\\n")
    >>> protocol = read_protocol(path)
    >>> protocol.layout, protocol.columns["attack"], protocol.columns["label"]
    ('ASVspoof 2019', ['A11', '-'], ['spoof', 'bonafide'])
    """
    table = read_table(path, _layout)
    for name in ("utterance", "label"):
        if not table.columns.get(name):
            remedy = "give a protocol with one utterance per line and its label"
            fail("path", table.path, f"has no column {name}", remedy)
    for number, label in zip(table.numbers, table.columns["label"], strict=True):
        if label not in LABELS:
            problem = f"the label in line {number} is {label!r}"
            raise ParameterError(f"path={table.path!r}: {problem}; a label is bonafide or spoof")
    refuse_twice("path", table.path, table.columns["utterance"])
    _name_attacks(table.columns)
    return Protocol(table.path, table.layout, table.columns)


def _layout(path: str, words: list[str]) -> tuple[str, tuple[str, ...]]:
    """The layout whose number of columns equals the number of words."""
    for layout, names in LAYOUTS.items():
        if len(names) == len(words):
            return layout, names
    if len(words) == 1:
        remedy = "give the file with the keys: for ASVspoof 2021 it is CM/trial_metadata.txt"
        fail("path", path, "lists utterances without their keys", remedy)
    widths = ", ".join(f"{len(names)} ({layout})" for layout, names in LAYOUTS.items())
    fail("path", path, f"has {len(words)} columns", f"give a protocol of {widths}, or name its columns")


def refuse_twice(name: str, value: Any, utterances: list[str]) -> None:
    """Refuse utterances that occur more than once; the message names them."""
    if len(set(utterances)) != len(utterances):
        seen: set[str] = set()
        twice = [u for u in utterances if u in seen or seen.add(u)]  # type: ignore[func-returns-value]
        problem = f"listed twice: {named(twice)}"
        fail(name, value, problem, "keep one line for each utterance")


def _name_attacks(columns: dict[str, list[str]]) -> None:
    """Set the attack to one word, ``-`` for bona fide utterances, in place."""
    if {"replay_device", "attacker_distance"} <= columns.keys():
        pairs = zip(columns["attacker_distance"], columns["replay_device"], strict=True)
        columns["attack"] = [distance + device for distance, device in pairs]
    if "attack" in columns:
        pairs = zip(columns["attack"], columns["label"], strict=True)
        columns["attack"] = ["-" if label == "bonafide" else attack for attack, label in pairs]

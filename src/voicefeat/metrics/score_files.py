"""Reading and writing score files in the forms of the ASVspoof challenges."""

from __future__ import annotations

import os
from typing import Any, Literal, NamedTuple

import numpy as np

from ..errors import ParameterError, check_choice, check_path, check_type, fail
from ..files.protocols import LABELS, Protocol, Table, read_protocol, read_table
from .scores import OWN, Scores

__all__ = ["AsvScores", "read_asv_scores", "read_scores", "write_scores"]

#: Columns by their number, for files without a header line.
_FORMS = {
    2: ("ASVspoof 2021", ("utterance", "score")),
    4: ("ASVspoof 2019", ("utterance", "attack", "label", "score")),
}
#: The form of the evaluation package of ASVspoof 5.
_LABEL_LAST = ("speaker", "utterance", "score", "label")


def read_scores(
    path: str | os.PathLike[str], protocol: Protocol | str | os.PathLike[str] | None = None, **where: str
) -> Scores:
    """Read a score file of ASVspoof 2019, 2021 or 5, and look up its utterances in a protocol.

    Parameters
    ----------
    path : path-like
        Lines of ``utterance attack key score`` (2019), of ``utterance score`` (2021), of ``speaker utterance
        score key``, or columns named in the first line, such as ``filename`` and ``cm-score`` (ASVspoof 5).
    protocol : Protocol or path-like, optional
        Keys, attacks and speakers. It must contain every scored utterance, and each of its utterances must
        have a score.
    **where
        Only utterances whose protocol columns have these values, for example ``subset="eval"``.

    Returns
    -------
    Scores
        Scores in the order of the protocol, if it is given, as `bonafide`, `spoof` and `of(attack)`.

    Raises
    ------
    ParameterError
        If the file has none of these forms, a score is not a finite number, utterances are missing, occur
        twice or contradict the protocol, or the protocol is for other data.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import voicefeat as vf
    >>> path = pathlib.Path(tempfile.mkdtemp(), "scores.txt")
    >>> _ = path.write_text("LA_E_1 A11 spoof -4.5\\nLA_E_2 - bonafide 3.0\\nLA_E_3 A12 spoof 1.5\\n")
    >>> scores = vf.metrics.read_scores(path)
    >>> scores, scores.bonafide, scores.of("A12")
    (Scores(1 bona fide, 2 spoof, 2 attacks), array([3.]), array([1.5]))
    """
    table = read_table(path, _form)
    if "score" not in table.columns:
        remedy = "name the column of scores cm-score"
        fail("path", table.path, f"has columns {', '.join(table.columns)}", remedy)
    known = (table.columns.get(name) for name in ("label", "attack", "speaker"))
    layout = "ASVspoof 5" if table.layout == "named columns" else table.layout
    others = {name: column for name, column in table.columns.items() if name not in OWN}
    found = Scores(table.columns["utterance"], numbers_of(table), *known, columns=others, layout=layout)
    if protocol is None:
        if where:
            fail("where", where, "needs a protocol with these columns", "give protocol=")
        return found
    return found.join(protocol if isinstance(protocol, Protocol) else read_protocol(protocol), **where)


def _form(path: str, words: list[str]) -> tuple[str, tuple[str, ...]]:
    """The name of a score file's form and its columns, from the words of its first line."""
    if len(words) == 4 and words[3] in LABELS:
        return "ASVspoof 5", _LABEL_LAST
    if len(words) not in _FORMS:
        remedy = "give lines of 'utterance score' or 'utterance attack key score', or name the columns"
        fail("path", path, f"has {len(words)} columns", remedy)
    return _FORMS[len(words)]


def numbers_of(table: Table, name: str = "score") -> np.ndarray:
    """A column of numbers."""
    words = table.columns[name]
    try:
        return np.array(words, dtype=np.float64)
    except ValueError:
        for word, line in zip(words, table.numbers, strict=True):
            try:
                float(word)
            except ValueError:
                problem = f"the {name} in line {line} is {word!r}"
                raise ParameterError(f"path={table.path!r}: {problem}; give a number") from None
        raise


def write_scores(
    path: str | os.PathLike[str], scores: Scores, *, form: Literal["2019", "2021", "5"] = "2019"
) -> None:
    """Write scores in a form of the ASVspoof challenges.

    Parameters
    ----------
    path : path-like
        The file, which is replaced if it exists.
    scores : Scores
        The scores; each number is written with full precision.
    form : {"2019", "2021", "5"}
        "2019": ``utterance attack key score``. "2021": ``utterance score``. "5": ``filename`` and
        ``cm-score`` separated by tabs, with a header line.

    Returns
    -------
    None
        The file is written.

    Raises
    ------
    ParameterError
        If the form is not known, or is "2019" and the scores have no keys.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import voicefeat as vf
    >>> path = pathlib.Path(tempfile.mkdtemp(), "scores.txt")
    >>> scores = vf.metrics.Scores(["a", "b"], [1.5, -2.0], ["bonafide", "spoof"], ["-", "A07"])
    >>> vf.metrics.write_scores(path, scores)
    >>> print(path.read_text(), end="")
    a - bonafide 1.5
    b A07 spoof -2.0
    """
    check_choice("form", form, ("2019", "2021", "5"))
    if not check_path("path", path):
        fail("path", path, "is not the name of a file", "give the name of the file to write")
    check_type("scores", scores, Scores, "give Scores(utterances, scores, keys, attacks)")
    numbers = [repr(float(s)) for s in scores.scores]
    columns: list[Any] = [scores.utterances, numbers]
    if form == "2019":
        if scores.keys is None:
            fail("scores", scores, "have no keys, which the form of 2019 needs", 'write form="2021"')
        columns = [scores.utterances, scores.attacks, scores.keys, numbers]
    gap = "\t" if form == "5" else " "
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        if form == "5":
            file.write("filename\tcm-score\n")
        file.writelines(gap.join(words) + "\n" for words in zip(*columns, strict=True))


class AsvScores(NamedTuple):
    """Scores of a speaker verification system, by kind of trial."""

    target: np.ndarray
    nontarget: np.ndarray
    spoof: np.ndarray
    #: Spoof scores by attack.
    attacks: dict[str, np.ndarray]


def read_asv_scores(path: str | os.PathLike[str]) -> AsvScores:
    """Read the speaker verification scores that come with ASVspoof 2019.

    Parameters
    ----------
    path : path-like
        Lines of ``bonafide|attack target|nontarget|spoof score``, or columns ``attack``, ``kind`` and
        ``score`` named in the first line.

    Returns
    -------
    AsvScores
        `target`, `nontarget`, `spoof` and, by name, `attacks`.

    Raises
    ------
    ParameterError
        If the file does not have this form, or a kind of trial is missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import voicefeat as vf
    >>> path = pathlib.Path(tempfile.mkdtemp(), "asv.txt")
    >>> _ = path.write_text("bonafide target 7.9\\nbonafide nontarget -3\\nA07 spoof 5.5\\n")
    >>> vf.metrics.read_asv_scores(path).attacks
    {'A07': array([5.5])}
    """
    table = read_table(path, _asv_form, frozenset({"utterance", "kind", "score"}))
    for ours, theirs in (("kind", "label"), ("score", "asv-score")):  # other names in use
        if ours not in table.columns and theirs in table.columns:
            table.columns[ours] = table.columns.pop(theirs)
    for name in ("attack", "kind", "score"):
        if name not in table.columns:
            problem = f"has columns {', '.join(table.columns)}, and none called {name}"
            fail("path", table.path, problem, "name the columns attack, kind and score")
    scores = numbers_of(table)
    attacks, kinds = (np.array(table.columns[name], dtype=object) for name in ("attack", "kind"))
    for number, kind in zip(table.numbers, kinds, strict=True):
        if kind not in ("target", "nontarget", "spoof"):
            problem = f"the kind in line {number} is {kind!r}"
            raise ParameterError(f"path={table.path!r}: {problem}; it is target, nontarget or spoof")
    found = {kind: scores[kinds == kind] for kind in ("target", "nontarget", "spoof")}
    for kind, values in found.items():
        if not values.size:
            fail("path", table.path, f"holds no trial of kind {kind}", "give scores of all three kinds")
    spoofs = kinds == "spoof"
    by_attack = {a: scores[spoofs & (attacks == a)] for a in sorted(set(attacks[spoofs].tolist()))}
    return AsvScores(found["target"], found["nontarget"], found["spoof"], by_attack)


def _asv_form(path: str, words: list[str]) -> tuple[str, tuple[str, ...]]:
    if len(words) != 3:
        remedy = "give lines of 'bonafide|attack target|nontarget|spoof score'"
        fail("path", path, f"has {len(words)} columns", remedy)
    return "ASVspoof 2019", ("attack", "kind", "score")

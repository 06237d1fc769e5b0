"""Files of scores, as the ASVspoof challenges have them: read and written."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError, one_of, reject
from ..protocols import LABELS, Protocol, header, read_lines, read_protocol
from .records import Scores

__all__ = ["AsvScores", "read_asv_scores", "read_scores", "write_scores"]

#: Columns by their number, where no first line names them.
_FORMS = {2: ("utterance", "score"), 4: ("utterance", "attack", "label", "score")}
_NAMES = {2: "ASVspoof 2021", 4: "ASVspoof 2019"}
#: Speaker, utterance, score, key: a form of the evaluation package of ASVspoof 5.
_LABEL_LAST = ("speaker", "utterance", "score", "label")


def read_scores(
    path: str | os.PathLike[str], protocol: Protocol | str | os.PathLike[str] | None = None, **where: str
) -> Scores:
    """Read a file of scores of ASVspoof 2019, 2021 or 5, and look its utterances up in a protocol.

    Parameters
    ----------
    path : path-like
        Lines of ``utterance attack key score`` (2019), of ``utterance score`` (2021), of ``speaker utterance
        score key``, or any columns that the first line names, ``filename`` and ``cm-score`` (ASVspoof 5).
    protocol : Protocol or path-like, optional
        The keys, attacks and speakers. Every scored utterance must be in it, and every one of its utterances
        scored.
    **where
        Only utterances for which columns of the protocol have these values, ``subset="eval"`` for one.

    Returns
    -------
    Scores
        In the protocol's order where there is one; `bonafide`, `spoof` and `of(attack)` are its scores.

    Raises
    ------
    ParameterError
        If the file is in none of these forms, a score is no finite number, utterances are missing, occur
        twice or contradict the protocol, or the protocol is that of other data.

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
    shown = os.fspath(path)
    lines = list(read_lines(path))
    if not lines:
        reject("path", shown, "holds no score", "give a file with one utterance a line")
    names, layout, first = _form(shown, lines[0][1])
    lines = lines[first:]
    columns: dict[str, list[str]] = {name: [] for name in names}
    for number, words in lines:
        if len(words) != len(names):
            problem = f"line {number} has {len(words)} columns where there should be {len(names)}"
            raise ParameterError(f"path={shown!r}: {problem}; mend the line")
        for name, word in zip(names, words, strict=True):
            columns[name].append(word)
    scores = _numbers(shown, columns["score"], columns["utterance"], [number for number, _ in lines])
    known = (columns.get(name) for name in ("label", "attack", "speaker"))
    found = Scores(columns["utterance"], scores, *known, layout=layout)
    if protocol is None:
        if where:
            reject("where", where, "needs a protocol with these columns", "give protocol=")
        return found
    return found.join(protocol if isinstance(protocol, Protocol) else read_protocol(protocol), **where)


def _form(path: str, words: list[str]) -> tuple[tuple[str, ...], str, int]:
    """The columns, what the form is called, and on which line scores begin."""
    names = tuple(header(words))
    if names:
        if "score" not in names:
            reject("path", path, f"has columns {', '.join(words)}", "call that of the scores cm-score")
        return names, "ASVspoof 5", 1
    if len(words) == 4 and words[3] in LABELS:
        return _LABEL_LAST, "ASVspoof 5", 0
    if len(words) not in _FORMS:
        told = "give lines of 'utterance score' or 'utterance attack key score', or name the columns"
        reject("path", path, f"has {len(words)} columns", told)
    return _FORMS[len(words)], _NAMES[len(words)], 0


def _numbers(path: str, words: list[str], utterances: list[str], lines: list[int]) -> np.ndarray:
    try:
        return np.array(words, dtype=np.float64)
    except ValueError:
        for word, utterance, line in zip(words, utterances, lines, strict=True):
            try:
                float(word)
            except ValueError:
                problem = f"the score of {utterance} in line {line} is {word!r}"
                raise ParameterError(f"path={path!r}: {problem}; give a number") from None
        raise


def write_scores(path: str | os.PathLike[str], scores: Scores, *, form: str = "2019") -> None:
    """Write scores in a form of the ASVspoof challenges.

    Parameters
    ----------
    path : path-like
        The file, which is written anew.
    scores : Scores
        What to write; every number is written so that it is read back as it was.
    form : {"2019", "2021", "5"}
        "2019": ``utterance attack key score``. "2021": ``utterance score``. "5": ``filename`` and
        ``cm-score`` between tabs, named in the first line.

    Returns
    -------
    None
        The file is there.

    Raises
    ------
    ParameterError
        If the form is not known, or is that of 2019 and the scores have no keys.

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
    one_of("form", form, ("2019", "2021", "5"))
    numbers = [repr(float(s)) for s in scores.scores]
    columns: list[Any] = [scores.utterances, numbers]
    if form == "2019":
        if scores.keys is None:
            reject("scores", scores, "have no keys, which belong into a file of 2019", 'write form="2021"')
        columns = [scores.utterances, scores.attacks, scores.keys, numbers]
    gap = "\t" if form == "5" else " "
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        if form == "5":
            file.write("filename\tcm-score\n")
        file.writelines(gap.join(words) + "\n" for words in zip(*columns, strict=True))


class AsvScores(NamedTuple):
    """Scores of a speaker verification system by kind of trial."""

    target: np.ndarray
    nontarget: np.ndarray
    spoof: np.ndarray
    #: By attack.
    attacks: dict[str, np.ndarray]


def read_asv_scores(path: str | os.PathLike[str]) -> AsvScores:
    """Read the speaker verification scores that come with ASVspoof 2019.

    Parameters
    ----------
    path : path-like
        Lines of ``bonafide|attack target|nontarget|spoof score``.

    Returns
    -------
    AsvScores
        `target`, `nontarget`, `spoof` and, by name, `attacks`.

    Raises
    ------
    ParameterError
        If the file is not of this form, or a kind of trial is missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import voicefeat as vf
    >>> path = pathlib.Path(tempfile.mkdtemp(), "asv.txt")
    >>> _ = path.write_text("bonafide target 7.9\\nbonafide nontarget -3\\nA07 spoof 5.5\\n")
    >>> vf.metrics.read_asv_scores(path).attacks
    {'A07': array([5.5])}
    """
    shown = os.fspath(path)
    kinds: dict[str, list[float]] = {"target": [], "nontarget": [], "spoof": []}
    attacks: dict[str, list[float]] = {}
    for number, words in read_lines(path):
        try:
            attack, kind, score = words
            kinds[kind].append(float(score))
        except (ValueError, KeyError):
            told = "give lines of 'bonafide|attack target|nontarget|spoof score'"
            raise ParameterError(f"path={shown!r}: line {number} is {' '.join(words)!r}; {told}") from None
        if kind == "spoof":
            attacks.setdefault(attack, []).append(float(score))
    for kind, scores in kinds.items():
        if not scores:
            reject("path", shown, f"holds no trial of kind {kind}", "give scores of all three kinds")
    by_attack = {name: np.array(scores) for name, scores in sorted(attacks.items())}
    arrays = {kind: np.array(scores) for kind, scores in kinds.items()}
    return AsvScores(arrays["target"], arrays["nontarget"], arrays["spoof"], by_attack)

"""Scores of spoofing-robust speaker verification (SASV): the trials of ASVspoof 5 Track 2.

A trial is a pair of an enrolled speaker and an utterance, so an utterance may occur in several trials.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError, check_choice, check_texts, fail
from ..files.protocols import Protocol, Table, named, read_protocol, read_table
from .inputs import check_scores
from .score_files import AsvScores, numbers_of
from .scores import OWN, check_column, column_of, named_columns

__all__ = ["KINDS", "SasvScores", "read_sasv_scores"]

KINDS = ("target", "nontarget", "spoof")
#: Columns of the trials that come with ASVspoof 5, and of a score file with a single score.
_TRIALS = ("speaker", "utterance", "gender", "attack", "kind")
_SINGLE = ("speaker", "utterance", "sasv-score", "kind")
#: Our names of the three scores, and their columns in files.
_SYSTEMS = {"sasv": "sasv-score", "cm": "score", "asv": "asv-score"}
_SHOWN = {"sasv": "sasv-score", "cm": "cm-score", "asv": "asv-score"}
_CALLED = {"sasv": "whole system", "cm": "countermeasure", "asv": "speaker verification"}
#: Rows of the full keys that are not scored.
_DUMMY = ("track_2_tag", "dummy")


class SasvScores:
    """Scores of trials by up to three systems: the countermeasure, the speaker verification, and both as one.

    Parameters
    ----------
    speakers, utterances : sequence of str
        The enrolled speaker and the utterance of each trial; each pair once.
    kinds : sequence of str
        "target", "nontarget" or "spoof" for each trial.
    sasv, cm, asv : array of shape (n,), optional
        Scores of the whole system, of its countermeasure (a higher score means bona fide) and of its speaker
        verification (a higher score means the enrolled speaker). At least one of them.
    columns : dict of str to sequence of str, optional
        Other columns by name, such as ``attack`` and ``codec``, one value per trial.

    Raises
    ------
    ParameterError
        If lengths differ, a pair occurs twice, or a kind or a score cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> kinds = ["target", "nontarget", "spoof"]
    >>> scores = vf.metrics.SasvScores(["s", "t", "s"], ["a", "a", "b"], kinds, sasv=[2.0, -1.0, 0.5])
    >>> scores, scores.target
    (SasvScores(1 target, 1 nontarget, 1 spoof: sasv), array([2.]))
    """

    def __init__(
        self,
        speakers: Iterable[str],
        utterances: Iterable[str],
        kinds: Iterable[str],
        *,
        sasv: ArrayLike | None = None,
        cm: ArrayLike | None = None,
        asv: ArrayLike | None = None,
        columns: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.utterances: list[str] = check_texts("utterances", utterances)
        column = partial(check_column, size=len(self.utterances))
        self.speakers: np.ndarray = column("speakers", speakers)
        self.kinds: np.ndarray = column("kinds", kinds)
        taken = OWN - {"attack"}
        given = named_columns(columns, taken)
        self.columns: dict[str, np.ndarray] = {n: column(f"columns[{n!r}]", v) for n, v in given.items()}
        wrong = [str(kind) for kind in dict.fromkeys(self.kinds.tolist()) if kind not in KINDS]
        if wrong:
            fail("kinds", kinds, f"not a kind of trial: {named(wrong)}", f"give {', '.join(KINDS)}")
        refuse_trials_twice("utterances", utterances, self.trials)
        if sasv is cm is asv is None:
            fail("sasv", sasv, "there are no scores", "give sasv, cm or asv")
        #: Scores of the whole system, of its countermeasure and its speaker verification; None if not given.
        self.sasv: np.ndarray | None = self._checked("sasv", sasv)
        self.cm: np.ndarray | None = self._checked("cm", cm)
        self.asv: np.ndarray | None = self._checked("asv", asv)

    def _checked(self, name: str, values: Any) -> np.ndarray | None:
        if values is None:
            return None
        scores = check_scores(name, values)
        if scores.size != len(self):
            fail(name, values, "must be one number per trial", f"give {len(self)}")
        return scores

    def __len__(self) -> int:
        return len(self.utterances)

    def __repr__(self) -> str:
        counts = ", ".join(f"{int((self.kinds == kind).sum()):,} {kind}" for kind in KINDS)
        systems = ", ".join(name for name in _SYSTEMS if getattr(self, name) is not None)
        return f"SasvScores({counts}: {systems})"

    @property
    def trials(self) -> list[tuple[str, str]]:
        """The enrolled speaker and the utterance of each trial."""
        return list(zip(self.speakers.tolist(), self.utterances, strict=True))

    @property
    def target(self) -> np.ndarray:
        """Scores of the whole system for target trials."""
        return self._of("sasv", "target")

    @property
    def nontarget(self) -> np.ndarray:
        """Scores of the whole system for trials of other speakers."""
        return self._of("sasv", "nontarget")

    @property
    def spoof(self) -> np.ndarray:
        """Scores of the whole system for spoofs."""
        return self._of("sasv", "spoof")

    @property
    def countermeasure(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores of the countermeasure: of bona fide trials (target and nontarget) and of spoofs."""
        return np.concatenate([self._of("cm", kind) for kind in KINDS[:2]]), self._of("cm", "spoof")

    @property
    def verification(self) -> AsvScores:
        """Scores of the speaker verification, by kind of trial and by attack."""
        forged = self.kinds == "spoof"
        target, nontarget, spoof = (self._of("asv", kind) for kind in KINDS)
        attacks = self.columns.get("attack", np.array(["-"] * len(self), dtype=object))
        names = sorted(set(attacks[forged].tolist()) - {"-"})
        by_attack = {name: self.of("asv")[forged & (attacks == name)] for name in names}
        return AsvScores(target, nontarget, spoof, by_attack)

    def of(self, system: Literal["sasv", "cm", "asv"]) -> np.ndarray:
        """The scores of one system for all trials; an error if there are none."""
        scores: np.ndarray | None = getattr(self, check_choice("system", system, tuple(_SYSTEMS)))
        if scores is None:
            remedy = f"read a file with a column {_SHOWN[system]}"
            raise ParameterError(f"the trials have no scores of the {_CALLED[system]}; {remedy}")
        return scores

    def _of(self, system: Literal["sasv", "cm", "asv"], kind: str) -> np.ndarray:
        found = self.of(system)[self.kinds == kind]
        if not found.size:
            raise ParameterError(f"none of the {len(self):,} trials is of kind {kind}; give all three kinds")
        return found

    def column(self, name: str) -> np.ndarray:
        """The value of each trial in a column, such as ``speaker``, ``attack`` or ``codec``."""
        more = "" if self.columns else "read the scores with keys or a protocol that has it"
        return column_of({"speaker": self.speakers, **self.columns}, name, "trials", more)


def read_sasv_scores(
    path: str | os.PathLike[str],
    keys: str | os.PathLike[str] | None = None,
    protocol: Protocol | str | os.PathLike[str] | None = None,
) -> SasvScores:
    """Read the score file of a spoofing-robust speaker verification system (ASVspoof 5 Track 2).

    Parameters
    ----------
    path : path-like
        The form of a submission, with columns named in the first line: ``spk``, ``filename``, and one or more
        of ``cm-score``, ``asv-score`` and ``sasv-score``, where a column of ``-`` counts as not given. Or
        lines of ``speaker utterance score kind``, with the score of the whole system.
    keys : path-like, optional
        The kind of each trial: ``ASVspoof5.*.track_2.trial.tsv``, or columns named in the first line such as
        ``spk``, ``filename`` and ``asv-label``, and others, such as ``attack_anon`` and ``codec``. Rows that
        are marked in ``track_2_tag`` as ``dummy`` are left out, with their scores.
    protocol : Protocol or path-like, optional
        The protocol of Track 1, which has the codec of each utterance, and more columns.

    Returns
    -------
    SasvScores
        Scores in the order of the keys.

    Raises
    ------
    ParameterError
        If a file has none of these forms, a score is not a finite number, trials are missing or occur twice,
        or the files contradict each other.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import voicefeat as vf
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> rows = ["spk filename cm-score asv-score sasv-score"]
    >>> rows += ["S1 a 4.5 2 2", "S2 a 4.5 -3 -3", "S1 b -2 3 -2"]
    >>> _ = (folder / "scores.tsv").write_text("\\n".join(rows).replace(" ", "\\t"))
    >>> keys = ["S1 a F bonafide target", "S2 a F bonafide nontarget", "S1 b F A17 spoof"]
    >>> _ = (folder / "trial.tsv").write_text("\\n".join(keys))
    >>> scores = vf.metrics.read_sasv_scores(folder / "scores.tsv", folder / "trial.tsv")
    >>> scores, scores.countermeasure
    (SasvScores(1 target, 1 nontarget, 1 spoof: sasv, cm, asv), (array([4.5, 4.5]), array([-2.])))
    """
    table = read_table(path, partial(_form, 4, _SINGLE))
    scored = _trials("path", table)
    systems = _systems(table)
    listed = table if keys is None else read_table(keys, partial(_form, 5, _TRIALS))
    name = "path" if keys is None else "keys"
    if "kind" not in listed.columns:
        problem = f"has columns {', '.join(listed.columns)}, and none of the kind of trial"
        fail(name, listed.path, problem, "give keys= with a column asv-label")
    _check_kinds(name, listed)
    columns = dict(listed.columns)
    if keys is not None:
        rows = _rows(listed, scored, table.path)
        systems = {system: values[[row for _, row in rows]] for system, values in systems.items()}
        columns = {name: [column[k] for k, _ in rows] for name, column in columns.items()}
    if protocol is not None:
        columns |= _looked_up(columns["utterance"], protocol)
    if "attack" in columns:
        pairs = zip(columns["attack"], columns["kind"], strict=True)
        columns["attack"] = [attack if kind == "spoof" else "-" for attack, kind in pairs]
    others = {name: column for name, column in columns.items() if name not in _NOT_KEPT}
    own = columns["speaker"], columns["utterance"], columns["kind"]
    return SasvScores(*own, **systems, columns=others)


_NOT_KEPT = {"speaker", "utterance", "kind", "label", _DUMMY[0], *_SYSTEMS.values()}


def _form(width: int, names: tuple[str, ...], path: str, words: list[str]) -> tuple[str, tuple[str, ...]]:
    """The columns of a file without a header, whose last is the kind of trial."""
    if len(words) == width and words[-1] in KINDS:
        return "ASVspoof 5 Track 2", names
    remedy = f"name the columns in the first line, or give lines of '{' '.join(names)}'"
    fail("path", path, f"has {len(words)} columns and no names of columns", remedy)


def _trials(given: str, table: Table) -> dict[tuple[str, str], int]:
    """The row of each trial."""
    for name, shown in (("speaker", "spk"), ("utterance", "filename")):
        if name not in table.columns:
            problem = f"has columns {', '.join(table.columns)}, and none of the {name}"
            fail(given, table.path, problem, f"name the columns spk and filename; {shown} is missing")
    trials = list(zip(table.columns["speaker"], table.columns["utterance"], strict=True))
    refuse_trials_twice(given, table.path, trials)
    return {trial: k for k, trial in enumerate(trials)}


def _systems(table: Table) -> dict[str, np.ndarray]:
    """The scores of each system in a file."""
    found = {}
    for system, name in _SYSTEMS.items():
        words = table.columns.get(name)
        if words and set(words) != {"-"}:
            found[system] = numbers_of(table, name)
            bad = [table.numbers[k] for k in np.flatnonzero(~np.isfinite(found[system]))]
            if bad:
                problem = f"not finite: {_SHOWN[system]} in line {named(bad)}"
                fail("path", table.path, problem, "correct the system")
    if not found:
        problem = f"has columns {', '.join(table.columns)}, and no scores"
        fail("path", table.path, problem, f"name a column {', '.join(_SHOWN.values())}")
    return found


def _check_kinds(name: str, table: Table) -> None:
    """Refuse a kind that is none, and one that the label of the countermeasure contradicts."""
    kinds = table.columns["kind"]
    labels = table.columns.get("label") or ["spoof" if kind == "spoof" else "bonafide" for kind in kinds]
    for number, kind, label in zip(table.numbers, kinds, labels, strict=True):
        problem = ""
        if kind not in KINDS:
            problem = f"the kind in line {number} is {kind!r}; it is target, nontarget or spoof"
        elif label != ("spoof" if kind == "spoof" else "bonafide"):
            problem = f"line {number} is of kind {kind} and labelled {label}; correct the line"
        if problem:
            raise ParameterError(f"{name}={table.path!r}: {problem}")


def _rows(keys: Table, scored: dict[tuple[str, str], int], path: str) -> list[tuple[int, int]]:
    """For each trial of the keys that counts, its row there and the row of its score."""
    row = _trials("keys", keys)
    name, dummy = _DUMMY
    tags = keys.columns.get(name) or [""] * len(row)
    wanted = [(trial, k) for trial, k in row.items() if tags[k] != dummy]
    if not wanted:
        fail("keys", keys.path, "has no trial that counts", f"give trials that are not marked {dummy}")
    missing = [" ".join(trial) for trial, _ in wanted if trial not in scored]
    if missing:
        problem = f"without a score: {len(missing):,} of the {len(wanted):,} trials of {keys.path}"
        raise ParameterError(f"path={path!r}: {problem} ({named(missing)}); score them too")
    unknown = [" ".join(trial) for trial in scored if trial not in row]
    if unknown:
        problem = f"not in {keys.path}: {len(unknown):,} of {len(scored):,} scored trials ({named(unknown)})"
        raise ParameterError(f"path={path!r}: {problem}; give the keys of the data that was scored")
    return [(k, scored[trial]) for trial, k in wanted]


def _looked_up(utterances: list[str], protocol: Any) -> dict[str, list[str]]:
    """The columns of a protocol for each utterance, without those that a trial has itself."""
    found = protocol if isinstance(protocol, Protocol) else read_protocol(protocol)
    row = {utterance: k for k, utterance in enumerate(found.columns["utterance"])}
    missing = [utterance for utterance in dict.fromkeys(utterances) if utterance not in row]
    if missing:
        problem = f"{len(missing):,} utterances of trials are not in it ({named(missing)})"
        fail("protocol", found.path, problem, "give the protocol of the same data")
    kept = {name: column for name, column in found.columns.items() if name not in ("utterance", "speaker")}
    return {name: [column[row[u]] for u in utterances] for name, column in kept.items()}


def refuse_trials_twice(name: str, value: Any, trials: list[tuple[str, str]]) -> None:
    """Refuse trials that occur more than once; the message names them."""
    if len(set(trials)) != len(trials):
        seen: set[tuple[str, str]] = set()
        twice = [" ".join(t) for t in trials if t in seen or seen.add(t)]  # type: ignore[func-returns-value]
        fail(name, value, f"trials listed twice: {named(twice)}", "keep one line for each trial")

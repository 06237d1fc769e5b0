"""The scores of many utterances as one value, with keys, attacks, speakers and other columns."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..corpus.inputs.sources import EXTENSIONS
from ..errors import ParameterError, check_choice, check_numeric, check_texts, fail
from ..files.protocols import LABELS, Protocol, named, refuse_twice
from .curves import Curve
from .inputs import curve_of, curve_remarks

__all__ = ["Scores"]

#: If a smaller share of the scored utterances is in the protocol, it belongs to another corpus.
_OTHER_CORPUS = 0.5
#: The columns of a file that are attributes of their own.
OWN = frozenset({"utterance", "score", "label", "attack", "speaker"})


class Scores:
    """Scores of utterances, with their keys, the attacks of spoofs, and speakers.

    Parameters
    ----------
    utterances : sequence of str
        Utterance ids, each once.
    scores : array of shape (n,)
        A higher score means bona fide.
    keys : sequence of str, optional
        "bonafide" or "spoof" for each utterance. Without keys, `join` looks them up.
    attacks, speakers : sequence of str, optional
        ``-`` if there is none.
    columns : dict of str to sequence of str, optional
        Other columns by name, such as ``codec``, one value per utterance. `join` adds those of the protocol.
    layout : str
        The form of the file they were read from, for messages.
    """

    def __init__(
        self,
        utterances: Iterable[str],
        scores: ArrayLike,
        keys: Iterable[str] | None = None,
        attacks: Iterable[str] | None = None,
        speakers: Iterable[str] | None = None,
        *,
        columns: Mapping[str, Iterable[str]] | None = None,
        layout: str = "in memory",
    ) -> None:
        self.utterances: list[str] = check_texts("utterances", utterances)
        self.scores: np.ndarray = check_numeric("scores", scores, what="are not scores").astype(np.float64)
        self.keys: np.ndarray | None = (
            None if keys is None else np.asarray(check_texts("keys", keys), dtype=object)
        )
        self.attacks: np.ndarray = check_column("attacks", attacks, len(self.utterances))
        self.speakers: np.ndarray = check_column("speakers", speakers, len(self.utterances))
        #: Columns other than keys, attacks and speakers, by name.
        self.columns: dict[str, np.ndarray] = {
            name: check_column(f"columns[{name!r}]", values, len(self.utterances))
            for name, values in named_columns(columns).items()
        }
        self.layout = layout
        if self.scores.shape != (len(self.utterances),):
            remedy = f"give one for each of the {len(self.utterances)} utterances"
            fail("scores", scores, "must be one number per utterance", remedy)
        refuse_twice("utterances", utterances, self.utterances)
        bad = [self.utterances[k] for k in np.flatnonzero(~np.isfinite(self.scores))]
        if bad:
            problem = f"not finite: the scores of {named(bad)}"
            fail("scores", scores, problem, "correct the detector; score with logits, not probabilities")
        if self.keys is not None:
            self._check_keys(keys)

    def _check_keys(self, given: Any) -> None:
        assert self.keys is not None
        if self.keys.shape != self.scores.shape:
            fail("keys", given, "must be one per utterance", f"give {len(self.utterances)}")
        wrong = [f"{u} ({k})" for u, k in zip(self.utterances, self.keys, strict=True) if k not in LABELS]
        if wrong:
            fail("keys", given, f"keys that are neither bonafide nor spoof: {named(wrong)}", "correct them")

    def __len__(self) -> int:
        return len(self.utterances)

    def __repr__(self) -> str:
        if self.keys is None:
            return f"Scores({len(self):,} utterances, no keys)"
        genuine = int(self._is("bonafide").sum())
        kinds = len(self.attack_names)
        return f"Scores({genuine:,} bona fide, {len(self) - genuine:,} spoof, {kinds} attacks)"

    @property
    def _form(self) -> str:
        """The name of the form in messages; two columns are a form of many programs."""
        return "'utterance score'" if self.layout == "ASVspoof 2021" else self.layout

    def _is(self, key: str) -> np.ndarray:
        if self.keys is None:
            remedy = "read them with their protocol: read_scores(path, protocol)"
            raise ParameterError(f"scores of {len(self):,} utterances ({self._form}) have no keys; {remedy}")
        found = self.keys == key
        if not found.any():
            problem = f"the {len(self):,} scores are all of one class, none is {key}"
            raise ParameterError(f"{problem}; give scores of both classes")
        return found

    @cached_property
    def bonafide(self) -> np.ndarray:
        """The scores of bona fide utterances."""
        return self.scores[self._is("bonafide")]

    @cached_property
    def spoof(self) -> np.ndarray:
        """The scores of all spoofs."""
        return self.scores[self._is("spoof")]

    @property
    def attack_names(self) -> list[str]:
        """The names of the attacks, sorted."""
        return sorted(set(self.attacks[self._is("spoof")].tolist()) - {"-"})

    def of(self, attack: str) -> np.ndarray:
        """The scores of one attack."""
        return self.scores[self.rows_of(attack)]

    def column(self, name: str) -> np.ndarray:
        """The value of each utterance in a column: ``attack``, ``speaker``, or a column of the protocol."""
        known = {"attack": self.attacks, "speaker": self.speakers, **self.columns}
        more = "read the scores with a protocol that has it: read_scores(path, protocol)"
        return column_of(known, name, "scores", "" if self.columns else more)

    def rows_of(self, attack: str) -> np.ndarray:
        """Which rows are spoofs of one attack."""
        found = np.flatnonzero((self.attacks == attack) & self._is("spoof"))
        if not found.size:
            fail("attack", attack, "no spoof has this attack", f"choose among {named(self.attack_names, 30)}")
        return found

    @property
    def speakers_by_class(self) -> tuple[np.ndarray, np.ndarray]:
        """The speakers of `bonafide` and of `spoof`, for a bootstrap by speaker."""
        missing = [u for u, s in zip(self.utterances, self.speakers, strict=True) if s == "-"]
        if missing:
            problem = f"the speaker is not known for {named(missing)}"
            raise ParameterError(
                f"{problem}; read the scores with their protocol: read_scores(path, protocol)"
            )
        return self.speakers[self._is("bonafide")], self.speakers[self._is("spoof")]

    def groups_by_class(self, *names: str) -> dict[str, tuple[np.ndarray | None, np.ndarray | None]]:
        """The speakers or systems of `bonafide` and of `spoof`, for a bootstrap over several groupings.

        Parameters
        ----------
        *names : {"speaker", "system"}
            Which are wanted; by default both. A spoof's system is its attack.

        Returns
        -------
        dict of str to (array of str or None, array of str or None)
            The `groups` of `interval`. None stands for a class without members: bona fide speech has no
            system.

        Raises
        ------
        ParameterError
            If there are no keys, or a speaker or the system of a spoof is not known.

        Examples
        --------
        >>> import voicefeat as vf
        >>> keys, attacks, speakers = ["bonafide", "spoof", "spoof"], ["-", "A07", "A08"], ["s", "s", "t"]
        >>> scores = vf.metrics.Scores(["a", "b", "c"], [1.0, 0.5, 0.0], keys, attacks, speakers)
        >>> groups = scores.groups_by_class("system")
        >>> groups["system"][0], groups["system"][1].tolist()
        (None, ['A07', 'A08'])
        """
        found: dict[str, tuple[np.ndarray | None, np.ndarray | None]] = {}
        for name in names or ("speaker", "system"):
            if check_choice("names", name, ("speaker", "system")) == "speaker":
                found[name] = self.speakers_by_class
                continue
            missing = [self.utterances[k] for k in np.flatnonzero(self._is("spoof") & (self.attacks == "-"))]
            if missing:
                problem = f"the system is not known for {named(missing)}"
                raise ParameterError(
                    f"{problem}; read the scores with their protocol: read_scores(path, protocol)"
                )
            found[name] = None, self.attacks[self._is("spoof")]
        return found

    @cached_property
    def curve(self) -> Curve:
        """Error rates at every threshold."""
        return curve_of(self.bonafide, self.spoof)

    @property
    def remarks(self) -> list[str]:
        """Remarks on inverted or tied scores; see `remarks`."""
        return curve_remarks(self.curve)

    def select(self, utterances: Iterable[str]) -> Scores:
        """The scores of these utterances, in this order."""
        row = {utterance: k for k, utterance in enumerate(self.utterances)}
        wanted = list(utterances)
        missing = [u for u in wanted if u not in row]
        if missing:
            problem = f"without a score: {named(missing)}"
            fail("utterances", wanted, problem, "score them too")
        rows = [row[u] for u in wanted]
        keys = None if self.keys is None else self.keys[rows]
        known = self.attacks[rows], self.speakers[rows]
        columns = {name: values[rows] for name, values in self.columns.items()}
        return Scores(wanted, self.scores[rows], keys, *known, columns=columns, layout=self.layout)

    def join(self, protocol: Protocol, **where: str) -> Scores:
        """The scores of the utterances of a protocol, in its order, with its keys and other columns.

        Parameters
        ----------
        protocol : Protocol
            It must contain every scored utterance, and each of its utterances must have a score.
        **where
            Only rows with these values, for example ``subset="eval"``; scores of other rows are left out.

        Returns
        -------
        Scores
            Scores of these utterances. Utterances and attacks have the names of the protocol, even if the
            scores name them otherwise, for example with an audio extension, as long as that is unambiguous.

        Raises
        ------
        ParameterError
            If utterances are missing on either side, or the scores' own keys differ.
        """
        names = _as_listed(self.utterances, protocol.columns["utterance"])
        row = {utterance: k for k, utterance in enumerate(names)}
        known = set(protocol.columns["utterance"])
        self._refuse_others(protocol, [u for u in names if u not in known])
        chosen = protocol.where(**where)
        missing = [u for u in chosen.columns["utterance"] if u not in row]
        if missing:
            problem = (
                f"without a score: {len(missing):,} of the {len(chosen):,} utterances of {protocol.path}"
            )
            raise ParameterError(f"scores: {problem} ({named(missing)}); score them too")
        rows = [row[u] for u in chosen.columns["utterance"]]
        ours: dict[str, Iterable[str]] = {name: values[rows] for name, values in self.columns.items()}
        theirs: dict[str, Iterable[str]] = {
            name: values for name, values in chosen.columns.items() if name not in OWN
        }
        joined = Scores(
            chosen.columns["utterance"], self.scores[rows],
            *(chosen.column(name) for name in ("label", "attack", "speaker")),
            columns=ours | theirs, layout=self.layout,
        )  # fmt: skip
        self._refuse_contradictions(joined, row, protocol)
        return joined

    def _refuse_others(self, protocol: Protocol, unknown: list[str]) -> None:
        if not unknown:
            return
        problem = f"not in {protocol.path}: {len(unknown):,} of {len(self):,} scored utterances"
        if len(unknown) == len(self):
            problem = f"none of the {len(self):,} scored utterances is in {protocol.path}"
        problem += f" ({named(unknown)})"
        remedy = "give the protocol of the data that was scored"
        if len(unknown) > _OTHER_CORPUS * len(self):
            problem += f": scores in the form of {self._form}, a key of {protocol.layout}"
            if self.layout == "ASVspoof 2021" and _of_2021(unknown, protocol):
                problem += ". Scores of ASVspoof 2021 cannot be used with a key of ASVspoof 2019"
                remedy = "give CM/trial_metadata.txt of the keys of ASVspoof 2021"
        raise ParameterError(f"scores: {problem}; {remedy}")

    def _refuse_contradictions(self, joined: Scores, row: dict[str, int], protocol: Protocol) -> None:
        if self.keys is None:
            return
        rows = [row[u] for u in joined.utterances]
        wrong = [joined.utterances[k] for k in np.flatnonzero(self.keys[rows] != joined.keys)]
        if wrong:
            problem = f"keys that differ from those of {protocol.path}: {named(wrong)}"
            raise ParameterError(f"scores: {problem}; check which are right")


def _as_listed(scored: list[str], listed: list[str]) -> list[str]:
    """The scored utterances under their names in the protocol, which may differ in extension or separator."""
    known = set(listed)
    if known.issuperset(scored):
        return scored
    here, there = (Counter(map(_plainly, names)) for names in (scored, listed))
    meant = {plain: name for name in listed if here[plain := _plainly(name)] == there[plain] == 1}
    return [name if name in known else meant.get(_plainly(name), name) for name in scored]


def _plainly(name: str) -> str:
    """A normalised name, equal for all ways to write one utterance."""
    if "." not in name and "\\" not in name and name.isascii():
        return name
    stem, ending = os.path.splitext(unicodedata.normalize("NFC", name.replace("\\", "/")))
    return stem if ending.lower() in EXTENSIONS else stem + ending


def _of_2021(unknown: list[str], protocol: Protocol) -> bool:
    """Whether utterances that are missing in a protocol of 2019 are those of 2021.

    Evaluation utterances of both begin with ``LA_E_`` and ``PA_E_``; ``DF_E_`` is only in 2021, as are names
    that the whole evaluation set of 2019 does not have.
    """
    if protocol.layout != "ASVspoof 2019":
        return False
    there = {utterance[:5] for utterance in protocol.columns["utterance"]} | {"DF_E_"}
    return all(u[2:5] == "_E_" and u[:5] in there for u in unknown)


def column_of(known: Mapping[str, np.ndarray], name: str, what: str, more: str) -> np.ndarray:
    """A column by name; `more` says how the scores or trials would have others, if they can."""
    if not isinstance(name, str) or name not in known:
        remedy = f"choose among {named(sorted(known), 30)}" + (f", or {more}" if more else "")
        fail("column", name, f"the {what} have no such column", remedy)
    return known[name]


def named_columns(columns: Any, taken: frozenset[str] = OWN) -> dict[str, Any]:
    """The columns given by name, none of which is an attribute of its own."""
    if columns is None:
        return {}
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        fail("columns", columns, "must be columns by name", 'give a dict: {"codec": [...]}')
    both = sorted(taken.intersection(columns))
    if both:
        fail("columns", list(columns), f"{both[0]} has an argument of its own", "leave it out here")
    return dict(columns)


def check_column(name: str, values: Iterable[str] | None, size: int) -> np.ndarray:
    """A column with one word for each of `size` utterances or trials; by default filled with ``-``."""
    found = np.asarray(["-"] * size if values is None else check_texts(name, values), dtype=object)
    if found.shape != (size,):
        fail(name, values, "must be one per utterance", f"give {size}, '-' if there is none")
    return found

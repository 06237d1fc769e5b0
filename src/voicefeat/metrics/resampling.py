"""How trials are drawn for a bootstrap: one by one, or as whole groups, of several groupings at once.

With several groupings (speakers and systems), members of each are drawn independently with replacement, and
a trial counts as often as the product says. A. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics
1, 2007, shows that this is a little too wide and never too narrow for many members; A. Owen, D. Eckles,
"Bootstrapping data arrays of arbitrary order", the same 6, 2012, for more than two groupings. N. Poh,
S. Bengio, "Estimating the confidence interval of expected performance curve in biometric authentication using
joint bootstrap", ICASSP 2007, draw users in this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..errors import ParameterError, check_int, check_texts, fail
from .inputs import check_pair

__all__ = ["Groups", "Resampling"]

#: For each grouping, the member of each bona fide utterance and of each spoof; None for a class without.
Groups: TypeAlias = Mapping[str, tuple[Iterable[str] | None, Iterable[str] | None]]
Weights: TypeAlias = tuple[np.ndarray, np.ndarray]
CLASSES = ("bona fide", "spoof")
#: What stands for no member.
NONE = ("-", "")


@dataclass(frozen=True)
class _Grouping:
    """Members of one grouping, and to which of them each trial of either class belongs."""

    name: str
    members: int
    who: tuple[np.ndarray | None, np.ndarray | None]

    def in_class(self, k: int) -> int | None:
        """How many members the trials of a class belong to; None if the class has none."""
        who = self.who[k]
        return None if who is None else int(np.unique(who).size)


@dataclass(frozen=True)
class Resampling:
    """What is drawn: the numbers of trials of both classes, and groupings of them, if any."""

    sizes: tuple[int, int]
    groupings: tuple[_Grouping, ...] = ()

    @classmethod
    def of(cls, sizes: tuple[int, int], speakers: Any, groups: Any) -> Resampling:
        """From the arguments of `interval`."""
        if speakers is not None and groups is not None:
            remedy = "give the speakers in groups alone, as groups={'speaker': ...}"
            fail("speakers", speakers, "cannot be given together with groups", remedy)
        if speakers is not None:
            return cls(sizes, (_grouping("speakers", "speaker", speakers, sizes),))
        if groups is None:
            return cls(sizes)
        if not isinstance(groups, Mapping) or not groups:
            remedy = "give a dict such as {'speaker': (of_bonafide, of_spoof), 'system': (None, of_spoof)}"
            fail("groups", groups, "must be a dict from names to pairs", remedy)
        check_texts("groups", groups)
        return cls(sizes, tuple(_grouping(f'groups["{n}"]', n, g, sizes) for n, g in groups.items()))

    @property
    def units(self) -> tuple[int, int]:
        """For each class, how many things are drawn independently: the fewest members, or the trials."""
        found = []
        for k, size in enumerate(self.sizes):
            members = [g.in_class(k) for g in self.groupings]
            found.append(min([m for m in members if m is not None], default=size))
        return found[0], found[1]

    def described(self, k: int) -> str:
        """What is drawn of a class, and how many, for messages."""
        members = [(g.in_class(k), g.name) for g in self.groupings]
        count, name = min([(m, n) for m, n in members if m is not None], default=(self.sizes[k], "trial"))
        return f"{count} {CLASSES[k]} {name}{'s' * (count != 1)}"

    def weights(self, draws: int, seed: int) -> Iterator[Weights]:
        """How often each trial of each class is drawn, for each of `draws` draws.

        A draw in which a class has no trial is made again.
        """
        rng = np.random.default_rng(check_int("seed", seed, least=0, most=None))
        return self._weights(check_int("draws", draws), rng)

    def _weights(self, draws: int, rng: np.random.Generator) -> Iterator[Weights]:
        while draws:
            counts = [_draw(rng, g.members) for g in self.groupings]
            both = self._of_class(0, counts, rng), self._of_class(1, counts, rng)
            if both[0].any() and both[1].any():
                draws -= 1
                yield both

    def _of_class(self, k: int, counts: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """The product of what was drawn in each grouping; single trials of a class that is in none."""
        parts = [
            count[who]
            for count, who in zip(counts, (g.who[k] for g in self.groupings), strict=True)
            if who is not None
        ]
        if not parts:
            return _draw(rng, self.sizes[k])
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product


def _draw(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.bincount(rng.integers(size, size=size), minlength=size)


def _grouping(argument: str, name: str, pair: Any, sizes: tuple[int, int]) -> _Grouping:
    """One grouping, checked; a class of which no trial has a member is not drawn by it."""
    given = check_pair(argument, pair)
    named = [None if g is None else check_texts(argument, g) for g in given]
    if any(n is not None and len(n) != size for n, size in zip(named, sizes, strict=True)):
        counts = [0 if n is None else len(n) for n in named]
        problem = f"{counts[0]} for {sizes[0]} bona fide scores, {counts[1]} for {sizes[1]} spoof scores"
        raise ParameterError(f"{argument}: {problem}; give one for each score")
    for k, names in enumerate(named):
        missing = 0 if names is None else sum(n in NONE for n in names)
        if names is not None and missing == len(names):
            named[k] = None
        elif missing:
            problem = f"{missing} of {sizes[k]} {CLASSES[k]} scores have none ('-')"
            raise ParameterError(
                f"{argument}: {problem}; name them all, or give None for a class that has none"
            )
    known = [n for n in named if n is not None]
    if not known:
        fail(argument, pair, f"no score has a {name}", f"leave {name} out")
    members, who = np.unique(np.concatenate([np.asarray(n, dtype=str) for n in known]), return_inverse=True)
    remedy = f'leave "{name}" out of groups, or score utterances of more'
    if argument == "speakers":
        remedy = "leave speakers out to draw utterances"
    if members.size < 2:
        raise ParameterError(f"{argument}={str(members[0])!r}: is the only {name}; {remedy}")
    if len(known) == 2 and all(len(set(n)) == 1 for n in known):
        problem = f"each class has one {name} only, so every draw would have the same trials"
        raise ParameterError(f"{argument}: {problem}; {remedy}")
    first = 0 if named[0] is None else sizes[0]
    return _Grouping(
        name,
        int(members.size),
        (None if named[0] is None else who[:first], None if named[1] is None else who[first:]),
    )

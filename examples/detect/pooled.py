"""Several front ends, each with a classifier of its own on clip statistics: a score is the mean of theirs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from . import arrays
from .classic import Classic
from .features import Features
from .words import one_of


class Pooled:
    """As many classifiers as front ends, all of one kind.

    ends      how many front ends there are
    member    the kind of the classifiers: "svm" or "logistic", whose scores are distances from a border
    settings  of each classifier, as scikit-learn calls them
    """

    file = "model.npz"

    def __init__(self, ends: int, member: str = "svm", **settings: Any) -> None:
        one_of("model.settings.member", member, ("svm", "logistic"))
        self.members = [Classic(member, **settings) for _ in range(ends)]
        #: Columns of each front end.
        self.sizes: tuple[int, ...] = ()

    def check(self) -> None:
        """Refuse settings that scikit-learn refuses."""
        self.members[0].check()

    def fit(
        self,
        features: Features,
        places: dict[str, np.ndarray],
        y: np.ndarray,
        seed: int,
        folder: Path,
        log: Any,
    ) -> None:
        """Learn every classifier from train, from the columns of its front end alone."""
        self.sizes = features.parts
        for member, part in zip(self.members, self._parts(features), strict=True):
            member.fit(part, places, y, seed, folder, lambda *event, **told: None)
        log("fitted", rows=len(places["train"]), columns=sum(self.sizes), front_ends=len(self.members))

    def _parts(self, features: Features) -> Iterator[Features]:
        if not features.parts or features.parts != self.sizes:
            raise vf.ParameterError(
                f"input.front_ends: the model takes columns {list(self.sizes)}, and these are "
                f"{list(features.parts)}; give the front ends and statistics that it was trained with"
            )
        ends = np.cumsum(self.sizes)
        for start, end in zip(ends - self.sizes, ends, strict=True):
            yield replace(
                features, values=features.values[:, start:end], rows=features.rows[start:end], parts=()
            )

    def score(self, features: Features, index: np.ndarray) -> np.ndarray:
        """One number for each clip, higher for bona fide: the mean of the classifiers' scores."""
        return np.mean(self.each(features, index), axis=0)

    def each(self, features: Features, index: np.ndarray) -> np.ndarray:
        """The scores of every classifier, (front ends, clips)."""
        parts = zip(self.members, self._parts(features), strict=True)
        return np.array([member.score(part, index) for member, part in parts])

    @property
    def parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(member.parameters for member in self.members)

    def save(self, path: Path) -> None:
        """The arrays of all classifiers in one .npz, each named with the number of its front end."""
        held: dict[str, np.ndarray] = {"sizes": np.array(self.sizes)}
        for k, member in enumerate(self.members):
            own = {"mean": member.mean, "deviation": member.deviation, **member.held}
            held |= {f"{name}_{k}": array for name, array in own.items()}
        with replacing(path, "wb") as file:
            np.savez(file, **held)

    def load(self, path: Path) -> None:
        """What `save` wrote for as many front ends, classifiers of this kind and these settings."""
        each = [[f"{name}_{k}" for name in member.names] for k, member in enumerate(self.members)]
        held = arrays.read(path, ["sizes", *itertools.chain(*each)])
        for member, names in zip(self.members, each, strict=True):
            member.take(dict(zip(member.names, (held[name] for name in names), strict=True)), path)
        self.sizes = tuple(held["sizes"].tolist())
        if self.sizes != tuple(len(member.mean) for member in self.members):
            raise arrays.unfit(path, "pooled model")

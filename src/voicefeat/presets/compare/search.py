"""Search for the front end that made a matrix, among the presets and front ends near them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import ParameterError
from ..catalogue import frontends, preset
from ..front_end import FrontEnd
from ..stages import Frames
from .differences import differences, plain, weight
from .variants import changed, hops, neighbours

#: Front ends that are tried for one matrix on a clip of up to `SHORT` samples; fewer on a longer clip.
EVALUATIONS, LEAST, SHORT = 2500, 300, 160_000
#: How many of the nearest candidates are followed, and for how many changed settings.
BEAM, DEPTH = 4, 3
#: Frames by which a candidate may differ from the matrix: another setting may make up for them.
NEAR = 6
#: Changes that move all rows.
ROWS: tuple[dict[str, Any], ...] = (
    {"c0": "last"},
    {"c0": "first"},
    {"c0": "first", "first": 1},
)
#: Largest error relative to the peak at which a matrix counts as reproduced, in double and single precision.
FOUND: dict[np.dtype[Any], float] = {np.dtype(np.float64): 1e-8, np.dtype(np.float32): 2e-3}
ROUNDING: dict[np.dtype[Any], float] = {np.dtype(np.float64): 1e-11, np.dtype(np.float32): 5e-6}
#: Scores above this one, after one changed setting, mean that the search is lost.
LOST = 0.6
#: One more setting must reduce the error by this factor.
WORTH = 4.0


@dataclass(frozen=True)
class Candidate:
    """A front end, how far it is from the matrix, and whether the matrix is its transpose."""

    front_end: FrontEnd
    score: float
    error: float
    turned: bool


class Search:
    """The search for one matrix of one signal; it keeps the candidates that were tried."""

    def __init__(self, matrix: np.ndarray, y: np.ndarray, sr: int) -> None:
        self.y: np.ndarray = y
        self.sr: int = sr
        self.kind: np.dtype[Any] = np.dtype(np.float64 if matrix.dtype == np.float64 else np.float32)
        wide = matrix.astype(np.float64)
        self.ways: list[_Way] = [_Way(wide, False), _Way(wide.T, True)]
        self.left: int = max(LEAST, int(EVALUATIONS * min(1.0, SHORT / y.size)))
        self._seen: dict[FrontEnd, Candidate | None] = {}

    def found(self, candidate: Candidate) -> bool:
        """Whether the candidate reproduces the matrix to rounding."""
        return candidate.error <= FOUND[self.kind]

    def exact(self, candidate: Candidate) -> bool:
        """Whether the error is rounding alone, so that the search can end."""
        return candidate.error <= ROUNDING[self.kind]

    def look(self, fe: FrontEnd) -> Candidate | None:
        """`fe` as a candidate; None if its shape differs or it cannot run."""
        if fe in self._seen:
            return self._seen[fe]
        self._seen[fe] = None
        if self.left <= 0:
            return None
        try:
            ways = self.ways
            if fe.method is None:  # a method has to run to know its shape
                rows, frames = _rows(fe, self.sr), fe.frames(self.y.size)
                ways = [way for way in ways if way.fits(rows, frames)]
            if not ways:
                return None
            self.left -= 1
            features = fe(self.y, self.sr).astype(np.float64)
        except ParameterError:
            return None
        ways = [way for way in ways if way.fits(*features.shape)]
        if not ways:
            return None
        self._seen[fe] = min((way.compared(fe, features) for way in ways), key=lambda c: (c.error, c.score))
        return self._seen[fe]

    def run(self, starts: Iterable[FrontEnd], depth: int = DEPTH) -> Candidate | None:
        """The nearest candidate by best-first search from `starts`; each level changes one more setting."""
        beam = self._best(starts)
        best = beam[0] if beam else None
        for level in range(depth):
            if best is None or self.exact(best) or self.left <= 0 or (level and best.score > LOST):
                break
            follow = [best] if self.found(best) else beam
            nearer = self._best(near for c in follow for near in self.around(c))
            if not nearer:
                break
            better = min(nearer, key=self.order)
            if self.found(best):
                if better.error * WORTH < best.error:
                    best = better
                break
            best = min(best, better, key=self.order)
            beam = self._best([c.front_end for c in [*nearer, *beam]])
        return best

    def around(self, candidate: Candidate) -> Iterable[FrontEnd]:
        """Front ends that differ from a candidate in one respect."""
        way = self.ways[candidate.turned]
        for near in neighbours(plain(candidate.front_end), way.want.shape[1], self.y.size):
            yield near
            if _rows_cheap(near, self.sr) != way.want.shape[0]:
                yield from fitted(near, way.want.shape[0])

    def _best(self, fes: Iterable[FrontEnd]) -> list[Candidate]:
        """The few nearest: those that reproduce the matrix first, then by score."""
        candidates = dict.fromkeys(c for fe in fes if (c := self.look(fe)) is not None)
        return sorted(candidates, key=self.order)[:BEAM]

    def order(self, candidate: Candidate) -> tuple[float, float]:
        """Sorting key: those that reproduce the matrix first, by error; then by score."""
        return (0.0, candidate.error) if self.found(candidate) else (1.0, candidate.score)

    def equal(self, candidate: Candidate) -> list[Candidate]:
        """All candidates that reproduce the matrix as well; those with fewer changes come first."""
        seen = [c for c in self._seen.values() if c is not None]
        least = min((c.error for c in seen), default=candidate.error)
        limit = max(2.0 * least, ROUNDING[self.kind])
        return [c for c in seen if c.error <= limit] or [candidate]

    def fit(self, fe: FrontEnd, **change: Any) -> list[FrontEnd]:
        """`fe` with as many rows as the matrix or its transpose; `change` are settings of its cepstrum."""
        if fe.framing is None:
            return []
        return [near for way in self.ways for near in fitted(fe, way.want.shape[0], **change)]

    def near(self, fe: FrontEnd) -> list[FrontEnd]:
        """`fe` with as many rows as the matrix, and where frames differ much, as many frames."""
        fitting = self.fit(fe)
        paced = [
            changed(x, {"framing__hop_length": h})
            for x in fitting
            for way in self.ways
            for h in self.hops(x.framing, way.want.shape[1])
        ]
        return [fe, *fitting, *(x for x in paced if x is not None)]

    def hops(self, framing: Frames | None, frames: int) -> list[int]:
        """Hop lengths that give the frames of the matrix, if those of `framing` differ much."""
        if framing is None or abs(framing.count(self.y.size) - frames) <= NEAR or frames < 2:
            return []
        return hops(framing, frames, self.y.size)

    def presets(self) -> list[FrontEnd]:
        """The presets at the rate of the clip, the fast ones first."""
        presets = [at_rate(preset(name).front_end, self.sr) for name in frontends()]
        return sorted((fe for fe in presets if fe is not None), key=lambda fe: fe.method is not None)

    def published(self) -> Candidate | None:
        """The preset that reproduces the matrix up to rounding; the nearest if several do."""
        candidates = [c for fe in self.presets() if (c := self.look(fe)) is not None and self.exact(c)]
        return min(candidates, key=lambda c: c.error, default=None)

    def starts(self) -> list[FrontEnd]:
        """The presets, and the presets with as many rows as the matrix."""
        starts = []
        for fe in self.presets():
            starts += [fe, *self.fit(fe)]
            if fe.cepstrum is not None:
                for change in ROWS:  # another first row moves all rows, and then no row fits
                    starts += self.fit(fe, **change)
        return starts


class _Way:
    """The matrix as (rows, frames): as it was given, or transposed."""

    def __init__(self, want: np.ndarray, turned: bool) -> None:
        self.want, self.turned = want, turned
        self.known = np.isfinite(want)
        self.filled = np.where(self.known, want, 0.0)
        self.peak = float(np.abs(self.filled).max(initial=0.0)) or 1.0

    def fits(self, rows: int, frames: int) -> bool:
        return rows == self.want.shape[0] and abs(frames - self.want.shape[1]) <= NEAR

    def compared(self, fe: FrontEnd, features: np.ndarray) -> Candidate:
        same = features.shape == self.want.shape
        count = min(features.shape[1], self.want.shape[1])
        want, known = self.filled[:, :count], self.known[:, :count]
        got = np.where(known & np.isfinite(features[:, :count]), features[:, :count], 0.0)
        error = float(np.abs(got - want).max(initial=0.0)) / self.peak if same else np.inf
        return Candidate(fe, _unlike(got, want) + (not same) * 0.1, error, self.turned)


def _unlike(got: np.ndarray, want: np.ndarray) -> float:
    """A score from 0 to 1: errors of rows relative to their spread, before and after a linear fit."""
    least = 1e-30
    centred, other = got - got.mean(axis=1, keepdims=True), want - want.mean(axis=1, keepdims=True)
    power, spread = (centred**2).mean(axis=1), (other**2).mean(axis=1)
    raw = np.sqrt(((got - want) ** 2).mean(axis=1) / (spread + least))
    fit = (centred * other).mean(axis=1) ** 2 / (power * spread + least)
    line = np.sqrt(np.maximum(1.0 - fit, 0.0))
    return float((raw / (1.0 + raw) + line).mean()) / 2


def at_rate(fe: FrontEnd, sr: int) -> FrontEnd | None:
    """The front end at the rate of the clip; None if its bands reach above half of it."""
    if fe.signal.rate == sr:
        return fe
    try:
        return replace(fe, signal=replace(fe.signal, rate=sr))
    except ParameterError:
        return None


def _rows(fe: FrontEnd, sr: int) -> int:
    return fe.kind.rows(sr) * (fe.dynamics.parts if fe.dynamics is not None else 1)


def _rows_cheap(fe: FrontEnd, sr: int) -> int:
    return _rows(fe, sr) if fe.method is None else -1


def fitted(fe: FrontEnd, rows: int, **change: Any) -> list[FrontEnd]:
    """Variants of `fe` with `rows` rows: other numbers of coefficients, bands or bins, or no deltas.

    `change` are settings of the cepstrum, which then has c0 and no energy.
    """
    variants = []
    if change:
        fe = replace(fe, energy=None)
    for dynamics in dict.fromkeys([fe.dynamics, None]):
        parts = dynamics.parts if dynamics is not None else 1
        count, over = divmod(rows, parts)
        count -= fe.energy is not None and fe.energy.place != "replace"
        if over or count < 1:
            continue
        try:
            if fe.cepstrum is not None:
                variants.append(
                    replace(fe, dynamics=dynamics, cepstrum=replace(fe.cepstrum, n=count, **change))
                )
            elif fe.bands is not None and fe.bands.bank == "bank":
                variants.append(fe.replace(dynamics=dynamics, bands__n_filters=count))
            elif fe.bands is not None and fe.bands.bank == "mel":
                variants.append(fe.replace(dynamics=dynamics, bands__n_mels=count))
            elif fe.bands is None and fe.framing is not None and count > 2:
                variants.append(fe.replace(dynamics=dynamics, framing__n_fft=2 * (count - 1)))
        except ParameterError:
            continue
    return variants


def named(fe: FrontEnd) -> str:
    """The name of the nearest preset, and the settings that differ from it."""
    sr = fe.signal.rate or 0
    every = [(name, near) for name in frontends() if (near := at_rate(preset(name).front_end, sr))]
    name, changes = min(((n, differences(near, fe)) for n, near in every), key=lambda pair: weight(pair[1]))
    if not changes:
        return name
    return f"{name} with " + ", ".join(f"{d.setting} = {d.b!r}" for d in changes)

"""Why two feature matrices of one signal differ."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...audio.limits import not_finite, usable
from ...audio.signals import signal
from ...errors import check_int, fail
from ..catalogue import preset
from ..front_end import FrontEnd
from .differences import Difference, differences, weight
from .matrix_facts import facts_of
from .search import Candidate, Search, named

__all__ = ["Explanation", "explain"]

#: Explanations as good as the one given that are listed beside it.
LISTED = 4


@dataclass(frozen=True)
class Explanation:
    """Why two matrices differ, or what is known where that was not found; `print` it to read it.

    Parameters
    ----------
    explained : bool
        Whether a front end was found for each matrix that reproduces it to rounding.
    differences : tuple of Difference
        The settings in which the two front ends differ: `setting`, `a`, `b`.
    front_ends : tuple of FrontEnd or None
        The front end of each matrix; the nearest one where none reproduces it, None where none has its shape.
    names : tuple of str
        The nearest preset of each, and what differs from it.
    errors : tuple of float
        Largest error of each front end, relative to the matrix's peak; 0.0 for a front end that was given.
    turned : tuple of bool
        Whether each matrix is (frames, rows).
    facts : tuple of str
        What is known without any front end: shapes, and where and by how much the numbers differ.
    others : tuple of str
        Other settings that explain the second matrix as well on this signal.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.Explanation(True, (), (None, None), ("", ""), (0.0, 0.0), (False, False)).differences
    ()
    """

    explained: bool
    differences: tuple[Difference, ...]
    front_ends: tuple[FrontEnd | None, FrontEnd | None]
    names: tuple[str, str]
    errors: tuple[float, float]
    turned: tuple[bool, bool]
    facts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{which}: {name}, error {error:.1e} of the peak"
            for which, name, error in zip("ab", self.names, self.errors, strict=True)
        ]
        if self.explained:
            lines += [f"- {difference}" for difference in self.differences]
            if self.turned[0] != self.turned[1]:
                lines.append(f"- orientation: {'ab'[self.turned[1]]} is (frames, rows); transpose it")
            if len(lines) == 2:
                lines.append("the same front end: what is left is rounding")
        else:
            lines.append("no explanation was found. What is known:")
        lines += [f"  {fact}" for fact in self.facts]
        lines += [f"  on this signal as good: {other}" for other in self.others]
        return "\n".join(lines)


def explain(a: ArrayLike, b: ArrayLike | str | FrontEnd, y: ArrayLike, sr: float) -> Explanation:
    """Which settings make two feature matrices of one signal differ.

    The front end of each matrix is searched for among the presets and among what is up to three settings
    away from one, in the settings that published systems are known to differ in. The time grows with the
    clip; give a few seconds of a recording, no more.

    Parameters
    ----------
    a : array of shape (rows, frames) or (frames, rows)
        Features of `y`, as somebody computed them; NaN and infinite values are passed over.
    b : array of shape (rows, frames) or (frames, rows), str or FrontEnd
        Other features of `y`; or the name of a preset, or a front end, that `a` was meant to be.
    y : array of shape (n,), float32, float64, int16 or int32
        The signal.
    sr : float
        Its samples a second.

    Returns
    -------
    Explanation
        What differs, with the front ends found and their errors. Where no front end reproduces a matrix it
        says so, and which rows and frames differ, by how much, and whether by a constant.

    Raises
    ------
    ParameterError
        If a matrix or the signal cannot be used, or the rate is not that of the front end that was given.

    Notes
    -----
    Settings without an effect on this signal cannot be told: a floor that no band reaches, say. Where several
    settings explain a matrix equally well, they are listed. Dither is found only where its draws are those
    of `Signal`.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(8000)
    >>> fe = vf.frontend("asvspoof2019-lfcc")
    >>> found = vf.explain(fe.replace(window="hann")(y, 16000), fe, y, 16000)
    >>> found.explained, [(d.setting, d.a, d.b) for d in found.differences]
    (True, [('framing.window', 'hann', 'hamming_symmetric')])
    """
    y = np.asarray(signal(y), np.float64)
    if y.ndim != 1:
        fail("y", y, "must be one signal of one dimension", "give one channel, y[0]")
    if not usable(y):
        not_finite(y, "y")
    rate = check_int("sr", int(sr) if isinstance(sr, float) and sr.is_integer() else sr, unit="Hz")
    first, second = _matrix("a", a), b
    if isinstance(second, str):
        second = preset(second, "b").front_end
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of candidates whose bands lie between two bins
        if isinstance(second, FrontEnd):
            return _from_front_end(first, second, y, rate)
        return _between(first, _matrix("b", second), y, rate)


def _matrix(name: str, value: Any) -> np.ndarray:
    matrix = np.asarray(value)
    if matrix.dtype.kind not in "fiu" or matrix.size == 0:
        fail(name, value, "must hold numbers", "give an array of shape (rows, frames)")
    if matrix.ndim == 1:
        matrix = matrix[np.newaxis]
    if matrix.ndim != 2:
        fail(name, value, "must have two dimensions", "give one clip's features, (rows, frames)")
    if not np.isfinite(matrix).any():
        fail(name, value, "holds no finite number", "give features that are not all NaN")
    return matrix


def _from_front_end(a: np.ndarray, fe: FrontEnd, y: np.ndarray, sr: int) -> Explanation:
    """`a` beside what `fe` gives."""
    given = fe(y, sr)
    known = fe if fe.signal.rate is not None else fe.replace(signal__rate=sr)
    search = Search(a, y, sr)
    found = _identified(search, known)
    exact = Candidate(known, 0.0, 0.0, False)
    return _told(a, given, found, exact, search, None)


def _between(a: np.ndarray, b: np.ndarray, y: np.ndarray, sr: int) -> Explanation:
    """Two matrices: each by itself, and each from what the other was found to be."""
    left, right = Search(a, y, sr), Search(b, y, sr)
    one = _identified(left, None)
    other = _identified(right, one.front_end if one is not None and left.found(one) else None)
    if other is not None and right.found(other) and not (one is not None and left.found(one)):
        one = _identified(left, other.front_end)
    return _told(a, b, one, other, left, right)


def _identified(search: Search, known: FrontEnd | None) -> Candidate | None:
    """The front end of a matrix: the one that is least different from `known` among the equally good."""
    near = search.run(search.near(known), depth=2) if known is not None else None
    if near is None or not search.exact(near):
        far = search.published() or search.run(search.starts())
        near = min((c for c in (near, far) if c is not None), key=search.order, default=None)
    if near is None or not search.found(near):
        return near
    equal = search.equal(near)
    if known is None:
        return equal[0]
    return min(equal, key=lambda c: weight(differences(c.front_end, known)))


def _told(
    a: np.ndarray,
    b: np.ndarray,
    one: Candidate | None,
    other: Candidate | None,
    left: Search,
    right: Search | None,
) -> Explanation:
    """The explanation of what was found."""
    found = one is not None and other is not None and left.found(one)
    explained = found and (right is None or right.found(other))  # type: ignore[arg-type]
    turned = (bool(one and one.turned), bool(other and other.turned))
    what: tuple[Difference, ...] = ()
    others: list[str] = []
    if explained:
        assert one is not None and other is not None
        what = differences(one.front_end, other.front_end)
        sought, chosen = (left, one) if right is None else (right, other)
        for equal in sought.equal(chosen)[:40]:
            pair = (equal, other) if right is None else (one, equal)
            ways = differences(pair[0].front_end, pair[1].front_end)
            text = "; ".join(map(str, ways)) or "no difference"
            if ways != what and len(ways) <= len(what) and text not in others:
                others.append(text)
    both = (one, other)
    return Explanation(
        explained,
        what,
        tuple(c.front_end if c else None for c in both),  # type: ignore[arg-type]
        tuple(_name(c, s) for c, s in zip(both, (left, right), strict=True)),  # type: ignore[arg-type]
        tuple(c.error if c else float("inf") for c in both),  # type: ignore[arg-type]
        turned,
        facts_of(a.T if turned[0] else a, b.T if turned[1] else b),
        tuple(others[:LISTED]),
    )


def _name(candidate: Candidate | None, search: Search | None) -> str:
    if candidate is None:
        return "no front end of this shape is known"
    name = named(candidate.front_end)
    return name if search is None or search.found(candidate) else f"not reproduced; nearest is {name}"

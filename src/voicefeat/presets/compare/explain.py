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
from ..names import FrontEndName
from .differences import Difference, differences, weight
from .matrix_facts import facts_of
from .search import Candidate, Search, named

__all__ = ["Explanation", "explain"]

#: Largest number of alternative explanations that are listed.
LISTED = 4


@dataclass(frozen=True)
class Explanation:
    """Why two matrices differ, or the known facts if no reason was found; `print` it to read it.

    Parameters
    ----------
    explained : bool
        Whether each matrix is reproduced to rounding by a front end.
    differences : tuple of Difference
        The settings in which the two front ends differ: `setting`, `a`, `b`.
    front_ends : tuple of FrontEnd or None
        The front end of each matrix; the nearest one if none reproduces it, None if none has its shape.
    names : tuple of str
        The nearest preset of each, and the settings that differ from it.
    errors : tuple of float
        Largest error of each front end, relative to the peak of the matrix; 0.0 for a front end given as `b`.
    turned : tuple of bool
        Whether each matrix has shape (frames, rows).
    facts : tuple of str
        Facts that need no front end: shapes, and where and by how much the values differ.
    others : tuple of str
        Other settings that explain the second matrix equally well on this signal.

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
                lines.append("the front ends are the same; only rounding differs")
        else:
            lines.append("no explanation was found. What is known:")
        lines += [f"  {fact}" for fact in self.facts]
        lines += [f"  on this signal as good: {other}" for other in self.others]
        return "\n".join(lines)


def explain(
    a: ArrayLike, b: ArrayLike | FrontEndName | str | FrontEnd, y: ArrayLike, sr: float
) -> Explanation:
    """Which settings make two feature matrices of one signal differ.

    The front end of each matrix is searched among the presets, and among front ends with up to three other
    settings: those in which published systems are known to differ. The time grows with the length of the
    signal; give a few seconds of a recording, no more.

    Parameters
    ----------
    a : array of shape (rows, frames) or (frames, rows)
        Features of `y`; NaN and infinite values are ignored.
    b : array of shape (rows, frames) or (frames, rows), str or FrontEnd
        Other features of `y`; or the front end that should have made `a`, by name or as a value.
    y : array of shape (n,), float32, float64, int16 or int32
        The signal.
    sr : float
        Sampling rate in Hz.

    Returns
    -------
    Explanation
        The settings that differ, with the front ends and their errors. If no front end reproduces a matrix,
        it says so, and which rows and frames differ, by how much, and whether by a constant.

    Raises
    ------
    ParameterError
        If a matrix or the signal cannot be used, or the rate is not that of the front end `b`.

    Notes
    -----
    Settings that have no effect on this signal cannot be found, such as a floor below all bands. If several
    settings explain a matrix equally well, all are listed. Dither is found only if its noise is that of
    `Signal`.

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
        warnings.simplefilter("ignore")  # about candidates with empty filters
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
    """Compare `a` with the features of `fe`."""
    features = fe(y, sr)
    known = fe if fe.signal.rate is not None else fe.replace(signal__rate=sr)
    search = Search(a, y, sr)
    candidate = _identified(search, known)
    exact = Candidate(known, 0.0, 0.0, False)
    return _explanation(a, features, candidate, exact, search, None)


def _between(a: np.ndarray, b: np.ndarray, y: np.ndarray, sr: int) -> Explanation:
    """Compare two matrices: search for each by itself, then near the front end of the other."""
    left, right = Search(a, y, sr), Search(b, y, sr)
    one = _identified(left, None)
    other = _identified(right, one.front_end if one is not None and left.found(one) else None)
    if other is not None and right.found(other) and not (one is not None and left.found(one)):
        one = _identified(left, other.front_end)
    return _explanation(a, b, one, other, left, right)


def _identified(search: Search, known: FrontEnd | None) -> Candidate | None:
    """The front end of a matrix; of several that fit equally well, the one most like `known`."""
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


def _explanation(
    a: np.ndarray,
    b: np.ndarray,
    one: Candidate | None,
    other: Candidate | None,
    left: Search,
    right: Search | None,
) -> Explanation:
    """The explanation that follows from the two candidates."""
    reasons: tuple[Difference, ...] = ()
    others: list[str] = []
    explained = False
    if one is not None and other is not None:
        explained = left.found(one) and (right is None or right.found(other))
        if explained:
            reasons = differences(one.front_end, other.front_end)
            others = _alternatives(one, other, left, right, reasons)
    turned = (bool(one and one.turned), bool(other and other.turned))
    return Explanation(
        explained,
        reasons,
        (None if one is None else one.front_end, None if other is None else other.front_end),
        (_name(one, left), _name(other, right)),
        (one.error if one else float("inf"), other.error if other else float("inf")),
        turned,
        facts_of(a.T if turned[0] else a, b.T if turned[1] else b),
        tuple(others[:LISTED]),
    )


def _alternatives(
    one: Candidate, other: Candidate, left: Search, right: Search | None, reasons: tuple[Difference, ...]
) -> list[str]:
    """Other differences that explain the matrices equally well and are no longer."""
    found: list[str] = []
    search, chosen = (left, one) if right is None else (right, other)
    for equal in search.equal(chosen)[:40]:
        pair = (equal, other) if right is None else (one, equal)
        ways = differences(pair[0].front_end, pair[1].front_end)
        text = "; ".join(map(str, ways)) or "no difference"
        if ways != reasons and len(ways) <= len(reasons) and text not in found:
            found.append(text)
    return found


def _name(candidate: Candidate | None, search: Search | None) -> str:
    if candidate is None:
        return "no front end of this shape is known"
    name = named(candidate.front_end)
    return name if search is None or search.found(candidate) else f"not reproduced; nearest is {name}"

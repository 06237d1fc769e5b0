"""The frequencies of an octave as ratios to its first: equal temperament, Pythagorean, just intonation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cache import memoised
from ..errors import check_choice, check_numeric, fail

#: Scales by name, and the prime numbers of those in just intonation.
NAMED = ("equal", "pythagorean", "ji3", "ji5", "ji7")
_PRIMES = {"ji3": (3,), "ji5": (3, 5), "ji7": (3, 5, 7)}


def check_intervals(intervals: Any) -> str | tuple[float, ...]:
    """The name of a scale, or given ratios as a tuple."""
    if isinstance(intervals, str):
        return check_choice("intervals", intervals, NAMED)
    choices = f"choose one of {', '.join(map(repr, NAMED))}, or give ratios such as [1, 9/8, 5/4]"
    ratios = check_numeric("intervals", intervals, remedy=choices, what="are not ratios").astype(np.float64)
    if ratios.ndim != 1 or not ratios.size or not np.isfinite(ratios).all() or ratios.min() <= 0:
        fail(
            "intervals",
            intervals,
            "must be a name or ratios above 0 in one dimension",
            choices,
        )
    return tuple(ratios.tolist())


def frequencies(
    n_bins: int, fmin: float, intervals: str | tuple[float, ...], bins_per_octave: int
) -> np.ndarray:
    """`n_bins` frequencies from `fmin` on, octave after octave, in ascending order."""
    ratios = np.asarray(intervals) if isinstance(intervals, tuple) else _ratios(intervals, bins_per_octave)
    octaves = np.ceil(n_bins / len(ratios))
    return np.sort(np.multiply.outer(2.0 ** np.arange(octaves), ratios).ravel()[:n_bins]) * fmin


@memoised
def _ratios(name: str, n: int) -> np.ndarray:
    """The `n` ratios of the scale `name` within an octave, in ascending order."""
    if name == "equal":
        return 2.0 ** (np.arange(n, dtype=float) / n)
    if name == "pythagorean":
        octaves = np.arange(n) * np.log2(3)
    else:
        octaves = _crystal(_PRIMES[name], n) @ np.log2(_PRIMES[name])
    return 2.0 ** np.sort(octaves - np.floor(octaves))


def _crystal(primes: tuple[int, ...], n: int) -> np.ndarray:
    """Exponents of `primes` in `n` ratios that are as simple as possible to each other.

    A crystal grows from the unison. In each step, of all neighbouring points, the one joins that has the
    smallest sum of harmonic distances, sum_p |a_p - b_p| log2(p), to the points already in the crystal. If
    sums are equal, the simplest point joins; if those are equally simple, the one seen first.

    Source: J. Tenney, "On 'Crystal Growth' in harmonic space", 1993.
    """
    weights = np.log2(primes)
    steps = [sign * row for row in np.eye(len(primes), dtype=int) for sign in (1, -1)]
    grown = [np.zeros(len(primes), dtype=int)]
    edge = list(steps)
    while len(grown) < n:
        best, least = 0, np.inf
        for i, point in enumerate(edge):
            # Rounded to six decimals and added one by one, so that sums compare as in librosa.
            total = sum(np.around(np.abs(point - np.array(grown)) @ weights, 6).tolist())
            simpler = np.abs(point) @ weights < np.abs(edge[best]) @ weights
            if total < least or (np.isclose(total, least) and simpler):
                best, least = i, total
        chosen = edge.pop(best)
        grown.append(chosen)
        known = {tuple(point) for point in (*grown, *edge)}
        edge += [point for step in steps if tuple(point := chosen + step) not in known]
    return np.array(grown[:n], dtype=float)


def widths(alpha: Any) -> np.ndarray:
    """Given relative bandwidths of filters, checked."""
    bandwidths = check_numeric("alpha", alpha).astype(float)
    if not ((bandwidths > 1e-9) & (bandwidths < 1e6)).all():
        fail("alpha", alpha, "must be relative bandwidths above 0", "give fractions of 1, such as 0.1")
    return bandwidths


def ascending(freqs: Any) -> np.ndarray:
    """`freqs` as float64, checked."""
    array = check_numeric("freqs", freqs).astype(np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all() or array.min() <= 0:
        fail("freqs", freqs, "must be frequencies above 0 in one dimension", "give them in hertz, ascending")
    if np.any(array[:-1] > array[1:]):
        fail("freqs", freqs, "must ascend", "sort them")
    return array

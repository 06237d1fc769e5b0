"""Facts about two matrices that need no front end: shapes, and where and how they differ."""

from __future__ import annotations

import numpy as np

#: Largest number of rows or frames that are listed.
LISTED = 6


def facts_of(a: np.ndarray, b: np.ndarray) -> tuple[str, ...]:
    """Shapes, where the values differ and by how much, and whether they differ by a constant."""
    if a.shape != b.shape:
        if a.shape == b.T.shape:
            return (f"b has the shape of a transposed: {a.shape} and {b.shape}",)
        if a.shape[0] == b.shape[0]:
            return (f"{a.shape[1]} frames in a, {b.shape[1]} in b; {a.shape[0]} rows in both",)
        return (f"shape (rows, frames): {a.shape} in a, {b.shape} in b",)
    a, b = a.astype(np.float64), b.astype(np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    facts = []
    if not known.all():
        facts.append(f"{int((~known).sum())} values are NaN or infinite in a or b and are ignored")
    a, b = np.where(known, a, 0.0), np.where(known, b, 0.0)
    distance = np.abs(a - b)
    peak = max(np.abs(a).max(), np.abs(b).max()) or 1.0
    facts.append(f"largest difference {distance.max():.3g}, {distance.max() / peak:.1e} of the peak")
    limit = 1e-6 * peak
    if distance.max() <= limit:
        return tuple(facts)
    facts += _where("rows", distance.max(axis=1) > limit) + _where("frames", distance.max(axis=0) > limit)
    return (*facts, *_constants(a, b, known, limit), *_quiet(b, distance))


def _where(what: str, differs: np.ndarray) -> list[str]:
    places = np.flatnonzero(differs)
    if places.size == differs.size:
        return [f"all {differs.size} {what} differ"]
    shown = ", ".join(map(str, places[:LISTED])) + (", ..." if places.size > LISTED else "")
    return [f"{places.size} of {differs.size} {what} differ: {shown}"]


def _constants(a: np.ndarray, b: np.ndarray, known: np.ndarray, limit: float) -> list[str]:
    """A ratio or an offset that is constant everywhere, or within each row."""
    offset = np.where(known, b - a, 0.0)
    middle = float(np.median(offset[known]))
    if np.abs(offset - middle)[known].max() <= limit:
        return [f"b is a plus {middle:.9g} everywhere"]
    power = float((a * a).sum())
    ratio = float((a * b).sum()) / power if power else 0.0
    if np.abs(b - ratio * a).max() <= limit:
        return [f"b is a times {ratio:.9g} everywhere"]
    if np.abs(offset - np.median(offset, axis=1, keepdims=True))[known].max() <= limit:
        return ["b is a plus a constant for each row"]
    ratios = (a * b).sum(axis=1, keepdims=True) / np.maximum((a * a).sum(axis=1, keepdims=True), 1e-300)
    if np.abs(b - ratios * a).max() <= limit:
        return ["b is a times a constant for each row"]
    return []


def _quiet(b: np.ndarray, distance: np.ndarray) -> list[str]:
    """Whether quiet frames differ most."""
    level, size = b.mean(axis=0), distance.mean(axis=0)
    if level.size < 8 or not level.std() or not size.std():
        return []
    correlation = float(np.corrcoef(level, size)[0, 1])
    if correlation > -0.5:
        return []
    return ["differences are largest where b is lowest; causes may be a floor, a log offset, or dither"]

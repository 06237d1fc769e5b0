"""The norms by which weights are scaled: p above 0, inf, -inf, and 0, which counts the nonzero values."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from ..errors import check_choice, fail

#: The largest finite norm; larger ones are close to inf.
MOST = 100
_NO_NORM = (bool, np.timedelta64)


def check_norm(name: str, norm: Any, *names: str) -> None:
    """Refuse a norm that is not None, one of `names`, or a valid number."""
    if isinstance(norm, str) and names:
        check_choice(name, norm, names)
    elif norm is not None:
        try:
            number = (
                float(norm) if isinstance(norm, numbers.Real) and not isinstance(norm, _NO_NORM) else np.nan
            )
        except OverflowError:
            number = np.nan
        if not (number >= 0 or number == -np.inf):
            fail(name, norm, "is not a norm", "give None, a number above 0, 0, inf or -inf")
        if MOST < number < np.inf:
            fail(name, norm, f"is above {MOST}: such powers overflow", "give inf")


def scaled(weights: np.ndarray, norm: float | None, axis: int) -> np.ndarray:
    """`weights` with unit p-norm along `axis`; rows of zeros stay zero."""
    if norm is None:
        return weights
    check_norm("norm", norm)
    norm = float(norm)
    size = np.abs(weights).astype(float)
    if norm == np.inf:
        length = size.max(axis=axis, keepdims=True)
    elif norm == -np.inf:
        length = size.min(axis=axis, keepdims=True)
    elif norm == 0:
        length = (size > 0).sum(axis=axis, keepdims=True, dtype=float)
    else:
        with np.errstate(over="ignore", under="ignore"):
            length = (size**norm).sum(axis=axis, keepdims=True) ** (1.0 / norm)
        if not np.isfinite(length).all():
            fail("norm", norm, "has a root that overflows double precision", "give a norm from 0.1 to 10")
    length[length < np.finfo(weights.dtype).tiny] = 1.0
    return (weights / length).astype(weights.dtype)

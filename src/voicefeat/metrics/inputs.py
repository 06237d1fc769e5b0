"""Checks of scores, and remarks on suspicious ones."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_numeric, fail
from .curves import Curve, area

__all__ = ["remarks"]

#: The share of tied scores above which there is a remark.
TIED = 0.01
#: The largest score; squares of larger ones could overflow double precision.
LARGEST = 1e100


def check_scores(name: str, values: Any) -> np.ndarray:
    """Scores as a vector of float64 with at least one element."""
    remedy = "give one number for each utterance"
    scores = check_numeric(name, values, remedy=remedy, what="are not scores").astype(np.float64)
    if scores.ndim != 1:
        fail(name, values, "must be a vector of scores", remedy)
    if not scores.size:
        fail(name, values, "is empty", "give scores of both classes")
    bad = np.flatnonzero(~np.isfinite(scores))
    if bad.size:
        problem = f"not finite: {bad.size:,} scores, the first at {bad[0]} ({scores[bad[0]]})"
        fail(name, values, problem, "correct the detector; score with logits if probabilities become 0 or 1")
    if np.abs(scores).max() > LARGEST:
        fail(name, values, f"has scores beyond {LARGEST:g}", "correct the detector")
    return scores


def check_pair(name: str, pair: Any) -> tuple[Any, Any]:
    """A pair of values, for bona fide utterances and for spoofs."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        fail(name, pair, "must be a pair, for bona fide utterances and for spoofs", "give (bonafide, spoof)")
    return pair[0], pair[1]


def curve_of(bonafide: ArrayLike, spoof: ArrayLike) -> Curve:
    """The error curve of two vectors of scores, after checking them."""
    return Curve.of(check_scores("bonafide", bonafide), check_scores("spoof", spoof))


def remarks(bonafide: ArrayLike, spoof: ArrayLike) -> list[str]:
    """Remarks on suspicious scores: inverted scores, or many equal ones.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    list of str
        Sentences, or an empty list. The sign of scores is never changed.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.remarks([2.0, 3.0], [0.0, 1.0])
    []
    >>> vf.metrics.remarks([0.0, 1.0], [2.0, 3.0])[0][:27]
    'the AUC is 0, below a half:'
    """
    return curve_remarks(curve_of(bonafide, spoof))


def curve_remarks(curve: Curve) -> list[str]:
    """The same remarks for a curve."""
    remarks = []
    auc = area(curve)
    if auc < 0.5:
        remarks.append(
            f"the AUC is {auc:.4g}, below a half: either these scores carry no information, or lower scores "
            f"mean bona fide; if so, change their sign"
        )
    tied = curve.tied
    if tied > TIED:
        remarks.append(
            f"{100 * tied:.3g} % of the scores equal another score and get the same decision; other "
            f"programs may give another result; score with logits in double precision"
        )
    return remarks


def warn(curve: Curve) -> None:
    """Give the remarks as warnings at the caller of a public function."""
    for remark in curve_remarks(curve):
        warnings.warn(remark, UserWarning, stacklevel=3)


def checked_statistic(statistic: Callable[..., Any], settings: Mapping[str, Any], curve: Curve) -> float:
    """The value of a caller's own `statistic` for a curve, which must be a number."""
    value = statistic(curve, **settings)
    if not isinstance(value, numbers.Real) or math.isnan(value):
        fail("statistic", statistic, f"gave {value!r}", "give a function of a Curve that returns a number")
    return float(value)

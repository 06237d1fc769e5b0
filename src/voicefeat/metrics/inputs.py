"""What scores are, and what is remarkable about them."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import check_numeric, fail
from .curves import Curve, area

__all__ = ["remarks"]

#: The share of scores with another's value above which they are called tied.
TIED = 0.01
#: The largest score: the squares of larger ones are beyond double precision.
LARGEST = 1e100


def array(name: str, values: Any) -> np.ndarray:
    """Scores as a vector of float64, of which there is one at least."""
    told = "give one number for each utterance"
    found = check_numeric(name, values, remedy=told, what="are no scores").astype(np.float64)
    if found.ndim != 1:
        fail(name, values, "must be a vector of scores", told)
    if not found.size:
        fail(name, values, "holds no score", "give scores of both classes")
    bad = np.flatnonzero(~np.isfinite(found))
    if bad.size:
        first = f"not finite: {bad.size:,} scores, the first at {bad[0]} ({found[bad[0]]})"
        fail(name, values, first, "mend the detector; score with logits where probabilities become 0 or 1")
    if np.abs(found).max() > LARGEST:
        fail(name, values, f"has scores beyond {LARGEST:g}", "mend the detector")
    return found


def two(name: str, pair: Any) -> tuple[Any, Any]:
    """What there is of bona fide utterances, and what of spoofs."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        fail(name, pair, "must be two: of bona fide utterances and of spoofs", "give (bonafide, spoof)")
    return pair[0], pair[1]


def curve_of(bonafide: Any, spoof: Any) -> Curve:
    """The curve of two vectors of scores, which are checked."""
    return Curve.of(array("bonafide", bonafide), array("spoof", spoof))


def remarks(bonafide: Any, spoof: Any) -> list[str]:
    """What is remarkable about scores: that they are inverted, or that many are equal.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    list of str
        Sentences; none where nothing is remarkable. Scores are never turned round.

    Raises
    ------
    ParameterError
        If a vector is empty or holds what is no finite number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.remarks([2.0, 3.0], [0.0, 1.0])
    []
    >>> vf.metrics.remarks([0.0, 1.0], [2.0, 3.0])[0][:27]
    'the AUC is 0, below a half:'
    """
    return of_curve(curve_of(bonafide, spoof))


def of_curve(curve: Curve) -> list[str]:
    """The same of a curve."""
    found = []
    auc = area(curve)
    if auc < 0.5:
        found.append(
            f"the AUC is {auc:.4g}, below a half: either these scores say nothing, or a lower one means bona "
            f"fide; if so, give them with the other sign"
        )
    tied = curve.tied
    if tied > TIED:
        found.append(
            f"{100 * tied:.3g} % of the scores have the value of another: they are decided together, "
            f"and other programs may differ; score with logits in double precision"
        )
    return found


def warn(curve: Curve) -> None:
    """Say what is remarkable, to the caller of a public function."""
    for remark in of_curve(curve):
        warnings.warn(remark, UserWarning, stacklevel=3)


def figure(statistic: Callable[..., Any], settings: Mapping[str, Any], curve: Curve) -> float:
    """What a caller's own `statistic` says of a curve of errors, which must be a number."""
    value = statistic(curve, **settings)
    if not isinstance(value, numbers.Real) or math.isnan(value):
        fail("statistic", statistic, f"gave {value!r}", "give a function of a Curve that gives a number")
    return float(value)

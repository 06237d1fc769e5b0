"""The equal error rate, in the three common definitions."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_choice
from .curves import Curve, hull
from .inputs import curve_of, warn

__all__ = ["EqualErrorRate", "eer"]

METHODS = ("step", "roc", "hull")


class EqualErrorRate(NamedTuple):
    """An equal error rate, and its threshold."""

    rate: float
    #: Utterances with this score or a higher one are accepted.
    threshold: float
    #: The two error rates at the threshold, which may differ a little.
    miss: float
    false_alarm: float


def eer(
    bonafide: ArrayLike, spoof: ArrayLike, *, method: Literal["step", "roc", "hull"] = "step"
) -> EqualErrorRate:
    """The equal error rate (EER), at which the miss rate equals the false alarm rate.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    method : {"step", "roc", "hull"}
        "step": the mean of both rates at the threshold where they differ least, as in ASVspoof. "roc": the
        point with equal rates on the line between neighbouring points of the ROC. "hull": the same on its
        convex hull.

    Returns
    -------
    EqualErrorRate
        `rate`, from 0 to 1, `threshold`, `miss` and `false_alarm`. Between two thresholds, `threshold` is the
        lower, and both rates are `rate`.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Warns
    -----
    UserWarning
        If the scores seem to be inverted, or more than one per cent equal another score; see `remarks`.

    Notes
    -----
    Equal scores get the same decision. The scoring programs of ASVspoof sort bona fide scores first among
    equal ones, so that an EER of 100 % results if all scores are equal; here it is 50 %. If all scores
    differ, "step" equals their result.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.eer([1.0, 3.0, 4.0, 5.0], [0.0, 0.5, 2.0, 0.2])
    EqualErrorRate(rate=0.25, threshold=2.0, miss=0.25, false_alarm=0.25)
    """
    check_choice("method", method, METHODS)
    curve = curve_of(bonafide, spoof)
    warn(curve)
    return equal_error(curve, method)


def equal_error(curve: Curve, method: str = "step") -> EqualErrorRate:
    """The same metric for a curve."""
    if method == "step":
        k = int(np.argmin(np.abs(curve.miss - curve.false_alarm)))
        at = float(curve.miss[k]), float(curve.false_alarm[k])
        return EqualErrorRate(sum(at) / 2, float(curve.thresholds[k]), *at)
    corners = hull(curve) if method == "hull" else slice(None)
    miss, false_alarm = curve.miss[corners], curve.false_alarm[corners]
    k = int(np.argmax(miss >= false_alarm))  # exists, since miss is 1 at infinity; never 0
    before, after = miss[k - 1] - false_alarm[k - 1], miss[k] - false_alarm[k]
    part = -before / (after - before)
    rate = float(miss[k - 1] + part * (miss[k] - miss[k - 1]))
    return EqualErrorRate(rate, float(curve.thresholds[corners][k - 1 + (part == 1)]), rate, rate)

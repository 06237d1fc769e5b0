"""Scores as log-likelihood ratios: their cost (Cllr), and calibration, which turns scores into ratios.

N. Brümmer, J. du Preez, "Application-independent evaluation of speaker detection", Computer Speech and
Language 20, 2006.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array
from ..errors import ParameterError, check_bool, check_float, check_numeric, fail
from ..files.text import open_text, toml
from .curves import Curve, hull
from .inputs import check_scores, curve_of

__all__ = ["Calibration", "cllr", "fit_calibration", "min_cllr"]

_STEPS, _SMALL = 100, 1e-12


def cllr(bonafide: ArrayLike, spoof: ArrayLike) -> float:
    """The cost of log-likelihood ratios (Cllr) in bits, an average over all applications.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class as log-likelihood ratios in nats, bona fide over spoof; see `fit_calibration`.

    Returns
    -------
    float
        0 for perfect ratios, 1 for ratios without information; more than 1 if they mislead.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Notes
    -----
    ``(mean of ln(1 + exp(-s)) over bona fide + mean of ln(1 + exp(s)) over spoofs) / (2 ln 2)``

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.cllr([0.0, 0.0], [0.0])
    1.0
    """
    return cllr_of(curve_of(bonafide, spoof))


def cllr_of(curve: Curve) -> float:
    """The same metric for a curve."""
    scores = curve.thresholds[:-1]
    losses = np.logaddexp(0, scores)  # those of spoofs; ln(1 + exp(-s)) is smaller by s
    lost = np.sum(curve.counts[0] * (losses - scores)) / curve.sizes[0]
    feared = np.sum(curve.counts[1] * losses) / curve.sizes[1]
    return float((lost + feared) / (2 * math.log(2)))


def min_cllr(bonafide: ArrayLike, spoof: ArrayLike) -> float:
    """The least Cllr of any increasing function of the scores: the part that calibration cannot reduce.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    float
        Cost from 0 to 1, never more than `cllr`.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.

    Notes
    -----
    The pool-adjacent-violators algorithm finds the function; its blocks are the edges of the convex hull of
    the ROC.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.min_cllr([-5.0, -4.0], [-7.0, -6.0])
    0.0
    >>> vf.metrics.min_cllr([1.0], [1.0])
    1.0
    """
    return min_cllr_of(curve_of(bonafide, spoof))


def min_cllr_of(curve: Curve) -> float:
    """The same metric for a curve."""
    starts = hull(curve)[:-1]
    genuine, forged = (np.add.reduceat(c, starts) / n for c, n in zip(curve.counts, curve.sizes, strict=True))
    both = genuine + forged
    lost, feared = (_times_log(share, both) for share in (genuine, forged))
    return float((lost + feared) / (2 * math.log(2)))


def _times_log(share: np.ndarray, both: np.ndarray) -> float:
    """The sum of share ln(both / share); a share of 0 adds 0."""
    some = share > 0
    return float(np.sum(share[some] * np.log(both[some] / share[some])))


@dataclass(frozen=True)
class Calibration:
    """An affine calibration from scores to log-likelihood ratios: ``slope * s + offset``."""

    slope: float
    offset: float

    def apply(self, scores: ArrayLike) -> Float64Array:
        """Scores as log-likelihood ratios in nats, bona fide over spoof."""
        return (
            self.slope * check_numeric("scores", scores, what="are not scores").astype(np.float64)
            + self.offset
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write both numbers to a TOML file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"slope = {self.slope!r}\noffset = {self.offset!r}\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibration:
        """Read a file written by `save`."""
        remedy = "give a file that save wrote"
        try:
            with open_text("path", path) as file:
                values = toml(f"path={os.fspath(path)!r}", file.read(), remedy)
        except (OSError, UnicodeDecodeError) as error:
            fail("path", os.fspath(path), f"cannot be read ({error})", remedy)
        if set(values) != {"slope", "offset"}:
            remedy = "give a file that save wrote: slope = ..., offset = ..."
            fail("path", os.fspath(path), f"holds {', '.join(values) or 'nothing'}", remedy)
        return cls(check_float("slope", values["slope"]), check_float("offset", values["offset"]))


def fit_calibration(bonafide: ArrayLike, spoof: ArrayLike, *, smooth: bool = False) -> Calibration:
    """Fit a calibration from scores to log-likelihood ratios, by logistic regression on development data.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class on development data; never on the data that is evaluated.
    smooth : bool
        Fit Platt's targets, (n + 1) / (n + 2) and 1 / (n + 2), in place of 1 and 0. For many scores they make
        little difference; they give a finite slope if a threshold separates the classes.

    Returns
    -------
    Calibration
        `slope` and `offset`, the log odds of the development data being subtracted; `apply` gives ratios.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, if all scores are equal, or if a threshold
        separates the classes and `smooth` is False.

    Warns
    -----
    UserWarning
        If the slope is negative: the scores are inverted.

    Notes
    -----
    Source of the smooth targets: J. Platt, "Probabilistic outputs for support vector machines", 1999.

    Examples
    --------
    >>> import voicefeat as vf
    >>> found = vf.metrics.fit_calibration([0.0, 2.0, 3.0], [-1.0, 1.0, -2.0])
    >>> round(found.slope, 3), round(found.offset, 3)
    (1.214, -0.607)
    """
    bonafide, spoof, smooth = (
        check_scores("bonafide", bonafide),
        check_scores("spoof", spoof),
        check_bool("smooth", smooth),
    )
    scores = np.concatenate([bonafide, spoof])
    if scores.min() == scores.max():
        fail(
            "bonafide",
            bonafide,
            f"all scores are {scores[0]:g}",
            "correct the detector: equal scores cannot be calibrated",
        )
    apart = bonafide.min() >= spoof.max() or bonafide.max() <= spoof.min()
    if apart and not smooth:
        problem = "a threshold separates these scores from those of spoofs, so the best slope is infinite"
        fail("bonafide", bonafide, problem, "give smooth=True, or more development data")
    hit = (bonafide.size + 1) / (bonafide.size + 2) if smooth else 1.0
    alarm = 1 / (spoof.size + 2) if smooth else 0.0
    targets = np.repeat([hit, alarm], [bonafide.size, spoof.size])
    centre, scale = (
        scores.mean(),
        scores.std() or np.ptp(scores),
    )  # the variance of tiny scores underflows to 0
    slope, offset = _regress((scores - centre) / scale, targets)
    slope, offset = slope / scale, offset - slope * centre / scale
    if slope < 0:
        import warnings

        message = "the slope is negative: these scores are inverted, lower ones mean bona fide"
        warnings.warn(message, UserWarning, stacklevel=2)
    found = Calibration(float(slope), float(offset - math.log(bonafide.size / spoof.size)))
    if not (math.isfinite(found.slope) and math.isfinite(found.offset)):
        fail("bonafide", bonafide, "scores differ too little for a finite slope", "scale them")
    return found


def _regress(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Slope and offset of least cross-entropy, by Newton's method with step halving."""
    basis = np.stack([x, np.ones_like(x)])
    found = np.zeros(2)

    def loss(at: np.ndarray) -> float:
        logit = at @ basis
        return float(np.mean(np.logaddexp(0, logit) - targets * logit))

    now = loss(found)
    for _ in range(_STEPS):
        chance = (1 + np.tanh(found @ basis / 2)) / 2
        gradient = basis @ (chance - targets) / x.size
        curvature = (basis * (chance * (1 - chance))) @ basis.T / x.size
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:  # all utterances are decided: follow the gradient
            step = gradient
        while (then := loss(found - step)) > now and np.abs(step).max() > _SMALL:
            step = step / 2
        found, now = found - step, min(now, then)
        if np.abs(step).max() <= _SMALL * (1 + np.abs(found).max()):
            return found
    raise ParameterError("bonafide: logistic regression does not converge; give smooth=True")

"""Scores as log-likelihood ratios: what they are worth as such (Cllr), how they become such (calibration).

N. Brümmer, J. du Preez, "Application-independent evaluation of speaker detection", Computer Speech and
Language 20, 2006.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError, check_bool, check_float, check_numeric, fail
from ..files.text import open_text, toml
from .curves import Curve, hull
from .inputs import array, curve_of

__all__ = ["Calibration", "cllr", "fit_calibration", "min_cllr"]

_STEPS, _SMALL = 100, 1e-12


def cllr(bonafide: Any, spoof: Any) -> float:
    """The cost of log-likelihood ratios, in bits: what they are worth to users of any costs.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class as log-likelihood ratios in nats, bona fide over spoof; see `fit_calibration`.

    Returns
    -------
    float
        0 for perfect ratios, 1 for ratios that say nothing; more than 1 where they mislead.

    Raises
    ------
    ParameterError
        If a vector is empty or holds what is no finite number.

    Notes
    -----
    ``(mean of ln(1 + exp(-s)) over bona fide + mean of ln(1 + exp(s)) over spoofs) / (2 ln 2)``

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.cllr([0.0, 0.0], [0.0])
    1.0
    """
    return bits(curve_of(bonafide, spoof))


def bits(curve: Curve) -> float:
    """The same of a curve."""
    scores = curve.thresholds[:-1]
    losses = np.logaddexp(0, scores)  # those of spoofs; ln(1 + exp(-s)) is less by s
    lost = np.sum(curve.counts[0] * (losses - scores)) / curve.sizes[0]
    feared = np.sum(curve.counts[1] * losses) / curve.sizes[1]
    return float((lost + feared) / (2 * math.log(2)))


def min_cllr(bonafide: Any, spoof: Any) -> float:
    """The least Cllr that any increasing function of the scores has: what calibration cannot mend.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.

    Returns
    -------
    float
        From 0 to 1, never more than `cllr`.

    Raises
    ------
    ParameterError
        If a vector is empty or holds what is no finite number.

    Notes
    -----
    The function is had by the pool-adjacent-violators algorithm, whose blocks are the edges of the convex
    hull of the ROC.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.min_cllr([-5.0, -4.0], [-7.0, -6.0])
    0.0
    >>> vf.metrics.min_cllr([1.0], [1.0])
    1.0
    """
    return least_bits(curve_of(bonafide, spoof))


def least_bits(curve: Curve) -> float:
    """The same of a curve."""
    starts = hull(curve)[:-1]
    genuine, forged = (np.add.reduceat(c, starts) / n for c, n in zip(curve.counts, curve.sizes, strict=True))
    both = genuine + forged
    lost, feared = (_times_log(share, both) for share in (genuine, forged))
    return float((lost + feared) / (2 * math.log(2)))


def _times_log(share: np.ndarray, both: np.ndarray) -> float:
    """The sum of share ln(both / share); where the share is nothing, nothing is lost."""
    some = share > 0
    return float(np.sum(share[some] * np.log(both[some] / share[some])))


@dataclass(frozen=True)
class Calibration:
    """A line that makes log-likelihood ratios of scores: ``slope * s + offset``."""

    slope: float
    offset: float

    def apply(self, scores: Any) -> np.ndarray:
        """Scores as log-likelihood ratios in nats, bona fide over spoof."""
        return (
            self.slope * check_numeric("scores", scores, what="are no scores").astype(np.float64)
            + self.offset
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write both numbers into a TOML file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"slope = {self.slope!r}\noffset = {self.offset!r}\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibration:
        """Read what `save` wrote."""
        remedy = "give a file that save wrote"
        try:
            with open_text("path", path) as file:
                held = toml(f"path={os.fspath(path)!r}", file.read(), remedy)
        except (OSError, UnicodeDecodeError) as error:
            fail("path", os.fspath(path), f"cannot be read ({error})", remedy)
        if set(held) != {"slope", "offset"}:
            told = "give a file that save wrote: slope = ..., offset = ..."
            fail("path", os.fspath(path), f"holds {', '.join(held) or 'nothing'}", told)
        return cls(check_float("slope", held["slope"]), check_float("offset", held["offset"]))


def fit_calibration(bonafide: Any, spoof: Any, *, smooth: bool = False) -> Calibration:
    """Learn to make log-likelihood ratios of scores, by logistic regression on development data.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class on development data; never on the data that is evaluated.
    smooth : bool
        Fit Platt's targets, (n + 1) / (n + 2) and 1 / (n + 2), in place of 1 and 0. They make little
        difference to many scores, and give a finite slope where a threshold separates the classes.

    Returns
    -------
    Calibration
        `slope` and `offset`, less the logarithm of the development data's own odds; `apply` makes ratios.

    Raises
    ------
    ParameterError
        If a vector is empty or holds what is no finite number, if all scores are equal, or if a threshold
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
    bonafide, spoof, smooth = array("bonafide", bonafide), array("spoof", spoof), check_bool("smooth", smooth)
    scores = np.concatenate([bonafide, spoof])
    if scores.min() == scores.max():
        fail(
            "bonafide", bonafide, f"all scores are {scores[0]:g}", "mend the detector: nothing can be learned"
        )
    apart = bonafide.min() >= spoof.max() or bonafide.max() <= spoof.min()
    if apart and not smooth:
        problem = "a threshold separates these scores from those of spoofs, so that no slope is steep enough"
        fail("bonafide", bonafide, problem, "give smooth=True, or more development data")
    hit = (bonafide.size + 1) / (bonafide.size + 2) if smooth else 1.0
    alarm = 1 / (spoof.size + 2) if smooth else 0.0
    targets = np.repeat([hit, alarm], [bonafide.size, spoof.size])
    centre, scale = scores.mean(), scores.std() or np.ptp(scores)  # squares of tiny scores are 0
    slope, offset = _regress((scores - centre) / scale, targets)
    slope, offset = slope / scale, offset - slope * centre / scale
    if slope < 0:
        import warnings

        told = "the slope is negative: these scores are inverted, a lower one means bona fide"
        warnings.warn(told, UserWarning, stacklevel=2)
    found = Calibration(float(slope), float(offset - math.log(bonafide.size / spoof.size)))
    if not (math.isfinite(found.slope) and math.isfinite(found.offset)):
        fail("bonafide", bonafide, "scores differ too little for a finite slope", "scale them")
    return found


def _regress(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Slope and offset of the least cross-entropy, by Newton's method with halved steps."""
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
        except np.linalg.LinAlgError:  # every utterance is decided: it is downhill all the same
            step = gradient
        while (then := loss(found - step)) > now and np.abs(step).max() > _SMALL:
            step = step / 2
        found, now = found - step, min(now, then)
        if np.abs(step).max() <= _SMALL * (1 + np.abs(found).max()):
            return found
    raise ParameterError("bonafide: logistic regression does not converge; give smooth=True")

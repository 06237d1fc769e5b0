"""One score from those of several detectors: a weighted sum, fitted by logistic regression.

N. Brümmer and others, "Fusion of heterogeneous speaker recognition systems in the STBU submission for the
NIST speaker recognition evaluation 2006", IEEE TASLP 15, 2007.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array
from ..errors import ParameterError, check_float, check_path, check_texts, fail
from ..files.text import open_text, toml
from .inputs import check_scores

__all__ = ["Fusion", "fit_fusion"]

#: How small a gradient ends the search, relative to one trial, and the most steps.
_SMALL, _STEPS = 1e-10, 2000
#: How far beyond its range a score may count, as a part of the range.
_ROOM = 0.1
#: The smallest deviation of scores; squares and inverses of smaller ones could leave double precision.
TINY = 1e-100


@dataclass(frozen=True)
class Fusion:
    """A fusion of detectors: an offset and the sum of ``weights * scores``, each score kept near a range."""

    #: What the detectors are called, in the order of their scores.
    names: tuple[str, ...]
    weights: tuple[float, ...]
    offset: float
    #: The range of each detector's scores; a score beyond it counts less and less, see `fit_fusion`.
    low: tuple[float, ...]
    high: tuple[float, ...]

    def apply(self, scores: ArrayLike | Sequence[ArrayLike]) -> Float64Array:
        """Scores of shape (detectors, n) as n log-likelihood ratios in nats, bona fide over spoof."""
        x = _matrix("scores", scores)
        if len(x) != len(self.weights):
            problem = f"has {len(x)} rows, and {len(self.weights)} detectors are fused"
            fail("scores", scores, problem, f"give one row for each of {', '.join(self.names)}")
        kept = _kept(x, *(np.array(ends)[:, None] for ends in (self.low, self.high)))
        return np.asarray(np.array(self.weights) @ kept + self.offset)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write names, weights, ranges and offset to a TOML file."""
        import json

        names = json.dumps(self.names, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML has them
        lines = [f"names = {names}", f"offset = {self.offset!r}"]
        lines += [f"{key} = {list(getattr(self, key))!r}" for key in ("weights", "low", "high")]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, ""]))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Fusion:
        """Read a file written by `save`."""
        given, remedy = check_path("path", path), "give a file that save wrote"
        try:
            with open_text("path", path) as file:
                held = toml(f"path={given!r}", file.read(), remedy)
        except (OSError, UnicodeDecodeError) as error:
            fail("path", given, f"cannot be read ({error})", remedy)
        lists = ("names", "weights", "low", "high")
        if set(held) != {*lists, "offset"}:
            fail("path", given, f"holds {', '.join(held) or 'nothing'}", remedy)
        sizes = {len(held[key]) if isinstance(held[key], list) else 0 for key in lists}
        if len(sizes) != 1 or 0 in sizes:
            fail("path", given, "does not hold as many weights and ranges as names", remedy)
        where = f"path={given!r}: "
        numbers = {key: tuple(check_float(where + key, value) for value in held[key]) for key in lists[1:]}
        if not all(low < high for low, high in zip(numbers["low"], numbers["high"], strict=True)):
            fail("path", given, "holds a range whose low is not below its high", remedy)
        offset = check_float(where + "offset", held["offset"])
        return cls(tuple(check_texts(where + "names", held["names"])), offset=offset, **numbers)


def fit_fusion(
    bonafide: Sequence[ArrayLike],
    spoof: Sequence[ArrayLike],
    *,
    names: Iterable[str] | None = None,
    prior: float = 0.5,
    ridge: float = 1.0,
    trim: float = 0.1,
) -> Fusion:
    """Fit a fusion of several detectors to log-likelihood ratios, by logistic regression on development data.

    Parameters
    ----------
    bonafide, spoof : array of shape (detectors, n)
        Scores of either class on development data, one row for each detector, the same utterances in all
        rows; never the data that is evaluated. The number of utterances differs between the classes.
    names : sequence of str, optional
        What the detectors are called; by default "0", "1" and so on.
    prior : float
        The prior probability of bona fide speech for which the fit counts, from 0.01 to 0.99: 0.5 gives both
        classes the same weight, however many utterances they have.
    ridge : float
        The penalty, from 1e-6 to 1e6: half of it times the sum of the squared weights of standardised scores
        is added to the cross-entropy of all utterances, as in scikit-learn with ``C = 1 / ridge``. Weights
        are therefore finite even if the classes are separated.
    trim : float
        The share of each detector's development scores that is beyond its range at either end, from 0 to
        0.25. Beyond the range, scores grow ever more slowly, and never by more than a tenth of it.

    Returns
    -------
    Fusion
        `weights`, of which none is negative, `offset` and ranges; `apply` gives log-likelihood ratios.

    Raises
    ------
    ParameterError
        If a row is empty, has values that are not finite or another length than the first, if all scores
        of a detector are equal, or if a setting cannot be used.

    Warns
    -----
    UserWarning
        If every weight is 0: no detector is right more often than wrong.

    Notes
    -----
    Scores are limited to their range, and standardised, both classes weighing as the prior says. One
    detector does not spoil the others: its unit does not count; a score that is far beyond those of
    development has no more weight than the largest there; a detector that is wrong more often than right has
    the weight 0, as weights are not negative; and the penalty keeps one that separates the development data
    from silencing the rest. What development data cannot tell, that a detector is worse on other data, the
    fit cannot know: give it scores of systems and speakers that no detector was trained on.

    A score that is ``d`` beyond a range of length ``r`` counts as its end and ``d / (1 + 10 d / r)`` more.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> rng = np.random.default_rng(0)
    >>> bonafide = rng.normal([[1.0], [1.0], [0.0]], 1.0, (3, 4000))  # the third detector knows nothing
    >>> spoof = rng.normal([[-1.0], [-1.0], [0.0]], 1.0, (3, 6000))
    >>> found = vf.metrics.fit_fusion(bonafide, spoof, names=["lfcc", "cqcc", "noise"])
    >>> [round(weight) for weight in found.weights]
    [2, 2, 0]
    >>> found.apply([[0.5], [0.5], [9.0]]).shape
    (1,)
    """
    pair = [_matrix(name, rows) for name, rows in (("bonafide", bonafide), ("spoof", spoof))]
    if len(pair[0]) != len(pair[1]):
        problem = f"{len(pair[0])} detectors for bona fide speech and {len(pair[1])} for spoofs"
        raise ParameterError(f"spoof: {problem}; give a row for each detector in both")
    called = [str(k) for k in range(len(pair[0]))] if names is None else check_texts("names", names)
    if len(called) != len(pair[0]) or len(set(called)) != len(called):
        fail("names", called, "must be one for each detector, each once", f"give {len(pair[0])} names")
    prior = check_float("prior", prior, 0.01, 0.99)
    ridge = check_float("ridge", ridge, 1e-6, 1e6)
    trim = check_float("trim", trim, 0.0, 0.25)
    sizes = [part.shape[1] for part in pair]
    share = np.repeat([prior / sizes[0], (1 - prior) / sizes[1]], sizes)
    x = np.concatenate(pair, axis=1)
    low, high = np.quantile(x, [trim, 1 - trim], axis=1)
    for k in np.flatnonzero(~(low < high)):
        remedy = "leave it out" if np.ptp(x[k]) == 0 else "give a smaller trim, or leave it out"
        fail("bonafide", pair[0][k], f"the scores of detector {called[k]} are {low[k]:g}", remedy)
    x = _kept(x, low[:, None], high[:, None])
    centre = x @ share
    scale = np.sqrt((x - centre[:, None]) ** 2 @ share)
    for k in np.flatnonzero(~(scale > TINY)):
        fail(
            "bonafide",
            pair[0][k],
            f"the scores of detector {called[k]} differ by less than {TINY:g}",
            "scale them up",
        )
    slopes, offset = _regress((x - centre[:, None]) / scale[:, None], share, sizes, ridge)
    if not slopes.any():
        told = "every detector has the weight 0, so that all fused scores are alike"
        warnings.warn(f"{told}; if lower scores mean bona fide, change their sign", UserWarning, stacklevel=2)
    weights = slopes / scale
    offset -= float(weights @ centre) + math.log(prior / (1 - prior))
    return Fusion(tuple(called), _numbers(weights), offset, _numbers(low), _numbers(high))


def _matrix(name: str, rows: Any) -> np.ndarray:
    """Scores of shape (detectors, n), checked row by row."""
    if not isinstance(rows, np.ndarray | list | tuple) or not len(
        np.shape(rows) if isinstance(rows, np.ndarray) else rows
    ):
        fail(name, rows, "must be scores of shape (detectors, n)", "give a row of scores for each detector")
    found = [check_scores(f"{name}[{k}]", row) for k, row in enumerate(rows)]
    lengths = sorted({row.size for row in found})
    if len(lengths) > 1:
        problem = f"rows of {lengths[0]} and of {lengths[-1]} scores"
        fail(name, rows, problem, "score the same utterances with every detector")
    return np.stack(found)


def _kept(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Scores as they are in their range, and beyond it ever closer to a limit; their order stays."""
    inside = np.clip(x, low, high)
    beyond, room = x - inside, _ROOM * (high - low)
    return np.asarray(inside + beyond / (1 + np.abs(beyond) / room))


def _numbers(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _regress(
    x: np.ndarray, share: np.ndarray, sizes: Sequence[int], ridge: float
) -> tuple[np.ndarray, float]:
    """Weights of at least 0 and an offset of least penalised cross-entropy; `share` sums to 1."""
    from scipy.optimize import minimize

    basis, target = np.vstack([x, np.ones(x.shape[1])]), np.repeat([1.0, 0.0], sizes)
    each = share * x.shape[1]

    def cost(at: np.ndarray) -> tuple[float, np.ndarray]:
        logit, slopes = at @ basis, np.append(at[:-1], 0.0)
        loss = each @ (np.logaddexp(0, logit) - target * logit) + ridge / 2 * (slopes @ slopes)
        chance = (1 + np.tanh(logit / 2)) / 2
        return float(loss), basis @ (each * (chance - target)) + ridge * slopes

    bounds = [(0.0, None)] * len(x) + [(None, None)]
    options = {"maxiter": _STEPS, "maxfun": 10 * _STEPS, "ftol": 0.0, "gtol": _SMALL * x.shape[1]}
    found = minimize(cost, np.zeros(len(basis)), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return found.x[:-1], float(found.x[-1])

"""Detectors of scikit-learn on one vector a clip: SVM, logistic regression, forests.

What is learnt is kept as plain arrays in an .npz, and scores are computed from these. Nothing is pickled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from . import arrays, trees
from .features import Features

#: Kinds, and the arrays that are kept of each.
WRITTEN = {
    "svm": ("vectors", "weights", "intercept", "gamma"),
    "logistic": ("weights", "intercept"),
    "forest": ("left", "right", "column", "threshold", "value", "sizes"),
    "boosting": ("nodes", "sizes", "baseline"),
}
KINDS = tuple(WRITTEN)
#: Rows that are scored at a time, so that kernels fit into memory.
PART = 1024


class Classic:
    """A classifier on standardised columns; a score is its decision value or log-odds."""

    file = "model.npz"

    def __init__(self, kind: str, **settings: Any) -> None:
        self.kind, self.settings = kind, settings
        #: What was learnt, as `save` writes it.
        self.held: dict[str, np.ndarray] = {}

    def check(self) -> None:
        """Refuse settings that scikit-learn refuses, which it says of a fit alone: of 20 made-up rows."""
        x = np.random.default_rng(0).normal(size=(20, 4))
        try:
            _classifier(self.kind, 0, self.settings).fit(x, np.arange(20) % 2)
        except (TypeError, ValueError) as error:
            raise vf.ParameterError(
                f"model.settings={self.settings}: {error}; see scikit-learn's page"
            ) from None

    def fit(
        self,
        features: Features,
        places: dict[str, np.ndarray],
        y: np.ndarray,
        seed: int,
        folder: Path,
        log: Any,
    ) -> None:
        """Learn from train."""
        x = self._vectors(features, places["train"])
        self.mean, self.deviation = x.mean(0), np.maximum(x.std(0), 1e-9)
        try:
            model = _classifier(self.kind, seed, self.settings)
        except TypeError as error:
            raise vf.ParameterError(
                f"model.settings={self.settings}: {error}; see scikit-learn's page"
            ) from None
        model.fit((x - self.mean) / self.deviation, y[places["train"]].astype(int))
        self.held = _learnt(self.kind, model)
        log("fitted", rows=len(x), columns=x.shape[1])

    def _vectors(self, features: Features, index: np.ndarray) -> np.ndarray:
        if features.bounds is not None or features.values.ndim != 2:
            raise vf.ParameterError(
                f"model.kind={self.kind!r}: takes one vector a clip; give input.statistics = ['mean', 'std']"
            )
        return np.asarray(features.values[index], np.float64)

    def score(self, features: Features, index: np.ndarray) -> np.ndarray:
        """One number for each clip, higher for bona fide."""
        x = (self._vectors(features, index) - self.mean) / self.deviation
        return np.concatenate([self._decided(part) for part in np.split(x, range(PART, len(x), PART))])

    def _decided(self, x: np.ndarray) -> np.ndarray:
        """What scikit-learn's classifier would decide of standardised rows."""
        held = self.held
        if self.kind == "svm":
            return _kernel(self.settings, x, held) @ held["weights"] + held["intercept"]
        if self.kind == "logistic":
            return x @ held["weights"] + held["intercept"]
        if self.kind == "boosting":
            return held["baseline"][0] + trees.of_boosting(held).total(x)
        # Shares of trees, pulled in from 0 and 1 so that odds are finite; forests compare single precision.
        total, count = trees.of_forest(held).total(x.astype(np.float32)), len(held["sizes"])
        share = np.clip(total / count, 0.5 / count, 1 - 0.5 / count)
        return np.log(share / (1 - share))

    @property
    def parameters(self) -> int:
        """Numbers that are learnt: those that `save` writes, without the columns' means and deviations."""
        return sum(a.size for a in self.held.values())

    def save(self, path: Path) -> None:
        """What was learnt as arrays."""
        with replacing(path, "wb") as file:
            np.savez(file, mean=self.mean, deviation=self.deviation, **self.held)

    def load(self, path: Path) -> None:
        """What `save` wrote for a classifier of this kind and these settings."""
        self.take(arrays.read(path, self.names), path)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the arrays that `save` writes."""
        return ("mean", "deviation", *WRITTEN[self.kind])

    def take(self, held: dict[str, np.ndarray], path: Path) -> None:
        """Be the classifier of these arrays, which were read from `path`."""
        self.mean, self.deviation = held.pop("mean"), held.pop("deviation")
        self.held = held
        try:
            if not self._whole():
                raise arrays.unfit(path, self.kind)
        except (ValueError, IndexError, TypeError):  # of shapes that do not go together
            raise arrays.unfit(path, self.kind) from None

    def _whole(self) -> bool:
        """Whether the arrays go together: trees lead downwards, and a row has one score."""
        if self.mean.ndim != 1 or self.mean.shape != self.deviation.shape:
            return False
        found = {"forest": trees.of_forest, "boosting": trees.of_boosting}.get(self.kind)
        if found and not found(self.held).sound(len(self.mean)):
            return False
        return self._decided(np.zeros((1, len(self.mean)))).shape == (1,)


def _kernel(settings: dict[str, Any], x: np.ndarray, held: dict[str, np.ndarray]) -> np.ndarray:
    """The SVM's kernel of every row with every support vector."""
    from sklearn.metrics.pairwise import pairwise_kernels

    how = {"gamma": float(held["gamma"]), "degree": settings.get("degree", 3)}
    how |= {"coef0": settings.get("coef0", 0.0)}
    kernel = settings.get("kernel", "rbf")
    return pairwise_kernels(x, held["vectors"], metric=kernel, filter_params=True, **how)


def _learnt(kind: str, m: Any) -> dict[str, np.ndarray]:
    """What a classifier of scikit-learn has learnt."""
    if kind == "svm":
        return {"vectors": m.support_vectors_, "weights": m.dual_coef_[0], "intercept": m.intercept_,
                "gamma": np.array(m._gamma)}  # fmt: skip
    if kind == "logistic":
        return {"weights": m.coef_[0], "intercept": m.intercept_}
    if kind == "boosting":
        nodes = [stage[0].nodes for stage in m._predictors]
        return {"nodes": np.concatenate(nodes), "sizes": np.array([len(n) for n in nodes]),
                "baseline": np.ravel(m._baseline_prediction)}  # fmt: skip
    grown = [t.tree_ for t in m.estimators_]
    names = {
        "left": "children_left",
        "right": "children_right",
        "column": "feature",
        "threshold": "threshold",
    }
    found = {k: np.concatenate([getattr(t, v) for t in grown]) for k, v in names.items()}
    found["value"] = np.concatenate([t.value[:, 0, -1] for t in grown])
    return found | {"sizes": np.array([t.node_count for t in grown])}


def _classifier(kind: str, seed: int, settings: dict[str, Any]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if kind == "svm":
        return SVC(**{"C": 3.0, "class_weight": "balanced", "gamma": "scale", **settings})
    if kind == "logistic":
        return LogisticRegression(**{"class_weight": "balanced", "max_iter": 2000, **settings})
    if kind == "forest":
        return RandomForestClassifier(random_state=seed, **{"n_estimators": 300, "n_jobs": -1, **settings})
    return HistGradientBoostingClassifier(random_state=seed, **{"max_iter": 330, **settings})

"""Detectors of scikit-learn on one vector a clip: SVM, logistic regression, forests.

What is learnt is kept as plain arrays in an .npz; nothing is ever pickled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from .features import Features

KINDS = ("svm", "logistic", "forest", "boosting")


class Classic:
    """A classifier on standardised columns; a score is its decision value or log-odds."""

    file = "model.npz"

    def __init__(self, kind: str, **settings: Any) -> None:
        self.kind, self.settings = kind, settings
        self.model: Any = None

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
            self.model = _classifier(self.kind, seed, self.settings)
        except TypeError as error:
            raise vf.ParameterError(
                f"model.settings={self.settings}: {error}; see scikit-learn's page"
            ) from None
        self.model.fit((x - self.mean) / self.deviation, y[places["train"]].astype(int))
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
        if self.kind == "forest":  # shares of trees, pulled in from 0 and 1 so that odds are finite
            trees = len(self.model.estimators_)
            share = np.clip(self.model.predict_proba(x)[:, 1], 0.5 / trees, 1 - 0.5 / trees)
            return np.log(share / (1 - share))
        return self.model.decision_function(x)

    @property
    def parameters(self) -> int:
        """Numbers that are learnt: those that `save` writes, without the columns' means and deviations."""
        return sum(a.size for a in self._arrays().values())

    def save(self, path: Path) -> None:
        """What was learnt as arrays."""
        with replacing(path, "wb") as file:
            np.savez(file, mean=self.mean, deviation=self.deviation, **self._arrays())

    def _arrays(self) -> dict[str, np.ndarray]:
        m = self.model
        if self.kind == "svm":
            return {"vectors": m.support_vectors_, "weights": m.dual_coef_[0], "intercept": m.intercept_,
                    "gamma": np.array(m._gamma)}  # fmt: skip
        if self.kind == "logistic":
            return {"weights": m.coef_[0], "intercept": m.intercept_}
        if self.kind == "boosting":
            nodes = [stage[0].nodes for stage in m._predictors]
            return {"nodes": np.concatenate(nodes), "sizes": np.array([len(n) for n in nodes]),
                    "baseline": np.ravel(m._baseline_prediction)}  # fmt: skip
        trees = [t.tree_ for t in m.estimators_]
        names = {
            "left": "children_left",
            "right": "children_right",
            "column": "feature",
            "threshold": "threshold",
        }
        arrays = {k: np.concatenate([getattr(t, v) for t in trees]) for k, v in names.items()}
        arrays["value"] = np.concatenate([t.value[:, 0, -1] for t in trees])
        return arrays | {"sizes": np.array([t.node_count for t in trees])}


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

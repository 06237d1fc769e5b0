"""Two Gaussian mixtures, one for each class: the classical detector of the ASVspoof baselines."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from . import arrays
from .features import Features

#: The mixtures, and the arrays of each, as a file has them.
CLASSES = ("spoof", "bonafide")
PARTS = ("log_weights", "means", "variances")


class GMM:
    """A mixture of diagonal Gaussians for either class; a score is the mean log-likelihood ratio of a frame.

    components   Gaussians of each mixture
    iterations   of expectation and maximisation, from frames drawn of the data
    frames       at most so many of each class, the same share of every clip; 0 for all
    floor        added to every variance
    """

    file = "model.npz"

    def __init__(
        self, components: int = 64, iterations: int = 20, frames: int = 0, floor: float = 1e-3
    ) -> None:
        for name, value, least in (
            ("components", components, 1),
            ("iterations", iterations, 1),
            ("frames", frames, 0),
        ):
            if type(value) is not int or value < least:
                raise vf.ParameterError(
                    f"model.settings.{name}={value!r}: must be {least} or more; give a whole number"
                )
        if not 0 <= floor < np.inf:
            raise vf.ParameterError(f"model.settings.floor={floor!r}: must be 0 or more; mend it")
        self.components, self.iterations, self.most, self.floor = components, iterations, frames, floor
        #: For spoof and bona fide: log weights, means and variances.
        self.mixtures: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def fit(
        self,
        features: Features,
        places: dict[str, np.ndarray],
        y: np.ndarray,
        seed: int,
        folder: Path,
        log: Any,
    ) -> None:
        """Learn both mixtures; scikit-learn's in double precision, which digital silence needs."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        self.mixtures = []
        for bonafide in (False, True):
            x = self._frames(features, places["train"][y[places["train"]] == bonafide], seed)
            if len(x) < self.components:
                raise vf.ParameterError(
                    f"model.settings.components={self.components}: more than the {len(x)} frames "
                    f"of one class; give fewer"
                )
            model = GaussianMixture(
                self.components, covariance_type="diag", reg_covar=self.floor, max_iter=self.iterations,
                init_params="random_from_data", random_state=seed,
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # so many iterations are what is wanted
                model.fit(x)
            self.mixtures.append((np.log(model.weights_), model.means_, model.covariances_))
            name = "bona fide" if bonafide else "spoof"
            log(
                "mixture", of=name, frames=len(x), iterations=model.n_iter_, nats=round(model.lower_bound_, 3)
            )

    def _frames(self, features: Features, index: np.ndarray, seed: int) -> np.ndarray:
        parts = [features.frames(i) for i in index]
        total = sum(len(p) for p in parts)
        if self.most and total > self.most:
            rng = np.random.default_rng(seed)
            share = self.most / total
            parts = [p[rng.random(len(p)) < share] for p in parts]
        return np.concatenate(parts).astype(np.float64)

    def score(self, features: Features, index: np.ndarray) -> np.ndarray:
        """One number for each clip, higher for bona fide."""
        terms = [_terms(*mixture) for mixture in self.mixtures]
        out = np.empty(len(index))
        for k, i in enumerate(index):
            x = np.asarray(features.frames(i), np.float64)
            both = np.concatenate([x, x * x], axis=1)
            spoof, bonafide = (_likelihood(both, *t) for t in terms)
            out[k] = bonafide - spoof
        return out

    @property
    def parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(part.size for mixture in self.mixtures for part in mixture)

    def save(self, path: Path) -> None:
        """Arrays in an .npz: for each class log weights, means and variances."""
        held = {
            f"{key}_{name}": array
            for key, mixture in zip(CLASSES, self.mixtures, strict=True)
            for name, array in zip(PARTS, mixture, strict=True)
        }
        with replacing(path, "wb") as file:
            np.savez(file, **held)

    def load(self, path: Path) -> None:
        """What `save` wrote."""
        held = arrays.read(path, [f"{key}_{name}" for key in CLASSES for name in PARTS])
        mixtures = [tuple(held[f"{key}_{name}"] for name in PARTS) for key in CLASSES]
        shape = mixtures[0][1].shape
        for log_weights, means, variances in mixtures:
            fit = len(shape) == 2 and means.shape == variances.shape == shape and len(log_weights) == shape[0]
            if not fit or not (variances > 0).all():
                raise arrays.unfit(path, "pair of Gaussian mixtures")
        self.mixtures = mixtures


def _terms(
    log_weights: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A product of [x, x²] with the first, plus the second, is each Gaussian's log-likelihood."""
    matrix = np.concatenate([(means / variances).T, (-0.5 / variances).T])
    constant = log_weights - 0.5 * (np.log(2 * np.pi * variances) + means**2 / variances).sum(1)
    return matrix, constant


def _likelihood(both: np.ndarray, matrix: np.ndarray, constant: np.ndarray) -> float:
    each = both @ matrix + constant
    top = each.max(1, keepdims=True)
    return float((top[:, 0] + np.log(np.exp(each - top).sum(1))).mean())

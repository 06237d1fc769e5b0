"""Recordings to columns for scikit-learn: a transformer for Pipeline, GridSearchCV, clone and set_output."""

import os

import numpy as np

import voicefeat as vf

try:
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError:
    raise ModuleNotFoundError("scikit-learn is not installed: pip install scikit-learn") from None

#: What frames become.
POOLINGS = {
    "mean": ["mean"],
    "mean+std": ["mean", "std"],
    "stats": ["mean", "std", "min", "q0.25", "median", "q0.75", "max"],
}


class VoiceFeatures(TransformerMixin, BaseEstimator):
    """Each recording, a signal or a path, as one row: statistics of its features over time.

    Parameters
    ----------
    feature : str or FrontEnd
        A front end, one's name (`vf.frontends`), or the name of a feature such as "mfcc".
    settings : dict, optional
        What to change of the front end, or the feature's arguments: {"n_filters": 40}, {"n_mfcc": 13}.
    pooling : "mean", "mean+std" or "stats"
        Which statistics; of "stats", seven.
    sr : float
        Sampling rate in Hz: of signals, and that paths are read at.
    """

    def __init__(self, feature="asvspoof2019-lfcc", settings=None, pooling="mean+std", sr=16000):
        self.feature = feature
        self.settings = settings
        self.pooling = pooling
        self.sr = sr

    def fit(self, X, y=None):
        """Learns nothing but the names of the columns, from the first recording."""
        self.columns_ = list(self._row(_several(X)[0]))
        return self

    def transform(self, X):
        """float64 array of shape (recordings, columns)."""
        check_is_fitted(self)
        return np.array([list(self._row(item).values()) for item in _several(X)])

    def get_feature_names_out(self, input_features=None):
        check_is_fitted(self)
        return np.array(self.columns_, dtype=object)

    def _row(self, item):
        if self.pooling not in POOLINGS:
            raise ValueError(f"pooling={self.pooling!r}: is not known; choose one of {', '.join(POOLINGS)}")
        y = vf.load(item, sr=self.sr)[0] if isinstance(item, (str, os.PathLike)) else item
        own = self.settings or {}
        if isinstance(self.feature, str) and self.feature not in vf.frontends():
            features = vf.extract(y, self.sr, {self.feature: own}, stack=True)
        else:
            front = vf.frontend(self.feature) if isinstance(self.feature, str) else self.feature
            front = front.replace(**own)
            features = vf.Stacked(front(y, self.sr), front.rows)
        return vf.summarize(features, POOLINGS[self.pooling])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # recordings may differ in length
        return tags


def _several(X):
    alone = isinstance(X, (str, os.PathLike)) or not len(X) or isinstance(X[0], (float, np.number))
    if alone:
        raise ValueError("X: must be several signals or paths; write [y] for one")
    return X

"""Trees kept as arrays: forests and boosting of scikit-learn, read without a pickle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Trees:
    """All trees one behind the other; rows go left where the column is not above the node's threshold.

    left, right   the number of the next node within its tree; `leaf` says where there is none
    column        which column a node asks
    value         what a leaf says
    sizes         nodes of every tree
    """

    left: np.ndarray
    right: np.ndarray
    column: np.ndarray
    threshold: np.ndarray
    leaf: np.ndarray
    value: np.ndarray
    sizes: np.ndarray

    def total(self, x: np.ndarray) -> np.ndarray:
        """The sum of what all trees say of each row of (n, columns)."""
        out, every = np.zeros(len(x)), np.arange(len(x))
        for first in np.cumsum([0, *self.sizes[:-1]]):
            node = np.full(len(x), first)
            going = every[~self.leaf[node]]
            while len(going):
                at = node[going]
                left = x[going, self.column[at]] <= self.threshold[at]
                node[going] = first + np.where(left, self.left[at], self.right[at])
                going = going[~self.leaf[node[going]]]
            out += self.value[node]
        return out

    def sound(self, columns: int) -> bool:
        """Whether every node is within its tree, leads further down, and asks a column that there is."""
        size = np.repeat(self.sizes, self.sizes)
        if not len(self.sizes) or self.sizes.min() < 1 or len(size) != len(self.leaf):
            return False
        first = np.repeat(np.cumsum([0, *self.sizes[:-1]]), self.sizes)
        if np.isnan(self.threshold).any() or not np.isfinite(self.value).all():
            return False
        own, inner = np.arange(len(size)) - first, ~self.leaf
        nexts = [side[inner].astype(np.int64) for side in (self.left, self.right)]
        down = all(((side > own[inner]) & (side < size[inner])).all() for side in nexts)
        asked = self.column[inner]
        return bool(down and (asked >= 0).all() and (asked < columns).all())


def of_forest(held: dict[str, np.ndarray]) -> Trees:
    """Trees of a random forest; a leaf says the share of bona fide clips."""
    parts = [held[name] for name in ("left", "right", "column", "threshold")]
    return Trees(*parts, held["left"] < 0, held["value"], held["sizes"])


def of_boosting(held: dict[str, np.ndarray]) -> Trees:
    """Trees of histogram gradient boosting; a leaf adds to the log-odds."""
    nodes = held["nodes"]
    parts = [nodes[name] for name in ("left", "right", "feature_idx", "num_threshold")]
    return Trees(*parts, nodes["is_leaf"] != 0, nodes["value"], held["sizes"])

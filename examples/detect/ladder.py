"""The same examples divided in several ways: what may stand on both sides of a split decides the result."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np

import voicefeat as vf

from .corpus import Clip, Corpus
from .course import svm

FOLDS = 5


def rungs(corpus: Corpus, rows: Sequence[Clip]) -> dict[str, list[str]]:
    """The group of every row under each rule: rows of one group are never on both sides."""
    named = corpora(corpus)
    return {
        "random windows": [str(k) for k in range(len(rows))],
        "recordings": [str(row.path) for row in rows],
        "speakers": [row.speaker for row in rows],
        "corpora": [named.get(row.path.stem, "") for row in rows if row.path],
    }


def corpora(corpus: Corpus) -> dict[str, str]:
    """From which corpus each recording is, where a column of manifest.csv says it."""
    file = corpus.folder / "manifest.csv"
    if not file.is_file():
        return {}
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    return {(corpus.folder / row["path"]).stem: row.get("corpus") or "" for row in rows}


def divided(x: np.ndarray, y: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Scores of every row by a detector that was taught by no row of its group, in five folds."""
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

    numbers = np.unique(groups, return_inverse=True)[1]
    count = min(FOLDS, numbers.max() + 1, *(len(set(numbers[y == c])) for c in np.unique(y)))
    if count < 2:
        raise vf.ParameterError("one group holds all of a class; such a split teaches nothing")
    folds = list(StratifiedGroupKFold(count, shuffle=True, random_state=0).split(x, y, numbers))
    if any(len(np.unique(y[taught])) < 2 for taught, _ in folds):
        raise vf.ParameterError("a split would leave one class alone to learn from")
    return cross_val_predict(svm(), x, y, cv=folds, method="decision_function")

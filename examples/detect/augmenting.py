"""Copies of training clips, each made worse in its own way, the same in every run."""

from __future__ import annotations

import numpy as np
import voicefeat as vf

from .corpus import Clip
from .words import one_of


def worse(y: np.ndarray, rate: int, augment: str, row: Clip) -> np.ndarray:
    """The samples of copy `row.copy`: the draws depend on the utterance and the copy alone."""
    one_of("data.augment", augment, ("rawboost",))
    rng = vf.augment.generator(seed=0, utterance=row.utt, epoch=row.copy)
    return vf.augment.rawboost(y, rate, algorithm=5, rng=rng).astype(np.float32)

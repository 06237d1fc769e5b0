"""A fusion of members: its weights are learnt from their scores by logistic regression, and kept as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import voicefeat as vf

from .logbook import put

#: What a seed of a fusion leaves in place of a model.
FILE = "fusion.json"
Fusion = vf.metrics.Fusion


def fit(names: Sequence[str], scores: Sequence[np.ndarray], y: np.ndarray) -> Fusion:
    """The fusion of members whose scores for the same clips, of labels `y`, are given."""
    rows = np.array(scores)
    return vf.metrics.fit_fusion(rows[:, y == 1], rows[:, y == 0], names=names)


def save(fusion: Fusion, path: Path) -> None:
    """Members by the names of their configs, with weights, ranges of scores, and the offset."""
    said = dataclasses.asdict(fusion)
    put(path, json.dumps({"members": said.pop("names"), **said}, indent=1))


def load(path: Path) -> Fusion:
    """What `save` wrote: a fusion of one or more members, all numbers finite."""
    if not path.is_file():
        raise vf.ParameterError(f"{path}: is not there; copy the whole run again, or train again")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        names = [str(name) for name in said.pop("members")]
        numbers = [np.array(said.pop(key), float) for key in ("weights", "low", "high")]
        offset = float(said.pop("offset"))
        good = not said and names and all(part.shape == (len(names),) for part in numbers)
        good = (
            good and np.isfinite([*np.concatenate(numbers), offset]).all() and (numbers[1] < numbers[2]).all()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        raise vf.ParameterError(f"{path}: is no fusion that train.py wrote; copy the whole run again")
    weights, low, high = (tuple(part.tolist()) for part in numbers)
    return Fusion(tuple(names), weights, offset, low, high)


def told(fusion: Fusion) -> str:
    """What each member's scores count for, as a share of all weights times the width of the range."""
    spans = np.array(fusion.weights) * (np.array(fusion.high) - np.array(fusion.low))
    shares = 100 * spans / (spans.sum() or 1.0)
    return ", ".join(f"{name} {share:.0f} %" for name, share in zip(fusion.names, shares, strict=True))

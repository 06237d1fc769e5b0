"""Leave-source-out folds of train and dev: what a model has not heard chooses and calibrates.

The source of a spoof is its system; that of a bona fide clip is its corpus where the list names corpora, and
otherwise its speaker. Every fold holds out some of either. Its training is on clips that are of none of these
systems, and of none of these corpora or speakers.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median_low
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from . import arrays, systems
from .config import Config
from .corpus import Clip, labels
from .features import Features
from .logbook import Log

#: The selection by these folds, as a config names it, and the file of their scores in a seed's folder.
LEFT_OUT, FILE = "leave-source-out", "left_out.npz"
#: What console and report say of such a run, whose texts call the threshold that of dev.
NOTE = (
    "Left-out sources of train and dev chose epochs, settings and weights, calibrated, and set what is "
    "called the threshold of dev."
)
Folds = list[tuple[np.ndarray, np.ndarray]]


def whole(places: dict[str, np.ndarray]) -> np.ndarray:
    """The rows of train and dev, in order."""
    return np.sort(np.concatenate([places["train"], places["dev"]]))


def selected(rows: Sequence[Clip], places: dict[str, np.ndarray]) -> np.ndarray:
    """The rows that folds hold out: those of train and dev without copies."""
    return np.array([i for i in whole(places) if not rows[i].copy], int)


def fewest(config: Config, rows: Sequence[Clip], places: dict[str, np.ndarray]) -> int:
    """Of how many rows the smallest training is; folds that cannot be made are refused."""
    count = len(places["train"])
    if config.training.selection == LEFT_OUT:
        parts = folds(rows, whole(places), config.training.folds, config.training.variants)
        count = min(count, *[len(learn) for learn, _ in parts])
    return count


def origins(rows: Sequence[Clip], index: np.ndarray) -> np.ndarray:
    """For each of these rows what it comes from: of bona fide clips the corpus or else the speaker."""
    corpora = {rows[i].corpus for i in index}
    named = "" not in corpora and len(corpora) > 1
    return np.array([rows[i].corpus if named else rows[i].speaker for i in index])


def system(attack: str, sign: str) -> str:
    """A system's name without its variant: what comes before the last `sign`, where there is one."""
    return attack.rpartition(sign)[0] or attack if sign else attack


def folds(rows: Sequence[Clip], index: np.ndarray, count: int, sign: str = "") -> Folds:
    """So many pairs of rows to train on and rows that are held out; every clip of `index` is held out once.

    Groups are dealt out by scikit-learn's GroupKFold, so that folds are about as large as each other.
    """
    from sklearn.model_selection import GroupKFold

    real = labels([rows[i] for i in index]) == 1
    made_by = np.array([system(rows[i].attack, sign) for i in index])
    place = origins(rows, index)
    copies = np.array([rows[i].copy > 0 for i in index])
    of = np.empty(len(index), int)
    for part, groups, what in (
        (real, place, "corpora or speakers of bona fide clips"),
        (~real, made_by, "systems"),
    ):
        there = len(set(groups[part]))
        if there < count:
            raise vf.ParameterError(
                f"training.folds={count}: train and dev have {there} {what}; "
                f"give {f'folds={there}, or ' if there > 1 else ''}selection=dev"
            )
        at = np.flatnonzero(part)
        for k, (_, held) in enumerate(GroupKFold(count).split(at, groups=groups[at])):
            of[at[held]] = k
    found = []
    for k in range(count):
        held = of == k
        near = np.isin(made_by, list(set(made_by[held & ~real]))) & ~real
        near |= np.isin(place, list(set(place[held & real])))
        people = set().union(*[rows[i].groups for i in index[held & real]])
        near |= np.array([bool(rows[i].groups & people) for i in index])
        learn = index[~held & ~near]
        if len({rows[i].bonafide for i in learn}) < 2:
            raise vf.ParameterError(
                f"training.folds={count}: without the sources of fold {k} no clips of one class are left to "
                f"train on; give another number of folds, or selection=dev"
            )
        found.append((learn, index[held & ~copies]))
    return found


def out_of_source(
    config: Config,
    features: Features,
    rows: Sequence[Clip],
    places: dict[str, np.ndarray],
    seed: int,
    folder: Path,
    log: Log,
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """The rows that were held out, their scores by models that did not hear their sources, best epochs."""
    y, held, scores, epochs = labels(rows), [], [], []
    for k, (learn, out) in enumerate(
        folds(rows, whole(places), config.training.folds, config.training.variants)
    ):
        model, place = systems.make(config), folder / f"fold-{k}"
        place.mkdir(exist_ok=True)
        model.fit(features, {"train": learn, "dev": out}, y, seed, place, quiet)
        held.append(out)
        scores.append(model.score(features, out))
        epochs.append(getattr(model, "best_epoch", 0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of one fold scores may well be worse than chance
            equal = vf.metrics.eer(*(scores[-1][y[out] == value] for value in (1, 0)))
        log(
            "fold", number=k, train=len(learn), held_out=len(out), eer=round(equal.rate, 4),
            sources=sorted({rows[i].attack for i in out} - {"-"}),
        )  # fmt: skip
        remove(place)
    order = np.argsort(np.concatenate(held))
    index, raw = np.concatenate(held)[order], np.concatenate(scores)[order]
    return index, raw, epochs


def keep(folder: Path, index: np.ndarray, scores: np.ndarray) -> None:
    """Write the rows that folds held out and their scores into a seed's folder."""
    with replacing(folder / FILE, "wb") as file:
        np.savez(file, index=index, scores=scores)


def kept(folder: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """The rows and scores that a seed's folds left; None where they are not whole."""
    try:
        held = arrays.read(folder / FILE, ("index", "scores"))
    except vf.ParameterError:
        return None
    return held["index"], held["scores"]


def settled(config: Config, epochs: Sequence[int]) -> Config:
    """The config with as many epochs as the folds chose, their median, of which the last is kept."""
    if not any(epochs):
        return config
    count = median_low(epochs)
    return replace(config, training=replace(config.training, epochs=count, patience=count, monitor="last"))


def remove(place: Path) -> None:
    """Remove a fold's folder, which may hold a checkpoint."""
    shutil.rmtree(place, ignore_errors=True)


def quiet(event: str, **told: Any) -> None:
    """Folds tell their outcome alone."""

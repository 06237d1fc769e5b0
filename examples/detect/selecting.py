"""What dev or left-out sources choose before a model is trained for good: its settings and its epochs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

import voicefeat as vf

from . import sources, systems
from .config import Config
from .corpus import Clip, labels
from .features import Features
from .logbook import Log

#: Rows and scores of models that heard none of their sources; None where dev selects.
LeftOut = tuple[np.ndarray, np.ndarray] | None


def candidates(config: Config) -> Iterator[Config]:
    """The config with every combination of the settings that training.choose lists."""
    choose = config.training.choose
    for values in itertools.product(*choose.values()):
        settings = config.model.settings | dict(zip(choose, values, strict=True))
        yield replace(config, model=replace(config.model, settings=settings))


def select(
    config: Config,
    features: Features,
    rows: list[Clip],
    places: dict[str, np.ndarray],
    seed: int,
    folder: Path,
    log: Log,
) -> tuple[Config, LeftOut]:
    """The config to train with, whose settings have the least minimum Cllr, and the scores that selected."""
    y, every = labels(rows), list(candidates(config))
    found: list[tuple[float, Config, LeftOut]] = []
    for one in every:
        made, left_out = one, None
        if config.training.selection == sources.LEFT_OUT:
            index, scores, epochs = sources.out_of_source(one, features, rows, places, seed, folder, log)
            made, left_out = sources.settled(one, epochs), (index, scores)
        elif len(every) > 1:
            model, index = systems.make(one), places["dev"]
            place = folder / "choosing"
            place.mkdir(exist_ok=True)
            model.fit(features, places, y, seed, place, sources.quiet)
            scores = model.score(features, index)
            sources.remove(place)
        else:
            return one, None
        least = vf.metrics.min_cllr(scores[y[index] == 1], scores[y[index] == 0])
        found.append((least, made, left_out))
        if len(every) > 1:
            log("settings", **one.model.settings, min_cllr=round(least, 4))
    _, made, left_out = min(found, key=lambda each: each[0])
    if left_out is not None:
        sources.keep(folder, *left_out)
    return made, left_out

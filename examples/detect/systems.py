"""A config's model as an object with `fit`, `score`, `save`, `parameters` and `file`, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import voicefeat as vf

from .augmenting import chain
from .classic import KINDS, Classic
from .config import Config, check_stop
from .corpus import Corpus
from .features import inputs, shape_of
from .gmm import GMM
from .models import NETWORKS
from .needs import need
from .pooled import Pooled
from .words import one_of

ALL = ("gmm", *KINDS, "pooled", *NETWORKS, "fusion")


def make(config: Config) -> Any:
    """The model that a config describes, not yet trained."""
    kind, settings = config.model.kind, config.model.settings
    one_of("model.kind", kind, ALL)
    if kind in NETWORKS:
        need("torch")
        from .networks import Network

        return Network(config)
    try:
        if kind == "pooled":
            return Pooled(len(inputs(config.input)), **settings)
        return GMM(**settings) if kind == "gmm" else Classic(kind, **settings)
    except TypeError as error:
        raise vf.ParameterError(f"model.settings={settings}: {error}; see examples/detect/gmm.py") from None


def chosen(config: Config, told: dict[str, Any]) -> Config:
    """The config with the settings that were chosen for a seed, as its fitted.json tells them."""
    settings = told.get("settings", config.model.settings)
    if not isinstance(settings, dict):
        raise vf.ParameterError(f"settings={settings!r}: are no settings of a model; train again")
    return replace(config, model=replace(config.model, settings=settings))


def load(config: Config, folder: Path) -> Any:
    """The trained model of a seed's folder, for a config that is no fusion; nothing of a file is run."""
    model = make(config)
    path = folder / model.file
    if not path.is_file():
        raise vf.ParameterError(f"{path}: is not there; copy the whole run again, or train again")
    model.load(path)
    return model


def check(config: Config, corpus: Corpus, rows: int) -> None:
    """Refuse a model, an input and a number of rows that do not fit, before features are computed."""
    kind = config.model.kind
    model = make(config)
    check_stop(config)
    if config.input.front_ends and kind != "pooled":
        raise vf.ParameterError(
            f"model.kind={kind!r}: takes one front end; give input.front_end, or model.kind = 'pooled'"
        )
    if config.data.copies:
        chain(config.data.augment)
        if corpus.table is not None:
            raise vf.ParameterError(
                f"data.copies={config.data.copies}: a table has no recordings to copy; give copies=0"
            )
    shape = (len(corpus.columns),) if corpus.table is not None else shape_of(config.input)
    if kind in NETWORKS and not shape:
        raise vf.ParameterError(
            f"model.kind={kind!r}: takes examples of one length, and clips differ; give input.changes = "
            f"{{samples = 64000}}, or input.statistics = ['mean']"
        )
    if kind in NETWORKS:
        model.check(shape, rows)
    elif kind == "pooled":
        if corpus.table is not None or not config.input.front_ends:
            raise vf.ParameterError(
                "model.kind='pooled': takes several front ends of recordings; give input.front_ends = "
                "['asvspoof2019-lfcc', 'cqcc2016']"
            )
    elif kind in KINDS and len(shape) != 1:
        raise vf.ParameterError(
            f"model.kind={kind!r}: takes one vector a clip; give input.statistics = ['mean', 'std']"
        )
    if kind == "pooled" or kind in KINDS:
        model.check()

"""Packages that a run needs besides voicefeat: what is missing is said before any work is done."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import util

import voicefeat as vf

from .classic import KINDS
from .config import Config
from .models import NETWORKS

#: What pip calls a module, where it has another name.
PIP = {"sklearn": "scikit-learn"}


def missing(modules: Iterable[str]) -> list[str]:
    """Those that are not installed, as pip calls them."""
    return [PIP.get(name, name) for name in modules if not _there(name)]


def need(*modules: str) -> None:
    """Refuse to begin without these modules."""
    if lacking := missing(modules):
        raise vf.ParameterError(
            f"{' and '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} not installed: "
            f"pip install {' '.join(lacking)}"
        )


def of_config(config: Config, recordings: bool = True) -> list[str]:
    """The modules that a config's model needs, and scikit-learn for the shortcut probe of recordings."""
    kind = config.model.kind
    found = ["sklearn"] if recordings or kind in ("gmm", "pooled", *KINDS) else []
    return [*found, "torch"] if kind in NETWORKS else found


def _there(name: str) -> bool:
    """Whether a module can be found; it is not imported."""
    try:
        return util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False

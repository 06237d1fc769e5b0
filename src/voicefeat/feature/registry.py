"""Every feature of a signal: its name, its file, and how far a frame looks.

One line here makes a feature known to the command line, the contract tests, the benchmarks and the
manual.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..errors import ParameterError

__all__ = ["FEATURES", "Feature", "find"]


@dataclass(frozen=True)
class Feature:
    """One feature: a function ``f(y, sr, **settings)`` that returns ``(..., rows, frames)``."""

    name: str
    room: str
    #: What one row is.
    row: str
    #: True when settings make a frame depend on the whole clip (a floor below its maximum, say).
    clip: Callable[[Mapping[str, Any]], bool] = lambda settings: False
    #: The setting that is the length of a frame in samples; None where frames have no one length.
    frame: str | None = "n_fft"

    @property
    def function(self) -> Callable[..., Any]:
        return getattr(import_module(f"{__package__}.{self.room}"), self.name)

    @property
    def settings(self) -> dict[str, Any]:
        """The keyword arguments besides `y`, `sr` and `S`, with their defaults."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.name not in ("y", "sr", "S", "out")}


def _floor(settings: Mapping[str, Any]) -> bool:
    top_db = settings.get("top_db", "auto")
    return settings.get("log", "db") == "db" if isinstance(top_db, str) else top_db is not None


def _always(settings: Mapping[str, Any]) -> bool:
    return True


def _tuned(settings: Mapping[str, Any]) -> bool:
    return settings.get("tuning") is None


_ALL = [
    Feature("stft", "spectrum", "frequency bin"),
    Feature("spectrogram", "spectrum", "frequency bin"),
    Feature("melspectrogram", "bands", "mel band"),
    Feature("linear_spectrogram", "bands", "linear band"),
    Feature("mfcc", "cepstral", "coefficient", clip=_floor),
    Feature("lfcc", "cepstral", "coefficient", clip=_floor),
    Feature("chroma_stft", "harmony", "pitch class", clip=_tuned),
]

#: Features by name.
FEATURES: dict[str, Feature] = {f.name: f for f in _ALL}


def find(name: str) -> Feature:
    """The feature called `name`.

    Raises
    ------
    ParameterError
        If there is none; the nearest name is suggested.
    """
    if name in FEATURES:
        return FEATURES[name]
    near = difflib.get_close_matches(str(name), FEATURES, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ParameterError(f"feature={name!r}: no such feature; {hint}choose one of {', '.join(FEATURES)}")

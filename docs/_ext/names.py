"""The public names, the group of the reference that each stands in, and the page of each.

Needs voicefeat alone, so that a test can compare the names with those of the package.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import voicefeat

#: Modules whose names are called by a path: ``vf.filters.mel``.
ROOMS = ("feature", "filters", "metrics", "augment", "plot", "corpus", "corpus.inputs")


@dataclass(frozen=True)
class Group:
    """One section of the reference: the names that come from `modules` (the longest fitting path decides)."""

    file: str
    title: str
    about: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """One public name and its page."""

    #: As it is called below `voicefeat`.
    path: str
    #: Other paths to the same thing.
    also: tuple[str, ...]
    module: str

    @property
    def value(self) -> Any:
        return _found(self.path)

    @property
    def kind(self) -> str:
        """The directive of autodoc that documents it."""
        if inspect.isclass(self.value):
            return "autoexception" if issubclass(self.value, BaseException) else "autoclass"
        return "autofunction" if callable(self.value) else "autodata"

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        if self.kind == "autodata":
            return "The names of what is built in."
        return " ".join((inspect.getdoc(self.value) or "").split("\n\n")[0].split())

    @property
    def file(self) -> str:
        """The file of its page: not every disk tells `Stream` from `stream`."""
        twin = self.path != self.path.lower() and self.path.lower() in _paths()
        return self.path.lower() + "-class" if twin else self.path


GROUPS = (
    Group(
        "signal",
        "Signal",
        "Load a recording, and prepare its samples.",
        ("audio", "feature.temporal.preemphasis", "feature.temporal.trim"),
    ),
    Group(
        "spectrum",
        "Frames and spectrum",
        "Short-time spectra: the first stages of the chain.",
        ("feature.spectral.stft", "feature.spectral.log_spectrogram", "feature.spectral.reassigned"),
    ),
    Group(
        "bands",
        "Bands",
        "Spectra that a filter bank has gathered into bands.",
        ("feature.spectral.mel", "feature.speech.gammatone"),
    ),
    Group(
        "cepstrum",
        "Compression and cepstrum",
        "Decibels, energy normalisation by channel, and cepstral coefficients.",
        ("units.decibels", "feature.temporal.pcen", "feature.spectral.cepstral"),
    ),
    Group("dynamics", "Dynamics", "How features change from frame to frame.", ("feature.deltas",)),
    Group(
        "normalisation",
        "Normalisation",
        "Means and variances over a corpus. Those over a clip or a window are settings of a front end.",
        ("feature.corpus_statistics",),
    ),
    Group(
        "descriptors",
        "Descriptors",
        "Numbers that describe the spectrum of a frame.",
        ("feature.spectral.descriptors",),
    ),
    Group("temporal", "Temporal", "Features of the samples of a frame.", ("feature.temporal.energy",)),
    Group(
        "pitch",
        "Pitch and tuning",
        "Fundamental frequency, voicing, and tuning.",
        ("feature.pitch", "feature.spectral.peaks"),
    ),
    Group(
        "constantq",
        "Constant-Q and chroma",
        "Transforms with bins of equal ratio, and pitch classes.",
        ("feature.constantq", "feature.spectral.chroma_stft"),
    ),
    Group(
        "speech",
        "Speech",
        "Sub-bands, linear prediction, group delay, phase and critical bands.",
        ("feature.speech", "feature.temporal.lpc"),
    ),
    Group("inverse", "Inverse", "From a feature back to a signal, and separation.", ("feature.inverse",)),
    Group("together", "Several features at once", "Many features from one pass.", ("feature.extract",)),
    Group("front-ends", "Front ends", "Published front ends, and your own, as values.", ("presets",)),
    Group("streams", "Streams", "Features while a signal comes.", ("streaming", "presets.stream")),
    Group("corpus", "Corpora and datasets", "From recordings to a dataset, and back.", ("corpus",)),
    Group("table", "Tables", "Statistics of features as rows.", ("corpus.table", "feature.summarize")),
    Group("metrics", "Metrics", "How good a detector is, and how certain that is.", ("metrics",)),
    Group("augment", "Augmentation", "Degraded copies of recordings for training.", ("augment",)),
    Group("filters", "Filter banks and windows", "As plain arrays.", ("filters",)),
    Group("plot", "Plots", "Pictures of features, signals and detectors.", ("plot",)),
    Group(
        "units",
        "Units",
        "Hertz, mel, octaves, notes, frames and seconds.",
        ("units",),
    ),
    Group("package", "Threads and errors", "What holds for every call.", ("chain.threads", "errors")),
)  # fmt: skip


def _found(path: str) -> Any:
    value: Any = voicefeat
    for part in path.split("."):
        value = getattr(value, part)
    return value


@cache
def _paths() -> dict[str, str]:
    """Every public path with the module that it comes from, the shortest path first."""
    found = {name: module for name, module in voicefeat._modules().items() if module}
    for room in ROOMS:
        module = import_module(f"voicefeat.{room}")
        for name in module.__all__:
            value = getattr(module, name)
            home = getattr(value, "__module__", "") if callable(value) else ""
            files = getattr(module, "_FILES", {})
            below = f"{room}.{files[name]}" if name in files else home.removeprefix("voicefeat.")
            if not inspect.ismodule(value):
                found[f"{room}.{name}"] = below or room
    return found


@cache
def names() -> dict[str, Name]:
    """Every public name by its shortest path."""
    same: dict[int, list[str]] = {}
    for path in _paths():
        same.setdefault(id(_found(path)), []).append(path)
    made = [Name(paths[0], tuple(paths[1:]), _paths()[paths[0]]) for paths in same.values()]
    return {name.path: name for name in made}


@cache
def by_path() -> dict[str, Name]:
    """The same by every path."""
    return {path: name for name in names().values() for path in (name.path, *name.also)}


def group_of(name: Name) -> Group:
    """The group whose module fits best."""
    fitting = [
        (len(module), group)
        for group in GROUPS
        for module in group.modules
        if f"{name.module}.".startswith(f"{module}.")
    ]
    if not fitting:
        raise SystemExit(f"docs/_ext/names.py: no group has {name.path}, from {name.module}: add it to one")
    return max(fitting, key=lambda pair: pair[0])[1]


def grouped() -> dict[Group, list[Name]]:
    """The names of each group, functions first, in the order of `__init__.pyi`."""
    found: dict[Group, list[Name]] = {group: [] for group in GROUPS}
    for name in names().values():
        found[group_of(name)].append(name)
    return {group: sorted(those, key=lambda n: n.kind != "autofunction") for group, those in found.items()}

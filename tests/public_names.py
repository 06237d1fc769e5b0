"""The public functions of the package: those of `voicefeat` itself, and of rooms with names of their own."""

import inspect
from importlib import import_module

import voicefeat

#: Rooms whose functions are called by a path: ``vf.filters.mel``.
ROOMS = ("filters", "metrics", "augment", "plot", "corpus")


def functions():
    """Every public function by the path below `voicefeat` that a user calls it by."""
    found = {name: getattr(voicefeat, name) for name in sorted(dir(voicefeat)) if not name.startswith("_")}
    for room in ROOMS:
        module = import_module(f"voicefeat.{room}")
        found |= {f"{room}.{name}": getattr(module, name) for name in getattr(module, "__all__", ())}
    ours = {path: value for path, value in found.items() if inspect.isfunction(value)}
    return {path: f for path, f in ours.items() if f.__module__.startswith("voicefeat.")}

"""The published front ends by name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module
from typing import overload

from ..errors import ParameterError, fail
from .front_end import FrontEnd
from .names import FrontEndName
from .validate import PUBLISHED

__all__ = ["Preset", "frontend", "frontends", "preset"]

#: The files of presets, one per family; each has a list PRESETS.
FAMILIES = (
    "asvspoof", "nii", "kaldi", "htk", "sahidullah", "torch", "constantq", "phase", "auditory", "spafe",
    "raw", "project",
)  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """A published front end."""

    name: str
    front_end: FrontEnd
    #: Where it was published, and the version or commit whose numbers it reproduces.
    source: str
    version: str
    #: The licence of the original; the code here is voicefeat's own.
    licence: str
    #: Largest difference from the original's numbers in double precision, relative to their peak; a test
    #: checks it. Where the original computes in single precision, this includes its rounding.
    error: float
    #: Other remarks for users.
    note: str = ""


_known: dict[str, Preset] = {}


def _presets() -> dict[str, Preset]:
    """All presets by name; their files are imported on first use."""
    if not _known:
        modules = [import_module(f"{__package__}.published.{family}") for family in FAMILIES]
        presets = {preset.name: preset for module in modules for preset in module.PRESETS}
        PUBLISHED.update(preset.front_end for preset in presets.values())
        _known.update(presets)
    return _known


def preset(name: str, argument: str = "name") -> Preset:
    """The preset called `name` with its source; errors name `argument`, in which the caller gave it."""
    if not isinstance(name, str):
        fail(argument, name, "must be a text", "give one of voicefeat.frontends()")
    known = _known or _presets()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ParameterError(f"{argument}={name!r}: no such front end; {hint}choose one of {', '.join(known)}")


@overload
def frontend(name: FrontEndName) -> FrontEnd: ...


@overload
def frontend(name: str) -> FrontEnd: ...
def frontend(name: str) -> FrontEnd:
    """A published front end by name.

    Parameters
    ----------
    name : str
        One of `frontends`.

    Returns
    -------
    FrontEnd
        Called with a signal, it computes the features of the published system.

    Raises
    ------
    ParameterError
        If no front end has this name; the nearest name is suggested.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    >>> vf.frontend("asvspoof2019-lfcc")(y, sr=16000).shape
    (60, 99)
    """
    return preset(name).front_end


def frontends() -> list[str]:
    """The names of the published front ends.

    Returns
    -------
    list of str
        The names that `frontend` accepts.

    Examples
    --------
    >>> import voicefeat as vf
    >>> "asvspoof2019-lfcc" in vf.frontends()
    True
    """
    return list(_presets())

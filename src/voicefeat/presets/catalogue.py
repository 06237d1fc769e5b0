"""The published front ends by name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module

from ..errors import ParameterError, fail
from .front_end import FrontEnd

__all__ = ["Preset", "frontend", "frontends", "preset"]

#: The files of presets, one a family; each has a list PRESETS.
FAMILIES = (
    "asvspoof", "nii", "kaldi", "htk", "sahidullah", "torch", "constantq", "phase", "auditory", "raw",
    "project",
)  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """A published front end."""

    name: str
    front_end: FrontEnd
    #: What published it, and the version or commit that its numbers were taken from.
    source: str
    version: str
    #: The licence of the original; the code here is voicefeat's own.
    licence: str
    #: Largest difference from the original's numbers in double precision, relative to their peak; a test
    #: holds it to that. Originals in single precision have their own rounding in it.
    error: float
    #: What else there is to know.
    note: str = ""


def _presets() -> dict[str, Preset]:
    found: dict[str, Preset] = {}
    for family in FAMILIES:
        for made in import_module(f"{__package__}.published.{family}").PRESETS:
            found[made.name] = made
    return found


_known: dict[str, Preset] = {}


def published(fe: FrontEnd) -> bool:
    """Whether a front end is one of those, as far as they were asked for."""
    mark = hash(fe)  # a search asks this of thousands
    return any(hash(told.front_end) == mark and told.front_end == fe for told in _known.values())


def preset(name: str, argument: str = "name") -> Preset:
    """The preset called `name`, which a caller gave as `argument`, with its source."""
    if not isinstance(name, str):
        fail(argument, name, "must be a text", "give one of voicefeat.frontends()")
    if not _known:
        _known.update(_presets())
    if name in _known:
        return _known[name]
    near = difflib.get_close_matches(str(name), _known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ParameterError(f"{argument}={name!r}: no such front end; {hint}choose one of {', '.join(_known)}")


def frontend(name: str) -> FrontEnd:
    """A published front end by name.

    Parameters
    ----------
    name : str
        One of `frontends`.

    Returns
    -------
    FrontEnd
        Called with a signal, it computes exactly what the published system's front end does.

    Raises
    ------
    ParameterError
        If there is none of this name; the nearest is suggested.

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
        What `frontend` takes.

    Examples
    --------
    >>> import voicefeat as vf
    >>> "asvspoof2019-lfcc" in vf.frontends()
    True
    """
    if not _known:
        _known.update(_presets())
    return list(_known)

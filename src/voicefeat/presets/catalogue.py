"""The published front ends by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import overload

from ..errors import MOST_NEAR, ParameterError, fail, near_names
from .front_end import FrontEnd
from .names import FrontEndName
from .titles import FrontEndList, columns, title
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
    every = f"voicefeat.frontends() and 'voicefeat presets' list all {len(known)}"
    near = near_names(name, known, lambda one: known[one].source)
    if len(near) < 2:
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(f"{argument}={name!r}: no such front end; {hint}{every}")
    shown = columns([(one, title(known[one].front_end)) for one in near[:MOST_NEAR]])
    more = f" (the first {MOST_NEAR} of {len(near)})" if len(near) > MOST_NEAR else ""
    question = f"{argument}={name!r}: no such front end; did you mean one of these?{more}"
    raise ParameterError(question, *(f"  {line}" for line in shown), every)


def _describe(name: str) -> tuple[str, str]:
    """What a published front end is, and its source."""
    return title(_presets()[name].front_end), _presets()[name].source


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
        If no front end has this name; those whose names or sources contain it are listed, at most ten.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    >>> vf.frontend("asvspoof2019-lfcc")(y, sr=16000).shape
    (60, 99)
    """
    return preset(name).front_end


def frontends() -> FrontEndList:
    """The names of the published front ends.

    Returns
    -------
    list of str
        The names that `frontend` accepts. Python and notebooks display it as a table,
        with a description and the source of each.

    Examples
    --------
    >>> import voicefeat as vf
    >>> "asvspoof2019-lfcc" in vf.frontends()
    True
    >>> print(str(vf.frontends()).splitlines()[6])  # doctest: +NORMALIZE_WHITESPACE
    nii-lfcc  20 coefficients of 20 linear bands to 8000 Hz, energy first, two deltas, 20 ms every 10 ms
              NII PyTorch scripts, LFCC, full band
    """
    return FrontEndList(_presets(), _describe)

"""The settings of a feature: read from text, completed with defaults, written as JSON."""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...feature.registry import Feature

__all__ = ["as_json", "complete", "parse"]

_WORDS = {"none": None, "null": None, "true": True, "false": False}
#: Settings that cannot be given for a dataset, and why.
_FIXED = {"dtype": "values are stored as float32"}


def parse(feature: Feature, assignments: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` texts as settings of `feature`.

    Parameters
    ----------
    feature : Feature
        Its settings give the names, and its defaults the types.
    assignments : iterable of str
        ``"n_fft=512"``, ``"top_db=None"``, ``"htk=true"``, ``"window=hamming"``,
        ``"window=('kaiser', 6.0)"``.

    Returns
    -------
    dict
        The values by name, only those that were given.

    Raises
    ------
    ParameterError
        For an unknown name (the nearest is suggested), a name given twice, or a text without ``=``.

    Examples
    --------
    >>> from voicefeat.feature.registry import find
    >>> parse(find("mfcc"), ["n_fft=512", "top_db=None", "fmin=20"])
    {'n_fft': 512, 'top_db': None, 'fmin': 20.0}
    """
    settings: dict[str, Any] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise ParameterError(f"--set {text!r}: has no '='; write it as name=value, for example n_fft=512")
        if name in settings:
            raise ParameterError(f"{name}={value}: is given twice, first as {settings[name]!r}; give it once")
        defaults = feature.settings
        _known(feature, name, defaults)
        settings[name] = _value(value.strip(), defaults[name])
    return settings


def complete(feature: Feature, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """All settings of `feature` in the order of its signature: those given, and the other defaults."""
    defaults = feature.settings
    given = dict(settings or {})
    for name in given:
        _known(feature, name, defaults)
    return {name: given.get(name, default) for name, default in defaults.items() if name not in _FIXED}


def as_json(value: Any) -> Any:
    """`value` in a form for JSON: infinities and types as their names, arrays as lists.

    Examples
    --------
    >>> as_json({"norm": float("inf"), "window": ("kaiser", 6.0)})
    {'norm': 'inf', 'window': ['kaiser', 6.0]}
    """
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return getattr(value, "__name__", None) or str(value)


def _known(feature: Feature, name: str, defaults: Mapping[str, Any]) -> None:
    if name in _FIXED:
        raise ParameterError(f"{name}: cannot be set here, {_FIXED[name]}; leave it out")
    if name not in defaults:
        allowed = [key for key in defaults if key not in _FIXED]
        near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ParameterError(f"{name}: no setting of {feature.name}; {hint}choose among {', '.join(allowed)}")


def _value(text: str, default: Any) -> Any:
    """The value of a setting's text: a word like ``None``, a number or a tuple; else the text itself."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if isinstance(default, bool):
        return {"yes": True, "no": False, "1": True, "0": False}.get(text.lower(), text)
    try:
        return float(text) if isinstance(default, float) else int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        pass
    if text[:1] in "([" and text[:1]:
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError):
            raise ParameterError(f"{text}: cannot be read; write tuples like ('kaiser', 6.0)") from None
    return text

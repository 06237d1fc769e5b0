"""A copy of a front end with some settings changed."""

from __future__ import annotations

import dataclasses
import difflib
import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

from .. import filters
from ..cache import memoised
from ..chain.frames import window_value
from ..errors import ParameterError, fail
from ..feature.registry import find
from .spec import FrontEndSettings
from .stages import OPEN, STAGES

FrontEnd = TypeVar("FrontEnd", bound=FrontEndSettings)


def settings_of(name: str, stage: Any) -> dict[str, Any]:
    """The settings of a stage by name; a bank or a method has the arguments of its function."""
    own = {f.name: getattr(stage, f.name) for f in dataclasses.fields(stage) if not f.name.startswith("_")}
    return {**own, **dict(own.pop(OPEN[name]))} if name in OPEN else own


def replaced(fe: FrontEnd, settings: Mapping[str, Any]) -> FrontEnd:
    """`fe` with `settings`: whole stages, settings of one stage, or stage__setting."""
    stages: dict[str, Any] = {}
    pieces: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        if key in STAGES or key == "row":
            stages[key] = value
        else:
            stage, name = _place(fe, key, value)
            pieces.setdefault(stage, {})[name] = value
    for stage, changes in pieces.items():
        before = stages.get(stage, getattr(fe, stage))
        stages[stage] = changed(stage, before, changes)
    return dataclasses.replace(fe, **stages)


def _place(fe: FrontEndSettings, key: str, value: Any) -> tuple[str, str]:
    """The stage and the name of the setting that `key` stands for."""
    known = {name: _known(name, stage) for name, stage in fe.stages().items()}
    if "__" in key:
        stage, _, name = key.partition("__")
        if stage in known and (name in known[stage] or stage in OPEN):
            return stage, name
    owners = [stage for stage, names in known.items() if key in names]
    if len(owners) == 1:
        return owners[0], key
    if owners:
        ways = " or ".join(f"{stage}__{key}" for stage in owners)
        raise ParameterError(f"{key}={value!r}: is a setting of {' and '.join(owners)}; write {ways}")
    every = [*STAGES, *(name for names in known.values() for name in names)]
    near = difflib.get_close_matches(key, every, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose among {', '.join(sorted(set(every)))}"
    fail(key, value, "is not a setting of this front end", hint)


def _known(name: str, stage: Any) -> set[str]:
    known = set(settings_of(name, stage))
    if name == "bands":
        known |= _bank_settings(stage.bank)
    if name == "method":
        known |= set(find(stage.name).settings)
    return known


@memoised
def _bank_settings(bank: str) -> frozenset[str]:
    return frozenset(inspect.signature(getattr(filters, bank)).parameters) - {"sr", "n_fft"}


def changed(name: str, stage: Any, changes: Mapping[str, Any]) -> Any:
    """A stage with some settings changed."""
    changes = {k: window_value(v) if k == "window" else v for k, v in changes.items()}
    if name not in OPEN:
        return dataclasses.replace(stage, **changes)
    own = {f.name for f in dataclasses.fields(stage)} - {OPEN[name]}
    inner = {**dict(getattr(stage, OPEN[name])), **{k: v for k, v in changes.items() if k not in own}}
    outer = {k: v for k, v in changes.items() if k in own}
    return dataclasses.replace(stage, **{OPEN[name]: tuple(sorted(inner.items())), **outer})

"""A front end as text: its repr, writing and reading TOML, and its fingerprint."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
from typing import Any, TypeVar

from ..chain.frames import WindowArray
from ..errors import ParameterError, fail
from ..files.text import toml as read_toml
from .spec import FrontEndSettings
from .stages import OPEN, STAGES

FrontEnd = TypeVar("FrontEnd", bound=FrontEndSettings)

#: Part of every fingerprint; a new form of the text must change it.
FORM = "voicefeat front end 1"


def differing(name: str, stage: Any) -> dict[str, Any]:
    """The settings of a stage that differ from their defaults."""
    settings: dict[str, Any] = {}
    for f in dataclasses.fields(stage):
        value = getattr(stage, f.name)
        if f.name == OPEN.get(name):
            settings.update(value)
        elif f.default is dataclasses.MISSING or value != f.default:
            settings[f.name] = value
    return settings


def stages(fe: FrontEndSettings) -> dict[str, dict[str, Any]]:
    """The stages of a front end, each with the settings that differ from their defaults."""
    tables = {name: differing(name, stage) for name, stage in fe.stages().items()}
    return {name: settings for name, settings in tables.items() if settings or name != "signal"}


def text_of(fe: FrontEndSettings) -> str:
    """A front end as its `repr` shows it."""
    parts = [
        f"{name}={STAGES[name].__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"
        for name, settings in stages(fe).items()
    ]
    parts += [f"row={fe.row!r}"] if fe.row else []
    return f"FrontEnd({', '.join(parts)})"


def toml(fe: FrontEndSettings) -> str:
    """One table per stage; None, which TOML lacks, is written as "none"."""
    lines = [f"row = {_value(fe.row)}", ""] if fe.row else []
    for name, settings in stages(fe).items():
        lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in settings.items()), ""]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, WindowArray):
        return _value(list(value.values))
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, (int, float)):
        return repr(float(value) if isinstance(value, float) else int(value))
    fail("value", value, "cannot be written as TOML", "use numbers, texts and lists of them")


def read(cls: type[FrontEnd], source: str) -> FrontEnd:
    """The front end that `source` describes."""
    content = read_toml("source", source, "give what to_toml writes")
    row = content.pop("row", "")
    if not isinstance(row, str):
        fail("row", row, "must be a text", 'give a name such as "lfcc"')
    return cls(**{name: _stage(name, table) for name, table in content.items()}, row=row)


def _stage(name: str, table: Any) -> Any:
    if name not in STAGES:
        _unknown("the table", name, STAGES)
    if not isinstance(table, dict):
        fail(name, table, "must be a table", f"write [{name}] above its settings")
    kind = STAGES[name]
    own = {f.name: f for f in dataclasses.fields(kind) if f.name != OPEN.get(name)}
    values, inner = {}, {}
    for key, value in table.items():
        plain = _plain(f"{name}.{key}", value)
        if key in own:
            if isinstance(plain, WindowArray) and isinstance(own[key].default, tuple):
                plain = plain.values
            _typed(f"{name}.{key}", plain, own[key].default)
            values[key] = plain
        elif name in OPEN:
            inner[key] = plain
        else:
            _unknown(f"{name}: the key", key, own)
    if name in OPEN:
        values[OPEN[name]] = tuple(sorted(inner.items()))
    try:
        return kind(**values)
    except TypeError as problem:
        raise ParameterError(f"{name}: {problem}; give the settings that have no default") from None


def _plain(name: str, value: Any) -> Any:
    if value == "none":
        return None
    if not isinstance(value, bool | int | float | str | list):  # a table, a date
        fail(name, value, "is not a value of a setting", "give a number, a text or a list")
    if isinstance(value, list):
        numbers = bool(value) and all(isinstance(v, (int, float)) for v in value)
        if numbers:
            return WindowArray(tuple(map(float, value)))
        return tuple(_plain(name, each) for each in value)
    return value


def _typed(name: str, value: Any, default: Any) -> None:
    """Refuse a value of another type than the default's; an int may stand for a float."""
    if default is dataclasses.MISSING or default is None or value is None:
        return
    kinds = (int, float, str) if isinstance(default, float) else (type(default),)
    fits = isinstance(value, kinds) and isinstance(value, bool) == isinstance(default, bool)
    if name.endswith((".window", ".divisor")):
        fits = not isinstance(value, bool)
    if not fits:
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        fail(name, value, f"must be {words.get(type(default), 'a list')}", f"the default is {default!r}")


def _unknown(what: str, key: str, known: Any) -> None:
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose among {', '.join(known)}"
    raise ParameterError(f"{what} {key!r}: is not known; {hint}")


def digest(fe: FrontEndSettings) -> str:
    """A hash of the settings that differ from the defaults, so that a new setting changes no fingerprint."""
    lines = [FORM]
    for name, settings in sorted(stages(fe).items()):
        lines += [f"{name}.{key}={_value(value)}" for key, value in sorted(settings.items())] or [name]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

"""The settings in which two front ends differ, in words."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, fields, replace
from typing import Any

from ... import filters
from ...feature.registry import find
from ..front_end import FrontEnd
from ..replace import settings_of
from ..stages import OPEN, STAGES, Bands, Method
from .variants import WORDS

#: Settings that have an effect only if another setting of their stage is on.
SWITCHES = {
    "signal.first": "preemphasis",
    "signal.seed": "dither",
    "framing.pad_mode": "center",
    "cepstrum.lifter_from": "lifter",
}


@dataclass(frozen=True)
class Difference:
    """A setting in which the front ends of two matrices differ.

    setting   stage.setting; or the stage, where one of the two front ends lacks it
    a, b      the two values
    """

    setting: str
    a: Any
    b: Any

    def __str__(self) -> str:
        words = WORDS.get(self.setting)
        what = f"{words} ({self.setting})" if words else self.setting
        return f"{what}: {_format(self.a)} in a, {_format(self.b)} in b"


def _format(value: Any) -> str:
    if value is None:
        return "none"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:90]}..."


def plain(fe: FrontEnd) -> FrontEnd:
    """`fe` with settings that have no effect at their defaults."""
    signal, framing, dynamics, after = fe.signal, fe.framing, fe.dynamics, fe.normalisation
    if not signal.preemphasis:
        signal = replace(signal, first="keep")
    if not signal.dither:
        signal = replace(signal, seed=0)
    if framing is not None:
        if not framing.center:
            framing = replace(framing, pad_mode="constant")
        if framing.win_length == framing.n_fft:
            framing = replace(framing, align="center")
    cepstrum = fe.cepstrum
    if cepstrum is not None and not cepstrum.lifter:
        cepstrum = replace(cepstrum, lifter_from=1)
    if dynamics is not None and dynamics.orders == 1:
        dynamics = replace(dynamics, repeated="again")
    if after is not None and after.over == "utterance":
        after = replace(after, window=600, least=100, center=False)
    bands = fe.bands if fe.bands is None else _plain_bank(fe.bands, signal.rate)
    return replace(
        fe,
        signal=signal,
        framing=framing,
        bands=bands,
        cepstrum=cepstrum,
        dynamics=dynamics,
        normalisation=after,
    )


def _plain_bank(bands: Bands, rate: int | None) -> Bands:
    """librosa's bank as one of `filters.bank`, and the highest edge as a frequency."""
    arguments = dict(bands.arguments)
    if bands.bank == "mel" and set(arguments) <= {"n_mels", "fmin", "fmax", "htk", "norm", "dtype"}:
        arguments = {
            "n_filters": arguments.get("n_mels", 128),
            "scale": "htk" if arguments.get("htk") else "slaney",
            "norm": arguments.get("norm", "slaney"),
            **{k: float(arguments[k]) for k in ("fmin", "fmax") if arguments.get(k) is not None},
        }
        if arguments["norm"] not in ("slaney", None):
            return bands
    elif bands.bank != "bank":
        return bands
    if rate is not None:
        high = arguments.get("fmax")
        arguments["fmax"] = rate / 2 if high is None else float(high + rate / 2 if high <= 0 else high)
    if arguments.get("edges") == "floor":
        arguments.pop("slopes", None)
    return Bands("bank", tuple(sorted(arguments.items())))


def _full(name: str, stage: Any) -> dict[str, Any]:
    """All settings of a stage; a bank or a method has those of its function with their defaults."""
    settings = {k: v for k, v in settings_of(name, stage).items() if k != OPEN.get(name)}
    if isinstance(stage, Bands):
        parameters = inspect.signature(getattr(filters, stage.bank)).parameters.values()
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        settings = {**defaults, **settings}
        settings.pop("dtype", None)
    elif isinstance(stage, Method):
        settings = {**find(stage.name).settings, **settings}
    return settings


def differences(a: FrontEnd, b: FrontEnd) -> tuple[Difference, ...]:
    """The differences of `a` and `b` in the order of the chain; a stage as a whole where one lacks it."""
    a, b = plain(a), plain(b)
    result: list[Difference] = []
    for name in STAGES:
        one, other = getattr(a, name), getattr(b, name)
        if one == other:
            continue
        whole = one is None or other is None
        named = name in OPEN and not whole and _name(one) != _name(other)
        if whole or named:
            result.append(Difference(name, one, other))
            continue
        left, right = _full(name, one), _full(name, other)
        for key in {**left, **right}:
            switch = SWITCHES.get(f"{name}.{key}")
            if switch is not None and not (left.get(switch) and right.get(switch)):
                continue  # one of the two does not use it
            if left.get(key) != right.get(key):
                result.append(Difference(f"{name}.{key}", left.get(key), right.get(key)))
    return tuple(result)


def weight(differences: tuple[Difference, ...]) -> int:
    """How many settings differ; a stage as a whole counts as three."""
    return sum(1 if "." in difference.setting else 3 for difference in differences)


def _name(stage: Any) -> str:
    """The name of the function whose arguments the stage holds."""
    return getattr(stage, fields(stage)[0].name)

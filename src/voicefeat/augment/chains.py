"""Chains of augmentation steps, each with a probability: values that can be stored as TOML."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._typing import FloatArray, SignalLike
from ..errors import check_choice, check_float, check_int, check_rate, fail
from ..files.text import toml
from . import (
    bandwidth,
    codecs,
    level_and_speed,
    noise,
    rawboost,
    reverberation,
)
from .seeds import generator
from .settings import check_signal

__all__ = ["Chain", "copies", "step"]

#: The functions that a step can apply, in the order of the manual.
STEPS: dict[str, Callable[..., np.ndarray]] = {
    f.__name__: f
    for f in (
        noise.noise, noise.babble, reverberation.reverb, level_and_speed.gain, level_and_speed.speed,
        bandwidth.bandlimit, bandwidth.telephone, bandwidth.downsample, codecs.codec,
        rawboost.rawboost, rawboost.convolutive_noise, rawboost.impulsive_noise, rawboost.stationary_noise,
    )
}  # fmt: skip
#: The arguments that a chain gives to a step itself.
_GIVEN = ("y", "sr", "rng")
#: Each step is tried when it is made, on a little quiet noise at a rate that all functions accept.
_TRIED_AT = 48000


@dataclass(frozen=True)
class Step:
    """A function of `vf.augment` with its settings and its probability; `step` makes and checks it."""

    do: str
    p: float = 1.0
    settings: dict[str, Any] = field(default_factory=dict)

    def __call__(self, y: np.ndarray, sr: float, rng: np.random.Generator) -> FloatArray:
        function = STEPS[self.do]
        given = dict(sr=sr, rng=rng)
        taken = {k: v for k, v in given.items() if k in inspect.signature(function).parameters}
        return function(y, **taken, **self.settings)


def step(do: str, /, p: float = 1.0, **settings: Any) -> Step:
    """One step of a chain.

    Parameters
    ----------
    do : str
        Name of a function of `vf.augment` that takes a signal.
    p : float, 0 to 1
        Probability that the step is applied.
    **settings
        Arguments of the function except y, sr and rng.

    Returns
    -------
    Step
        The step. Its settings have been tried on a little noise.

    Raises
    ------
    ParameterError
        If the function or a setting is not known, or a value cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.augment.step("noise", p=0.5, snr=(5, 20))
    Step(do='noise', p=0.5, settings={'snr': (5, 20)})
    """
    function = STEPS[check_choice("do", do, STEPS)]
    result = Step(do, check_float("p", p, low=0.0, high=1.0), settings)
    own = {k: v for k, v in inspect.signature(function).parameters.items() if k not in _GIVEN}
    for key in settings:
        check_choice(f"the setting of {do}", key, own)
    for key, parameter in own.items():
        if parameter.default is parameter.empty and key not in settings:
            fail(key, None, f"is required by {do}", f"write step({do!r}, {key}=...)")
    rng = generator()
    result(1e-4 * rng.standard_normal(_TRIED_AT // 10), _TRIED_AT, rng)
    return result


@dataclass(frozen=True)
class Chain:
    """Steps that are applied one after the other, each with its probability.

    Parameters
    ----------
    steps : tuple of Step
        Steps made by `step`.

    Raises
    ------
    ParameterError
        If an element is not a step.

    Notes
    -----
    Every step has its own generator, so a change of one step does not change the draws of the others.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> step = vf.augment.step
    >>> worse = vf.augment.Chain((step("noise", p=0.8, snr=(5, 20)), step("codec", p=0.3, name="gsm")))
    >>> y = np.sin(np.arange(16000) / 5)
    >>> one = worse(y, 16000, id="clip", epoch=3, seed=7)
    >>> bool((one == worse(y, 16000, id="clip", epoch=3, seed=7)).all())
    True
    >>> vf.augment.Chain.from_toml(worse.to_toml()) == worse
    True
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.steps, (tuple, list)):
            fail("steps", self.steps, "must be a sequence of steps", "give a tuple of vf.augment.step(...)")
        for one in self.steps:
            if not isinstance(one, Step):
                fail("steps", one, "is not a step", "give the result of vf.augment.step(...)")
        object.__setattr__(self, "steps", tuple(self.steps))

    def __call__(self, y: SignalLike, sr: float, *, id: str, epoch: int = 0, seed: int = 0) -> FloatArray:
        """Augment a signal. The result depends only on (seed, id, epoch), not on workers or order."""
        y = check_signal(y)
        for one, rng in zip(self.steps, generator(seed, id, epoch).spawn(len(self.steps)), strict=True):
            if rng.random() < one.p:
                y = one(y, sr, rng)
        return y

    def to_toml(self) -> str:
        """The chain as TOML text: one table ``[[step]]`` per step."""
        tables = []
        for one in self.steps:
            settings = {"do": one.do, "p": one.p, **one.settings}
            lines = [f"{key} = {_text(key, value)}" for key, value in settings.items() if value is not None]
            lines.insert(0, "[[step]]")
            tables.append("\n".join(lines) + "\n")
        return "\n".join(tables)

    @classmethod
    def from_toml(cls, source: str) -> Chain:
        """The chain described by TOML text, with the checks of `step`."""
        content = toml("source", source, "give the output of to_toml")
        tables = content.pop("step", None)
        for key in content:
            check_choice("the table", key, ["step"])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            fail("step", tables, "must be tables", "write [[step]] above the settings of each")
        return cls(tuple(_step({k: _plain(v) for k, v in table.items()}) for table in tables))


def copies(
    y: SignalLike, sr: float, id: str, *, copies: int = 60, seed: int = 0, chain: Chain | None = None
) -> Iterator[FloatArray]:
    """Augmented copies of a recording, to be stored: the first is that of epoch 0, and so on.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    id : str
        Id of the utterance.
    copies : int
        Number of copies.
    seed : int
        Seed of the whole experiment.
    chain : Chain
        The augmentation of each copy. By default always another level, and sometimes noise, reverberation,
        RawBoost's convolutive and impulsive noise, or a codec.

    Returns
    -------
    iterator of arrays of shape (n,), of y's precision
        The copies. Each is independent of the others.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used; raised before the first copy is made.

    Notes
    -----
    Copies of a recording belong to its split: split by speaker first, then copy only the training part.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(4000) / 5)
    >>> len(list(vf.augment.copies(y, 16000, "clip", copies=3, seed=7)))
    3
    """
    y, copies, sr = check_signal(y), check_int("copies", copies), check_rate("sr", sr)
    generator(seed, id)
    steps = _default_chain() if chain is None else chain
    if not isinstance(steps, Chain):
        fail("chain", chain, "is not a Chain", "give vf.augment.Chain((...,))")
    return (steps(y, sr, id=id, epoch=epoch, seed=seed) for epoch in range(copies))


@functools.cache
def _default_chain() -> Chain:
    return Chain((
        step("reverb", p=0.3, t60=(0.2, 0.8), drr=(0.0, 10.0)),
        step("noise", p=0.5, snr=(5.0, 25.0), source=("white", "pink", "brown")),
        step("rawboost", p=0.3, algorithm=5),
        step("gain", db=(-6.0, 6.0), over="keep"),
        step("codec", p=0.3, name=tuple(codecs.CODECS)),
    ))  # fmt: skip


def _step(settings: dict[str, Any]) -> Step:
    if "do" not in settings:
        fail("step", settings, "has no function", 'write do = "noise"')
    return step(settings.pop("do"), settings.pop("p", 1.0), **settings)


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, list) else value


def _text(name: str, value: Any) -> str:
    """A value in TOML: numbers, texts and lists of them are written as in JSON."""
    try:
        return json.dumps(value)
    except TypeError:
        fail(name, value, "cannot be written as TOML", "keep a chain that contains signals in Python")

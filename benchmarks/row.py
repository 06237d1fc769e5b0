"""What a row is: a call of ours, the same of its peers, and what their times should be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.feature.registry import FEATURES

from .twins import librosa_call

__all__ = ["CLIP_AND_MINUTE", "EVERY", "Own", "Peers", "Row", "bound", "least", "times"]

Array = np.ndarray
Call = Callable[[Any], Any]
#: By library: a factory ``make(sr, **settings)`` of ``call(y)``, or of None where it cannot.
Peers = Mapping[str, Callable[..., Call | None]]

#: Signals that rows are measured on, by name.
EVERY = ("3s", "60s", "10min", "batch")
CLIP_AND_MINUTE = ("3s", "60s")


@dataclass(frozen=True)
class Own:
    """Calls of our own that a row is measured against: it should take at most so many times as long."""

    label: str
    call: Callable[[Array, int], Any]
    #: By signal.
    most: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One call, ours and the peers'."""

    #: Public name of the function.
    feature: str
    label: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Rate of the long signals; clips are at 16 kHz.
    rate: int = 22050
    dtype: str = "float32"
    #: Least times librosa, by signal.
    targets: Mapping[str, float] = field(default_factory=dict)
    #: Least times other libraries, by library and signal; "fastest" is the fastest of those that took part.
    beside: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    #: Largest difference from other libraries of the same definition that counts as equal, as `tolerance`.
    alike: Mapping[str, float] = field(default_factory=dict)
    #: Most of the FFT floor (of the framed signal in memory), by signal.
    floor: Mapping[str, float] = field(default_factory=dict)
    own: tuple[Own, ...] = ()
    #: Largest difference from librosa, relative to the peak, that counts as equal.
    tolerance: float = 1e-5
    #: The share of values that may differ by more: decisions that rounding turns (which bin, voiced or not).
    rare: float = 0.0
    #: Whether librosa's answer is taken in double precision, where its own float32 is farther off than ours.
    doubled: bool = False
    #: What both sides are given, made of (y, sr) outside the timing, where it is not the signal.
    given: Callable[[Array, int], Any] | None = None
    #: What is called, as ``recipe(y, sr, **settings)``, where it is more than the function alone.
    recipe: Callable[..., Any] | None = None
    #: Where librosa is not among them, its function of the same name is meant; what librosa lacks has a
    #: factory of None there, and our time stands alone.
    peers: Peers = field(default_factory=dict)
    #: n_fft and hop_length of a row that is no feature of the registry but one transform a frame.
    transform: tuple[int, int] | None = None
    #: The signals it is measured on.
    signals: tuple[str, ...] = EVERY
    #: Seconds beyond which signals are cut for it: librosa's call would last too long.
    longest: float | None = None
    #: Bytes a frame that a whole-clip option must keep, or how they follow from a signal and its rate; None
    #: where the result is not frames: memory is not measured.
    kept: float | Callable[[Array, int], float] | None = 0.0
    #: Whether the README shows it.
    headline: bool = False

    def ours(self, sr: int) -> Call:
        """Our side, ready to be called with what is given."""
        if self.recipe is not None:
            return partial(self.recipe, sr=sr, **self.settings)
        return bound(getattr(vf, self.feature), sr, self.settings)

    @property
    def libraries(self) -> Peers:
        """`peers` with librosa, which is always there."""
        return {"librosa": partial(librosa_call, self.feature), **self.peers}

    @property
    def frames(self) -> tuple[int, int] | None:
        """n_fft and hop_length where all starts from one transform a frame, else None: there is no floor."""
        if self.transform is not None:
            return self.transform
        if self.feature != "extract" and not (self.feature in FEATURES and FEATURES[self.feature].chain):
            return None
        own = FEATURES[self.feature].settings if self.feature in FEATURES else {}
        settings = {**own, **self.settings}
        n_fft = settings.get("n_fft", 2048)
        return n_fft, settings.get("hop_length") or (n_fft // 4)


def bound(function: Callable[..., Any], sr: int, settings: Mapping[str, Any]) -> Call:
    """`function` with its settings, and `sr` if it takes one."""
    rate = {"sr": sr} if "sr" in inspect.signature(function).parameters else {}
    return partial(function, **{**rate, **settings})


def times(minute: float, clip: float, long: float | None = None) -> dict[str, float]:
    """Targets of a row that is measured on every signal."""
    return {"3s": clip, "60s": minute, "10min": long or minute, "batch": minute}


def least(n: float) -> dict[str, float]:
    """The same target on the clip and on the minute."""
    return dict.fromkeys(CLIP_AND_MINUTE, n)

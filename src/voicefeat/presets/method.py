"""A feature of the registry as a stage of a front end: its name and its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chain.jobs import Request
from ..errors import fail
from ..feature.constantq.nsgcqt import nsgcqt_times
from ..feature.registry import find

#: The settings that the times of CQCC's frames depend on.
TIMING = ("bins_per_octave", "fmin", "fmax", "block")


@dataclass(frozen=True)
class Method:
    """The feature `name` of the registry; `settings` replace its defaults."""

    name: str
    settings: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        known = find(self.name).settings
        for key, value in self.settings:
            if key not in known:
                fail(key, value, f"is not a setting of {self.name}", f"choose among {', '.join(known)}")

    @classmethod
    def of(cls, name: str, **settings: Any) -> Method:
        """A method from its name and its settings as keywords."""
        return cls(name, tuple(sorted(settings.items())))

    @property
    def function(self) -> Callable[..., Any]:
        return find(self.name).function

    @property
    def has_rate(self) -> bool:
        """Whether the function takes `sr`."""
        return find(self.name).has_rate

    def call(self, y: np.ndarray, rate: float | None) -> np.ndarray:
        """The feature of a signal."""
        return self.function(y, **self._keywords(rate))

    def request(self, y: np.ndarray, rate: float | None) -> Request:
        """The feature of a checked signal, as jobs and what follows them."""
        return find(self.name).request(y, self._keywords(rate))

    def _keywords(self, rate: float | None) -> dict[str, Any]:
        return {**({"sr": rate} if self.has_rate else {}), **dict(self.settings)}

    def shape(self, n: int, rate: float | None) -> tuple[int, int]:
        """Rows and frames for `n` samples, computed from silence."""
        rows, frames = self.call(np.zeros(n, np.float32), rate).shape
        return rows, frames

    def times(self, n: int, rate: float) -> np.ndarray:
        """The centre of each frame in seconds."""
        settings = {**find(self.name).settings, **dict(self.settings)}
        if self.name == "cqcc":  # its frame period is not a whole number of samples
            return nsgcqt_times(n, rate, **{k: settings[k] for k in TIMING})
        frames = find(self.name).frames(self._keywords(rate))
        if frames is not None:
            starts = np.arange(frames.check_length(n)) * frames.hop_length - frames.pad
            return (starts + frames.length / 2) / rate
        if "hop_length" not in settings:
            fail("times", self.name, "has no hop of its own", "use the number of frames of its result")
        t = np.arange(self.shape(n, rate)[1]) * settings["hop_length"]
        length = find(self.name).frame or ""
        centred = settings.get("center", length not in ("frame_length", "win_length"))
        return (t if centred else t + settings[length] / 2) / rate

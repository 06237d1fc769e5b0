"""The signals that are timed: synthetic speech, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

__all__ = ["SIGNALS", "Signal", "speech"]


@dataclass(frozen=True)
class Signal:
    """One length of signal; `rate` None means the rate that the row names."""

    name: str
    title: str
    seconds: float
    rate: int | None = None
    clips: int = 1

    def make(self, rate: int, dtype: str, longest: float | None = None) -> np.ndarray:
        """The signal, or the `longest` seconds of its beginning, shape (n,) or (clips, n)."""
        seconds = self.seconds if longest is None else min(self.seconds, longest)
        y = speech(round(seconds * rate) * self.clips, rate).astype(dtype, copy=False)
        return y if self.clips == 1 else y.reshape(self.clips, -1)


SIGNALS = {
    s.name: s
    for s in [
        Signal("3s", "one clip of 3 s at 16 kHz", 3, 16000),
        Signal("4s", "one clip of 4 s at 16 kHz, published front ends", 4, 16000),
        Signal("30s", "30 s at 16 kHz, front ends of speech recognition", 30, 16000),
        Signal("60s", "60 s", 60),
        Signal("10min", "10 min", 600),
        Signal("batch", "256 clips of 4 s at 16 kHz", 4, 16000, clips=256),
    ]
}
QUICK = Signal("quick", "0.5 s, to see that everything works; its times mean nothing", 0.5)


@cache
def speech(n: int, rate: int) -> np.ndarray:
    """`n` samples that look like speech to a feature: voiced syllables, hiss, pauses, no exact zeros."""
    t = np.arange(min(n, 60 * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * t)) / rate
    y = np.zeros(t.size)
    for k in range(1, 25):
        formants = sum(np.exp(-(((120 * k - f) / 250) ** 2)) for f in (600, 1400, 2600))
        y += (0.02 + formants) / k**0.5 * np.sin(k * phase)
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * t) + 0.4 * np.sin(2 * np.pi * 0.31 * t), 0, None)
    y = np.resize(0.2 * y * syllables, n)
    y += 0.003 * np.random.default_rng(0).standard_normal(n, dtype=np.float32)
    made = (0.9 * y / np.abs(y).max()).astype(np.float32)
    made.flags.writeable = False  # it is kept, and shared by all rows
    return made

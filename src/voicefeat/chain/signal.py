"""The preparation of a whole signal before it is cut into frames, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..engine.recursion import differences
from ..errors import check_choice, check_float, check_int, check_rate, fail
from . import tables


@dataclass(frozen=True)
class Signal:
    """A signal at `rate`: cut or repeated to a length, scaled, dithered and pre-emphasised.

    rate         sampling rate in Hz; None for any
    samples      length in samples: a shorter signal is repeated, a longer one is cut; None keeps the length
    crop         the part kept of a longer signal: its "first" samples, or those after a "random" start, drawn
                 from a generator with `seed`; signals of equal length have the same start
    scale        factor of the samples; 32768.0 for the range of 16-bit samples
    dither       standard deviation of normal noise added after scaling, from a generator with `seed`
    preemphasis  coefficient a of the pre-emphasis, y[n] - a y[n - 1]
    """

    rate: int | None = None
    samples: int | None = None
    scale: float = 1.0
    dither: float = 0.0
    seed: int = 0
    preemphasis: float = 0.0
    #: The first sample after pre-emphasis: y[0] ("keep"), or y[0] - a y[0] ("self").
    first: str = "keep"
    crop: str = "first"

    def __post_init__(self) -> None:
        for name, unit in (("rate", "Hz"), ("samples", "samples")):
            if getattr(self, name) is not None:
                check_int(name, getattr(self, name), unit=unit)
        check_float("scale", self.scale, above=0.0)
        check_float("dither", self.dither, low=0.0)
        check_int("seed", self.seed, least=0, most=None)
        check_float("preemphasis", self.preemphasis, low=0.0, high=1.0, remedy="give 0.97, or 0.0 for none")
        check_choice("first", self.first, ("keep", "self"))
        check_choice("crop", self.crop, ("first", "random"))
        if self.crop != "first" and self.samples is None:
            fail("crop", self.crop, "there is nothing to cut to while samples=None", "give samples as well")

    def check_rate(self, sr: float | None) -> None:
        """Refuse every rate but that of the system."""
        if sr is not None:
            sr = check_rate("sr", sr)
        if self.rate is not None and sr is not None and sr != self.rate:
            resample = f"vf.resample(y, orig_sr={sr:g}, target_sr={self.rate})"
            fail("sr", sr, f"this front end is defined at {self.rate} Hz", f"resample first: y = {resample}")

    def length(self, n: int) -> int:
        """Length of a signal of `n` samples after this stage."""
        return n if self.samples is None else self.samples

    def apply(self, y: np.ndarray, scaled: bool = True) -> np.ndarray:
        """The samples to be cut into frames; `y` itself if nothing is changed here."""
        if self.samples is not None:
            y = self._fitted(y, self.samples)
        if scaled and self.scale != 1.0:
            y = y * y.dtype.type(self.scale)
        if self.dither:
            noise = np.random.default_rng(self.seed).standard_normal(y.shape)
            y = y + (self.dither * noise).astype(y.dtype)
        if self.preemphasis:
            y, share = np.ascontiguousarray(y), y.dtype.type(self.preemphasis)
            out = np.empty(y.shape, y.dtype)
            before = np.zeros(y.size // y.shape[-1], y.dtype)
            if self.first == "self":
                before -= share * y[..., 0].reshape(-1)
            lanes = tables.lanes(y.dtype)
            differences(y.reshape(-1), y.shape[-1], share, before, lanes, out.reshape(-1))
            y = out
        return np.ascontiguousarray(y)

    def _fitted(self, y: np.ndarray, samples: int) -> np.ndarray:
        """The signal with `samples` samples: repeated if it is shorter, cut if it is longer."""
        n = y.shape[-1]
        if n < samples:
            return np.tile(y, -(-samples // n))[..., :samples]
        random = self.crop == "random"
        start = int(np.random.default_rng(self.seed).integers(n - samples + 1)) if random else 0
        return y[..., start : start + samples]

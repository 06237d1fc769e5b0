"""The preparation of a whole signal before it is cut into frames, as a value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..engine.recursion import differences
from ..errors import check_choice, check_float, check_int, check_rate, fail
from . import tables
from .blocks import for_parts, thread_budget

#: Pieces of a long signal for each thread.
SHARES = 4
#: How many times less a sample costs here than in a spectrogram; for a minute threads are not worth it.
LIGHT = 8


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
    first: Literal["keep", "self"] = "keep"
    crop: Literal["first", "random"] = "first"

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
            fail("crop", self.crop, "needs a length, and samples=None", "give samples as well")

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
        return SignalPieces(self, scaled).next(y)

    def _fitted(self, y: np.ndarray, samples: int) -> np.ndarray:
        """The signal with `samples` samples: repeated if it is shorter, cut if it is longer."""
        n = y.shape[-1]
        if n < samples:
            return np.tile(y, -(-samples // n))[..., :samples]
        random = self.crop == "random"
        start = int(np.random.default_rng(self.seed).integers(n - samples + 1)) if random else 0
        return y[..., start : start + samples]


class SignalPieces:
    """A signal that is prepared piece by piece: what the stage keeps from one piece to the next."""

    def __init__(self, signal: Signal, scaled: bool):
        self.signal: Signal = signal
        self.scaled: bool = scaled
        #: A generator of noise for each signal of a batch: each has the noise that it would have alone.
        self.noise: list[np.random.Generator] = []
        #: Minus the share of the last sample of each signal, for the pre-emphasis.
        self.before: np.ndarray | None = None

    def next(self, y: np.ndarray) -> np.ndarray:
        """The next samples (..., n), contiguous; `y` itself if nothing is changed."""
        signal = self.signal
        if self.scaled and signal.scale != 1.0:
            y = y * y.dtype.type(signal.scale)
        if signal.dither:
            y = y + (signal.dither * self._noise(y.shape)).astype(y.dtype)
        if signal.preemphasis and y.size:
            y = self._emphasised(np.ascontiguousarray(y))
        return np.ascontiguousarray(y)

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        items, n = math.prod(shape[:-1]), shape[-1]
        if not self.noise:
            self.noise = [np.random.default_rng(self.signal.seed) for _ in range(items)]
        return np.stack([each.standard_normal(n) for each in self.noise]).reshape(shape)

    def _emphasised(self, y: np.ndarray) -> np.ndarray:
        out, share = np.empty(y.shape, y.dtype), y.dtype.type(self.signal.preemphasis)
        before = self.before
        if before is None:
            before = np.zeros(y.size // y.shape[-1], y.dtype)
            if self.signal.first == "self":
                before -= share * y[..., 0].reshape(-1)
        threads, lanes = thread_budget(y.size // LIGHT), tables.lanes(y.dtype)
        if threads == 1:
            differences(y.reshape(-1), y.shape[-1], share, before, lanes, out.reshape(-1))
        else:
            _shared(y, share, before, lanes, out, SHARES * threads)
        self.before = -share * y[..., -1].reshape(-1)
        return out


def _shared(
    y: np.ndarray, share: np.floating[Any], before: np.ndarray, lanes: int, out: np.ndarray, pieces: int
) -> None:
    """The same on several threads: each signal in `pieces`, whose samples depend on the one before alone."""
    flat, into, n = y.reshape(-1), out.reshape(-1), y.shape[-1]
    size = -(-n // pieces)

    def piece(i: int) -> None:
        item, number = divmod(i, pieces)
        first = number * size
        at, end = item * n + first, item * n + min(first + size, n)
        if at < end:
            last = -share * flat[at - 1 : at] if first else before[item : item + 1]
            differences(flat[at:end], end - at, share, last, lanes, into[at:end])

    for_parts(piece, pieces * before.size, y.size // LIGHT)

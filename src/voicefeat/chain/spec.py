"""The stages of the chain as frozen values: equal by value, hashable, checked when they are made."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import filters
from ..errors import one_of, real, reject, whole

PAD_MODES = ("constant", "edge", "linear_ramp", "reflect", "symmetric")


def settings(build: Callable[..., Any]) -> Callable[..., Any]:
    """Remember the chain that `build` makes of its arguments, so that they are checked once.

    Arguments are told apart by type as well (2048 is not 2048.0), and errors are not remembered.
    """
    remembered = functools.lru_cache(maxsize=256, typed=True)(build)

    @functools.wraps(build)
    def call(*args: Any) -> Any:
        try:
            return remembered(*args)
        except TypeError:  # something not hashable, which the checks will name
            return build(*args)

    return call


@dataclass(frozen=True)
class WindowArray:
    """A window given as numbers."""

    values: tuple[float, ...]


def window_value(window: Any) -> Any:
    """A hashable stand-in for `window`: arrays and lists by their numbers, the rest as it is."""
    if isinstance(window, (list, np.ndarray)):
        array = np.asarray(window)
        if array.ndim != 1 or array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            reject("window", window, "must hold finite numbers in one dimension", "give an array of win_length numbers")
        return WindowArray(tuple(array.astype(np.float64).tolist()))
    return window


@dataclass(frozen=True)
class Frames:
    """How a signal is cut: `n_fft` samples every `hop_length`, under a window of `win_length`.

    `center` pads n_fft // 2 samples at both ends in `pad_mode`, so that frame t is centred on sample t hop_length.
    """

    n_fft: int = 2048
    hop_length: int = 512
    win_length: int = 2048
    window: Hashable = "hann"
    center: bool = True
    pad_mode: Any = "constant"

    @classmethod
    def make(
        cls, n_fft: Any, hop_length: Any, win_length: Any, window: Any, center: Any, pad_mode: Any
    ) -> Frames:
        """Checked frames; `win_length` defaults to `n_fft`, `hop_length` to a quarter of `win_length`."""
        n_fft = whole("n_fft", n_fft, unit="samples", remedy="try n_fft=2048")
        if n_fft < 2:
            reject("n_fft", n_fft, "a frame needs 2 samples or more", "try n_fft=2048")
        if win_length is None:
            win_length = n_fft
        win_length = whole("win_length", win_length, unit="samples", remedy=f"try win_length={n_fft}")
        if win_length > n_fft:
            reject("win_length", win_length, f"is longer than n_fft={n_fft}", f"give at most {n_fft}, or a larger n_fft")
        if hop_length is None:
            hop_length = max(1, win_length // 4)
        hop_length = whole("hop_length", hop_length, unit="samples", remedy=f"try hop_length={max(1, win_length // 4)}")
        if not isinstance(center, (bool, np.bool_)):
            reject("center", center, "must be True or False", "give center=True for padded, centred frames")
        if center and not callable(pad_mode):
            if pad_mode in ("wrap", "maximum", "mean", "median", "minimum", "empty"):
                reject("pad_mode", pad_mode, "pads with samples from elsewhere or with none at all", f"choose one of {PAD_MODES}")
            one_of("pad_mode", pad_mode, PAD_MODES)
        made = cls(n_fft, hop_length, win_length, window, bool(center), pad_mode if center else "constant")
        made.window_array()
        return made

    @property
    def pad(self) -> int:
        """Samples padded at each end."""
        return self.n_fft // 2 if self.center else 0

    def count(self, n: int) -> int:
        """Number of frames of a signal of `n` samples."""
        return 1 + (n + 2 * self.pad - self.n_fft) // self.hop_length

    def check_length(self, n: int) -> None:
        """Refuse a signal that is too short to be framed or padded."""
        if not self.center:
            if n < self.n_fft:
                reject("n_fft", self.n_fft, f"the signal has {n} samples, fewer than one frame", f"give n_fft of at most {n}, or center=True")
        elif self.pad_mode == "reflect" and n <= self.pad:
            reject("pad_mode", self.pad_mode, f"needs more than {self.pad} samples to reflect, the signal has {n}", "use pad_mode='constant' or a smaller n_fft")
        elif self.pad_mode == "symmetric" and n < self.pad:
            reject("pad_mode", self.pad_mode, f"needs {self.pad} samples or more to mirror, the signal has {n}", "use pad_mode='constant' or a smaller n_fft")

    def window_array(self) -> np.ndarray:
        """The window in float64, centred in `n_fft` samples."""
        window = np.asarray(self.window.values) if isinstance(self.window, WindowArray) else self.window
        values = np.asarray(filters.get_window(window, self.win_length), dtype=np.float64)
        before = (self.n_fft - self.win_length) // 2
        return np.pad(values, (before, self.n_fft - self.win_length - before))


@dataclass(frozen=True)
class Spectrum:
    """|X| ** power, or the complex X where `power` is None."""

    power: float | None = 2.0

    @classmethod
    def make(cls, power: Any) -> Spectrum:
        return cls(real("power", power, above=0.0, remedy="give 1.0 for magnitude or 2.0 for power"))


@dataclass(frozen=True)
class Bands:
    """A filter bank: a function of `filters`, by name, and its arguments."""

    bank: str
    arguments: tuple[tuple[str, Any], ...]

    @classmethod
    def make(cls, bank: str, **arguments: Any) -> Bands:
        """Checked by building the bank, which is what an odd argument would fail in."""
        made = cls(bank, tuple(sorted(arguments.items())))
        made.matrix()
        return made

    def matrix(self) -> np.ndarray:
        """The bank, shape (bands, 1 + n_fft // 2)."""
        return getattr(filters, self.bank)(**dict(self.arguments))


@dataclass(frozen=True)
class Compression:
    """scale log(max(x + offset, floor)), and no more than `top_db` below the clip's largest value."""

    scale: float
    floor: float
    offset: float = 0.0
    top_db: float | None = None

    @classmethod
    def make(cls, log: Any, amin: Any, offset: Any, top_db: Any) -> Compression:
        """`log`: "db", "ln" or "log10"; `top_db`: "auto" is 80 for decibels and None otherwise."""
        one_of("log", log, ("db", "ln", "log10"))
        scale = {"db": 10 / math.log(10), "ln": 1.0, "log10": 1 / math.log(10)}[log]
        floor = real("amin", amin, above=0.0, remedy="give a small positive number such as 1e-10")
        offset = real("log_offset", offset, low=0.0)
        if isinstance(top_db, str) and top_db == "auto":
            top_db = 80.0 if log == "db" else None
        if top_db is not None:
            top_db = real("top_db", top_db, low=0.0, unit="decibels", remedy="give 80.0, or None for no floor")
            if log != "db":
                reject("top_db", top_db, f"is in decibels and log={log!r} is not", "give top_db=None or log='db'")
        return cls(scale, floor, offset, top_db)

    def check_floor(self, dtype: np.dtype) -> None:
        """Refuse a floor that the precision cannot hold in full."""
        least = float(np.finfo(dtype).tiny)
        if self.floor < least:
            reject("amin", self.floor, f"is below {least:.3g}, the least normal {dtype}", "give a larger amin")


@dataclass(frozen=True)
class Cepstrum:
    """The first `n` values of a cosine transform over bands, liftered."""

    n: int
    type: int = 2
    norm: str | None = "ortho"
    lifter: float = 0.0

    @classmethod
    def make(cls, name: str, n: Any, type: Any, norm: Any, lifter: Any, bands: int) -> Cepstrum:
        n = whole(name, n, unit="coefficients")
        if n > bands:
            reject(name, n, f"more coefficients than the {bands} bands they are made of", f"give at most {bands}")
        type = whole("dct_type", type)
        one_of("dct_type", type, (1, 2, 3, 4))
        one_of("norm", norm, (None, "ortho"))
        if type == 1 and bands < 2:
            reject("dct_type", type, "needs 2 bands or more", "use dct_type=2")
        lifter = real("lifter", lifter, low=0.0, remedy="give 0 for none, or about 22")
        return cls(n, type, norm, lifter)

    def matrix(self, bands: int) -> np.ndarray:
        """The transform, shape (n, bands), float64; row i is times 1 + lifter / 2 sin(pi (i + 1) / lifter)."""
        from scipy.fft import dct

        rows = dct(np.eye(bands), type=self.type, norm=self.norm, axis=0)[: self.n]
        if self.lifter > 0:
            rows *= 1 + self.lifter / 2 * np.sin(np.pi * np.arange(1, self.n + 1) / self.lifter)[:, None]
        return rows


@dataclass(frozen=True)
class Scaling:
    """Each frame divided by its own norm over rows: inf, -inf, 0, or p > 0."""

    norm: float

    @classmethod
    def make(cls, norm: Any) -> Scaling | None:
        if norm is None:
            return None
        filters.check_norm("norm", norm)
        return cls(float(norm))


@dataclass(frozen=True)
class Peaks:
    """Peaks of a spectrum from bin `low` up to `high`, `hertz` apart, above `threshold` times a frame's largest."""

    low: int
    high: int
    hertz: float
    threshold: float

    @classmethod
    def make(cls, sr: Any, n_fft: int, fmin: Any, fmax: Any, threshold: Any) -> Peaks:
        sr = real("sr", sr, above=0.0, unit="samples a second")
        fmin, fmax = real("fmin", fmin, unit="Hz"), real("fmax", fmax, unit="Hz")
        if fmin >= fmax:
            reject("fmin", fmin, f"leaves nothing below fmax={fmax:g}", "give fmin below fmax, in Hz")
        threshold = real("threshold", threshold, low=0.0)
        frequencies = np.arange(1 + n_fft // 2) * (sr / n_fft)
        inside = np.flatnonzero((frequencies >= max(fmin, 0.0)) & (frequencies < min(fmax, sr / 2)))
        inside = inside[inside > 0]  # the first bin has no neighbour below
        low, high = (int(inside[0]), int(inside[-1]) + 1) if inside.size else (1, 1)
        return cls(low, high, sr / n_fft, threshold)


@dataclass(frozen=True)
class Chain:
    """A chain, or the part of it that is wanted; `frames` is None where it starts from spectra."""

    frames: Frames | None = None
    spectrum: Spectrum | None = None
    bands: Bands | None = None
    compression: Compression | None = None
    cepstrum: Cepstrum | None = None
    scaling: Scaling | None = None
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        stages = (self.frames, self.spectrum, self.bands, self.compression, self.cepstrum, self.scaling)
        object.__setattr__(self, "_hash", hash(stages))

    def __hash__(self) -> int:
        return self._hash

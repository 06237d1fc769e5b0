"""The stages of the chain as frozen, hashable values; `make` checks the settings of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from .. import filters
from .._typing import LogName
from ..errors import check_bank, check_choice, check_divisor, check_float, check_int, check_rate, fail
from ..filters import empty_bands
from ..filters.norms import check_norm
from ..units.hertz import fft_frequencies
from .frames import Frames, check_flag


def cosines(n: int, type: int, ortho: bool) -> np.ndarray:
    """The discrete cosine transform of `type` 1 to 4 as a matrix (n, n), scaled as in ``scipy.fft.dct``."""
    k, m = np.arange(n)[:, None], np.arange(n)[None, :]
    # Angles are integer multiples of pi / period; the multiples modulo 2 period are exact.
    turns, period = {
        1: (k * m, n - 1),
        2: (k * (2 * m + 1), 2 * n),
        3: ((2 * k + 1) * m, 2 * n),
        4: ((2 * k + 1) * (2 * m + 1), 4 * n),
    }[type]
    matrix = 2 * np.cos(np.pi * (turns % (2 * period)) / period)
    if type in (1, 3):
        matrix[:, 0] /= 2
    if type == 1:
        matrix[:, -1] /= 2
    if ortho:
        matrix /= np.sqrt(2 * (n - 1) if type == 1 else 2 * n)
        if type in (1, 3):
            matrix[:, 0] *= np.sqrt(2)
        if type in (1, 2):
            matrix[0] /= np.sqrt(2)
        if type == 1:
            matrix[:, -1] *= np.sqrt(2)
            matrix[-1] /= np.sqrt(2)
    return matrix


@dataclass(frozen=True)
class Spectrum:
    """|X| ** power, or the complex X if `power` is None; divided by n_fft if `divided` is True."""

    power: float | None = 2.0
    divided: bool = False

    @classmethod
    def make(cls, power: Any) -> Spectrum:
        return cls(check_float("power", power, above=0.0, remedy="give 1.0 for magnitude or 2.0 for power"))

    def check(self, stage: str) -> None:
        """Refuse a setting outside its range; `stage` is the name of the stage in a front end."""
        remedy = "give 1.0 for magnitude or 2.0 for power"
        check_float(f"{stage}.power", self.power, above=0.0, remedy=remedy)
        check_flag(f"{stage}.divided", self.divided)


#: Names of the argument that sets the number of rows of a bank.
ROWS = {"n_mels", "n_filters", "n_chroma", "n_bands"}


@dataclass(frozen=True)
class Bands:
    """A filter bank: a function of `filters`, by name, and its arguments."""

    bank: str
    arguments: tuple[tuple[str, Any], ...]
    # The warning about filters without a bin; not a field, because it follows from the fields.
    empty = ""

    @classmethod
    def make(cls, bank: str, **arguments: Any) -> Bands:
        """The checked value; the bank is built once to check its arguments."""
        for name in ROWS & arguments.keys():
            check_bank(name, arguments[name], arguments.get("n_fft", 0))
        bands = cls(bank, tuple(sorted(arguments.items())))
        with empty_bands.collected() as messages:
            bands._build()
        object.__setattr__(bands, "empty", "".join(messages[:1]))
        return bands

    def matrix(self) -> np.ndarray:
        """The bank, shape (bands, 1 + n_fft // 2); the warning about empty filters is in `empty`."""
        with empty_bands.collected():
            return self._build()

    def _build(self) -> np.ndarray:
        return getattr(filters, self.bank)(**dict(self.arguments))


@dataclass(frozen=True)
class Compression:
    """gain log(max(x + offset, floor)) + add, clipped at `top_db` decibels below the clip's maximum.

    `log` is "ln", "log10" or "db" (10 log10); a `floor` of 0 means the least normal number. `zero` replaces
    values x that are exactly 0 (python_speech_features); 0 leaves them.
    """

    log: LogName = "ln"
    floor: float = 0.0
    offset: float = 0.0
    top_db: float | None = None
    gain: float = 1.0
    add: float = 0.0
    zero: float = 0.0

    @classmethod
    def make(cls, log: Any, amin: Any, offset: Any, top_db: Any) -> Compression:
        """`log`: "db", "ln" or "log10"; `top_db`: "auto" is 80 for decibels and None otherwise."""
        check_choice("log", log, ("db", "ln", "log10"))
        floor = check_float("amin", amin, above=0.0, remedy="give a small positive number such as 1e-10")
        offset = check_float("log_offset", offset, low=0.0)
        if isinstance(top_db, str) and top_db == "auto":
            top_db = 80.0 if log == "db" else None
        if top_db is not None:
            top_db = check_float(
                "top_db", top_db, low=0.0, unit="decibels", remedy="give 80.0, or None for no floor"
            )
            if log != "db":
                fail(
                    "top_db", top_db, f"is in decibels and log={log!r} is not", "give top_db=None or log='db'"
                )
        # Decibels relative to a power of 1, which librosa replaces by `amin` if that is larger.
        add = -10 * math.log10(max(floor, 1.0)) if log == "db" else 0.0
        return cls(log, floor, offset, top_db, add=add)

    def check(self, stage: str) -> None:
        """Refuse a setting outside its range; `stage` is the name of the stage in a front end."""
        check_choice(f"{stage}.log", self.log, ("db", "ln", "log10"))
        check_float(f"{stage}.floor", self.floor, low=0.0)
        check_float(f"{stage}.offset", self.offset, low=0.0)
        if self.top_db is not None:
            remedy = "give 80.0, or None for no floor"
            check_float(f"{stage}.top_db", self.top_db, low=0.0, unit="decibels", remedy=remedy)
        check_float(f"{stage}.gain", self.gain, above=0.0)
        check_float(f"{stage}.add", self.add)
        check_float(f"{stage}.zero", self.zero, low=0.0)

    @property
    def scale(self) -> float:
        """The factor of the natural logarithm."""
        return self.gain * {"db": 10 / math.log(10), "ln": 1.0, "log10": 1 / math.log(10)}[self.log]

    @property
    def below(self) -> float | None:
        """`top_db` in the unit of the result."""
        return None if self.top_db is None else self.top_db / 10 * math.log(10) * self.scale

    def least(self, dtype: np.dtype) -> float:
        """The floor; one below the normal numbers of the precision is refused."""
        least = float(np.finfo(dtype).tiny)
        if 0.0 < self.floor < least:
            fail("amin", self.floor, f"is below {least:.3g}, the least normal {dtype}", "give a larger amin")
        return self.floor or least


@dataclass(frozen=True)
class Cepstrum:
    """Coefficients `first` to `first` + `n` - 1 of a cosine transform over bands, liftered.

    The lifter is 1 + lifter / 2 sin(pi (i + lifter_from) / lifter): `lifter_from` is 1 in librosa, which
    changes c0 as well, and 0 in HTK and Kaldi. Coefficient i > 0 is multiplied by i ** `lift` (rastamat). The
    norm "htk" is the factor sqrt(2 / bands) for every coefficient, including c0. `c0` is the position of c0:
    "first", or "last" as in HTK.
    """

    n: int
    type: int = 2
    norm: Literal["ortho", "htk"] | None = "ortho"
    lifter: float = 0.0
    lifter_from: int = 1
    first: int = 0
    c0: Literal["first", "last"] = "first"
    lift: float = 0.0

    @classmethod
    def make(cls, name: str, bands: int, n: Any, type: Any, norm: Any, lifter: Any) -> Cepstrum:
        n = check_int(name, n, unit="coefficients")
        if n > bands:
            fail(name, n, f"is more than the number of bands, {bands}", f"give at most {bands}")
        type = check_int("dct_type", type)
        check_choice("dct_type", type, (1, 2, 3, 4))
        check_choice("norm", norm, (None, "ortho"))
        if type == 1 and bands < 2:
            fail("dct_type", type, "needs 2 bands or more", "use dct_type=2")
        lifter = check_divisor("lifter", lifter, low=0.0, remedy="give 0 for none, or about 22")
        return cls(n, type, norm, lifter)

    def check(self, stage: str) -> None:
        """Refuse a setting outside its range; `stage` is the name of the stage in a front end."""
        check_int(f"{stage}.n", self.n, unit="coefficients")
        check_choice(f"{stage}.type", self.type, (1, 2, 3, 4))
        check_choice(f"{stage}.norm", self.norm, (None, "ortho", "htk"))
        check_float(f"{stage}.lifter", self.lifter, low=0.0, remedy="give 0 for none, or about 22")
        check_choice(f"{stage}.lifter_from", self.lifter_from, (0, 1))
        check_int(f"{stage}.first", self.first, least=0, unit="coefficients")
        check_choice(f"{stage}.c0", self.c0, ("first", "last"))
        check_float(f"{stage}.lift", self.lift)

    def matrix(self, bands: int) -> np.ndarray:
        """The transform, (n, bands) in float64."""
        rows = cosines(bands, self.type, self.norm == "ortho")
        if self.norm == "htk":
            rows *= math.sqrt(0.5 / bands)
        if self.lifter > 0:
            place = np.arange(bands) + self.lifter_from
            rows *= 1 + self.lifter / 2 * np.sin(np.pi * place / self.lifter)[:, None]
        rows *= np.maximum(np.arange(bands), 1.0)[:, None] ** self.lift
        rows = rows[self.first : self.first + self.n]
        return np.roll(rows, -1, axis=0) if self.c0 == "last" else rows


@dataclass(frozen=True)
class Scaling:
    """Division of each frame by its norm over rows: inf, -inf, 0, or p > 0."""

    norm: float

    @classmethod
    def make(cls, norm: Any) -> Scaling | None:
        if norm is None:
            return None
        check_norm("norm", norm)
        return cls(float(norm))


@dataclass(frozen=True)
class Peaks:
    """Peaks from bin `low` to `high`, above `threshold` times a frame's maximum; bins are `hertz` apart."""

    low: int
    high: int
    hertz: float
    threshold: float

    @classmethod
    def make(cls, sr: Any, n_fft: int, fmin: Any, fmax: Any, threshold: Any) -> Peaks:
        sr = check_rate("sr", sr)
        frequencies = fft_frequencies(sr=sr, n_fft=n_fft)
        fmin, fmax = check_float("fmin", fmin, unit="Hz"), check_float("fmax", fmax, unit="Hz")
        if fmin >= fmax:
            fail("fmin", fmin, f"leaves nothing below fmax={fmax:g}", "give fmin below fmax, in Hz")
        threshold = check_float("threshold", threshold, low=0.0)
        inside = np.flatnonzero((frequencies >= max(fmin, 0.0)) & (frequencies < min(fmax, sr / 2)))
        inside = inside[inside > 0]  # the first bin has no neighbour below
        low, high = (int(inside[0]), int(inside[-1]) + 1) if inside.size else (1, 1)
        return cls(low, high, sr / n_fft, threshold)


@dataclass(frozen=True)
class Beside:
    """A row of energies beside the rows of a chain.

    rows         number of all rows
    place        the first of the chain's own rows
    at           the row of the energies; it may be one of the chain's, which is written over
    compression  of the energies
    bands        a bank of one band that adds up bins; None for the energies of the samples
    gain         factor of the energies of the samples
    """

    rows: int
    place: int
    at: int
    compression: Compression
    bands: Bands | None
    gain: float


@dataclass(frozen=True)
class Chain:
    """A chain, or a part of one; `frames` is None if it starts from spectra."""

    frames: Frames | None = None
    spectrum: Spectrum | None = None
    bands: Bands | None = None
    compression: Compression | None = None
    #: A matrix over bands, or over bins if there are no bands.
    cepstrum: Any = None
    scaling: Scaling | None = None
    #: The descriptor of the bins, in place of bands and all later stages (`chain.descriptors`).
    descriptor: Any = None
    #: A row of energies, which the driver computes in the same pass.
    beside: Beside | None = None
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = (self.compression, self.cepstrum, self.scaling, self.descriptor, self.beside)
        object.__setattr__(self, "_hash", hash((self.frames, self.spectrum, self.bands, *numbers)))

    def __hash__(self) -> int:
        return self._hash

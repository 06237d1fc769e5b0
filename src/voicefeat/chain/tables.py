"""Tables of a chain for one precision: twiddle factors, windows, banks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..audio.limits import LARGEST, LARGEST_SPECTRA
from ..cache import memoised
from ..engine import simd
from ..engine.aligned import aligned
from ..engine.fft import radix_table
from ..engine.frames import finite
from .frames import Frames
from .stages import Bands


@memoised
def table(make: Callable[..., Any], *key: Any) -> Any:
    """make(*key), cached by value."""
    return make(*key)


def frozen(values: Any, dtype: Any) -> np.ndarray:
    values = np.asarray(values)
    array = aligned(values.size, dtype)
    array[:] = values.ravel()
    array.flags.writeable = False
    return array


def _pairs(values: Any, dtype: Any) -> np.ndarray:
    """Complex factors as real, imaginary, real, ..."""
    z = np.asarray(values, dtype=np.complex128)
    return frozen(np.stack([z.real, z.imag], axis=-1), dtype)


def radices(points: int) -> list[int] | None:
    """`points` as a product of 8, 4, 2, 3, 5 and 7 in the order of the passes, or None."""
    odd = []
    for r in (7, 5, 3):
        while points % r == 0:
            odd.append(r)
            points //= r
    twos = points.bit_length() - 1
    if points != 1 << twos:
        return None
    eights = twos // 3
    while twos - 3 * eights == 1 and eights:  # 8 2 costs more than 4 4
        eights -= 1
    rest = twos - 3 * eights
    return [8] * eights + [4] * (rest // 2) + [2] * (rest % 2) + odd


@dataclass(frozen=True)
class Transform:
    """Tables of the FFT of framed lanes; see `engine.fft` and `engine.spectrum`."""

    offsets: np.ndarray
    window: np.ndarray
    radices: np.ndarray
    factors: np.ndarray
    last: np.ndarray
    #: Points of each transform before the last pass.
    part: int


def _digit_reversed(passes: list[int]) -> np.ndarray:
    """The index of the input point at each place before the first pass."""
    order = np.zeros(1, dtype=np.int64)
    for r in passes:
        order = (np.arange(r)[:, None] + r * order[None, :]).ravel()
    return order


def _twiddles(passes: list[int]) -> list[np.ndarray]:
    factors, m = [np.ones(1, dtype=np.complex128)], passes[0]
    if len(passes) > 1:
        factors = []
    for r in passes[1:]:
        p, i = np.arange(m)[:, None], np.arange(1, r)[None, :]
        factors.append(np.exp(-2j * np.pi * p * i / (m * r)).ravel())
        m *= r
    return factors


def _last_factors(points: int, part: int) -> np.ndarray:
    """Factors of the last pass, in the order of reading."""
    r = points // part
    separate = lambda k: np.exp(-1j * np.pi * k / points)  # noqa: E731
    if r == 1:
        return separate(np.arange(1, points // 2 + 1))
    i, j = np.arange(1, r), np.arange(r)
    rows = [separate(part * i)]
    for p in range(1, part // 2 + 1):
        twiddle = lambda q: np.exp(-2j * np.pi * q * i / points)  # noqa: E731
        rows += [twiddle(p), twiddle(part - p), separate(p + part * j)]
    return np.concatenate(rows)


def _nearest_roots(factors: np.ndarray, n: int) -> np.ndarray:
    """The roots of order n of 1 that `factors` are, to the last bit: of angles that are at most pi / 4."""
    k = np.rint(np.angle(factors) * (n / (2 * np.pi))).astype(np.int64)
    quarters = np.rint(4 * k / n).astype(np.int64)
    angles = np.pi / 2 * (4 * k - quarters * n) / n
    return (np.cos(angles) + 1j * np.sin(angles)) * np.array([1, 1j, -1, -1j])[quarters % 4]


def transform(
    frames: Frames, stride: int, dtype: np.dtype, hop: int | None = None, exact: bool = False
) -> Transform | None:
    """The tables of the FFT, or None if n_fft is 2, odd or has a factor above 7.

    Sample n of a frame is at row n mod hop, column n div hop of the laid out signal. If `exact`, factors are
    as near as their precision allows; otherwise those of double precision have the rounding of their angles.
    """
    points = frames.n_fft // 2
    passes = radices(points) if frames.n_fft % 2 == 0 else None
    if not passes:
        return None
    part = points
    if points % 4 == 0 and points > 4:
        part = points // 4
        passes = [*(radices(part) or []), 4]
    order = _digit_reversed(passes)
    sample = np.stack([2 * order, 2 * order + 1], axis=-1).ravel()
    hop = hop or frames.hop_length
    before = passes[:-1] if part != points else passes
    factors, last = np.concatenate(_twiddles(before)), _last_factors(points, part)
    if exact:
        factors, last = _nearest_roots(factors, frames.n_fft), _nearest_roots(last, frames.n_fft)
    table = radix_table(before, points // part)
    return Transform(
        offsets=frozen((sample % hop) * stride + sample // hop, np.int32),
        window=frozen(frames.window_array()[sample] * 0.5, dtype),  # the halves of E and O
        radices=frozen(table, table.dtype),
        factors=_pairs(factors, dtype),
        last=_pairs(last, dtype),
        part=part,
    )


@dataclass(frozen=True)
class Runs:
    """A sparse bank, four bands at a time: first bins, and weights side by side."""

    rows: int
    starts: np.ndarray
    counts: np.ndarray
    firsts: np.ndarray
    weights: np.ndarray

    @cached_property
    def tile_rows(self) -> int:
        return self.starts.size


@dataclass(frozen=True)
class Dense:
    """A dense matrix, four rows side by side."""

    rows: int
    columns: int
    quads: int
    matrix: np.ndarray

    @cached_property
    def tile_rows(self) -> int:
        return 4 * self.quads


def dense(matrix: np.ndarray, dtype: np.dtype) -> Dense:
    rows, columns = matrix.shape
    quads = -(-rows // 4)
    padded = np.zeros((4 * quads, columns))
    padded[:rows] = matrix
    return Dense(rows, columns, quads, frozen(padded.reshape(quads, 4, columns).transpose(0, 2, 1), dtype))


def runs(matrix: np.ndarray, dtype: np.dtype) -> Runs:
    rows, bins = matrix.shape
    starts = np.zeros(-(-rows // 4) * 4, dtype=np.int64)
    counts, firsts, weights, first = [], [], [], 0
    spans = np.zeros((starts.size, 2), dtype=np.int64)
    for m, row in enumerate(matrix):
        used = np.flatnonzero(row)
        if used.size:
            spans[m] = used[0], used[-1] + 1
    for q in range(0, starts.size, 4):
        count = int((spans[q : q + 4, 1] - spans[q : q + 4, 0]).max())
        quad = np.zeros((count, 4))
        for b in range(4):
            begin = min(int(spans[q + b, 0]), bins - count)  # a padded run stays inside the bins
            starts[q + b] = begin
            if q + b < rows:
                quad[:, b] = matrix[q + b, begin : begin + count]
        counts.append(count)
        firsts.append(first)
        weights.append(quad.ravel())
        first += quad.size
    return Runs(
        rows,
        frozen(starts, np.int64),
        frozen(counts, np.int64),
        frozen(firsts, np.int64),
        frozen(np.concatenate(weights) if first else np.zeros(1), dtype),
    )


def bank(bands: Bands, dtype: np.dtype) -> Runs | Dense:
    """The bank as runs, or as a dense matrix if most of it is not zero."""
    matrix = bands.matrix()
    return dense(matrix, dtype) if np.count_nonzero(matrix) > matrix.size // 2 else runs(matrix, dtype)


#: For signals and spectra, by precision: the lanes, and a factor that makes values above the limit infinite.
_LIMITS: list[dict[np.dtype[Any], tuple[int, float]]] = [
    {kind: (simd.lanes(kind.itemsize), float(np.finfo(kind).max) / most) for kind, most in limits.items()}
    for limits in (LARGEST, LARGEST_SPECTRA)
]


def usable(y: np.ndarray, spectra: bool = False) -> bool:
    """Whether all samples, or values of spectra, are finite and not too large for their precision."""
    # Without the copy, views of one value in each row become flat arrays with a stride.
    return finite(np.ascontiguousarray(y).reshape(-1), *_LIMITS[spectra][y.dtype])


def limit_factor(dtype: np.dtype, spectra: bool) -> float:
    """The factor that makes samples, or values of spectra, infinite that are too large for `dtype`."""
    return _LIMITS[spectra][dtype][1]


def lanes(dtype: np.dtype) -> int:
    return simd.lanes(dtype.itemsize)

"""Descriptors: the bins of a frame are reduced to a few numbers, in place of bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..audio.limits import check_spread
from ..engine import (
    bands as band_kernels,
    descriptors as kernels,
    extremes as extreme_kernels,
    rows as row_kernels,
)
from ..engine.aligned import aligned
from ..errors import fail
from ..units.hertz import fft_frequencies
from .sinks import Sink
from .spectra import Work
from .stages import Compression

if TYPE_CHECKING:
    from .plan import Plan


@dataclass(frozen=True)
class Frequencies:
    """The frequency of each bin: those of a transform of `n_fft` at `sr`, or given ones."""

    sr: float
    n_fft: int
    given: tuple[float, ...] | None = None

    def array(self, bins: int) -> np.ndarray:
        values = fft_frequencies(sr=self.sr, n_fft=self.n_fft) if self.given is None else np.array(self.given)
        if values.size != bins:
            fail("freq", values, f"must hold the frequencies of {bins} bins", "give one frequency per bin")
        return values


class Descriptor:
    """A descriptor of the bins of a frame, as a value; `prepare` makes its tables."""

    #: Whether it is computed in double precision for every type of signal.
    double: ClassVar[bool] = False
    #: Whether a block needs the state of the block before.
    ordered: ClassVar[bool] = False
    #: Number of frames before a frame that it is compared with (short frames only).
    lead: ClassVar[int] = 0
    #: Whether it needs the spectra of ramped samples as well (short frames only).
    ramped: ClassVar[bool] = False

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        """The descriptor with its tables, for spectra with that number of bins."""
        raise NotImplementedError


class PreparedDescriptor:
    """A descriptor with its tables for one precision: its number of rows, and the computation of a block."""

    rows = 1

    def __init__(self, bins: int, dtype: np.dtype):
        self.bins: int = bins
        self.dtype: np.dtype[Any] = dtype

    def tiles(self, bins: np.ndarray, groups: int, lanes: int, out: np.ndarray) -> None:
        """Write the `rows` rows of each group of frames to `out`."""
        raise NotImplementedError

    def sink(self, plan: Plan, out: np.ndarray) -> Sink:
        """The sink that writes the rows to `out`."""
        return DescriptorRows(self, plan, out)

    def check(self, out: np.ndarray) -> None:
        """Refuse settings with which the rows `out` are not finite."""


class DescriptorRows(Sink):
    """Writes the rows of a descriptor."""

    def __init__(self, prepared: PreparedDescriptor, plan: Plan, out: np.ndarray):
        self.prepared: PreparedDescriptor = prepared
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.flat: np.ndarray = out.reshape(-1)
        self.frames: int = out.shape[-1]

    def take(self, work: Work, first: int, count: int) -> None:
        prepared, lanes = self.prepared, self.lanes
        groups = -(-count // lanes)
        out = work.array("descriptor", groups * prepared.rows * lanes)
        prepared.tiles(work.to_power(self.power), groups, lanes, out)
        row_kernels.put_rows(out, prepared.rows, prepared.rows, lanes, count, self.flat, first, self.frames)


@dataclass(frozen=True)
class Centroid(Descriptor):
    """The mean frequency, weighted by magnitude; 0 for silence."""

    frequencies: Frequencies

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        return _Moments(self.frequencies.array(bins), None, True, dtype)


@dataclass(frozen=True)
class Bandwidth(Descriptor):
    """(sum S |f - centroid|^p)^(1/p), with S divided by its sum if `norm` is True; 0 for silence."""

    frequencies: Frequencies
    p: float = 2.0
    norm: bool = True

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        return _Moments(self.frequencies.array(bins), self.p, self.norm, dtype)


class _Moments(PreparedDescriptor):
    def __init__(self, frequencies: np.ndarray, p: float | None, norm: bool, dtype: np.dtype):
        super().__init__(frequencies.size, dtype)
        self.frequencies = frequencies.astype(dtype)
        self.p, self.norm, self.tiny = p, norm, float(np.finfo(dtype).tiny)

    def check(self, out: np.ndarray) -> None:
        if self.p is not None:
            check_spread(out, self.p)

    def tiles(self, bins: np.ndarray, groups: int, lanes: int, out: np.ndarray) -> None:
        kernels.centroid_tiles(bins, self.bins, groups, lanes, self.frequencies, self.tiny, out)
        if self.p is None:
            return
        kind = {1.0: 1, 2.0: 2}.get(self.p, 0)
        divide = 1 if self.norm else 0
        kernels.bandwidth_tiles(
            bins, self.bins, groups, lanes, self.frequencies, self.tiny, kind, self.p, divide, out
        )


@dataclass(frozen=True)
class Rolloff(Descriptor):
    """The lowest frequency below which the fraction `percent` of the magnitude lies."""

    frequencies: Frequencies
    percent: float

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        return _Rolloff(self.frequencies.array(bins), self.percent, dtype)


class _Rolloff(PreparedDescriptor):
    def __init__(self, frequencies: np.ndarray, percent: float, dtype: np.dtype):
        super().__init__(frequencies.size, dtype)
        # The minimum over all bins from k on, in case frequencies do not ascend.
        self.least = np.minimum.accumulate(frequencies[::-1])[::-1].astype(dtype)
        self.percent = percent

    def tiles(self, bins: np.ndarray, groups: int, lanes: int, out: np.ndarray) -> None:
        kernels.rolloff_tiles(bins, self.bins, groups, lanes, self.percent, self.least, out)


@dataclass(frozen=True)
class Flatness(Descriptor):
    """The geometric mean of max(S, floor) over its arithmetic mean; 1 for silence."""

    floor: float

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        least = float(np.finfo(dtype).tiny)
        if self.floor < least:
            fail("amin", self.floor, f"is below {least:.3g}, the least normal {dtype}", "give a larger amin")
        return _Flatness(self.floor, bins, dtype)


class _Flatness(PreparedDescriptor):
    def __init__(self, floor: float, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype)
        self.floor = floor

    def tiles(self, bins: np.ndarray, groups: int, lanes: int, out: np.ndarray) -> None:
        kernels.flatness_tiles(bins, self.bins, groups, lanes, self.floor, out)


@dataclass(frozen=True)
class Contrast(Descriptor):
    """The mean of the largest bins of each band (first bin, bins, number) over that of its smallest bins."""

    bands: tuple[tuple[int, int, int], ...]
    linear: bool = False
    top_db: float | None = 80.0
    amin: float = 1e-10

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        return _Contrast(self, bins, dtype)


class _Contrast(PreparedDescriptor):
    def __init__(self, spec: Contrast, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype)
        self.spec: Contrast = spec
        self.rows: int = len(spec.bands)
        self.bands: np.ndarray = np.array(spec.bands, dtype=np.int64).reshape(-1)
        self.most: int = max(count for _, _, count in spec.bands)

    def sink(self, plan: Plan, out: np.ndarray) -> Sink:
        return ContrastRows(self, plan, out)


class ContrastRows(Sink):
    """Writes peaks over valleys; each has its own floor, relative to the maximum of the clip."""

    def __init__(self, prepared: _Contrast, plan: Plan, out: np.ndarray):
        self.prepared: _Contrast = prepared
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.dtype: np.dtype[Any] = plan.dtype
        self.flat: np.ndarray = out.reshape(-1)
        self.frames: int = out.shape[-1]
        #: Distance of the floors below the largest peak and the largest valley of the clip.
        self.top_db: float | None = None if prepared.spec.linear else prepared.spec.top_db
        #: The largest peak and the largest valley of each block.
        self.largest: tuple[list[float], list[float]] = ([], [])
        self.kept: np.ndarray | None = None
        if self.top_db is not None:
            self.deferred = True
            groups = -(-self.frames // self.lanes)
            size = groups * prepared.rows * self.lanes
            self.kept = aligned(2 * size, plan.dtype).reshape(2, size)

    def take(self, work: Work, first: int, count: int) -> None:
        prepared, lanes = self.prepared, self.lanes
        groups = -(-count // lanes)
        size = groups * prepared.rows * lanes
        if self.kept is None:
            peaks, valleys = work.array("peaks", size), work.array("valleys", size)
        else:
            at = first * prepared.rows
            peaks, valleys = self.kept[0, at : at + size], self.kept[1, at : at + size]
        extreme_kernels.extreme_tiles(
            work.to_power(self.power),
            prepared.bins,
            groups,
            lanes,
            prepared.bands,
            work.array("extremes", (2 * prepared.most + 12) * lanes),
            peaks,
            valleys,
        )
        if not prepared.spec.linear:
            scale, amin, rows = 10 / np.log(10), prepared.spec.amin, prepared.rows
            for tiles, largest in zip((peaks, valleys), self.largest, strict=True):
                largest.append(
                    band_kernels.log_tiles(tiles, rows, rows, count, lanes, 0.0, amin, scale, 0.0, work.peak)
                )
        if self.kept is None:
            self._emit(peaks, valleys, first, count, -np.inf, -np.inf)

    def _emit(
        self, peaks: np.ndarray, valleys: np.ndarray, first: int, count: int, high: float, low: float
    ) -> None:
        rows, lanes = self.prepared.rows, self.lanes
        groups = -(-count // lanes)
        kernels.difference_tiles(peaks, valleys, groups * rows * lanes, lanes, high, low)
        row_kernels.put_rows(peaks, rows, rows, lanes, count, self.flat, first, self.frames)

    def finish(self, work: Work, part: int = 0, parts: int = 1) -> None:
        assert self.kept is not None and self.top_db is not None
        share = -(-self.frames // (parts * self.lanes)) * self.lanes
        first = part * share
        count = min(share, self.frames - first)
        if count > 0:
            at, size = first * self.prepared.rows, -(-count // self.lanes) * self.lanes * self.prepared.rows
            peaks, valleys = self.kept[0, at : at + size], self.kept[1, at : at + size]
            high, low = (max(largest) - self.top_db for largest in self.largest)
            self._emit(peaks, valleys, first, count, high, low)


@dataclass(frozen=True)
class Loudness(Descriptor):
    """The compressed energy of each frame's samples, computed by `engine.prepared`."""

    gain: float
    compression: Compression

    def prepare(self, bins: int, dtype: np.dtype) -> PreparedDescriptor:
        return _Loudness(self, bins, dtype)


class _Loudness(PreparedDescriptor):
    def __init__(self, spec: Loudness, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype)
        self.spec: Loudness = spec
        self.floor: float = spec.compression.least(dtype)

    def sink(self, plan: Plan, out: np.ndarray) -> Sink:
        return LoudnessRows(self, plan, out)


class LoudnessRows(Sink):
    """Writes one row of log energies."""

    def __init__(self, prepared: _Loudness, plan: Plan, out: np.ndarray):
        self.prepared: _Loudness = prepared
        self.lanes: int = plan.lanes
        self.power: float | None = plan.power
        self.flat: np.ndarray = out.reshape(-1)
        self.frames: int = out.shape[-1]

    def take(self, work: Work, first: int, count: int) -> None:
        c, lanes = self.prepared.spec.compression, self.lanes
        size = -(-count // lanes) * lanes
        tiles = work.array("loudness", size)
        np.multiply(
            work.array("energies", size)[:size], tiles.dtype.type(self.prepared.spec.gain), out=tiles[:size]
        )
        if c.zero:
            row_kernels.replace_zeros(tiles, size, float(c.zero))
        band_kernels.log_tiles(
            tiles, 1, 1, count, lanes, float(c.offset), self.prepared.floor, c.scale, -c.add, work.peak
        )
        row_kernels.put_rows(tiles, 1, 1, lanes, count, self.flat, first, self.frames)


@dataclass(frozen=True)
class Polynomial:
    """The least-squares polynomial of `order` for the bins of a frame, highest power first."""

    order: int
    frequencies: Frequencies

    def matrix(self, bins: int) -> np.ndarray:
        """The matrix (order + 1, bins) from the bins of a frame to its coefficients."""
        frequencies: Any = self.frequencies.array(bins)
        # Powers scaled to length 1 keep the problem well conditioned; the scale is undone afterwards.
        powers = np.vander(frequencies, self.order + 1)
        scale = np.sqrt((powers * powers).sum(axis=0))
        return np.linalg.pinv(powers / scale, rcond=bins * np.finfo(np.float64).eps) / scale[:, None]

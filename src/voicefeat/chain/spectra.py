"""Sources of the spectra of a block (a signal, or an array of given spectra), and scratch arrays."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..engine import (
    frames as frame_kernels,
    prepared as prepared_kernels,
    rows as row_kernels,
    spectrum as spectrum_kernels,
)
from ..engine.aligned import aligned
from . import tables
from .frames import Frames
from .tables import Transform

#: Bytes of the bins of one block: together with the columns of the signal they fit the second-level cache.
BLOCK_BYTES = 512 * 1024
#: Bytes of the signal laid out at a time.
COLUMN_BYTES = 64 * 1024
#: Largest number of frames of a block.
BLOCK_FRAMES = 1024
#: Spectra up to this size are kept between two passes over a signal; larger ones are computed again.
MEMORY_BYTES = 16 * 1024 * 1024
#: Scratch arrays above this size are not kept between calls.
KEEP_BYTES = 8 * 1024 * 1024


def block_frames(bins: int, dtype: np.dtype, most: int = BLOCK_BYTES) -> int:
    """Number of frames of one block of at most `most` bytes, a multiple of the lanes."""
    lanes = tables.lanes(dtype)
    fit = most // (bins * dtype.itemsize * lanes)
    return lanes * max(1, min(fit, BLOCK_FRAMES // lanes))


_numbers = itertools.count()


class Arrays(dict[tuple[str, int], np.ndarray]):
    """Scratch arrays: ``arrays[name, size]`` has at least `size` values, and is one array for each name."""

    #: Number of sizes that are cached.
    SIZES = 256

    def __init__(self, dtype: np.dtype):
        self.dtype = dtype
        self.largest: dict[str, np.ndarray] = {}
        self.nbytes: int = 0
        #: Tells these arrays from all others; and counts how often one of them was replaced.
        self.number: int = next(_numbers)
        self.state: int = 0

    def __missing__(self, key: tuple[str, int]) -> np.ndarray:
        name, size = key
        array = self.largest.get(name)
        if array is None or array.size < size:
            self.nbytes += (size - (0 if array is None else array.size)) * self.dtype.itemsize
            array = self.largest[name] = aligned(size, self.dtype)
            self.clear()  # the smaller array is dropped
            self.state += 1
        elif len(self) >= self.SIZES:
            self.clear()
        self[key] = array
        return array


class Work:
    """The scratch arrays of one thread, and the current block of spectra."""

    def __init__(self, lanes: int, dtype: np.dtype):
        self.dtype: np.dtype[Any] = dtype
        self.lanes: int = lanes
        self.peak: np.ndarray = aligned(lanes, dtype)
        #: The largest logarithm of the frames that a program has processed.
        self.level: np.ndarray = np.empty(1)
        #: The block from its source: |X| ** base, or the complex X if `base` is None.
        self.bins: np.ndarray = np.empty(0, dtype)
        self.base: float | None = None
        self.values: int = 0
        #: Whether all sinks need the same power of the block, which may then overwrite it.
        self.one_power: bool = False
        self.arrays: Arrays = Arrays(dtype)
        self._powers: dict[float, np.ndarray] = {}
        self.idle: list[Work] = _idle.setdefault(dtype, [])

    def set_block(self, bins: np.ndarray, values: int, base: float | None, one_power: bool) -> None:
        """Set the block to the first `values` numbers of `bins` (complex ones count once)."""
        self.bins, self.values, self.base, self.one_power = bins, values, base, one_power
        self._powers.clear()

    def to_power(self, power: float | None) -> np.ndarray:
        """|X| ** power of the block, or the block itself if `power` is None."""
        if power is None or power == self.base:
            return self.bins
        found = self._powers.get(power)
        if found is None:
            found = self._powers[power] = self._to_power(power)
        return found

    def _to_power(self, power: float) -> np.ndarray:
        size = self.values
        if self.base is None:
            squares = self.arrays["power 2", size]
            row_kernels.square_complex(self.bins, size, self.lanes, squares)
            self._powers[2.0] = squares
            if power == 2.0:
                return squares
            source, base = squares, 2.0
        else:
            source, base = self.bins, self.base
        into = source if self.one_power else self.arrays[f"power {power}", size]
        if power / base == 0.5:
            row_kernels.root_tiles(source, size, self.lanes, into)
        elif power / base == 2.0:
            row_kernels.square_tiles(source, size, self.lanes, into)
        else:
            row_kernels.power_tiles(source, size, self.lanes, power / base, into)
        return into

    def array(self, name: str, size: int) -> np.ndarray:
        """An array of at least `size` values, the same one for each name."""
        return self.arrays[name, size]


#: Scratch arrays between calls; the methods of a list are atomic.
_idle: dict[np.dtype, list[Work]] = {}


def borrow(dtype: np.dtype) -> Work:
    """Scratch arrays, from an earlier call if there are any."""
    try:
        return _idle[dtype].pop()
    except (KeyError, IndexError):
        return Work(tables.lanes(dtype), dtype)


def give_back(work: Work) -> None:
    """Keep scratch arrays for a later call: only a few, and only small ones."""
    if len(work.idle) < 8 and work.arrays.nbytes <= KEEP_BYTES:
        work.idle.append(work)


class FramedSpectra:
    """Spectra of the frames of a signal: powers, or complex numbers."""

    #: Frames that a block has before its first one.
    lead: int = 0

    def __init__(self, frames: Frames, complex: bool, dtype: np.dtype):
        self.frames: Frames = frames
        self.complex: bool = complex
        self.dtype: np.dtype[Any] = dtype
        #: Sources with equal keys make the same spectra.
        self.key: tuple[Any, ...] = (frames, dtype)
        self.base: float | None = None if complex else 2.0
        self.lanes: int = tables.lanes(dtype)
        self.bins: int = 1 + frames.n_fft // 2
        self.block: int = block_frames(self.bins * (2 if self.complex else 1), dtype)
        hop = frames.hop_length
        self.hop: int = hop
        self.pad: int = frames.pad
        #: Number of hops that a frame spans: the columns that the last frame of a block adds.
        self.overlap: int = -(-frames.n_fft // hop)
        self.rows: int = min(hop, frames.n_fft)
        #: Number of groups of lanes that are laid out at a time.
        self.chunk: int = max(1, COLUMN_BYTES // (self.rows * self.lanes * dtype.itemsize))
        # Rows start on a new cache line, but not all in the same cache set.
        line = 64 // dtype.itemsize
        lines = -(-(self.chunk * self.lanes - 1 + self.overlap) // line)
        self.stride: int = line * (lines + 1 - lines % 2)
        #: Whether frames are changed before their window; they are then copied to their own array, sample by
        #: sample, with the window at its beginning.
        self.prepared: bool = frames.remove_dc or frames.preemphasis != 0.0
        layout = (self.lanes, dtype, frames.n_fft) if self.prepared else (self.stride, dtype)
        self.tables: Transform | None = tables.transform(frames, *layout)
        n = np.arange(frames.length)
        self.places: np.ndarray = tables.frozen((n % hop) * self.stride + n // hop, np.int32)
        if self.tables is None:
            self.window: np.ndarray = frames.window_array()
        #: Whether the padding beyond the ends of the signal is zeros.
        self.zeros_beyond: bool = frames.partial != "mirror" and (
            frames.pad_mode == "constant" or not frames.pad
        )
        #: Whether powers from complex bins and powers computed directly have the same bits.
        self.exact_powers: bool = self.tables is not None

    def open(self, y: np.ndarray) -> Any:
        """The signal, and the padding before and after it."""
        if self.zeros_beyond:
            nothing = y[:0]
            return y, nothing, nothing
        return y, *ends(y, self.frames)

    def values(self, count: int) -> int:
        """Number of values in the block of `count` frames, including padding."""
        return -(-count // self.lanes) * self.lanes * self.bins

    def fill(self, bins: np.ndarray, work: Work, signal: Any, first: int, count: int) -> None:
        """Write the spectra of frames first, first + 1, ... to `bins`."""
        lanes, hop, t = self.lanes, self.hop, self.tables
        groups = -(-count // lanes)
        columns = work.arrays["columns", self.rows * self.stride]
        start = first * hop - self.pad
        if t is None:
            self._fill_any_length(bins, signal, start, groups, columns, work)
        else:
            layout = (
                *signal,
                start,
                hop,
                self.rows,
                self.overlap,
                columns,
                self.stride,
                self.chunk,
                groups,
                lanes,
            )
            z = work.arrays["points", self.frames.n_fft * lanes]
            passes = (t.offsets, t.window, z, t.radices, t.factors, t.part, t.last, bins)
            if self.prepared:
                self._fill_prepared(work, layout + passes, groups)
            elif self.complex:
                spectrum_kernels.complex_bins(*layout, *passes)
            else:
                spectrum_kernels.power_bins(*layout, *passes)

    def _fill_prepared(self, work: Work, arguments: tuple[Any, ...], groups: int) -> None:
        """Write frames without their mean or with their own pre-emphasis; their energies go to `work`."""
        frame = work.array("frame", self.frames.n_fft * self.lanes)
        energies = work.array("energies", groups * self.lanes)
        changes = (float(self.frames.remove_dc), self.frames.preemphasis)
        prepared_kernels.prepared_bins(*arguments, self.places, *changes, frame, energies, int(self.complex))

    def _prepare(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same changes in numpy, row by row, and the energies."""
        frames = frames[:, : self.frames.length]
        if self.frames.remove_dc:
            frames = frames - frames.mean(axis=-1, keepdims=True)
        energies = (frames * frames).sum(axis=-1)
        before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=-1)
        frames = frames - self.frames.preemphasis * before
        return np.pad(frames, ((0, 0), (0, self.frames.n_fft - self.frames.length))), energies

    def _fill_any_length(
        self, bins: np.ndarray, signal: Any, start: int, groups: int, columns: np.ndarray, work: Work
    ) -> None:
        """Transform odd lengths and lengths with large factors, by scipy in double precision."""
        from scipy.fft import rfft

        (y, head, tail), lanes, hop = signal, self.lanes, self.frames.hop_length
        energies = work.array("energies", groups * lanes)
        n = np.arange(self.frames.n_fft)
        places = (n % hop) * self.stride + n // hop
        width = (2 if self.complex else 1) * lanes
        tiles = bins[: groups * self.bins * width].reshape(groups, self.bins, width)
        for g in range(groups):
            count = lanes - 1 + self.overlap
            at = start + g * lanes * hop
            frame_kernels.transpose(y, at, hop, self.rows, count, lanes, head, tail, columns, self.stride)
            frames = columns[places + np.arange(lanes)[:, np.newaxis]]
            if self.prepared:
                frames, energies[g * lanes : (g + 1) * lanes] = self._prepare(frames)
            z = rfft(frames * self.window, axis=-1).T
            tiles[g] = np.concatenate([z.real, z.imag], axis=-1) if self.complex else z.real**2 + z.imag**2


#: Padding modes that mirror the signal, and the number of end samples that they do not repeat.
_MIRRORS = {"reflect": 1, "symmetric": 0}


def ends(y: np.ndarray, frames: Frames) -> tuple[np.ndarray, np.ndarray]:
    """The padding before and after a signal; empty arrays for zeros."""
    mode: Any = "symmetric" if frames.partial == "mirror" else frames.pad_mode
    if mode == "constant":
        return y[:0], y[:0]
    n, before = y.size, frames.pad
    after = before
    if frames.partial == "mirror":
        after = max(0, (frames.count(n) - 1) * frames.hop_length + frames.length - before - n)
    if not (before or after):
        return y[:0], y[:0]
    if callable(mode):
        padded = np.pad(y, before, mode)
        return padded[:before], padded[before + n :]
    if max(before, after) < n and mode in _MIRRORS:  # as numpy.pad, without its checks
        skip = _MIRRORS[mode]
        return y[skip : skip + before][::-1].copy(), y[n - skip - after : n - skip][::-1].copy()
    reach = min(n, max(before, after) + 1)  # np.pad needs no sample beyond these
    return np.pad(y[:reach], (before, 0), mode)[:before], np.pad(y[n - reach :], (0, after), mode)[reach:]


class GivenSpectra:
    """Spectra given as an array of (bins, frames)."""

    lead: int = 0
    complex = False
    base: float = 1.0
    exact_powers = True
    key: tuple[Any, ...] = ()

    def __init__(self, bins: int, dtype: np.dtype):
        self.bins: int = bins
        self.dtype: np.dtype[Any] = dtype
        self.lanes: int = tables.lanes(dtype)
        self.block: int = block_frames(bins, dtype)

    def open(self, S: np.ndarray) -> Any:
        return S

    def values(self, count: int) -> int:
        return -(-count // self.lanes) * self.lanes * self.bins

    def fill(self, bins: np.ndarray, work: Work, S: Any, first: int, count: int) -> None:
        row_kernels.take_rows(
            S.reshape(-1), first, S.shape[-1], bins, self.bins, self.bins, self.lanes, count
        )

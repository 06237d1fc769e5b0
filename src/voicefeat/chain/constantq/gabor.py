"""Constant-Q channels by non-stationary Gabor frames: their places in the spectrum, and the loop over them.

The whole signal is transformed once. A channel is a range of that spectrum under a Hann window as wide as the
channel's band. It is transformed back with as many points as the widest channel has, so that all channels
have samples at the same times.

G. Velasco, N. Holighaus, M. Doerfler, T. Grill, "Constructing an invertible constant-Q transform with
non-stationary Gabor frames", DAFx 2011; C. Schoerkhuber, A. Klapuri, N. Holighaus, M. Doerfler, "A Matlab
toolbox for efficient perfect reconstruction time-frequency transforms with log-frequency resolution",
AES 53rd conference, 2014.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import gabor as kernels
from ...errors import check_float, check_int, check_rate, fail
from ..spectra import Work

#: Bytes of the channels that are transformed back at a time.
BLOCK_BYTES = 512 * 1024
#: Largest number of channels of one transform.
MOST_CHANNELS = 1 << 16
#: Constant added to powers before the logarithm.
OFFSET = 2.0**-52
#: The default `gamma` is this many hertz times 2^(1/B) - 2^(-1/B), for B bins per octave.
EARS = 228.7


@dataclass(frozen=True)
class Channels:
    """Channels at fmin 2^(k / B) up to fmax; a bandwidth is the distance of the neighbours plus `gamma`."""

    sr: float
    fmin: float
    fmax: float
    bins_per_octave: int
    gamma: float

    @classmethod
    def make(cls, sr: Any, fmin: Any, fmax: Any, bins_per_octave: Any, gamma: Any) -> Channels:
        sr = check_rate("sr", sr)
        bins = check_int("bins_per_octave", bins_per_octave, unit="channels")
        top = sr / 2 if fmax is None else check_float("fmax", fmax, above=0, unit="hertz")
        if top > sr / 2:
            problem = f"lies above half the sampling rate, {sr / 2:g} Hz for sr={sr:g}"
            fail("fmax", fmax, problem, f"give at most {sr / 2:g}, or audio of a higher rate")
        low = top / 2**9 if fmin is None else check_float("fmin", fmin, above=0, unit="hertz")
        if low < 1e-12 * sr:
            name, value = ("fmax", fmax) if fmin is None else ("fmin", fmin)
            fail(name, value, f"is too close to 0 Hz for sr={sr:g}", "give hertz, such as 30")
        if low >= top:
            fail("fmin", fmin, f"must be below fmax={top:g}", "give a lower fmin or a higher fmax")
        if math.log2(top / low) * bins > MOST_CHANNELS:
            problem = f"asks for more than {MOST_CHANNELS} channels from {low:g} to {top:g} Hz"
            fail("bins_per_octave", bins_per_octave, problem, "give fewer; 96 is already a fine resolution")
        spread = 2 ** (1 / bins) - 2 ** (-1 / bins)
        wider = EARS * spread if gamma is None else check_float("gamma", gamma, low=0.0, unit="hertz")
        channels = cls(sr, low, top, bins, wider)
        if channels.bandwidths(np.array([low]))[0] > 2 * low:
            problem = f"the channel at fmin={low:g} reaches below 0 Hz"
            if spread < 2:
                remedy = f"give fmin={wider / (2 - spread):g} or more, or a smaller gamma"
            else:
                remedy = "give more bins_per_octave"
            name, value = ("fmin", fmin) if gamma is None else ("gamma", gamma)
            fail(name, value, problem, remedy)
        if channels.frequencies().size == 0:
            problem = f"no channel fits between fmin={low:g} and half the sampling rate, {sr / 2:g} Hz"
            name, value = ("fmin", fmin) if fmax is None else ("fmax", fmax)
            fail(name, value, problem, "give a lower fmin, or more bins_per_octave")
        return channels

    def bandwidths(self, frequencies: np.ndarray) -> np.ndarray:
        b = self.bins_per_octave
        return (2 ** (1 / b) - 2 ** (-1 / b)) * frequencies + self.gamma

    def frequencies(self) -> np.ndarray:
        """Centres in Hz; the last ones are dropped while they reach beyond half the sampling rate."""
        b = self.bins_per_octave
        count = 1 + math.ceil(math.log2(self.fmax / self.fmin) * b - 1e-9)
        centres = self.fmin * 2 ** (np.arange(count) / b)
        return centres[centres + self.bandwidths(centres) / 2 <= self.sr / 2]

    @property
    def least(self) -> int:
        """Least number of samples with which the widest channel has four bins."""
        return math.ceil(3.5 * self.sr / self.bandwidths(self.frequencies()[-1:])[0])

    def layout(self, n: int) -> Layout:
        """The places of the channels in the spectrum of n samples."""
        centres = self.frequencies()
        bin_width = self.sr / n
        lengths = np.maximum(4, np.floor(self.bandwidths(centres) / bin_width + 0.5).astype(np.int64))
        return Layout(n, np.floor(centres / bin_width).astype(np.int64), lengths, int(lengths[-1]))


@dataclass(frozen=True)
class Layout:
    """Centres and lengths of channels in bins of the spectrum of n samples."""

    n: int
    centres: np.ndarray
    lengths: np.ndarray
    #: Number of samples of every channel; their hop is `n / points` samples of the signal.
    points: int

    @property
    def bins(self) -> int:
        return self.centres.size


#: Called with channels that are transformed back: (first channel, number, pairs of floats).
Take = Callable[[int, int, np.ndarray], None]


def transformed(y: np.ndarray) -> np.ndarray:
    """The spectrum of a signal, in double precision for every type.

    The rounding error of a transform follows the loudest sample, and would show in every silent frame.
    """
    from scipy import fft

    return fft.rfft(y.astype(np.float64, copy=False))


def each_block(spectrum: np.ndarray, layout: Layout, work: Work, take: Take) -> None:
    """Call `take` with the channels of one spectrum, a few at a time and in order, as `points` pairs each."""
    from scipy import fft

    points, dtype, spare = layout.points, work.dtype, 2 * work.lanes
    at_once = max(1, min(layout.bins, BLOCK_BYTES // (2 * points * dtype.itemsize)))
    pairs = work.array("channels", 2 * at_once * points + spare)
    bins, window = spectrum.view(np.float64), np.empty(points // 2 + 1)
    for first in range(0, layout.bins, at_once):
        count = min(at_once, layout.bins - first)
        size, places = 2 * count * points, (layout.centres, layout.lengths, first, count)
        kernels.fold(bins, layout.n, *places, points, 2.0 / layout.n, window, pairs)
        folded = pairs[:size].view(np.result_type(dtype, np.complex64)).reshape(count, points)
        samples = fft.ifft(folded, norm="forward", overwrite_x=True, workers=1)
        if not np.shares_memory(samples, folded):
            folded[...] = samples
        pairs[size : size + spare] = 0.0  # padding for the last lanes
        take(first, count, pairs)


@dataclass(frozen=True)
class Edge:
    """A channel at 0 Hz or half the rate: flat, with the slopes of its neighbour's window."""

    n: int
    centre: int
    length: int
    window: np.ndarray

    @property
    def bins(self) -> np.ndarray:
        """Bins of the whole spectrum under the window."""
        return self.centre + np.arange(self.length) - self.length // 2

    def analyse(self, spectrum: np.ndarray) -> np.ndarray:
        """Its samples, from bins 0 .. n / 2."""
        i = self.bins % self.n
        mirrored = 2 * i > self.n
        values = spectrum[np.where(mirrored, self.n - i, i)]
        values[mirrored] = values[mirrored].conj()
        folded = np.empty(self.length, np.complex128)
        folded[self.bins % self.length] = values * self.window
        return np.fft.ifft(folded) * (2 * self.length / self.n)


def hann(length: int) -> np.ndarray:
    """The window of a channel, from its lowest bin to its highest."""
    return 0.5 + 0.5 * np.cos(2 * np.pi * (np.arange(length) - length // 2) / length)


def edges(channels: Channels, layout: Layout) -> tuple[Edge, Edge]:
    """The channels at 0 Hz and half the rate, as wide as twice the distance to their neighbours."""
    n, bin_width = layout.n, channels.sr / layout.n
    both = []
    away = channels.sr / 2 - channels.frequencies()[-1]
    for centre, width, beside in ((0, channels.fmin, layout.lengths[0]), (n // 2, away, layout.lengths[-1])):
        length = max(4, int(np.floor(2 * width / bin_width + 0.5)))
        window = hann(length)
        if length > beside:
            # The second half of the neighbour's window, inserted at half the length from the centre.
            flat = np.ones(length)
            begin = length // 2 - beside // 2
            flat[begin : begin + beside] = np.roll(hann(beside), -(beside // 2))
            window = np.roll(flat, length // 2) / np.sqrt(length)
        both.append(Edge(n, centre, length, window))
    return both[0], both[1]


def invert(
    C: np.ndarray, dc: np.ndarray, nyquist: np.ndarray, layout: Layout, outer: tuple[Edge, Edge]
) -> np.ndarray:
    """The signal of the channels: each bin is the sum of its channels, divided by that of squared windows."""
    from scipy import fft

    n = layout.n
    total, weight = np.zeros(n // 2 + 1, np.complex128), np.zeros(n // 2 + 1)

    def add(samples: np.ndarray, bins: np.ndarray, window: np.ndarray) -> None:
        """Add one channel, and its mirror image at the negative frequencies."""
        values = fft.fft(samples.astype(np.complex128)) * (n / (2 * samples.size))
        values = values[bins % samples.size] * window
        for i, part in ((bins % n, values), (-bins % n, values.conj())):
            low = 2 * i <= n
            total[i[low]] += part[low]
            weight[i[low]] += window[low] ** 2

    for k, samples in enumerate(C):
        length = int(layout.lengths[k])
        add(samples, int(layout.centres[k]) + np.arange(length) - length // 2, hann(length))
    for end, samples in zip(outer, (dc, nyquist), strict=True):
        add(samples[0], end.bins, end.window)
    total /= np.where(weight > 0, weight, 1.0)
    return fft.irfft(total, n=n)

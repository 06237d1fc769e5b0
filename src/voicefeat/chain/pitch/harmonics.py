"""Harmonics of the spectra of long frames, looked up at every whole hertz.

The bins of a transform that is padded with zeros are interpolated from those of a shorter one: a frame of L
samples is divided by the Fourier transform of a short weight, transformed to M >= 2 L points, and convolved
with that weight, of which the product with the frame's own spectrum is free. With a Kaiser-Bessel weight
over 16 bins the error is that of rounding.

J. I. Jackson et al., "Selection of a convolution function for Fourier inversion using gridding", IEEE
Transactions on Medical Imaging 10 (3), 1991; J. A. Fessler and B. P. Sutton, "Nonuniform fast Fourier
transforms using min-max interpolation", IEEE Transactions on Signal Processing 51 (2), 2003, for the width.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...engine import harmonics as kernels
from .. import tables
from ..frames import Frames
from ..spectra import Work
from .lags import transform_length


class HarmonicPlan:
    """The tables for frames of `length` samples, an odd number, and spectra of `points` bins.

    `bins` (pitches, 9) are the bins that each pitch sums: its fundamental, and its harmonics and what is to
    be taken from them in turn.
    """

    def __init__(self, length: int, points: int, bins: np.ndarray):
        kind = np.dtype(np.float64)
        self.length: int = length
        self.points: int = points
        self.pitches: int = len(bins)
        self.lanes: int = tables.lanes(kind)
        self.n_fft: int
        self.n_fft = n = transform_length(2 * length)
        self.window: np.ndarray = tables.frozen(np.blackman(length), kind)
        natural = tables.transform(Frames(n, n, n, "ones", False, "constant"), self.lanes, kind)
        assert natural is not None
        # Sample c of the frame, its middle, is sample 0 of the transform: its phases turn slowly from bin to
        # bin, and can be interpolated.
        sample = (np.asarray(natural.offsets, np.int64) // self.lanes + length // 2) % n
        weight = Weight(n / length)
        inside = sample < length
        divided = np.zeros(n)
        divided[inside] = 0.5 / weight.transform((sample[inside] - length // 2) / n)
        self.tables: tables.Transform = replace(
            natural,
            offsets=tables.frozen(np.where(inside, sample, 0) * self.lanes, np.int32),
            window=tables.frozen(divided, kind),
        )
        wanted, places = np.unique(bins, return_inverse=True)
        self.places: np.ndarray = tables.frozen(places, np.int32)
        self.wanted: int = wanted.size
        whole, rest = np.divmod(wanted.astype(np.int64) * n + points - 1, points)  # rounded upwards
        kinds, phases = np.unique(rest, return_inverse=True)
        self.firsts: np.ndarray = tables.frozen(whole, np.int32)  # half of the taps lie before bin 0
        self.phases: np.ndarray = tables.frozen(phases * kernels.TAPS, np.int32)
        before = kernels.TAPS / 2 - (points - 1 - kinds) / points
        self.weights: np.ndarray = tables.frozen(
            weight(before[:, np.newaxis] - np.arange(kernels.TAPS)), kind
        )
        # The bin that is half of `points`, or the last one below, does not count in the norm.
        turn = 2 * np.pi * ((np.arange(length) * (points // 2)) % points) / points
        rows = -(-length // kernels.ROUND) * kernels.ROUND
        turns = np.zeros((rows, 3))
        turns[:length] = np.stack([np.ones(length), np.cos(turn), np.sin(turn)], axis=1)
        self.turns: np.ndarray = tables.frozen(turns, kind)
        self.end: float = 1.0 if points % 2 else 0.5

    def sums(self, work: Work, x: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """The summed harmonics (frames, pitches) of the frames of x that begin at `starts`."""
        t, lanes, n = self.tables, self.lanes, self.n_fft
        out = np.empty((starts.size, self.pitches))
        kernels.harmonic_rows(
            x, starts, self.length, self.window, self.turns, self.points, self.end, lanes,
            work.array("frame", self.turns.size // 3 * lanes), work.array("spare", 5 * lanes),
            t.offsets, t.window, work.array("points", n * lanes), t.radices, t.factors, t.part, t.last,
            work.array("bins", 2 * (n // 2 + 1 + kernels.TAPS) * lanes),
            self.firsts, self.weights, self.phases, work.array("sizes", self.wanted * lanes), self.places,
            work.array("sums", self.pitches * lanes), out.reshape(-1),
        )  # fmt: skip
        return out


class Weight:
    """The Kaiser-Bessel weight of bins at a distance, for a transform that is `longer` times its frame."""

    def __init__(self, longer: float):
        self.beta: float = np.pi * kernels.TAPS * (1 - 0.5 / longer)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        inside = np.maximum(1 - (2 * x / kernels.TAPS) ** 2, 0)
        return np.i0(self.beta * np.sqrt(inside)) / np.i0(self.beta)

    def transform(self, at: np.ndarray) -> np.ndarray:
        """Its Fourier transform, at parts of the length of the transform."""
        root = np.sqrt(self.beta**2 - (np.pi * kernels.TAPS * at) ** 2)
        return kernels.TAPS * np.sinh(root) / root / np.i0(self.beta)

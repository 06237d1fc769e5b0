"""Constant-Q transforms as a value, and their tables: octaves, each at its own rate.

From octave to octave, the highest first, the rate of the signal and the hop are halved. The wavelets of every
octave are then equally short, and a response is a sum over a few bins of a short FFT.

Source: C. Schoerkhuber and A. Klapuri, "Constant-Q transform toolbox for music processing", 2010. Early
halving and the sparsity of the wavelets are as in librosa 0.11. An octave that the next halving would
attenuate is computed at the rate of the one above, unlike in librosa 0.11 (librosa/librosa#2071).
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..._typing import ResType, Window
from ...audio.resample import WAYS
from ...errors import check_choice, check_float, check_int, check_rate, fail
from ...filters import folding
from ...filters.norms import check_norm
from ...filters.wavelets import C1, MOST_BINS, check_points, lengths_and_reach, too_many
from ...units.intervals import check_intervals, frequencies
from ...units.pitches import raised
from .. import tables
from ..frames import PAD_MODES, Frames
from ..plan import Plan, plan_for
from ..stages import Bands, Chain, Spectrum

#: Passband of a resampler, as a fraction of half the new rate, within a few hundredths of a decibel.
#: "soxr_qq" attenuates nothing: frequencies above are aliased.
PASSBAND = {
    "soxr_vhq": 0.91, "soxr_hq": 0.91, "soxr_mq": 0.91, "soxr_lq": 0.67, "soxr_qq": 1.0,
    "fft": 1.0, "scipy": 1.0, "polyphase": 0.82,
}  # fmt: skip
#: Bins per octave above which an error names them as the cause.
MANY = 96


@dataclass(frozen=True)
class ConstantQ:
    """A constant-Q or variable-Q transform; `feature.constantq.vqt` describes the settings."""

    sr: float
    hop_length: int
    fmin: float
    n_bins: int
    bins_per_octave: int
    intervals: Hashable
    gamma: float | None
    filter_scale: float
    norm: float | None
    sparsity: float
    window: Window
    scale: bool
    pad_mode: Any
    res_type: ResType
    #: `fmin` before the tuning.
    given_fmin: float

    @classmethod
    def make(
        cls, sr: Any, hop_length: Any, fmin: Any, n_bins: Any, bins_per_octave: Any, tuning: Any,
        counted: tuple[str, int] = ("n_bins", 1), intervals: Any = "equal", gamma: Any = 0.0,
        filter_scale: Any = 1, norm: Any = 1, sparsity: Any = 0.01, window: Any = "hann", scale: Any = True,
        pad_mode: Any = "constant", res_type: Any = "soxr_hq",
    ) -> ConstantQ:  # fmt: skip
        """The checked transform; `fmin` None is C1, and it is raised by `tuning` bins.

        `counted` is the argument that sets `n_bins`, and the number of bins for each unit of it.
        """
        sr = check_rate("sr", sr)
        hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=512")
        intervals = check_intervals(intervals)
        n_bins = check_int("n_bins", n_bins, unit="bins")
        bins_per_octave = check_int("bins_per_octave", bins_per_octave, unit="bins", most=MOST_BINS)
        if isinstance(intervals, tuple):
            bins_per_octave = len(intervals)
        given = (
            C1
            if fmin is None
            else check_float("fmin", fmin, above=0, unit="hertz", remedy="try fmin=32.7, C1")
        )
        fmin = given * raised(tuning, bins_per_octave)
        if gamma is not None:
            gamma = check_float("gamma", gamma, low=0, unit="hertz")
        filter_scale = check_float("filter_scale", filter_scale, low=1e-6, high=1e6)
        check_norm("norm", norm)
        sparsity = check_float("sparsity", sparsity, low=0)
        if sparsity >= 1:
            fail(
                "sparsity", sparsity, "leaves nothing of the wavelets", "give 0.01, or 0 to keep all of them"
            )
        if isinstance(window, (list, np.ndarray)):
            fail(
                "window",
                window,
                "is an array of one length, but wavelets differ in length",
                "give a name or a function",
            )
        if not isinstance(scale, (bool, np.bool_)):
            fail("scale", scale, "must be True or False", "give True to divide by the root of the lengths")
        if not callable(pad_mode):
            check_choice("pad_mode", pad_mode, PAD_MODES)
        res_type = check_choice("res_type", "soxr_hq" if res_type is None else res_type, WAYS)
        transform = cls(
            sr, hop_length, fmin, n_bins, bins_per_octave, intervals, gamma, filter_scale, norm, sparsity,
            window, bool(scale), pad_mode, res_type, given,
        )  # fmt: skip
        transform._check_top(*counted)
        return transform

    def _check_top(self, name: str, each: int) -> None:
        """Refuse wavelets that reach above half the rate."""
        nyquist = self.sr / 2
        if self.fmin >= nyquist:
            remedy = f"give less than {self.given_fmin * nyquist / self.reach(1):.4g} Hz"
            fail("fmin", self.given_fmin, f"lies at or above half of sr, {nyquist:g} Hz", remedy)
        octaves = math.log2(nyquist / self.fmin)
        if self.n_bins > self.bins_per_octave * (octaves + 2):  # before an endless number of bins is made
            most = max(1, int(self.bins_per_octave * octaves) // each)
            problem = (
                f"of {self.given_fmin:g} Hz and above, there are {octaves:.3g} octaves below {nyquist:g} Hz"
            )
            fail(name, self.n_bins // each, problem, f"give at most {most}, or a lower fmin")
        reached = self.reach()
        if reached <= nyquist:
            return
        problem = f"wavelets reach to {reached:.6g} Hz, above half of sr, {nyquist:g} Hz"
        all_or_one = None if self.reach(1) <= nyquist else 1
        if self.gamma and replace(self, gamma=0.0).reach(all_or_one) <= nyquist:
            fail(
                "gamma",
                self.gamma,
                problem,
                "give less: 0 for a constant Q, None for the bandwidths of hearing",
            )
        fits = bisect.bisect_left(range(1, self.n_bins), True, key=lambda n: self.reach(n) > nyquist)
        if fits >= each:
            fail(name, self.n_bins // each, problem, f"give at most {fits // each}, or a lower fmin")
        if self.filter_scale < 1 and replace(self, filter_scale=1.0).reach(1) <= nyquist:
            fail("filter_scale", self.filter_scale, problem, "give a larger value; 1 is usual")
        fail(
            "fmin",
            self.given_fmin,
            problem,
            f"give less than {self.given_fmin * nyquist / self.reach(1):.4g} Hz",
        )

    def check_length(self, n: int) -> None:
        """Refuse a signal that is too short to hold the lowest frequency."""
        if n * self.fmin < self.sr:
            problem = f"a period has {self.sr / self.fmin:.0f} samples, more than the {n} of the signal"
            least = self.given_fmin * self.sr / (n * self.fmin)
            fail("fmin", self.given_fmin, problem, f"give at least {least:.4g} Hz, or a longer signal")

    def check_room(self, lengths: np.ndarray) -> None:
        """Refuse wavelets whose spectra would fill the memory."""
        if not too_many(lengths):
            return
        name, value = "fmin", self.given_fmin
        if self.filter_scale > 1 and not too_many(lengths / self.filter_scale):
            name, value = "filter_scale", self.filter_scale
        elif self.bins_per_octave > MANY and not too_many(lengths * (MANY / self.bins_per_octave)):
            name, value = "bins_per_octave", self.bins_per_octave
        remedy = "give a higher fmin, fewer bins per octave or a smaller filter_scale"
        check_points(name, value, lengths, remedy)

    def frequencies(self, n_bins: int | None = None) -> np.ndarray:
        """Centre frequencies in Hz."""
        return frequencies(n_bins or self.n_bins, self.fmin, self.intervals, self.bins_per_octave)  # type: ignore[arg-type]

    def _wavelets(self, n_bins: int | None, sr: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        hertz = self.frequencies(n_bins)
        alpha = folding.bandwidths(hertz, self.bins_per_octave)
        shape: dict[str, Any] = {
            "window": self.window, "filter_scale": self.filter_scale, "gamma": self.gamma,
        }  # fmt: skip
        return hertz, alpha, *lengths_and_reach(hertz, sr, alpha=alpha, **shape)

    def passes(self, part: slice, rate: float) -> bool:
        """Whether the bins of `part` lie in the passband of resampling to `rate`."""
        hertz, alpha, *_ = self._wavelets(None, self.sr)
        shape: dict[str, Any] = {"window": self.window, "filter_scale": self.filter_scale}
        _, cutoff = lengths_and_reach(hertz[part], self.sr, alpha=alpha[part], gamma=self.gamma, **shape)
        return cutoff <= PASSBAND[self.res_type] * rate / 2

    def reach(self, n_bins: int | None = None) -> float:
        """The highest frequency that the first `n_bins` wavelets respond to, in Hz."""
        return self._wavelets(n_bins, self.sr)[-1]

    def longest(self) -> float:
        """Length of the longest wavelet in samples."""
        return float(self._wavelets(None, self.sr)[2].max())

    def halvings(self) -> int:
        """How often the signal is halved before the first octave, as far as rate and hop allow."""
        octaves = math.ceil(self.n_bins / self.bins_per_octave)
        spare = math.ceil(math.log2(self.sr / 2 / self.reach())) - 2
        twos = (self.hop_length & -self.hop_length).bit_length() - 1
        return max(0, min(spare, twos - octaves + 1))


@dataclass(frozen=True)
class Pairs:
    """Rows of complex weights as runs of bins, two side by side."""

    #: The first bin of each row.
    starts: np.ndarray
    #: For each pair the number of bins, and the index of their first weight.
    counts: np.ndarray
    firsts: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Octave:
    """The bins of one octave: the tables of their spectra, and the weights."""

    plan: Plan
    frames: Frames
    #: Number of the level; each level has half the rate of the one before.
    level: int
    #: First row of the octave in the transform.
    row: int
    rows: int
    bank: Pairs
    #: Weights that fold the magnitudes; None without folding.
    fold: tables.Dense | None


class Octaves:
    """The tables of a transform for one precision."""

    def __init__(self, q: ConstantQ, fold: Bands | None, dtype: np.dtype):
        self.q: ConstantQ = q
        self.dtype: np.dtype[Any] = dtype
        self.early: int = q.halvings()
        sr, hop = q.sr / 2**self.early, q.hop_length >> self.early
        hertz, alpha, lengths, _ = q._wavelets(None, sr)
        #: Length of the longest wavelet, in samples of the signal.
        self.longest: float = q.longest()
        step = min(q.bins_per_octave, q.n_bins)
        q.check_room(lengths[:step] / 2 ** (math.ceil(q.n_bins / step) - 1))  # a lower bound of the room
        matrix = None if fold is None else fold.matrix()
        #: Rows of the result: bins, or folded bins.
        self.rows: int = q.n_bins if matrix is None else len(matrix)
        level, rate = 0, sr
        self.octaves: list[Octave] = []
        self.hops: list[int] = [hop]
        for high in range(q.n_bins, 0, -step):
            part = slice(max(0, high - step), high)
            q.check_room(q._wavelets(None, rate)[2][part])
            bank, _ = folding.response(
                hertz[part], rate, q.filter_scale, q.norm, q.sparsity, q.window, alpha[part], q.gamma
            )
            weights = bank * np.sqrt(sr / rate)
            if q.scale:
                weights = weights / np.sqrt(lengths[part])[:, np.newaxis]
            n_fft = 2 * (bank.shape[1] - 1)
            frames = Frames.make(n_fft, self.hops[level], None, "ones", True, q.pad_mode)
            plan = plan_for(Chain(frames, Spectrum(None)), None, dtype)
            folded = None if matrix is None else tables.dense(matrix[:, part], dtype)
            self.octaves.append(
                Octave(plan, frames, level, part.start, len(bank), pairs(weights, dtype), folded)
            )
            below = slice(max(0, part.start - step), part.start)
            if self.hops[level] % 2 == 0 and part.start and q.passes(below, rate / 2):
                self.hops.append(self.hops[level] // 2)
                level, rate = level + 1, rate / 2

    def samples(self, n: int) -> list[int]:
        """Length at each level of a signal of `n` samples."""
        samples = [-(-n // 2**self.early)]
        for _ in self.hops[1:]:
            samples.append(-(-samples[-1] // 2))
        return samples

    def frames(self, n: int) -> int:
        """Number of frames of a signal of `n` samples."""
        return min(1 + m // hop for m, hop in zip(self.samples(n), self.hops, strict=True))


def pairs(matrix: np.ndarray, dtype: np.dtype) -> Pairs:
    """The runs of a sparse complex matrix."""
    rows, bins = matrix.shape
    starts = np.zeros(rows, np.int64)
    counts, firsts, kept, first = [], [], [], 0
    for a in range(0, rows, 2):
        pair = [a, min(a + 1, rows - 1)]  # an odd last row is its own neighbour
        used = [np.flatnonzero(matrix[row]) for row in pair]
        count = max(int(u[-1] - u[0]) + 1 if u.size else 0 for u in used)
        block = np.zeros((count, 2, 2))
        for b, (row, u) in enumerate(zip(pair, used, strict=True)):
            starts[row] = min(int(u[0]) if u.size else 0, bins - count)  # a padded run stays inside
            run = matrix[row, starts[row] : starts[row] + count]
            block[:, b, 0], block[:, b, 1] = run.real, run.imag
        counts.append(count)
        firsts.append(first)
        kept.append(block.ravel())
        first += block.size
    found = Pairs(starts, np.array(counts), np.array(firsts), np.concatenate(kept).astype(dtype))
    for array in (found.starts, found.counts, found.firsts, found.weights):
        array.flags.writeable = False
    return found


def octaves(q: ConstantQ, fold: Bands | None, dtype: np.dtype) -> Octaves:
    """The tables of a transform, from the cache if possible."""
    return tables.table(Octaves, q, fold, dtype)

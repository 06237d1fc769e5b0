"""Harmonics of the prediction residual, frame by frame, in which `srh_pitch` and `rps` search a pitch.

A clip is processed in stretches; the residual and the spectra of one stretch are held at a time. For each
frame only the maxima of the summed harmonics are kept, one for every range of pitches that the clip may have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...chain.blocks import for_parts
from ...engine import sliding
from ...errors import LONGEST, check_int, check_rate, fail

#: Length and hop of the prediction frames in seconds.
FRAME, HOP = 0.025, 0.005
#: Number of harmonics that are summed.
HARMONICS = 5
#: Samples of a stretch.
STRETCH = 1 << 17
#: Frames, and points of their transforms, held at a time; and the largest number of threads that do so.
BLOCK, POINTS, THREADS = 64, 1 << 19, 8
#: Time per sample, relative to a spectrogram.
COST = 100


@dataclass(frozen=True)
class Search:
    """The settings of a pitch search."""

    sr: float
    fmin: int
    fmax: int
    win_length: int
    hop_length: int
    order: int
    shift: int

    @classmethod
    def make(
        cls, sr: Any, fmin: Any, fmax: Any, win_length: Any, hop_length: Any, order: Any, shift: Any
    ) -> Search:
        """Checked settings."""
        sr = check_rate("sr", sr)
        if sr > LONGEST:
            fail("sr", sr, "needs transforms of a second, which are too long", f"give at most {LONGEST}")
        fmin = check_int("fmin", fmin, unit="hertz", remedy="try fmin=80")
        fmax = check_int("fmax", fmax, unit="hertz", remedy="try fmax=500")
        if fmin >= fmax:
            fail("fmin", fmin, f"is not below fmax={fmax}", "give a lower fmin or a higher fmax")
        most = int((sr / 2 - 1) / HARMONICS)
        if fmax > most:
            fail("fmax", fmax, f"{HARMONICS} harmonics do not fit below sr/2={sr / 2:g}", f"give {most}")
        win_length = check_int(
            "win_length", win_length, least=2, unit="samples", remedy="try win_length=1600"
        )
        if win_length > sr:
            fail("win_length", win_length, "is longer than a second", f"give at most {int(sr)}")
        hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=160")
        order = check_int("order", order, remedy="try order=12")
        if order >= int(FRAME * sr):
            fail("order", order, f"frames of 25 ms have {int(FRAME * sr)} samples", "give fewer")
        return cls(
            sr, fmin, fmax, win_length, hop_length, order, check_int("shift", shift, least=0, unit="hertz")
        )

    def count(self, n: int) -> int:
        """Number of frames of `n` samples."""
        if n < self.win_length:
            fail(
                "win_length",
                self.win_length,
                f"the signal has {n} samples, fewer than one frame",
                f"give at most {n}",
            )
        return 1 + (n - self.win_length) // self.hop_length

    @property
    def middle(self) -> int:
        """The index of the middle sample of a frame."""
        return self.win_length // 2


@dataclass(frozen=True)
class Sums:
    """The largest sums of the frames of a stretch that do not reach into silence."""

    #: Indices of the frames.
    frames: np.ndarray
    #: The best pitch of each frame in the whole range, and its sum.
    pitches: np.ndarray
    largest: np.ndarray
    #: Number of runs of ranges of each frame (`engine.sliding`), and the runs.
    counts: np.ndarray
    starts: np.ndarray
    places: np.ndarray
    values: np.ndarray

    def within(self, number: int, fmin: int) -> tuple[np.ndarray, np.ndarray]:
        """The best pitch of each frame, and its sum, in the range of that number."""
        if not self.frames.size:
            return self.pitches, self.largest
        firsts = np.cumsum(self.counts) - self.counts
        run = firsts + np.add.reduceat(self.starts <= number, firsts, dtype=np.int64) - 1
        return fmin + self.places[run], self.values[run]


def ranges(search: Search) -> tuple[np.ndarray, np.ndarray]:
    """From half to twice the clip's median pitch, indexed by twice the distance of the median from `fmin`."""
    middles = search.fmin + np.arange(2 * (search.fmax - search.fmin) + 1) / 2
    lows, highs = np.round(middles / 2).astype(int), np.round(2 * middles).astype(int)
    return np.maximum(lows, search.fmin), np.minimum(highs, search.fmax)


def summed(y: np.ndarray, search: Search) -> list[Sums]:
    """The sums of a signal of any precision, in double precision, stretch after stretch."""
    count, per = search.count(y.size), max(1, STRETCH // search.hop_length)
    stretches = -(-count // per)
    sums: list[Sums] = [None] * stretches  # type: ignore[list-item]

    def stretch(i: int) -> None:
        sums[i] = _sums(y, i * per, min(count, (i + 1) * per), search)

    for_parts(stretch, stretches, y.size, COST, THREADS)
    return sums


def _residual(y: np.ndarray, begin: int, end: int, search: Search) -> tuple[np.ndarray, np.ndarray]:
    """Samples `begin` to `end` of the prediction residual, overlap-added with the energy of the frames, and
    which of them are silent."""
    length, hop = int(FRAME * search.sr), max(1, int(HOP * search.sr))
    first, last = max(0, (begin - length) // hop + 1), min((y.size - length) // hop + 1, -(-end // hop))
    origin, size = first * hop, max(end, (last - 1) * hop + length) - first * hop
    residual, silent = np.zeros(size), np.zeros(size, bool)
    if first < last:
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, length + 1) / (length + 1))
        part = y[origin : origin + (last - first - 1) * hop + length].astype(np.float64)
        frames = np.lib.stride_tricks.sliding_window_view(part, length)[::hop]
        for at in range(0, len(frames), BLOCK):
            cut = frames[_several(np.arange(at, min(len(frames), at + BLOCK)))] * window
            left = _unpredicted(cut, _predictors(cut, search.order))
            for t, some in enumerate(left[: len(frames) - at], at):
                residual[t * hop : t * hop + length] += some
                if not cut[t - at].any():
                    silent[t * hop : t * hop + length] = True
    return residual[begin - origin : end - origin], silent[begin - origin : end - origin]


def _several(frames: np.ndarray) -> np.ndarray:
    """The frames, a single one repeated: numpy sums one row in another order than several."""
    return np.repeat(frames, 2) if frames.size == 1 else frames


def _predictors(frames: np.ndarray, order: int) -> np.ndarray:
    """Prediction error filters (frames, order + 1) by Levinson's recursion, stopped at an error of 0."""
    n = frames.shape[1]
    r = np.stack([np.einsum("tn,tn->t", frames[:, : n - i], frames[:, i:]) for i in range(order + 1)], axis=1)
    a = np.zeros(r.shape)
    a[:, 0], error = 1.0, r[:, 0].copy()
    for i in range(1, order + 1):
        ahead = np.einsum("tk,tk->t", a[:, :i], r[:, i:0:-1])
        k = np.where(error > 0, -ahead / np.where(error > 0, error, 1.0), 0.0)
        a[:, : i + 1] += k[:, None] * a[:, i::-1]
        error *= 1 - k * k
    return a


def _unpredicted(frames: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The prediction errors of the frames, scaled to the energy of the frames."""
    left = frames.copy()
    for k in range(1, a.shape[1]):
        left[:, k:] += a[:, k : k + 1] * frames[:, :-k]
    before, after = np.einsum("tn,tn->t", frames, frames), np.einsum("tn,tn->t", left, left)
    return left * np.sqrt(before / np.where(after > 0, after, 1.0))[:, None]


def _sums(y: np.ndarray, first: int, last: int, search: Search) -> Sums:
    """The sums of frames `first` to `last`."""
    length = search.win_length - 1 + search.win_length % 2  # odd: it has a middle
    origin = first * search.hop_length
    residual, silent = _residual(y, origin, (last - 1) * search.hop_length + length, search)
    points = round(search.sr)
    block = max(2, min(BLOCK, POINTS // points))
    window, pitches = np.blackman(length), np.arange(search.fmin, search.fmax + 1)
    lows, highs = (edges - search.fmin for edges in ranges(search))
    starts = search.hop_length * np.arange(last - first)
    before = np.concatenate([[0], np.cumsum(silent)])
    heard = np.flatnonzero(before[starts + length] == before[starts])
    parts: list[tuple[np.ndarray, ...]] = [(np.empty(0), *np.empty((4, 0), np.int32), np.empty(0))]
    for i in range(0, heard.size, block):
        at = heard[i : i + block]
        cut = residual[starts[_several(at)][:, None] + np.arange(length)] * window
        cut -= cut.mean(axis=1, keepdims=True)
        total = _harmonics(cut, points, pitches, search.shift)[: at.size]
        counts, room = np.empty(at.size, np.int32), at.size * lows.size
        runs = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
        used = sliding.slide_rows(total, lows, highs, counts, *runs)
        best = total.argmax(axis=1).astype(np.int32)
        parts.append((total.max(axis=1), search.fmin + best, counts, *(run[:used].copy() for run in runs)))
    largest, best, counts, *found = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Sums(first + heard, best, largest, counts, *found)


def _harmonics(cut: np.ndarray, points: int, pitches: np.ndarray, shift: int) -> np.ndarray:
    """The summed harmonics (frames, pitches) of windowed frames of the residual."""
    E = np.abs(np.fft.rfft(cut, points))[:, : points // 2]
    norm = np.sqrt(np.einsum("tk,tk->t", E, E))
    E /= np.where(norm > 0, norm, 1.0)[:, None]
    total = E[:, pitches - shift].copy()
    for k in range(2, HARMONICS + 1):
        between = np.floor((k - 0.5) * pitches + 0.5).astype(int)
        total += E[:, k * pitches - shift] - E[:, between - shift]
    return total

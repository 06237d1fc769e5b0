"""Probabilistic YIN over a whole clip: candidates of every frame, and the most likely path through them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...engine import viterbi, voicing as kernels
from .. import tables
from ..blocks import for_parts
from ..spectra import Work
from .lags import LagPlan, Lags, each_tile

#: Bytes of the best paths to each state that are kept at a time; longer clips are processed twice.
SEGMENT_BYTES = 16 * 1024 * 1024
#: Constant added to a probability before the logarithm.
TINY = float(np.finfo(np.float64).tiny)
QUIET = float(np.log(TINY))


@dataclass(frozen=True)
class Thresholds:
    """The prior of the threshold, and the settings that choose a minimum for each threshold."""

    count: int
    beta: tuple[float, float]
    decay: float
    rescue: float


@dataclass(frozen=True)
class Pitches:
    """The pitch states, and how they may follow one another."""

    sr: float
    fmin: float
    bins: int
    per_octave: int
    #: Number of bins of a transition, including the middle one.
    width: int
    switch: float

    @property
    def frequencies(self) -> np.ndarray:
        return self.fmin * 2 ** (np.arange(self.bins) / self.per_octave)


class Prior:
    """The tables of the thresholds, for frames of up to `most` minima."""

    def __init__(self, thresholds: Thresholds, most: int):
        from scipy.special import betainc

        edges = np.linspace(0, 1, thresholds.count + 1)
        weights = np.diff(betainc(*map(float, thresholds.beta), edges))
        heads = np.array([np.sum(weights[:i]) for i in range(thresholds.count + 1)])
        k, decay = np.arange(most + 1), thresholds.decay
        totals = np.zeros(most + 1)
        totals[1:] = (1 - np.exp(-decay)) / (1 - np.exp(-decay * k[1:]))
        self.tables: tuple[np.ndarray, ...] = tuple(
            tables.frozen(x, np.float64) for x in (edges[1:], weights, heads, np.exp(-decay * k), totals)
        )
        self.rescue: float = thresholds.rescue


class Transitions:
    """Logarithms of transitions: a triangle around each pitch, cut off at both ends and then scaled to 1.

    Most pitches have the same triangle; `rows` holds the place of each pitch's transition to itself.
    """

    def __init__(self, pitches: Pitches, lanes: int):
        n, width = pitches.bins, pitches.width
        half = (width + 1) // 2
        ramp = np.arange(1, half + 1)
        rise = 2 * ramp / (width + 1) if width % 2 else (2 * ramp - 1) / width
        window = np.concatenate([rise, rise[::-1][width % 2 :]])
        # librosa centres the window in n bins: a window of even width is then off by half a bin.
        left = half - 1 if width % 2 or n % 2 == 0 else half
        window_at = np.arange(width) - left
        self.reach: int = int(np.abs(window_at).max())
        sums, row = np.empty(n), np.zeros(n)
        for i in range(n):
            places = i + window_at
            inside = (places >= max(0, i - width // 2)) & (places < min(n, i + width // 2 + 1))
            row[:] = 0.0
            row[places[inside]] = window[inside]
            sums[i] = row.sum()
        kinds, which = np.unique(sums, return_inverse=True)
        margin = self.reach + lanes
        span = 2 * margin + 1
        near = np.zeros((len(kinds), span))
        near[:, margin - left : margin - left + width] = window / kinds[:, None]
        stay = 1.0 - pitches.switch
        with np.errstate(divide="ignore"):
            same, switch = (np.where(near > 0, np.log(near * p + TINY), -np.inf) for p in (stay, 1.0 - stay))
        self.rows: np.ndarray = tables.frozen(which * span + margin, np.int64)
        self.same: np.ndarray = tables.frozen(same, np.float64)
        self.switch: np.ndarray = tables.frozen(switch, np.float64)
        self.top: float = float(max(same.max(), switch.max()))


class Observed:
    """The candidates of one item, tile after tile."""

    def __init__(self, frames: int, bins: int):
        self.counts: np.ndarray = np.zeros(frames, np.int64)
        self.voiced: np.ndarray = np.zeros(frames)
        self.kind: np.dtype[Any] = np.dtype(np.int16 if bins < 2**15 else np.int32)
        self.parts: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def together(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The end index of each frame's candidates, their bins, and the logarithms of their probabilities."""
        ends = np.zeros(self.counts.size + 1, np.int64)
        np.cumsum(self.counts, out=ends[1:])
        bins, logs = np.empty(ends[-1], self.kind), np.empty(ends[-1])
        for first in list(self.parts):
            some, chances = self.parts.pop(first)
            bins[ends[first] : ends[first] + some.size] = some
            logs[ends[first] : ends[first] + some.size] = chances
        logs += TINY
        np.log(logs, out=logs)
        return ends, bins, logs


def take_candidates(
    pitches: Pitches, prior: Prior, plan: LagPlan, items: list[Observed],
    work: Work, tiles: np.ndarray, item: int, first: int, frames: int,
) -> None:  # fmt: skip
    """Store the candidates of one tile."""
    low, high = plan.lags.low, plan.lags.high
    room = frames * ((high - low + 1) // 2 + 1)
    seen = items[item]
    bins, chances = np.empty(room, seen.kind), np.empty(room)
    found = kernels.candidates(
        tiles, low, high, frames, plan.lanes, *prior.tables, prior.rescue,
        pitches.sr, pitches.fmin, float(pitches.per_octave), pitches.bins,
        seen.counts[first : first + frames], bins, chances, seen.voiced[first : first + frames],
    )  # fmt: skip
    seen.parts[first] = bins[:found].copy(), chances[:found].copy()


def most_likely(pitches: Pitches, observed: Observed, states: np.ndarray) -> None:
    """Write the states of one item's best path to `states`: voiced pitches, then unvoiced ones."""
    n, frames, lanes = pitches.bins, states.size, tables.lanes(np.dtype(np.float64))
    way = tables.table(Transitions, pitches, lanes)
    ends, bins, logs = observed.together()
    unvoiced = np.log((1 - observed.voiced) / n + TINY)
    stride = -(-n // lanes) * lanes
    step = max(2, min(frames, SEGMENT_BYTES // (16 * stride)))
    values, ceilings = np.empty((step, 2 * stride)), np.empty(step)
    kept = np.empty(max(1, observed.counts.max()))
    values[0, :] = np.log(1 / (2 * n) + TINY)
    flat = values.reshape(-1)
    begin, end = ends[:2]
    viterbi.observe(flat, 0, n, stride, bins, logs, begin, end, QUIET, unvoiced[0], kept)

    def go(first: int, last: int) -> None:
        viterbi.forward(
            flat, ceilings, n, stride, lanes, first, last, ends, bins, logs, unvoiced, QUIET,
            way.rows, way.same, way.switch, way.reach, way.top, QUIET, kept,
        )  # fmt: skip

    marks = list(range(0, max(1, frames - 1), step - 1))
    starts = []
    for first in marks:
        starts.append(values[0].copy())
        last = min(frames - 1, first + step - 1)
        go(first, last)
        if last < frames - 1:
            values[0] = values[last - first]
    final = (frames - 1 - marks[-1]) * 2 * stride
    voiced, silent = viterbi.most(flat, final, n), viterbi.most(flat, final + stride, n)
    lower = flat[final + voiced] >= flat[final + stride + silent]
    states[-1] = voiced if lower else n + silent
    for i in range(len(marks) - 1, -1, -1):
        first, last = marks[i], min(frames - 1, marks[i] + step - 1)
        if i < len(marks) - 1:
            values[0] = starts[i]
            go(first, last)
        viterbi.backward(
            flat, ceilings, n, stride, first, last, way.rows, way.same, way.switch, way.reach, QUIET, states
        )


def voicing(
    lags: Lags, thresholds: Thresholds, pitches: Pitches, data: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """States of the best path and the probability of voicing, each (items, frames), of `data`."""
    plan = tables.table(LagPlan, lags, data.dtype)
    prior = tables.table(Prior, thresholds, (lags.high - lags.low + 1) // 2 + 1)
    frames = lags.frames.count(data.shape[-1])
    items = [Observed(frames, pitches.bins) for _ in range(data.size // data.shape[-1])]
    each_tile(plan, data, partial(take_candidates, pitches, prior, plan, items))
    states = np.empty((len(items), frames), np.int64)
    for_parts(lambda i: most_likely(pitches, items[i], states[i]), len(items), data.size)
    return states, np.stack([item.voiced for item in items])

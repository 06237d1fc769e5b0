"""Recursive filters that run forwards and backwards over signals of any length, in bounded memory.

Every pass carries its state from one part of the signal to the next, so that its bits are those of the
whole. A pass needs the whole result of the one before, which goes the other way. Of a long signal that is not
kept: the states at the beginnings of its parts are, and a part is computed anew from them when it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

#: Samples of a part, in double precision: 17 minutes at 16 kHz. Longer signals take up to 2.5 times as long.
PART = 1 << 24
#: Samples that are filtered at a time.
STEP = 1 << 18


class Passes:
    """Passes over one signal: each filter forwards, then backwards, as ``scipy.signal.sosfiltfilt``."""

    def __init__(self, y: np.ndarray, filters: Iterable[np.ndarray]):
        self.y = y
        #: Sections of each pass; passes with odd numbers run backwards.
        self.passes = [sections for sections in filters for _ in range(2)]
        edges = np.linspace(0, y.size, -(-y.size // PART) + 1).astype(int)
        self.parts = [slice(a, b) for a, b in pairwise(edges)]
        #: By pass, the state at the beginning of each part, in the pass's own direction.
        self.states: list[dict[int, np.ndarray]] = [{} for _ in self.passes]

    def run(self) -> np.ndarray:
        """The signal after all passes, in its own precision."""
        out = np.empty(self.y.shape, self.y.dtype)
        last, held, tail = len(self.parts) - 1, self._made(-1, 0), np.empty(0)
        for number, sections in enumerate(self.passes):
            forwards = number % 2 == 0
            for i in range(last + 1) if forwards else range(last, -1, -1):
                if i != (0 if forwards else last):  # the pass before ended with the first of these
                    held = self._made(number - 1, i)
                elif forwards:
                    head = _reflected(held, sections)[:0:-1]
                    state = _begun(sections, head, head[:1] if head.size else held[:1])
                else:
                    state = _begun(sections, tail[::-1], tail[-1:] if tail.size else held[-1:])
                self.states[number][i] = state
                if forwards and i == last:
                    tail = _reflected(held[::-1], sections)[1:]
                state = _filtered(sections, held if forwards else held[::-1], state)
                if forwards and i == last:
                    _filtered(sections, tail, state)
                if number == len(self.passes) - 1:
                    out[self.parts[i]] = held
        return out

    def _made(self, number: int, i: int) -> np.ndarray:
        """Part `i` after pass `number`; before the first pass it is the signal's own."""
        made = self.y[self.parts[i]].astype(np.float64)
        for k in range(number + 1):
            _filtered(self.passes[k], made if k % 2 == 0 else made[::-1], self.states[k][i])
        return made


def _reflected(x: np.ndarray, sections: np.ndarray) -> np.ndarray:
    """The first sample, and what stands before it, away from it: x mirrored at the point of that sample."""
    reach = min(x.size - 1, 3 * (2 * len(sections) + 1))
    return 2 * x[0] - x[: reach + 1]


def _begun(sections: np.ndarray, before: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The state at the beginning of a signal, once what stands before it went through; `first` was there."""
    from scipy.signal import sosfilt_zi

    return _filtered(sections, before.copy(), sosfilt_zi(sections) * first)


def _filtered(sections: np.ndarray, x: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Filters `x` in place; returns the state after it."""
    from scipy.signal import sosfilt

    for at in range(0, x.size, STEP):
        x[at : at + STEP], state = sosfilt(sections, x[at : at + STEP], zi=state)
    return state

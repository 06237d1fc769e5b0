"""Perceptual linear prediction of logarithmic bands, as a value.

The loudness of the bands is half of an even spectrum, whose first and last value repeat their neighbours. Its
inverse transform is the autocorrelation of an all-pole model, whose cepstrum is the result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..engine.allpole import cepstrum_rows, filter_rows
from ..errors import check_choice, check_divisor, check_float, check_int


@dataclass(frozen=True)
class Prediction:
    """Cepstra of the all-pole model of natural logarithms of bands.

    n         number of coefficients, including c0, the logarithm of the prediction error power
    order     order of the model
    exponent  exponent that turns power into loudness
    lifter    coefficient i is multiplied by 1 + lifter / 2 sin(pi i / lifter); 0 for no lifter
    c0        "first", or "last" as in HTK
    """

    n: int = 13
    order: int = 12
    exponent: float = 0.33
    lifter: float = 0.0
    c0: Literal["first", "last"] = "first"

    def __post_init__(self) -> None:
        check_int("n", self.n, unit="coefficients")
        check_int("order", self.order)
        check_float("exponent", self.exponent, above=0.0)
        check_divisor("lifter", self.lifter, low=0.0, remedy="give 22, or 0 for none")
        check_choice("c0", self.c0, ("first", "last"))

    def apply(self, logs: np.ndarray, centres: np.ndarray) -> np.ndarray:
        """Cepstra (..., n, frames) of bands (..., bands, frames) with `centres` in Hz."""
        bands, frames = logs.shape[-2:]
        flat = logs.reshape(-1, bands, frames)
        out = np.empty((len(flat), self.n, frames), logs.dtype)
        for result, item in zip(out, flat, strict=True):
            result[...] = self._clip(item.astype(np.float64), centres)
        return out.reshape(*logs.shape[:-2], self.n, frames)

    def _clip(self, logs: np.ndarray, centres: np.ndarray) -> np.ndarray:
        louder = np.exp(self.exponent * (logs + np.log(loudness(centres))[:, None]))
        width, order = logs.shape[1], self.order
        r = np.zeros((order + 1, width))
        for weights, band in zip(autocorrelation(order, len(louder)).T, louder, strict=True):
            r += weights[:, None] * band  # the same order of sums for each frame, in any batch
        a, left = np.empty((order + 1) * width), np.empty((order + 1) * width)
        filter_rows(r.reshape(-1), order, width, a, left)
        cepstra = np.empty((self.n, width))
        cepstra[0] = np.log(left[:width])
        cepstrum_rows(a, order, self.n - 1, width, cepstra[1:].reshape(-1))
        if self.lifter:
            i = np.arange(1, self.n)
            cepstra[1:] *= (1 + self.lifter / 2 * np.sin(math.pi * i / self.lifter))[:, None]
        return np.roll(cepstra, -1, axis=0) if self.c0 == "last" else cepstra


def loudness(hertz: np.ndarray) -> np.ndarray:
    """Hermansky's approximation of the equal-loudness curve."""
    squares = hertz**2
    return (squares / (squares + 1.6e5)) ** 2 * (squares + 1.44e6) / (squares + 9.61e6)


def autocorrelation(order: int, bands: int) -> np.ndarray:
    """The matrix from bands to autocorrelation, (order + 1, bands): the end bands count once more."""
    last = bands + 1
    turns = np.cos(math.pi * np.outer(np.arange(order + 1), np.arange(last + 1)) / last) / last
    turns[:, [0, -1]] /= 2
    matrix = turns[:, 1:-1].copy()
    matrix[:, 0] += turns[:, 0]
    matrix[:, -1] += turns[:, -1]
    return matrix

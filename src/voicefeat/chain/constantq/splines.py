"""Resampling from geometric to uniform frequencies by cubic splines, then cosines: one fixed matrix.

The spline through y_i at the knots f_i, "not-a-knot" at its ends, is in knot interval i, with h_i its
length, t = (x - f_i) / h_i and c_i the second derivatives at the knots,

    s(x) = (1 - t) y_i + t y_{i+1} + h_i^2 / 6 (((1 - t)^3 - (1 - t)) c_i + (t^3 - t) c_{i+1}),    T c = C y

with T of five and C of three diagonals: s = A y + B c, and coefficients D s = (D A + (D B) T^-1 C) y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .gabor import Channels


@dataclass(frozen=True)
class Uniform:
    """`d` uniform frequencies from fmin to 2 fmin, and the same spacing up to the highest channel."""

    channels: Channels
    d: float

    @property
    def points(self) -> int:
        channels = self.channels
        span = channels.frequencies()[-1] - channels.fmin
        return 1 + int(np.floor(span * self.d / channels.fmin + 1e-6))

    def frequencies(self) -> np.ndarray:
        return self.channels.fmin + np.arange(self.points) * (self.channels.fmin / self.d)


def _system(h: np.ndarray) -> np.ndarray:
    """T as five diagonals, (5, knots): element (i, j) at (2 + i - j, j)."""
    k = h.size + 1
    bands = np.zeros((5, k))
    bands[3, : k - 2] = h[:-1]
    bands[2, 1:-1] = 2 * (h[:-1] + h[1:])
    bands[1, 2:] = h[1:]
    # "Not-a-knot": the third derivative is continuous at the second and at the last but one knot.
    bands[2, 0], bands[1, 1], bands[0, 2] = h[1], -(h[0] + h[1]), h[0]
    bands[2, -1], bands[3, -2], bands[4, -3] = h[-2], -(h[-2] + h[-1]), h[-1]
    return bands


def _transposed(bands: np.ndarray) -> np.ndarray:
    """The diagonals of the transposed matrix."""
    k = bands.shape[1]
    turned = np.zeros_like(bands)
    for row in range(5):
        shift = row - 2  # element (j + shift, j)
        low, high = max(0, -shift), min(k, k - shift)
        turned[4 - row, low + shift : high + shift] = bands[row, low:high]
    return turned


def cepstral(uniform: Uniform, first: int, count: int) -> np.ndarray:
    """Orthonormal cosines `first` .. `first + count - 1` of the uniform spectrum, (count, channels)."""
    from scipy.linalg import solve_banded

    f, x = uniform.channels.frequencies(), uniform.frequencies()
    h, k, points = np.diff(f), f.size, x.size
    i = np.clip(np.searchsorted(f, x, side="right") - 1, 0, k - 2)
    t = (x - f[i]) / h[i]
    u, bend = 1 - t, h[i] ** 2 / 6
    values, curves = np.zeros((count, k)), np.zeros((count, k))
    odd = 2 * np.arange(points) + 1
    for row in range(count):
        r = first + row
        cosines = np.cos(np.pi / (2 * points) * (r * odd % (4 * points)))
        cosines *= np.sqrt((2 if r else 1) / points)
        for knot, value, curve in ((i, u, u**3 - u), (i + 1, t, t**3 - t)):
            values[row] += np.bincount(knot, cosines * value, k)
            curves[row] += np.bincount(knot, cosines * curve * bend, k)
    z = solve_banded((2, 2), _transposed(_system(h)), curves.T).T[:, 1:-1]
    left, right = 6 * z / h[:-1], 6 * z / h[1:]
    values[:, :-2] += left
    values[:, 1:-1] -= left + right
    values[:, 2:] += right
    return values

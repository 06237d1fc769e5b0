"""Non-negative least squares: the non-negative spectra whose bands are nearest to the given ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...cache import memoised
from ...chain.stages import Bands
from ...engine.breakpoints import walk

#: When to stop, as in scipy: the largest part of the projected gradient, and the relative gain of a step.
_GRADIENT, _GAIN = 1e-5, 1e7 * np.finfo(float).eps
#: Wolfe conditions: sufficient decrease, and curvature.
_DECREASE, _CURVATURE = 1e-3, 0.9


class Memory:
    """The curvature seen so far, as B = theta I - W M W' with W = [slopes, theta steps]."""

    def __init__(self, size: int) -> None:
        self.theta: float = 1.0
        self.size: int = size
        self.count: int = 0
        self.steps: np.ndarray = np.empty((0, size))
        self.slopes: np.ndarray = np.empty((0, size))
        self.products: np.ndarray = np.empty((0, 0))
        self.squares: np.ndarray = np.empty((0, 0))
        self.middle: np.ndarray = np.empty((0, 0))

    def add(self, step: np.ndarray, slope: np.ndarray, curvature: float) -> None:
        if self.count == len(self.steps):  # double the capacity
            more = (max(8, self.count), self.size)
            self.steps = np.concatenate([self.steps, np.empty(more)])
            self.slopes = np.concatenate([self.slopes, np.empty(more)])
        k = self.count
        self.steps[k], self.slopes[k] = step, slope
        self.count += 1
        self.theta = float(slope @ slope) / curvature
        steps, slopes = self.rows()
        products, squares = np.empty((k + 1, k + 1)), np.empty((k + 1, k + 1))
        products[:k, :k], squares[:k, :k] = self.products, self.squares
        products[k], products[:, k] = slopes @ step, steps @ slope  # products[i, j] = step i times slope j
        squares[k] = squares[:, k] = steps @ step
        self.products, self.squares = products, squares
        lower = np.tril(products, -1)
        self.middle = np.linalg.inv(
            np.block([[-np.diag(np.diag(products)), lower.T], [lower, self.theta * squares]])
        )

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return self.steps[: self.count], self.slopes[: self.count]

    def down(self, v: np.ndarray) -> np.ndarray:
        """W' v."""
        steps, slopes = self.rows()
        return np.concatenate([slopes @ v, self.theta * (steps @ v)])

    def up(self, c: np.ndarray) -> np.ndarray:
        """W c."""
        steps, slopes = self.rows()
        return c[: self.count] @ slopes + self.theta * (c[self.count :] @ steps)


def _cauchy(x: np.ndarray, g: np.ndarray, memory: Memory) -> tuple[np.ndarray, np.ndarray]:
    """The minimum along the projected gradient (Cauchy point), and W' times the way to it."""
    if not memory.count:
        return np.maximum(x - g / memory.theta, 0), np.empty(0)
    d = np.where((x <= 0) & (g >= 0), 0, -g)
    bounded = np.flatnonzero((g > 0) & (x > 0))
    times = x[bounded] / g[bounded]
    order = np.argsort(times, kind="stable")
    p, c = memory.down(d), np.zeros(2 * memory.count)
    first = -float(d @ d)
    start = np.array([first, -memory.theta * first - p @ memory.middle @ p])
    gone, passed = walk(
        bounded[order], times[order], x, g, memory.steps.reshape(-1), memory.slopes.reshape(-1), memory.count,
        memory.size, memory.theta, memory.middle.reshape(-1), p, c, start, np.empty(2 * memory.count),
    )  # fmt: skip
    point = x + gone * d
    point[bounded[order[:passed]]] = 0
    return np.maximum(point, 0), memory.down(point - x)


def _within(x: np.ndarray, g: np.ndarray, point: np.ndarray, c: np.ndarray, memory: Memory) -> np.ndarray:
    """From the Cauchy point, the minimum over the variables that are not at 0."""
    free = point > 0
    if not memory.count or not free.any():
        return point
    theta, middle = memory.theta, memory.middle
    rest = np.where(free, g + theta * (point - x) - memory.up(middle @ c), 0)
    steps, slopes = memory.rows()
    wide = np.concatenate([slopes, theta * steps]) * free
    inner = np.eye(len(middle)) - middle @ (wide @ wide.T) / theta
    v = np.linalg.solve(inner, middle @ (wide @ rest))
    newton = -(rest + (v @ wide) / theta) / theta
    target = np.maximum(point + newton, 0)
    if (target - x) @ g > 0:  # uphill: go as far as the first bound instead
        falling = newton < 0
        share = min(1.0, float(np.min(-point[falling] / newton[falling], initial=1.0)))
        target = np.maximum(point + share * newton, 0)
    return target


def least(
    objective: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray, most: int
) -> np.ndarray | None:
    """The non-negative variables that minimise `objective`, from `x`; None if scipy has to solve it.

    `objective` returns a value and its gradient, which it must not change afterwards; `most` is the largest
    number of steps.
    """
    value, g = objective(x)
    before, memory = 0.0, Memory(x.size)
    for step in range(most):
        if np.max(np.abs(np.where(g > 0, np.minimum(x, g), g))) <= _GRADIENT:
            return x
        if step and before - value <= _GAIN * max(before, value, 1):
            return x
        point, c = _cauchy(x, g, memory)
        target = _within(x, g, point, c, memory)
        d = target - x
        slope = float(g @ d)
        length = 1.0 if step else min(1.0, 1 / math.sqrt(d @ d))
        # The longest allowed step: fixed for the first step, later until some variable reaches its bound.
        farthest = length == 1 and (not step or bool(np.any((target == 0) & (x > 0))))
        x = target if length == 1 else x + length * d
        before, old = value, g
        value, g = objective(x)
        end = float(g @ d)
        curvature = (end - slope) * length
        flat = abs(end) <= -_CURVATURE * slope or (farthest and end <= _DECREASE * slope)
        if slope >= 0 or not flat or value > before + _DECREASE * length * slope:
            return None
        if curvature <= -np.finfo(float).eps * slope * length:
            return None
        memory.add(length * d, g - old, curvature)
    return None


#: Bytes of the bands that are solved together, as in librosa: the solver stops when the mean error over all
#: of them is small enough, so other blocks would give other numbers.
_BLOCK_BYTES = 2**18


@memoised
def _tables(bands: Bands, dtype: np.dtype) -> tuple[np.ndarray, Any]:
    """The pseudo-inverse of the bank in `dtype`, and the bank as a sparse matrix."""
    from scipy.sparse import csr_array

    matrix = bands.matrix().astype(dtype)
    return np.linalg.pinv(matrix), csr_array(matrix.astype(np.float64))


def least_squares(bands: Bands, values: np.ndarray) -> np.ndarray:
    """Non-negative X of shape (..., bins, frames) for which ``bank @ X`` is near `values`.

    With fewer bands than bins there are many. The search starts from the pseudo-inverse solution, with
    negative values set to 0, and ends where the gradient is small.
    """
    inverse, bank = _tables(bands, values.dtype)
    result = np.empty((*values.shape[:-2], bank.shape[1], values.shape[-1]), values.dtype)
    width = max(_BLOCK_BYTES // (values[..., 0].size * values.dtype.itemsize), 1)
    for first in range(0, values.shape[-1], width):
        block = values[..., first : first + width]
        start = np.maximum(inverse @ block, 0)
        result[..., first : first + width] = _solve(bank, block.astype(np.float64), start)
    return result


def _solve(bank: Any, values: np.ndarray, start: np.ndarray) -> np.ndarray:
    transposed = bank.T.tocsr()
    items = values.reshape(-1, *values.shape[-2:])
    shape = (len(items), *start.shape[-2:])

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        """Half the mean squared difference, and its gradient."""
        x = x.reshape(shape)
        total, gradient = 0.0, np.empty(shape)
        for item, wanted, slope in zip(x, items, gradient, strict=True):
            difference = bank @ item - wanted
            total += np.sum(difference**2)
            slope[...] = transposed @ difference
        gradient /= values.size
        return total / (2 * values.size), gradient.reshape(-1)

    begin = start.reshape(-1).astype(np.float64)
    x = least(objective, begin, shape[1])
    if x is None:
        from scipy.optimize import fmin_l_bfgs_b

        x, _, _ = fmin_l_bfgs_b(objective, begin, bounds=[(0, None)] * begin.size, m=shape[1])
    return x.reshape(start.shape)

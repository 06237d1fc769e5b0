"""Least values where no variable may be negative: L-BFGS-B with all bounds at 0.

R. H. Byrd, P. Lu, J. Nocedal, C. Zhu, "A limited memory algorithm for bound constrained optimization", SIAM
J. Sci. Comput. 16 (5), 1995, with the projection of J. L. Morales and J. Nocedal, "Remark on Algorithm 778",
ACM TOMS 38 (1), 2011. scipy has it too, and looks at every bound by itself in Python, which for half a
million variables takes ten times as long as the method. Here only its usual course is followed: where the
first step of a line search is not good enough, `least` gives up, and scipy is to be asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..engine.breakpoints import walk

#: When to stop, as in scipy: the largest part of the projected gradient, and the relative gain of a step.
_GRADIENT, _GAIN = 1e-5, 1e7 * np.finfo(float).eps
#: What a step must gain of the slope promises, and how much flatter it must end.
_DECREASE, _CURVATURE = 1e-3, 0.9


class Memory:
    """The curvature seen so far, as B = theta I - W M W' with W = [slopes, theta steps]."""

    def __init__(self, size: int) -> None:
        self.theta, self.size, self.count = 1.0, size, 0
        self.steps, self.slopes = np.empty((0, size)), np.empty((0, size))
        self.products, self.squares = np.empty((0, 0)), np.empty((0, 0))
        self.middle = np.empty((0, 0))

    def add(self, step: np.ndarray, slope: np.ndarray, curvature: float) -> None:
        if self.count == len(self.steps):  # twice the room
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
    """The least value along the projected gradient, and W' of the way there."""
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
    """From a point of the path, the least value over the variables that are not at 0."""
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
    """From `x` the variables, none negative, of the least value; None where scipy is to be asked.

    `objective` returns a value and its gradient, which it must not change afterwards; `most` is the number of
    steps.
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
        # As far as may be gone: for the first step that is set, later some variable is at its bound.
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

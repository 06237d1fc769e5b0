"""Non-negative least squares: the non-negative spectra whose bands are nearest to the given ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...cache import memoised
from ...chain.stages import Bands
from ...engine.breakpoints import walk
from ...engine.descent import KEPT, SUMS, advance, inner, look, newton, times_rows

#: When to stop, as in scipy: the largest part of the projected gradient, and the relative gain of a step.
_GRADIENT, _GAIN = 1e-5, 1e7 * np.finfo(float).eps
#: Wolfe conditions: sufficient decrease, and curvature.
_DECREASE, _CURVATURE = 1e-3, 0.9
#: Pairs for which there is room at first.
_PAIRS = 12
#: Bounds are looked for in steps of this many times the distance at which the minimum seems to be.
_AHEAD = 2.0


class Memory:
    """The curvature seen so far, as B = theta I - R' M R; rows of R are steps and changes of the gradient."""

    def __init__(self, size: int) -> None:
        self.theta: float = 1.0
        self.size: int = size
        self.count: int = 0
        self.pairs: np.ndarray = np.empty(_PAIRS * 2 * size)
        self.products: np.ndarray = np.empty((0, 0))
        self.squares: np.ndarray = np.empty((0, 0))
        self.middle: np.ndarray = np.empty((0, 0))

    def make_room(self) -> None:
        """Make room for one more pair."""
        if 2 * self.size * (self.count + 1) > self.pairs.size:
            self.pairs = np.concatenate([self.pairs, np.empty_like(self.pairs)])

    def add(self, d: np.ndarray, curvature: float, changed: float) -> np.ndarray:
        """Add the pair for which `make_room` made room; return R times `d`.

        `curvature` is the step times the change of the gradient, `changed` the square of this change.
        """
        k = self.count
        self.count += 1
        out = np.empty((k + 1, 4))
        times_rows(self.pairs, k + 1, d, np.empty(4 * (k + 1) * SUMS), out.reshape(-1))
        products, squares = np.zeros((k + 1, k + 1)), np.empty((k + 1, k + 1))
        products[:k, :k], squares[:k, :k] = self.products, self.squares
        products[k] = out[:, 2]  # of step i and change j, i >= j
        squares[k] = squares[:, k] = out[:, 0]
        self.products, self.squares = products, squares
        self.theta = changed / curvature
        whole = np.empty((2 * k + 2, 2 * k + 2))
        lower = np.tril(products, -1) / self.theta
        whole[::2, ::2], whole[1::2, 1::2] = squares / self.theta, -np.diag(np.diag(products))
        whole[::2, 1::2], whole[1::2, ::2] = lower, lower.T
        self.middle = np.linalg.inv(whole)
        return out[:, 1::2].reshape(-1)


class Search:
    """The point of the descent, and the arrays for its steps; all have a multiple of `SUMS` elements."""

    def __init__(self, x: np.ndarray, g: np.ndarray) -> None:
        self.size: int = x.size
        room = -(-x.size // SUMS) * SUMS
        self.x: np.ndarray
        self.g: np.ndarray
        self.old_x: np.ndarray
        self.old_g: np.ndarray
        self.d: np.ndarray
        self.times: np.ndarray
        self.point: np.ndarray
        self.rest: np.ndarray
        self.x, self.g, self.old_x, self.old_g = (np.zeros(room) for _ in range(4))
        self.x[: self.size], self.g[: self.size] = x, g
        self.d, self.times, self.point, self.rest = (np.empty(room) for _ in range(4))
        self.memory: Memory = Memory(room)
        self.along: np.ndarray = np.empty(0)  # R times d
        self.sums: np.ndarray = np.empty(5 * SUMS)
        self.found: np.ndarray = np.zeros(5)
        look(self.x, self.g, self.d, self.times, self.sums, self.found)

    def cauchy(self) -> tuple[float, np.ndarray]:
        """The distance to the minimum along the projected gradient (Cauchy point), and R times the step."""
        memory, p = self.memory, self.along.copy()  # which the walk changes
        c = np.zeros_like(p)
        if not memory.count:
            return 1 / memory.theta, c
        first = -self.found[0]
        second = -memory.theta * first - p @ memory.middle @ p
        state = np.array([first, second, np.finfo(float).eps * second, 0.0])
        low, limit, last = 0.0, -_AHEAD * first / second, np.finfo(float).max
        while True:  # few bounds are met before the minimum: only those are put in order
            limit = limit if limit < last else last
            near = np.flatnonzero((self.times > low) & (self.times <= limit))
            near = near[np.argsort(self.times[near], kind="stable")]
            if walk(
                near, self.times[near], limit, self.x, self.g, memory.pairs, p.size, memory.size,
                memory.theta, memory.middle.reshape(-1), p, c, state, np.empty(p.size),
            ) or limit == last:  # fmt: skip
                return state[3], c
            low, limit = limit, _AHEAD * limit

    def aim(self) -> tuple[np.ndarray, float]:
        """The minimum over the variables not at 0 in the Cauchy point; the product of the step and g."""
        memory = self.memory
        theta, middle, count = memory.theta, memory.middle, memory.count
        gone, c = self.cauchy()
        squares, along = np.empty((2 * count, 2 * count)), np.empty(2 * count)
        inner(
            self.x, self.g, self.d, self.times, gone, theta, memory.pairs, count, self.point, self.rest,
            np.empty(2 * count * KEPT), np.empty(2 * count * (count + 2) * SUMS), squares.reshape(-1), along,
        )  # fmt: skip
        target = self.old_x  # which is needed no more
        weights, scale = along, 0.0  # without pairs the Cauchy point is all that there is
        if count:
            system = np.eye(2 * count) - middle @ squares / theta
            held = middle @ c
            weights = np.linalg.solve(system, middle @ (along - squares @ held)) / theta - held
            scale = -1 / theta
        slope = newton(self.x, self.g, self.point, self.rest, weights, scale, memory.pairs, target, self.sums)
        if slope > 0:  # uphill: go as far as the first bound instead
            falling = self.rest < 0
            share = min(1.0, float(np.min(-self.point[falling] / self.rest[falling], initial=1.0)))
            target[:] = np.maximum(self.point + share * self.rest, 0)
            slope = float((self.g * (target - self.x)).sum())
        return target, slope

    def go(self, target: np.ndarray, g: np.ndarray) -> None:
        """Step to `target`, where the gradient is `g`."""
        self.x, self.old_x = target, self.x
        self.g, self.old_g = self.old_g, self.g
        self.g[: self.size] = g
        memory = self.memory
        memory.make_room()
        advance(
            self.x, self.g, self.old_x, self.old_g, memory.pairs, 2 * memory.count, self.d, self.times,
            self.sums, self.found,
        )  # fmt: skip


def least(
    objective: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray, most: int
) -> np.ndarray | None:
    """The non-negative variables that minimise `objective`, from `x`; None if scipy has to solve it.

    `objective` returns a value and its gradient; `most` is the largest number of steps.
    """
    value, g = objective(x)
    before, search = 0.0, Search(x, g)
    for step in range(most):
        if search.found[1] <= _GRADIENT or (step and before - value <= _GAIN * max(before, value, 1)):
            return search.x[: x.size]
        target, slope = search.aim()
        length = 1.0
        if not step:
            d = target - search.x
            length = min(1.0, 1 / math.sqrt(np.square(d).sum()))
            if length < 1:
                target[:] = search.x + length * d
        before = value
        value, g = objective(target[: x.size])
        search.go(target, g)
        _, _, begin, end, changed = search.found
        # The longest allowed step: fixed for the first step, later until some variable reaches its bound.
        flat = abs(end) <= -_CURVATURE * begin or (
            end <= _DECREASE * begin
            and length == 1
            and (not step or bool(np.any((target == 0) & (search.old_x > 0))))
        )
        if slope >= 0 or not flat or value > before + _DECREASE * begin:
            return None
        if end - begin <= -np.finfo(float).eps * begin:
            return None
        search.along = search.memory.add(search.d, end - begin, changed)
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
        total, gradients = 0.0, []
        for item, wanted in zip(x.reshape(shape), items, strict=True):
            difference = bank @ item - wanted
            total += np.sum(difference**2)
            gradients.append((transposed @ difference).reshape(-1))
        gradient = gradients[0] if len(gradients) == 1 else np.concatenate(gradients)
        gradient /= values.size
        return total / (2 * values.size), gradient

    begin = start.reshape(-1).astype(np.float64)
    x = least(objective, begin, shape[1])
    if x is None:
        from scipy.optimize import fmin_l_bfgs_b

        x, _, _ = fmin_l_bfgs_b(objective, begin, bounds=[(0, None)] * begin.size, m=shape[1])
    return x.reshape(start.shape)

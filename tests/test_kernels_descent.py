"""Kernels of the bounded descent against numpy."""

import numpy as np
import pytest

from voicefeat.engine import breakpoints, descent

SUMS, KEPT = descent.SUMS, descent.KEPT
#: One group of sums, a part of a block, some blocks with a part after them.
SIZES = [8, 264, 2056]


def state(size, seed=0):
    """Variables, some of them at their bounds, and a gradient, some of it 0."""
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.standard_normal(size), 0)
    g = rng.standard_normal(size)
    g[::7] = 0
    return x, g


def direction(x, g):
    return np.where((x <= 0) & (g >= 0), 0, -g)


def bound_times(x, g):
    met = (g > 0) & (x > 0)
    return np.where(met, x / np.where(met, g, 1), np.inf)


def looked(x, g):
    """The first two numbers of `look`."""
    d = direction(x, g)
    return [d @ d, np.abs(np.where(g > 0, np.minimum(x, g), g)).max()]


@pytest.mark.parametrize("size", SIZES)
def test_look(size):
    x, g = state(size)
    d, times, out = np.empty(size), np.empty(size), np.empty(5)
    descent.look(x, g, d, times, np.empty(5 * SUMS), out)
    np.testing.assert_array_equal(d, direction(x, g))
    np.testing.assert_array_equal(times, bound_times(x, g))
    np.testing.assert_allclose(out[:2], looked(x, g), rtol=1e-13)


@pytest.mark.parametrize("size", SIZES)
def test_advance(size):
    (x, g), (old_x, old_g) = state(size), state(size, 1)
    pairs, out = np.full((6, size), 9.0), np.empty(5)
    d, times = np.empty(size), np.empty(size)
    descent.advance(x, g, old_x, old_g, pairs.reshape(-1), 2, d, times, np.empty(5 * SUMS), out)
    np.testing.assert_array_equal(pairs[2:4], [x - old_x, g - old_g])
    assert (pairs[:2] == 9).all() and (pairs[4:] == 9).all()
    np.testing.assert_array_equal(d, direction(x, g))
    np.testing.assert_array_equal(times, bound_times(x, g))
    step, change = pairs[2:4]
    np.testing.assert_allclose(out, [*looked(x, g), step @ old_g, step @ g, change @ change], rtol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("size", SIZES)
def test_times_rows(size, count):
    rng = np.random.default_rng(count)
    pairs, d = rng.standard_normal((2 * count + 2, size)), rng.standard_normal(size)
    out = np.empty(4 * count)
    descent.times_rows(pairs.reshape(-1), count, d, np.empty(4 * count * SUMS), out)
    want = pairs[: 2 * count] @ np.stack([pairs[2 * count - 2], d], axis=1)
    np.testing.assert_allclose(out.reshape(-1, 2), want, atol=1e-12 * size)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("size", SIZES)
def test_inner_and_newton(size, count):
    x, g = state(size, count)
    pairs = np.random.default_rng(count).standard_normal((2 * count, size))
    d, times, gone, theta = direction(x, g), bound_times(x, g), 0.4, 1.7
    point, rest, sums = np.empty(size), np.empty(size), np.empty(2 * count * (count + 2) * SUMS)
    squares, along = np.empty((2 * count, 2 * count)), np.empty(2 * count)
    descent.inner(
        x, g, d, times, gone, theta, pairs.reshape(-1), count, point, rest,
        np.empty(2 * count * KEPT), sums, squares.reshape(-1), along,
    )  # fmt: skip
    there = np.where(times > gone, np.maximum(x + gone * d, 0), 0)
    remaining = np.where(there > 0, g + theta * (there - x), 0)
    np.testing.assert_allclose(point, there, atol=1e-15)
    np.testing.assert_allclose(rest, remaining, atol=1e-14)
    free = pairs * (there > 0)
    np.testing.assert_allclose(squares, free @ free.T, atol=1e-12 * size)
    np.testing.assert_allclose(along, free @ remaining, atol=1e-12 * size)
    weights, target = np.arange(2.0 * count) - 1, np.empty(size)
    way = descent.newton(x, g, point, rest, weights, -0.6, pairs.reshape(-1), target, np.empty(5 * SUMS))
    step = np.where(there > 0, -0.6 * (remaining + weights @ pairs), 0)
    np.testing.assert_allclose(rest, step, atol=1e-13)
    np.testing.assert_allclose(target, np.maximum(there + step, 0), atol=1e-13)
    np.testing.assert_allclose(way, (target - x) @ g, atol=1e-12 * size)


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_that_rests(seed):
    """Bounds given a few at a time lead to the same bits as all of them at once."""
    rng = np.random.default_rng(seed)
    x, g = state(64, seed)
    rows = rng.standard_normal((2, 64)) / 9
    middle = np.array([[-2.0, 0.3], [0.3, -1.0]])  # B = theta I - R' M R is above theta I then
    times, d = bound_times(x, g), direction(x, g)
    order = np.argsort(times, kind="stable")[: np.isfinite(times).sum()]

    def walked(stops):
        p, c = rows @ d, np.zeros(2)
        first = -d @ d
        second = -2.0 * first - p @ middle @ p
        place, low = np.array([first, second, 0.0, 0.0]), 0.0
        for stop in stops:
            part = order[(times[order] > low) & (times[order] <= stop)]
            found = breakpoints.walk(
                part, times[part], stop, x, g, rows.reshape(-1), 2, 64, 2.0, middle.reshape(-1), p, c, place,
                np.empty(2),
            )  # fmt: skip
            if found:
                return np.concatenate([place, p, c])
            low = stop
        raise AssertionError("no least value")

    whole = walked([1e300])
    assert whole[3] > times[order[0]]
    np.testing.assert_array_equal(walked([0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1e300]), whole)

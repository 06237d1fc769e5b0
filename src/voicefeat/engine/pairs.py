"""Numbers of twice the precision: the unevaluated sum of a double and its rounding error.

T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
"""

from __future__ import annotations

from .jit import inner_kernel


@inner_kernel
def halves(x):
    """x as two numbers of half the bits."""
    shifted = 134217729.0 * x
    high = shifted - (shifted - x)
    return high, x - high


@inner_kernel
def times(x, y):
    """x y exactly."""
    product = x * y
    (a, b), (c, d) = halves(x), halves(y)
    return product, ((a * c - product) + a * d + b * c) + b * d


@inner_kernel
def plus(a, a_low, b, b_low):
    total = a + b
    part = total - a
    rest = (a - (total - part)) + (b - part) + a_low + b_low
    high = total + rest
    return high, rest - (high - total)


@inner_kernel
def product(a, a_low, b, b_low):
    high, rest = times(a, b)
    rest += a * b_low + a_low * b
    total = high + rest
    return total, rest - (total - high)


@inner_kernel
def quotient(a, a_low, b, b_low):
    first = a / b
    p, p_low = product(first, 0.0, b, b_low)
    left, left_low = plus(a, a_low, -p, -p_low)
    return plus(first, 0.0, (left + left_low) / b, 0.0)

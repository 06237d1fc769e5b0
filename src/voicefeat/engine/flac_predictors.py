"""FLAC's predictors: samples from a residual, in place.

Each returns a number whose bits are those in which some sample differs from its sign, so that a sample of
too many bits is seen afterwards. Sums have 64 bits and never overflow: 32 products of 15 and 25 bits.

Source: RFC 9639, https://www.rfc-editor.org/rfc/rfc9639.
"""

from __future__ import annotations

import numpy as np

from .jit import inner_kernel

U = np.uint64


@inner_kernel
def fixed(y, first, last, order):
    """y[first : last] from the residual of a difference of `order` 0 to 4; the samples before are there."""
    a, b, c, d = (
        np.int64(y[first - 1]),
        np.int64(y[first - 2]),
        np.int64(y[first - 3]),
        np.int64(y[first - 4]),
    )
    seen = np.int64(0)
    if order == 0:
        for i in range(first, last):
            x = np.int64(y[U(i)])
            seen |= x ^ (x >> 63)
    elif order == 1:
        for i in range(first, last):
            a += y[U(i)]
            y[U(i)] = a
            seen |= a ^ (a >> 63)
    elif order == 2:
        for i in range(first, last):
            x = (y[U(i)] - b) + 2 * a
            y[U(i)] = x
            seen |= x ^ (x >> 63)
            a, b = x, a
    elif order == 3:
        for i in range(first, last):
            x = (y[U(i)] - 3 * b + c) + 3 * a
            y[U(i)] = x
            seen |= x ^ (x >> 63)
            a, b, c = x, a, b
    else:
        for i in range(first, last):
            x = (y[U(i)] - 6 * b + 4 * c - d) + 4 * a
            y[U(i)] = x
            seen |= x ^ (x >> 63)
            a, b, c, d = x, a, b, c
    return seen


def _linear(order):
    """The prediction from `order` samples: an order that is known in advance is a loop without branches."""

    @inner_kernel
    def linear(y, first, last, weights, shift):
        newest, weight, seen = np.int64(y[first - 1]), weights[0], np.int64(0)
        for i in range(first, last):
            older = np.int64(0)
            for j in range(1, order):
                older += weights[U(j)] * y[U(i - 1 - j)]
            newest = y[U(i)] + ((older + weight * newest) >> shift)
            y[U(i)] = newest
            seen |= newest ^ (newest >> 63)
        return seen

    return linear


linear_8, linear_12, linear_32 = _linear(8), _linear(12), _linear(32)


@inner_kernel
def linear(y, first, last, weights, order, shift):
    """y[first : last] from the residual of a linear prediction.

    `weights` has 32 numbers, zeros from `order` on; 32 elements before `first` are read.
    """
    if order <= 8:
        return linear_8(y, first, last, weights, shift)
    if order <= 12:
        return linear_12(y, first, last, weights, shift)
    return linear_32(y, first, last, weights, shift)

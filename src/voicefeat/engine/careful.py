"""Burg's method for signals with almost no prediction error, for which the sums of `burg` are too inaccurate.

The energy of the errors is computed again at each stage, so that no reflection exceeds 1. If that still
leaves few correct digits, everything is repeated in twice the precision. The filter is rounded at the end; if
rounding alone would move a root out of the unit circle, the filter gets fewer stages, so that it is stable.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import inner_kernel, kernel
from .pairs import plus, product, quotient

#: Samples whose errors are kept; those of longer signals are computed again at each stage.
ROOM = 1 << 16
#: The share of energy below which double precision is not sufficient.
DEEP = 1e-9


@inner_kernel
def plain_stage(f, b, count, k):
    """f and b one stage later, in place."""
    for i in range(count):
        forward = f[i + 1] + k * b[i + 1]
        b[i] += k * f[i]
        f[i] = forward


@inner_kernel
def exact_stage(f, f_low, b, b_low, count, k, k_low):
    for i in range(count):
        p, p_low = product(k, k_low, b[i + 1], b_low[i + 1])
        forward, forward_low = plus(f[i + 1], f_low[i + 1], p, p_low)
        p, p_low = product(k, k_low, f[i], f_low[i])
        b[i], b_low[i] = plus(b[i], b_low[i], p, p_low)
        f[i], f_low[i] = forward, forward_low


@inner_kernel
def plain_sums(f, b, count, sums):
    """Add sum f b to sums[0] and sum f f + b b to sums[2]."""
    both, energy = 0.0, 0.0
    for i in range(count):
        both += f[i] * b[i]
        energy += f[i] * f[i] + b[i] * b[i]
    sums[0] += both
    sums[2] += energy


@inner_kernel
def exact_sums(f, f_low, b, b_low, count, sums):
    for i in range(count):
        p, p_low = product(f[i], f_low[i], b[i], b_low[i])
        sums[0], sums[1] = plus(sums[0], sums[1], p, p_low)
        p, p_low = product(f[i], f_low[i], f[i], f_low[i])
        sums[2], sums[3] = plus(sums[2], sums[3], p, p_low)
        p, p_low = product(b[i], b_low[i], b[i], b_low[i])
        sums[2], sums[3] = plus(sums[2], sums[3], p, p_low)


@inner_kernel
def find_reflections(y, at, n, order, scale, exact, errors, sums, k):
    """The reflections k[0] + k[1] of each stage, and the remaining share of energy."""
    f, f_low, b, b_low = errors[0], errors[1], errors[2], errors[3]
    room = f.size - order - 1
    kept = n - 1 <= room
    start, share = 0.0, 0.0
    k[:] = 0.0
    for stage in range(order):
        sums[:] = 0.0
        done = stage - 1 if kept and stage > 0 else 0
        for begin in range(0, n - 1 - stage, room):
            count = min(room, n - 1 - stage - begin)
            if done == 0:
                f_low[:] = 0.0
                b_low[:] = 0.0
                for i in range(count + stage):
                    b[i], f[i] = scale * y[at + begin + i], scale * y[at + begin + i + 1]
            for s in range(done, stage):
                if exact:
                    exact_stage(f, f_low, b, b_low, count + stage - s - 1, k[0, s], k[1, s])
                else:
                    plain_stage(f, b, count + stage - s - 1, k[0, s])
            if exact:
                exact_sums(f, f_low, b, b_low, count, sums)
            else:
                plain_sums(f, b, count, sums)
        if not sums[2] > 0.0:
            return 0.0
        start = sums[2] if stage == 0 else start
        high, low = quotient(-2.0 * sums[0], -2.0 * sums[1], sums[2], sums[3])
        if abs(high) >= 1.0 and high * low >= 0.0:  # by rounding only
            high, low = math.copysign(1.0, high), 0.0
        k[0, stage], k[1, stage] = high, low if exact else 0.0
        share = (1.0 - high * high) * sums[2] / start
    return share


@inner_kernel
def filter_of(k, stages, a, spare):
    """The coefficients a[0] + a[1] of the filter with the first `stages` reflections."""
    a[:] = 0.0
    a[0, 0] = 1.0
    for stage in range(stages):
        for j in range(stage + 1):
            p, p_low = product(k[0, stage], k[1, stage], a[0, stage - j], a[1, stage - j])
            spare[0, j], spare[1, j] = plus(a[0, j + 1], a[1, j + 1], p, p_low)
        a[:, 1 : stage + 2] = spare[:, : stage + 1]


@kernel
def stability(a, stages, spare):
    """1 if all reflections of a[0], which is overwritten, are below 1; 0 if the first is 1; otherwise -1."""
    a[1] = 0.0
    for stage in range(stages, 0, -1):
        k, k_low = a[0, stage], a[1, stage]
        if abs(k) >= 1.0:
            return 0 if abs(k) == 1.0 and k_low == 0.0 and stage == 1 else -1
        p, p_low = product(k, k_low, k, k_low)
        rest, rest_low = plus(1.0, 0.0, -p, -p_low)
        for j in range(stage):
            p, p_low = product(k, k_low, a[0, stage - j], a[1, stage - j])
            high, low = plus(a[0, j], a[1, j], -p, -p_low)
            spare[0, j], spare[1, j] = quotient(high, low, rest, rest_low)
        a[:, :stage] = spare[:, :stage]
    return 1


@inner_kernel
def careful(y, at, n, order, out, to):
    """order + 1 coefficients of the n samples from `at` on, into `out` from `to` on."""
    peak = 0.0
    for i in range(n):
        peak = max(peak, abs(y[at + i]))
    scale = math.ldexp(1.0, -math.frexp(peak)[1])
    errors = np.empty((4, min(n, ROOM) + order + 1))
    sums, k, a, spare = np.empty(4), np.empty((2, order)), np.empty((2, order + 1)), np.empty((2, order + 1))
    if find_reflections(y, at, n, order, scale, False, errors, sums, k) < DEEP:
        find_reflections(y, at, n, order, scale, True, errors, sums, k)
    for stages in range(order, -1, -1):
        filter_of(k, stages, a, spare)
        for j in range(order + 1):
            out[to + j] = a[0, j] + a[1, j]
            a[0, j] = out[to + j]
        if stability(a, stages, spare) >= 0:
            break

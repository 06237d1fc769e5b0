"""Linear prediction by Burg's method, in double precision and without copies of the signal.

From the errors f and b of predicting each sample forward and backward, a stage with reflection k makes

    f'[i] = f[i + 1] + k b[i + 1]        b'[i] = b[i] + k f[i]        k = -2 sum f b / D

where D, the energy of both, is updated from stage to stage. Instead of keeping f and b of the whole signal, a
block of it goes through all earlier stages again, in scratch memory that stays in the first-level cache.
Since

    sum f'[i] b'[i] = sum f[i+1] b[i] + k sum (f[i+1] f[i] + b[i+1] b[i]) + k^2 sum b[i+1] f[i]

one pass over the signal gives the reflections of two stages. The terms of these sums are as large as the
energy before; if little energy remains, `careful` starts again and computes it at each stage.

L. Marple, "A new autoregressive spectrum analysis algorithm", 1980.
"""

from __future__ import annotations

import numpy as np

from .careful import careful
from .jit import inner_kernel, kernel
from .residual import BLOCK, PARTS, energies, errors_of_block, products

#: The share of energy that must remain for the sums of two stages at once; below it they are too inaccurate.
SURE = 1e-4


@inner_kernel
def sums_of_pass(y, at, n, stage, reflections, lanes, y_lanes, f, b, parts, sums):
    """The sums of `products` over all errors after `stage` stages, an even number; at 0 the energy too."""
    sums[:] = 0.0
    for begin in range(0, n - 1 - stage, BLOCK):
        count = errors_of_block(y, at, n, begin, stage, n - 1 <= BLOCK, reflections, lanes, y_lanes, f, b)
        products(f, b, count, parts)
        for i in range(4 * PARTS):
            sums[i // PARTS] += parts[i]
        if stage == 0:
            energies(f, b, count, parts)
            for i in range(PARTS):
                sums[4] += parts[i]


@inner_kernel
def add_stage(k, stage, order, ends, a, spare):
    """Add one stage: update the coefficients and the errors at both ends, whose energy leaves the sum.

    `ends` holds `order` values of f and of b from the beginning, and of f and of b from the end.
    """
    for j in range(stage + 1):
        spare[j] = a[j + 1] + k * a[stage - j]
    for j in range(stage + 1):
        a[j + 1] = spare[j]
    for i in range(order):
        for side in range(2):
            p = 2 * side * order + i
            forward, back = ends[p], ends[p + order]
            ends[p], ends[p + order] = forward + k * back, back + k * forward
    gone = ends[0] ** 2 + ends[3 * order] ** 2
    for i in range(order - 1):
        ends[i] = ends[i + 1]
        ends[3 * order + i] = ends[3 * order + i + 1]
    return gone


@kernel
def burg(y, items, n, order, lanes, y_lanes, tiny, out):
    """order + 1 coefficients of each of `items` signals of n samples, the first of them 1."""
    room = BLOCK + order + 2 * lanes + PARTS + 4
    f, b, parts, sums = np.empty(room), np.empty(room), np.empty(4 * PARTS), np.empty(5)
    reflections, a, spare, ends = (
        np.zeros(order + 1),
        np.empty(order + 1),
        np.empty(order),
        np.empty(4 * order),
    )
    for item in range(items):
        at = item * n
        a[:] = 0.0
        a[0] = 1.0
        for i in range(order):
            ends[order + i], ends[i] = y[at + i], y[at + i + 1]
            ends[3 * order + i], ends[2 * order + i] = y[at + n - 2 - i], y[at + n - 1 - i]
        left = start = 0.0
        for stage in range(order):
            if stage % 2 == 0:
                sums_of_pass(y, at, n, stage, reflections, lanes, y_lanes, f, b, parts, sums)
                product = sums[0]
                if stage == 0:
                    left = start = sums[4]
            else:
                k = reflections[stage - 1]
                product = sums[1] + k * (sums[2] + k * sums[3])
            # The remaining error is rounding noise: no further prediction.
            k = -2.0 * product / (left + tiny) if left > 0.0 else 0.0
            reflections[stage] = k
            left = (1.0 - k * k) * left - add_stage(k, stage, order, ends, a, spare)
            if left < SURE * start:
                break
        if left < SURE * start:
            careful(y, at, n, order, out, item * (order + 1))
        else:
            for j in range(order + 1):
                out[item * (order + 1) + j] = a[j]

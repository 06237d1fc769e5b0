"""The passes of a complex FFT of lanes of frames, in place, decimated in time.

The M points of the packed transform z[n] = x[2 n] + i x[2 n + 1] lie one after another, each as its real
lanes and then its imaginary lanes. The first pass gathers windowed samples in digit-reversed order, so
that every later pass works in place and the last one ends in natural order. A point
is a pair of whole vectors, so that gathering it is free. All passes but the last finish one part of
M / 4 points, which stays in the first-level cache, before the next; the last pass is in `spectrum`.

Cooley and Tukey 1965; packing two real points into a complex one: Cooley, Lewis and Welch 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba.core import types

from .butterflies import Complex, dft, multiply
from .jit import inner_lanes
from .laneop import Index, LaneOp, Memory, lane_op

#: The radices that a kernel is compiled for, by the type of their table. With the first two types the last
#: pass is of radix 4. They are most frames (512, 2048; 400, 1000), and compile sooner than all.
RADICES: dict[Any, tuple[int, ...]] = {
    types.int32: (2, 4, 8),
    types.uint32: (2, 4, 5, 8),
    types.int64: (2, 3, 4, 5, 7, 8),
}


def radix_table(radices: Sequence[int], last: int) -> np.ndarray:
    """The radices of the passes before the last one, in the type that says which of them are compiled."""
    kind: Any = np.int64
    if last == 4:
        for few, name in ((np.uint32, types.uint32), (np.int32, types.int32)):
            kind = few if set(radices) <= set(RADICES[name]) else kind
    return np.array(radices, kind)


def point(z: Memory, i: Index) -> Complex:
    """Complex point at element i."""
    return z.load(i), z.load(i + z.lanes)


def put_point(z: Memory, i: Index, x: Complex) -> None:
    z.store(i, x[0])
    z.store(i + z.lanes, x[1])


def factor(w: Memory, t: Index | int) -> Complex:
    """The complex factor at w[t], w[t + 1], in every lane."""
    return w.splat(t), w.splat(t + 1)


def twiddled(
    z: Memory, first: Index, step: Index, r: int, w: Memory, t: Index | int
) -> tuple[list[Index], list[Complex]]:
    """Transform of the r points first, first + step, ..., after their twiddle factors from w[t] on."""
    places = [(first + step * i) * (2 * z.lanes) for i in range(r)]
    x = [point(z, place) for place in places]
    return places, dft(x[:1] + [multiply(x[i], factor(w, t + 2 * (i - 1))) for i in range(1, r)])


def _gather(r):
    @lane_op
    def gather(source, column, offsets, window, z, p, radices):
        """Complexs p .. p + r - 1 from windowed samples, transformed; nothing if no table has this radix."""
        if r not in RADICES[radices.dtype]:
            return
        x = []
        for i in range(r):
            j = (p + i) * 2
            x.append(
                (
                    source.load(offsets.index(j) + column) * window.splat(j),
                    source.load(offsets.index(j + 1) + column) * window.splat(j + 1),
                )
            )
        for i, y in enumerate(dft(x)):
            put_point(z, (p + i) * (2 * z.lanes), y)

    return gather


def _combine(r):
    @lane_op
    def combine(z, p, m, w, t, radices):
        """Complexs p, p + m, ... twiddled and transformed in place; nothing if no table has this radix."""
        if r not in RADICES[radices.dtype]:
            return
        places, values = twiddled(z, p, m, r, w, t)
        for place, y in zip(places, values, strict=True):
            put_point(z, place, y)

    return combine


gather2: LaneOp = _gather(2)
gather3: LaneOp = _gather(3)
gather4: LaneOp = _gather(4)
gather5: LaneOp = _gather(5)
gather7: LaneOp = _gather(7)
gather8: LaneOp = _gather(8)
combine2: LaneOp = _combine(2)
combine3: LaneOp = _combine(3)
combine4: LaneOp = _combine(4)
combine5: LaneOp = _combine(5)
combine7: LaneOp = _combine(7)
combine8: LaneOp = _combine(8)


@inner_lanes
def first_pass(source, column, offsets, window, z, radices, low, high):
    """Transforms of radices[0] over windowed samples, to points low .. high - 1 of z."""
    r = radices[0]
    for p in range(low, high, r):
        if r == 8:
            gather8(source, column, offsets, window, z, p, radices)
        elif r == 4:
            gather4(source, column, offsets, window, z, p, radices)
        elif r == 2:
            gather2(source, column, offsets, window, z, p, radices)
        elif r == 3:
            gather3(source, column, offsets, window, z, p, radices)
        elif r == 5:
            gather5(source, column, offsets, window, z, p, radices)
        else:
            gather7(source, column, offsets, window, z, p, radices)


@inner_lanes
def middle_pass(z, m, radices, j, w, first, low, high):
    """Transforms of m combined radices[j] at a time into longer ones, over points low .. high - 1 of z."""
    r = radices[j]
    step = 2 * (r - 1)
    for block in range(low, high, m * r):
        t = first
        for p in range(block, block + m):
            if r == 8:
                combine8(z, p, m, w, t, radices)
            elif r == 4:
                combine4(z, p, m, w, t, radices)
            elif r == 2:
                combine2(z, p, m, w, t, radices)
            elif r == 3:
                combine3(z, p, m, w, t, radices)
            elif r == 5:
                combine5(z, p, m, w, t, radices)
            else:
                combine7(z, p, m, w, t, radices)
            t += step


@inner_lanes
def transform(source, column, offsets, window, z, radices, w, part):
    """All passes but the last: the transforms of `part` points each in z."""
    for low in range(0, offsets.size // 2, part):
        first_pass(source, column, offsets, window, z, radices, low, low + part)
        m, t = 0 + radices[0], 0  # an int64, as it is after the first round
        for j in range(1, radices.size):
            middle_pass(z, m, radices, j, w, t, low, low + part)
            t += 2 * m * (radices[j] - 1)
            m *= radices[j]

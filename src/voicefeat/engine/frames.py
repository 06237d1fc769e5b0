"""From the signal to frames in lanes.

The signal of a block is laid out once as `hop` rows by columns of one hop each, S[j][c] = y[c hop + j];
sample n of the frames t, t + 1, ... is then the run of lanes at S[n mod hop][t + n div hop].
"""

from __future__ import annotations

from .by_address import one_vector
from .jit import inner_lanes, lane_kernel
from .laneop import accumulate, lane_op
from .simd import fma, shuffle


@lane_op
def tile(y, at, hop, columns, to, stride):
    """A square of lanes by lanes samples, transposed in registers by butterflies of two-input shuffles."""
    n = y.lanes
    rows = [y.load(at + hop * i) for i in range(n)]
    d = 1
    while d < n:
        keep = [j if not j & d else n + (j ^ d) for j in range(n)]
        swap = [(j | d) if not j & d else n + j for j in range(n)]
        for i in range(n):
            if not i & d:
                low, high = rows[i], rows[i | d]
                rows[i], rows[i | d] = shuffle(low, high, keep), shuffle(low, high, swap)
        d *= 2
    for j, row in enumerate(rows):
        columns.store(to + stride * j, row)


@inner_lanes
def lay_out(y, start, hop, rows, count, lanes, head, tail, columns, stride):
    """columns[j stride + c] = y[start + c hop + j] for j < rows, c < count.

    `head` comes before the signal, up to its beginning, and `tail` after it; beyond them are zeros.
    """
    # Columns low .. high - 1 are completely inside the signal.
    # Without min and max, which are functions that numba compiles, before the kernel, for each set of types.
    low, high = -(start // hop), (y.size - rows - start) // hop + 1
    low = low if low > 0 else 0
    low = low if low < count else count
    high = high if high < count else count
    high = high if high > low else low
    if high - low < lanes or rows < lanes:
        high = low
    for c in range(low, high, lanes):
        c = c if c < high - lanes else high - lanes  # the last tile overlaps the previous one
        for j in range(0, rows, lanes):
            j = j if j < rows - lanes else rows - lanes
            tile(y, start + c * hop + j, hop, columns, j * stride + c, stride)
    for c in range(count - (high - low)):
        if c >= low:
            c += high - low
        for j in range(rows):
            i = start + c * hop + j
            if i < 0:
                sample = head[head.size + i] if head.size + i >= 0 else y.dtype.type(0)
            elif i < y.size:
                sample = y[i]
            else:
                sample = tail[i - y.size] if i - y.size < tail.size else y.dtype.type(0)
            columns[j * stride + c] = sample


@lane_kernel
def transpose(y, start, hop, rows, count, lanes, head, tail, columns, stride):
    """`lay_out`, called from Python."""
    lay_out(y, start, hop, rows, count, lanes, head, tail, columns, stride)


@lane_op
def zeroed(y, count, factor, out):
    """Sums of 0 (factor y), four vectors at a time: 0 unless a product there is not finite."""
    n = y.lanes
    zero, factor = y.number(0.0), y.number(factor)

    def step(i, sums):
        return [fma(y.load(i * (4 * n) + n * q) * factor, zero, s) for q, s in enumerate(sums)]

    a, b, c, d = accumulate(count, [zero] * 4, step)
    out.store(0, (a + b) + (c + d))


@lane_kernel
def finite(y, lanes, factor):
    """Whether `factor` times every sample is finite, in the samples' own precision."""
    sums = one_vector(y)
    count = y.size // (4 * lanes)
    zeroed(y, count, factor, sums)
    total = 0.0
    for i in range(lanes):
        total += sums[i]
    for i in range(count * 4 * lanes, y.size):
        total += 0.0 * y.dtype.type(factor * y[i])
    return total == 0.0

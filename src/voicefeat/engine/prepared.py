"""Frames processed before windowing, as in Kaldi and HTK: mean subtraction and pre-emphasis by frame.

A group of frames is gathered from the columns of the signal, processed, and then transformed like any other.
"""

from __future__ import annotations

from .frames import lay_out
from .jit import lane_kernel
from .laneop import accumulate, lane_op
from .simd import fma
from .spectrum import complex_frames, power_frames


@lane_op
def prepare(columns, column, places, count, quads, rest, mean, share, frame, energies, to):
    """Samples i < count of the frames at `column` to rows of `frame`; the sum of squares to `energies`.

    `mean` is 1 / count, or 0 to keep the mean. The energy is that before pre-emphasis, which subtracts
    `share` of the previous sample from each; the first sample uses itself.
    """
    n = columns.lanes
    zero = columns.number(0.0)

    def sample(i):
        return columns.load(places.index(i) + column)

    def add(i, sums):
        return [s + sample(i * 4 + q) for q, s in enumerate(sums)]

    a, b, c, d = accumulate(quads, [zero] * 4, add)
    total = (a + b) + (c + d)
    total = accumulate(rest, [total], lambda i, sums: [sums[0] + sample(quads * 4 + i)])[0]
    level, part = total * columns.number(mean), -columns.number(share)

    def put(i, before, energy):
        x = sample(i) - level
        frame.store(i * n, fma(before, part, x))
        return x, fma(x, x, energy)

    def four(i, carried):
        x, sums = carried[0], []
        for q, energy in enumerate(carried[1:]):  # four independent sums
            x, energy = put(i * 4 + q, x, energy)
            sums.append(energy)
        return [x, *sums]

    x, a, b, c, d = accumulate(quads, [sample(0) - level, *[zero] * 4], four)
    carried = accumulate(rest, [x, (a + b) + (c + d)], lambda i, last: [*put(quads * 4 + i, *last)])
    energies.store(to, carried[1])


@lane_kernel
def prepared_bins(
    y, head, tail, start, hop, rows, overlap, columns, stride, chunk, groups, lanes,
    offsets, window, z, radices, w, part, last, bins, places, mean, share, frame, energies, whole,
):  # fmt: skip
    """`spectrum.power_bins`, or `complex_bins` where `whole` is 1, of frames that are prepared first.

    `places` are the positions of the samples of a frame in the columns; `frame` has room for all n_fft of a
    group.
    """
    step, count = offsets.size // 2 + 1, places.size
    frame[count * lanes : offsets.size * lanes] = 0.0
    for g in range(groups):
        if g % chunk == 0:
            many = (chunk if chunk < groups - g else groups - g) * lanes - 1 + overlap
            lay_out(y, start + g * lanes * hop, hop, rows, many, lanes, head, tail, columns, stride)
        column = g % chunk * lanes
        prepare(
            columns,
            column,
            places,
            count,
            count // 4,
            count % 4,
            mean / count,
            share,
            frame,
            energies,
            g * lanes,
        )
        if whole:
            complex_frames(frame, 0, offsets, window, z, radices, w, part, last, bins, g * step)
        else:
            power_frames(frame, 0, offsets, window, z, radices, w, part, last, bins, g * step)

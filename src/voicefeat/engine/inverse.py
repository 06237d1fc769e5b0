"""Inverse transforms of frames in lanes by the forward one, and overlap-add.

The samples of a frame of N are x[n] = sum_k h[k] cas(2 pi k n / N) with cas = cos + sin and, for its bins X,
h[k] = Re X[k] - Im X[k], h[N - k] = Re X[k] + Im X[k]. This Hartley transform is read off the transform H of
the real frame h: x[n] = Re H[n] - Im H[n] and x[N - n] = Re H[n] + Im H[n].

Row j of `columns` has sample j of each hop of the signal. Hop q of frame t is added at column t + q, the last
hop first, so that every sample is the sum of its frames in their order, wherever a group of lanes begins. The
window holds all constant factors, the sum of the squared windows as well; near the ends of the signal, where
fewer frames overlap, columns are multiplied by what that sum lacks.

R. N. Bracewell, "Discrete Hartley transform", 1983.
"""

from __future__ import annotations

from .frames import tile
from .jit import kernel
from .laneop import Index, Memory, lane_op
from .phases import wanted
from .simd import Vector, fma, shuffle
from .spectrum import complex_frames


def _put_pair(frame: Memory, k: Index, mirror: Index, re: Vector, im: Vector) -> None:
    frame.store(k * frame.lanes, re - im)
    frame.store(mirror * frame.lanes, re + im)


@lane_op
def pair(spectra, i, frame, k, mirror):
    """Bin k, complex numbers from float i on, to rows k and `mirror` = N - k."""
    n = spectra.lanes
    a, b = spectra.load(i), spectra.load(i + n)
    re, im = (shuffle(a, b, [2 * lane + part for lane in range(n)]) for part in (0, 1))
    _put_pair(frame, k, mirror, re, im)


@lane_op
def real(spectra, i, frame, k):
    """A bin that has no imaginary part: the first and the last."""
    n = spectra.lanes
    frame.store(k * n, shuffle(spectra.load(i), spectra.load(i + n), [2 * lane for lane in range(n)]))


@lane_op
def wanted_pair(now, before, weight, i, magnitudes, m, frame, k, mirror):
    """The same with the magnitudes that `phases.wanted` gives to a bin of tiles."""
    _put_pair(frame, k, mirror, *wanted(now, before, weight, i, magnitudes, m))


@lane_op
def wanted_real(now, before, weight, i, magnitudes, m, frame, k):
    frame.store(k * frame.lanes, wanted(now, before, weight, i, magnitudes, m)[0])


@lane_op
def add_low(bins, k, window, n, columns, p):
    """Sample n = k, windowed, added to columns p, p + 1, ..."""
    step = bins.lanes
    re, im = bins.load(k * (2 * step)), bins.load(k * (2 * step) + step)
    columns.store(p, fma(re - im, window.splat(n), columns.load(p)))


@lane_op
def add_high(bins, k, window, n, columns, p):
    """Sample n = N - k."""
    step = bins.lanes
    re, im = bins.load(k * (2 * step)), bins.load(k * (2 * step) + step)
    columns.store(p, fma(re + im, window.splat(n), columns.load(p)))


@lane_op
def move(columns, i, j):
    columns.store(j, columns.load(i))


@lane_op
def clear(columns, i):
    columns.store(i, columns.number(0.0))


@kernel
def take_groups(spectra, at, spacing, points, count, lanes, spare, frames):
    """h of `count` frames to groups of N + 2 rows; the complex number of bin k is at place at + k spacing.

    All groups of a bin are taken together, since the bins of long signals lie far apart.
    """
    size = 2 * points
    for k in range(points + 1):
        for g in range(0, count, lanes):
            source, i = spectra, 2 * (at + k * spacing + g)
            if count - g < lanes:
                for j in range(2 * lanes):
                    spare[j] = spectra[i + j] if j < 2 * (count - g) else 0
                source, i = spare, 0
            row = g // lanes * (size + 2)
            if k == 0 or k == points:
                real(source, i, frames, row + k)
            else:
                pair(source, i, frames, row + k, row + size - k)


@kernel
def want_groups(now, before, weight, magnitudes, first, spacing, points, count, lanes, spare, frames):
    """h of frames from `first` on, with the spectra that `phases.wanted` makes of tiles and magnitudes."""
    size = 2 * points
    for g in range(0, count, lanes):
        row = g // lanes * (size + 2)
        for k in range(points + 1):
            source, m = magnitudes, k * spacing + first + g
            if count - g < lanes:
                for j in range(lanes):
                    spare[j] = magnitudes[m + j] if j < count - g else 0
                source, m = spare, 0
            i = 2 * ((first + g) * (points + 1) + k * lanes)
            if k == 0 or k == points:
                wanted_real(now, before, weight, i, source, m, frames, row + k)
            else:
                wanted_pair(now, before, weight, i, source, m, frames, row + k, row + size - k)


@kernel
def add_group(frames, g, lanes, offsets, ones, z, radices, w, part, last, window, hop, columns, stride):
    """Group g of h, transformed in place and added to the columns from g `lanes` on."""
    size = offsets.size
    at = g * (size // 2 + 1)
    complex_frames(frames, 2 * at * lanes, offsets, ones, z, radices, w, part, last, frames, at)
    for q in range((size - 1) // hop, -1, -1):
        low, high = q * hop, min((q + 1) * hop, size)
        middle = min(max(size // 2 + 1, low), high)
        p = g * lanes + q
        for n in range(low, middle):
            add_low(frames, at + n, window, n, columns, p + (n - low) * stride)
        for n in range(middle, high):
            add_high(frames, at + size - n, window, n, columns, p + (n - low) * stride)


@kernel
def put_columns(columns, stride, rows, count, lanes, y, at, hop):
    """y[at + c hop + j] = column c of row j < rows, c < count, where that is inside of y."""
    low, high = 0, 0  # columns that are inside completely
    if count >= lanes and rows >= lanes:
        low = min(count, max(0, -(at // hop)))
        high = max(low, min(count, (y.size - rows - at) // hop + 1))
        if high - low < lanes:
            high = low
    for c in range(low, high, lanes):
        c = min(c, high - lanes)  # the last tile overlaps the previous one
        for j in range(0, rows, lanes):
            j = min(j, rows - lanes)
            tile(columns, j * stride + c, stride, y, at + c * hop + j, hop)
    for c in range(count - (high - low)):
        if c >= low:
            c += high - low
        for j in range(rows):
            i = at + c * hop + j
            if 0 <= i < y.size:
                y[i] = columns[j * stride + c]


@kernel
def finish(columns, stride, rows, width, done, first, total, reach, ends, lanes, y, at, hop):
    """Columns 0 .. done - 1, those from `first` on of the signal, to y; the rest moves to the front.

    The signal has `total` frames, and each reaches into `reach` columns. `ends` has the factors of columns
    that fewer than `reach` frames overlap: with m the smaller of the two, row i of `ends` is for column
    i < m - 1, row m - 1 + i for column total - 1 + i.
    """
    m = min(total, reach)
    for c in range(done):
        row = min(first + c, m - 1) + max(first + c - total + 1, 0)
        if m < reach or row != m - 1:
            for j in range(rows):
                columns[j * stride + c] *= ends[row * hop + j]
    put_columns(columns, stride, rows, done, lanes, y, at + first * hop, hop)
    kept = (reach - 1 + lanes - 1) // lanes * lanes
    for j in range(rows):
        for i in range(j * stride, j * stride + kept, lanes):
            move(columns, i + width, i)
        for i in range(j * stride + kept, j * stride + kept + width, lanes):
            clear(columns, i)


@kernel
def add_spectra(
    spectra, at, spacing, count, first, total, reach, ends, lanes, spare, frames,
    offsets, ones, z, radices, w, part, last, window, hop, rows, columns, stride, width, y, start,
):  # fmt: skip
    """Frames first .. first + count - 1 of a signal of `total`, to y from place start + first hop on.

    The complex number of bin k of the first one is at place at + k spacing of `spectra`. `columns` holds what
    later frames add to, zeros before the first. All calls but the last have a multiple of `width` frames.
    """
    for t in range(0, count, width):
        many = min(width, count - t)
        take_groups(spectra, at + t, spacing, offsets.size // 2, many, lanes, spare, frames)
        for g in range((many + lanes - 1) // lanes):
            add_group(
                frames, g, lanes, offsets, ones, z, radices, w, part, last, window, hop, columns, stride
            )
        done = many if first + t + many < total else many + reach - 1
        finish(columns, stride, rows, width, done, first + t, total, reach, ends, lanes, y, start, hop)


@kernel
def add_wanted(
    now, before, weight, magnitudes, spacing, total, reach, ends, lanes, spare, frames,
    offsets, ones, z, radices, w, part, last, window, hop, rows, columns, stride, width, y, start,
):  # fmt: skip
    """All `total` frames of a signal, with the magnitudes that `phases.wanted` gives them.

    `magnitudes` are rows, `spacing` apart.
    """
    points = offsets.size // 2
    for t in range(0, total, width):
        many = min(width, total - t)
        want_groups(now, before, weight, magnitudes, t, spacing, points, many, lanes, spare, frames)
        for g in range((many + lanes - 1) // lanes):
            add_group(
                frames, g, lanes, offsets, ones, z, radices, w, part, last, window, hop, columns, stride
            )
        done = many if t + many < total else many + reach - 1
        finish(columns, stride, rows, width, done, t, total, reach, ends, lanes, y, start, hop)

"""Harmonics of dense spectra, summed for each pitch, in lanes: the residual harmonics of SRH.

A frame of a tenth of a second has few independent bins, but its harmonics are looked up at every whole
hertz. So it is transformed to M points, twice its length or a little more, and each bin that is wanted lies
between bins of that transform, of which TAPS are weighted. The samples are divided by the transform of the
weights before, which is part of the window of the transform; see `chain.pitch.harmonics`.
"""

from __future__ import annotations

import math

from .jit import kernel
from .lanemath import sqrt
from .laneop import accumulate, lane_op
from .simd import fma
from .spectrum import complex_frames

#: Bins that are weighted for each one between them; half of them lie on either side.
TAPS = 16
#: Values of a frame in one round, each in a sum of its own.
ROUND = 4
#: Magnitudes that are summed for a pitch: the fundamental, and four harmonics, each less what is before it.
SUMMED = 9


@lane_op
def total(frames, rounds, out):
    """out[0] = the sum of ROUND rounds rows."""
    n = frames.lanes

    def step(i, sums):
        return [s + frames.load((i * ROUND + q) * n) for q, s in enumerate(sums)]

    a, b, c, d = accumulate(rounds, [frames.number(0.0)] * ROUND, step)
    out.store(0, (a + b) + (c + d))


@lane_op
def centre(frames, rounds, mean, turns, out):
    """Take the mean from every row, in place; `out` gets their energy and their turned sum.

    `turns` has three numbers for each row: 1, or 0 beyond the frame, and the cosine and sine of its turn.
    """
    n = frames.lanes
    m = mean.load(0)

    def step(i, sums):
        new = []
        for q in range(ROUND):
            row = i * ROUND + q
            x = frames.load(row * n) - m * turns.splat(row * 3)
            frames.store(row * n, x)
            energy, re, im = sums[3 * q : 3 * q + 3]
            new += [fma(x, x, energy), fma(x, turns.splat(row * 3 + 1), re)]
            new.append(fma(x, turns.splat(row * 3 + 2), im))
        return new

    s = accumulate(rounds, [frames.number(0.0)] * (3 * ROUND), step)
    for p in range(3):
        out.store(n * p, (s[p] + s[p + 3]) + (s[p + 6] + s[p + 9]))


@lane_op
def mirror(bins, row, to):
    """Bin number `to` is the conjugate of bin number `row`."""
    n = bins.lanes
    bins.store(to * (2 * n), bins.load(row * (2 * n)))
    bins.store(to * (2 * n) + n, -bins.load(row * (2 * n) + n))


@lane_op
def between(bins, row, weights, w, out, to):
    """The magnitude of TAPS bins from number `row` on, weighted by weights[w], weights[w + 1], ..."""
    n = bins.lanes
    parts = [[bins.number(0.0)] * 2, [bins.number(0.0)] * 2]
    for tap in range(TAPS):
        weight, place = weights.splat(w + tap), (row + tap) * (2 * n)
        for p in range(2):
            parts[p][tap % 2] = fma(bins.load(place + p * n), weight, parts[p][tap % 2])
    re, im = (a + b for a, b in parts)
    out.store(to, sqrt(fma(re, re, im * im)))


@lane_op
def harmonic_sum(sizes, places, p, scale, out, to):
    """The sum of the SUMMED magnitudes at places[p], places[p + 1], ..."""
    n = sizes.lanes
    x = [sizes.load(places.index(p + i) * n) for i in range(SUMMED)]
    y = x[0]
    for i in range(1, SUMMED, 2):
        y = y + (x[i] - x[i + 1])
    out.store(to, y * scale.load(0))


@kernel
def cut(x, starts, first, window, lanes, frames):
    """frames[n, lane] = x[start + n] window[n] of the frames first, first + 1, ...; the last one repeated."""
    for lane in range(lanes):
        start = starts[min(first + lane, starts.size - 1)]
        here = x[start : start + window.size]
        for n in range(window.size):
            frames[n * lanes + lane] = here[n] * window[n]


@kernel
def scales(sums, points, last, lanes, scale):
    """1 / the norm of the bins below half of `points`, from the energy and the bin that is left out."""
    for lane in range(lanes):
        re, im = sums[lanes + lane], sums[2 * lanes + lane]
        squares = points * sums[lane] / 2 - last * (re * re + im * im)
        scale[lane] = 1 / math.sqrt(squares) if squares > 0 else 1.0


@kernel
def harmonic_rows(
    x, starts, length, window, turns, points, end, lanes, frames, spare,
    offsets, deconvolve, z, radices, w, part, last, bins,
    firsts, weights, phases, sizes, places, sums, out,
):  # fmt: skip
    """out[t, p] = the harmonics of pitch p in frame t, which begins at sample starts[t] of x.

    Wanted bin b lies between bins firsts[b] and firsts[b] + TAPS - 1, which are weighted by those from
    weights[phases[b]] on; a pitch sums the wanted bins at its `places`. `frames` and `turns` have whole
    rounds of rows; `spare` has room for five vectors.
    """
    half, pitches, middle = offsets.size // 2, places.size // SUMMED, TAPS // 2
    rounds = turns.size // (3 * ROUND)
    mean, scale = spare[:lanes], spare[lanes : 2 * lanes]
    frames[length * lanes : rounds * ROUND * lanes] = 0
    for first in range(0, starts.size, lanes):
        cut(x, starts, first, window, lanes, frames)
        total(frames, rounds, mean)
        for lane in range(lanes):
            mean[lane] /= length
        centre(frames, rounds, mean, turns, spare[2 * lanes :])
        scales(spare[2 * lanes :], points, end, lanes, scale)
        complex_frames(frames, 0, offsets, deconvolve, z, radices, w, part, last, bins, middle)
        for i in range(1, middle + 1):
            mirror(bins, middle + i, middle - i)
            mirror(bins, middle + half - i, middle + half + i)
        for b in range(firsts.size):
            between(bins, firsts[b], weights, phases[b], sizes, b * lanes)
        for p in range(pitches):
            harmonic_sum(sizes, places, p * SUMMED, scale, sums, p * lanes)
        for lane in range(min(lanes, starts.size - first)):
            to = (first + lane) * pitches
            for p in range(pitches):
                out[to + p] = sums[p * lanes + lane]

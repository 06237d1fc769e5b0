"""Peaks of a spectrum, refined by a parabola through each and its two neighbours.

With a = S[k+1] + S[k-1] - 2 S[k] and b = (S[k+1] - S[k-1]) / 2 the vertex lies at k - b / a, where the
parabola is S[k] - b^2 / (2 a) high. Computed in double lanes, as librosa does, from
sums of neighbours in their own precision: near a flat top a is a small difference.
J. O. Smith, "Spectral audio signal processing", 2011, chapter on quadratic interpolation.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from .jit import kernel
from .laneop import accumulate, lane_op
from .simd import maximum, narrow, select, spread, wide


@lane_op
def largest(bins, at, count, threshold, references, to):
    """threshold times the largest bin of each frame."""
    top = accumulate(count, [bins.load(at)], lambda k, x: [maximum(bins.load(at + k * bins.lanes), x[0])])[0]
    references.store(to, top * bins.number(threshold))


def _vertex(below, x, above, place, inner, hertz):
    """Frequency and height of the vertex; not refined where `inner`, in double lanes like `place`, is 0."""
    a = wide(above + below) - wide(x) * 2.0
    b = wide(above - below) * 0.5
    shift = select(b.call("fabs") >= a.call("fabs"), a.constant(0.0), -b / a) * inner
    shift = narrow(shift, x)
    pitch = (place + wide(shift)) * spread(a.b, hertz.value, a.type.count)
    return narrow(pitch, x), x + (above - below) * 0.5 * 0.5 * shift


@lane_op
def peak(bins, at, above, reference, references, number, hertz, inner, pitches, heights, to):
    """Frequency and height of bin `number` if it is a peak above its reference, otherwise 0 and 0.

    `above` is the place of the next bin; `inner` is 0.0 for the last bin, which has no next one and is not
    refined.
    """
    below, x, above = bins.load(at - bins.lanes), bins.load(at), bins.load(above)
    chosen = (x > below) & (x >= above) & (x > references.load(reference))
    place = spread(bins.b, bins.b.sitofp(number.value, ir.DoubleType()), bins.lanes)
    inside = spread(bins.b, inner.value, bins.lanes)
    pitch, height = _vertex(below, x, above, place, inside, hertz)
    none = bins.number(0.0)
    pitches.store(to, select(chosen, pitch, none))
    heights.store(to, select(chosen, height, none))


@kernel
def references_of(bins, n_bins, groups, lanes, threshold, references):
    """threshold times the largest bin of each frame."""
    for g in range(groups):
        largest(bins, g * n_bins * lanes, n_bins, threshold, references, g * lanes)


@kernel
def peak_tiles(bins, n_bins, groups, lanes, references, low, high, hertz, pitches, heights):
    """Peaks among bins low .. high - 1, the first bin not among them; `hertz` from bin to bin."""
    rows = high - low
    for g in range(groups):
        for k in range(low, high):
            at, to = (g * n_bins + k) * lanes, (g * rows + k - low) * lanes
            inner = 1.0 if k + 1 < n_bins else 0.0
            above = at + lanes if k + 1 < n_bins else at
            peak(bins, at, above, g * lanes, references, k, hertz, inner, pitches, heights, to)


@lane_op
def isolated(bins, at, above, reference, references, bits):
    """One bit for each lane in which a bin is a peak as in `peak`, in bits[0]."""
    b, x = bins.b, bins.load(at)
    found = (x > bins.load(at - bins.lanes)) & (x >= bins.load(above)) & (x > references.load(reference))
    bits.put(0, b.zext(b.bitcast(found.value, ir.IntType(bins.lanes)), ir.IntType(64)))


@lane_op
def refine(numbers, below, x, above, i, last, hertz):
    """Vertices of the bins x[i ...] between their neighbours, over `below` and `x`; bin `last` as it is."""
    place, bin = wide(numbers.load(i)), x.load(i)
    inner = select(place < spread(x.b, last.value, x.lanes), place.constant(1.0), place.constant(0.0))
    pitch, height = _vertex(below.load(i), bin, above.load(i), place, inner, hertz)
    below.store(i, pitch)
    x.store(i, height)


@kernel
def list_peaks(bins, n_bins, lanes, references, low, high, hertz, frames, pitches, heights, above, numbers):
    """The peaks of `peak_tiles` in the real frames, one after another; returns how many.

    The last two are scratch arrays; all have room for whole vectors.
    """
    n = 0
    bits = np.empty(1, np.int64)
    places = np.empty(((high - low) // 2 + 2) * lanes, np.int64)
    for g in range((frames + lanes - 1) // lanes):
        real, first, found = (1 << min(lanes, frames - g * lanes)) - 1, g * n_bins * lanes, 0
        for k in range(low, high):
            at = first + k * lanes
            next = at + lanes if k + 1 < n_bins else at
            isolated(bins, at, next, g * lanes, references, bits)
            left = bits[0] & real
            if left:
                for lane in range(lanes):  # without a branch, which would be guessed wrong half the time
                    places[found] = (k << 8) | lane
                    found += (left >> lane) & 1
        for i in range(found):
            k = places[i] >> 8
            at = first + k * lanes + (places[i] & 255)
            next = at + lanes if k + 1 < n_bins else at
            pitches[n], heights[n], above[n], numbers[n] = bins[at - lanes], bins[at], bins[next], k
            n += 1
    for i in range(0, n, lanes):  # together, because most bins of most frames are not peaks
        refine(numbers, pitches, heights, above, i, float(n_bins - 1), hertz)
    return n


#: Numbers that `tally_heights` counts.
RANGES = 1 << 12


@kernel
def tally_heights(bits, shift, counts):
    """Counts of heights by their first bits, which grow with them; `bits` are floats above 0 as integers."""
    for i in range(bits.size):
        counts[bits[i] >> shift] += 1


@kernel
def range_of(counts, place):
    """The range that the value at `place` of all in order is in, and the number of those below it."""
    below = 0
    for i in range(counts.size):
        if place < below + counts[i]:
            return i, below
        below += counts[i]
    return counts.size, below


@kernel
def pick_heights(heights, bits, shift, first, last, out, n):
    """Append the heights in ranges first .. last to out[n ...], which has one place to spare."""
    for i in range(bits.size):
        out[n] = heights[i]
        here = bits[i] >> shift
        n += (here >= first) & (here <= last)
    return n


@kernel
def pick_stronger(pitches, heights, least, out, n):
    """Append the pitches whose heights are at least `least` to out[n ...], which has one place to spare."""
    for i in range(pitches.size):
        out[n] = pitches[i]
        n += heights[i] >= least
    return n


@kernel
def tally_residuals(bins, edges, counts):
    """Counts of the distances from the nearest whole number by the steps between `edges`, -0.5 to 0.5."""
    last = edges.size - 2
    for i in range(bins.size):
        residual = bins[i] - np.floor(bins[i])  # exact, as bins mod 1 is
        residual -= 1.0 if residual >= 0.5 else 0.0
        # The step is computed, then corrected where rounding moved a value across an edge.
        place = min(max(int((residual + 0.5) * (last + 1)), 0), last)
        place -= residual < edges[place]
        place += (residual >= edges[place + 1]) & (place < last)
        counts[place] += 1

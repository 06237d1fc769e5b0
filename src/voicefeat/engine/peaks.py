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


@lane_op
def peak(bins, at, above, reference, references, number, hertz, inner, pitches, heights, to):
    """Frequency and height of bin `number` if it is a peak above its reference, otherwise 0 and 0.

    `above` is the place of the next bin; `inner` is 0.0 for the last bin, which has no next one and is not
    refined.
    """
    below, x, above = bins.load(at - bins.lanes), bins.load(at), bins.load(above)
    isolated = (x > below) & (x >= above) & (x > references.load(reference))
    a = wide(above + below) - wide(x) * 2.0
    b = wide(above - below) * 0.5
    count = a.type.count
    shift = select(b.call("fabs") >= a.call("fabs"), a.constant(0.0), -b / a) * spread(
        a.b, inner.value, count
    )
    shift = narrow(shift, x)
    place = spread(a.b, a.b.sitofp(number.value, a.type.element), count)
    pitch = (place + wide(shift)) * spread(a.b, hertz.value, count)
    height = x + (above - below) * 0.5 * 0.5 * shift
    none = bins.number(0.0)
    pitches.store(to, select(isolated, narrow(pitch, x), none))
    heights.store(to, select(isolated, height, none))


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
def positive(x, i, bits):
    """One bit for each lane that is above 0, in an array of one whole number."""
    b = x.b
    lanes = ir.IntType(x.lanes)
    bits.put(0, b.zext(b.bitcast((x.load(i) > 0.0).value, lanes), ir.IntType(64)))


@kernel
def collect(pitches, heights, rows, lanes, frames, kept_pitches, kept_heights):
    """Peaks of the real frames one after another; returns how many."""
    n = 0
    bits = np.empty(1, np.int64)
    for g in range((frames + lanes - 1) // lanes):
        valid = min(lanes, frames - g * lanes)
        for i in range(g * rows * lanes, (g + 1) * rows * lanes, lanes):
            positive(pitches, i, bits)
            if bits[0] == 0:  # most bins of most frames are not peaks
                continue
            for lane in range(valid):
                if (bits[0] >> lane) & 1:
                    kept_pitches[n] = pitches[i + lane]
                    kept_heights[n] = heights[i + lane]
                    n += 1
    return n

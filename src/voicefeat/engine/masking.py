"""Powers without steady noise and without what a peak before them masks, for power-normalised cepstra.

The mean of a channel's powers over neighbouring frames goes through a lower envelope, which is subtracted,
and under a decaying peak. The ratio of what is left to that mean, smoothed over channels, weights the powers,
and the weighted powers are divided by their running mean. C. Kim, R. M. Stern, "Power-normalized cepstral
coefficients (PNCC) for robust speech recognition", IEEE/ACM Trans. Audio, Speech, Language Process. 24 (7),
2016.

Every frame needs the one before it, so lanes are neighbouring channels here. An array of frames holds frame
after frame of `width` values, the channels and zeros up to whole vectors.
"""

from __future__ import annotations

from .jit import kernel
from .laneop import accumulate, lane_op
from .simd import Vector, maximum, minimum, select

#: Frames to each side of the mean over frames, and channels to each side of the smoothed ratio.
MEDIUM, SMOOTHING = 2, 4
#: How slowly the lower envelope follows a power above it and below it, what it begins with, and how slowly
#: the running mean follows.
UP, DOWN, BEGIN, MEAN = 0.999, 0.5, 0.9, 0.999
#: Decay of a peak, fraction of it that masks what follows, and excitation relative to the lower envelope.
DECAY, MASKED, EXCITED = 0.85, 0.2, 2.0
#: The least divisor, the smallest normal number, and the largest ratio: after a loud sound the envelope of a
#: channel is above 0 where there is next to nothing, and a sum of ratios must stay finite.
LEAST, LARGEST = 2.0**-1022, 2.0**930


def _envelope(x: Vector, before: Vector, begins: Vector) -> Vector:
    """The lower envelope: it rises slowly and falls quickly, and begins just below the first value."""
    before = select(begins, x * BEGIN, before)
    rises = x >= before
    slow = select(rises, x.constant(UP), x.constant(DOWN))
    return slow * before + select(rises, x.constant(1 - UP), x.constant(1 - DOWN)) * x


@lane_op
def share(powers, at, count, width, divisor, first, state, i, shares, to):
    """The fraction of the mean of `count` frames that is neither steady nor masked; updates the state.

    `divisor` is `count` as a float; `first` is 1.0 for the first frame of a clip, otherwise 0.0.
    """

    def step(k, total):
        return [total[0] + powers.load(at + k * width)]

    mean = accumulate(count, [powers.number(0.0)], step)[0] / powers.number(divisor)
    begins, zero = state.number(first) > 0.0, mean.constant(0.0)
    lasting = _envelope(mean, state.load(i), begins)
    above = maximum(mean - lasting, zero)
    floor = _envelope(above, state.load(i + width), begins)
    peak = state.load(i + width * 2)
    faded = peak * DECAY
    kept = maximum(select(above >= faded, above, peak * MASKED), floor)
    kept = select(mean >= lasting * EXCITED, kept, floor)
    state.store(i, lasting)
    state.store(i + width, floor)
    state.store(i + width * 2, maximum(faded, above))
    ratio = minimum(kept / maximum(mean, mean.constant(LEAST)), mean.constant(LARGEST))
    shares.store(to, select(mean > 0.0, ratio, zero))


@lane_op
def weigh(powers, at, shares, i, counts, channel, out, to):
    """Powers times the mean of the shares of neighbouring channels, of which there are `counts`."""
    total = powers.number(0.0)
    for place in range(2 * SMOOTHING + 1):
        total = total + shares.load(i + place)
    out.store(to, powers.load(at) * (total / counts.load(channel)))


@lane_op
def divide(x, i, divisor):
    x.store(i, x.load(i) / x.number(divisor))


@kernel
def weigh_frames(powers, held, first, last, channels, width, lanes, counts, begins, state, shares, out):
    """Frames first .. last - 1 of the `held` ones, weighted and divided by their running mean, to `out`.

    `state` has three rows of channels and the running mean, `shares` zeros around its channels; they go on
    from the frames before, unless the first frame `begins` a clip.
    """
    for t in range(first, last):
        low, high = max(0, t - MEDIUM), min(held, t + MEDIUM + 1)
        start = 1.0 if begins and t == first else 0.0
        to = (t - first) * width
        for c in range(0, width, lanes):
            at = low * width + c
            share(powers, at, high - low, width, float(high - low), start, state, c, shares, SMOOTHING + c)
        total = 0.0
        for c in range(0, width, lanes):
            weigh(powers, t * width + c, shares, c, counts, c, out, to + c)
        for c in range(channels):
            total += out[to + c]
        level = total / channels
        mean = level if start > 0.0 else state[3 * width]
        state[3 * width] = mean = MEAN * mean + (1 - MEAN) * level
        for c in range(0, width, lanes):
            divide(out, to + c, max(mean, LEAST))


@lane_op
def turned(x, at, channels, matrix, i, rows, out, to):
    """Lanes of coefficients: sum_c matrix[i + c rows] x[at + c]."""

    def step(c, total):
        return [total[0] + matrix.load(i + c * rows) * x.splat(at + c)]

    out.store(to, accumulate(channels, [matrix.number(0.0)], step)[0])


@kernel
def turn_frames(x, frames, channels, width, matrix, rows, lanes, out):
    """A matrix, channel after channel of `rows` values in whole vectors, times each frame."""
    for t in range(frames):
        for i in range(0, rows, lanes):
            turned(x, t * width, channels, matrix, i, rows, out, t * rows + i)

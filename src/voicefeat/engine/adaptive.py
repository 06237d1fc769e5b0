"""Per-channel energy normalisation: each band divided by a power of its smoothed past, then compressed.

Along a row m[t] = b r[t] + (1 - b) m[t - 1], with r the row itself or another reference; then
G = S / (eps + m)^gain and the result (G + bias)^power - bias^power, computed as
bias^power expm1(power log1p(G / bias)), which loses no digits of small G; log1p(G) if power is 0, and
G^power if bias is 0. The state of a row is kept in double precision, so that pieces give the same bits as the
whole.
"""

from __future__ import annotations

import numpy as np

from .jit import inner_kernel, kernel
from .lanemath import exp, expm1, log, log1p, power
from .laneop import LaneOp, lane_op
from .simd import shuffle

#: Frames that are smoothed before they are compressed.
CHUNK = 256
#: Rows that are smoothed in parallel, because each one waits for its own last sum.
ROWS = 4
#: Vectors that the usual formula processes at once.
SEVERAL = 4


def _adapting(compress, vectors):
    def several(x, i):
        """`vectors` vectors of an array as one, so that their long chains of operations overlap."""
        parts = [x.load(i + x.lanes * q) for q in range(vectors)]
        while len(parts) > 1:
            count = 2 * parts[0].type.count
            parts = [shuffle(a, b, list(range(count))) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    def everywhere(x, number):
        one = x.number(number)
        return shuffle(one, one, [0] * (x.lanes * vectors))

    @lane_op
    def adapt(S, at, smooth, i, eps, gain, bias, exponent, scale, out, to):
        """out[to ...] from S[at ...], where the smoothed reference is smooth[i ...]."""
        eps, gain, bias, exponent, scale = (everywhere(S, x) for x in (eps, gain, bias, exponent, scale))
        faded = exp(-(log(several(smooth, i) + eps) * gain))
        out.store(to, compress(several(S, at) * faded, bias, exponent, scale))

    return adapt


def _powers(g, bias, exponent, scale):
    return expm1(log1p(g / bias) * exponent) * scale


def _plain_powers(g, bias, exponent, scale):
    return power(g, exponent)


def _logarithms(g, bias, exponent, scale):
    return log1p(g)


adapt_powers: LaneOp = _adapting(_powers, 1)
adapt_more_powers: LaneOp = _adapting(_powers, SEVERAL)
adapt_plain_powers: LaneOp = _adapting(_plain_powers, 1)
adapt_logarithms: LaneOp = _adapting(_logarithms, 1)


@inner_kernel
def smooth_rows(reference, at, stride, rows, count, b, state, row, smooth):
    """smooth[r CHUNK + t] = m[t] of row + r from reference[at + r stride + t]; state[row + r] = (1 - b) m."""
    fade = 1.0 - b
    if rows == ROWS:
        z0, z1, z2, z3 = state[row], state[row + 1], state[row + 2], state[row + 3]
        for t in range(count):
            m0 = b * reference[at + t] + z0
            m1 = b * reference[at + stride + t] + z1
            m2 = b * reference[at + 2 * stride + t] + z2
            m3 = b * reference[at + 3 * stride + t] + z3
            smooth[t], smooth[CHUNK + t], smooth[2 * CHUNK + t], smooth[3 * CHUNK + t] = m0, m1, m2, m3
            z0, z1, z2, z3 = fade * m0, fade * m1, fade * m2, fade * m3
        state[row], state[row + 1], state[row + 2], state[row + 3] = z0, z1, z2, z3
    else:
        for r in range(rows):
            z = state[row + r]
            for t in range(count):
                m = b * reference[at + r * stride + t] + z
                smooth[r * CHUNK + t] = m
                z = fade * m
            state[row + r] = z


@inner_kernel
def adapt_run(S, at, smooth, i, count, eps, gain, bias, exponent, scale, lanes, out, to):
    """A run of whole vectors, with the formula for the given `power` and `bias`."""
    if exponent == 0.0:
        for t in range(0, count, lanes):
            adapt_logarithms(S, at + t, smooth, i + t, eps, gain, bias, exponent, scale, out, to + t)
    elif bias == 0.0:
        for t in range(0, count, lanes):
            adapt_plain_powers(S, at + t, smooth, i + t, eps, gain, bias, exponent, scale, out, to + t)
    else:
        more = SEVERAL * lanes
        for t in range(0, count - count % more, more):
            adapt_more_powers(S, at + t, smooth, i + t, eps, gain, bias, exponent, scale, out, to + t)
        for t in range(count - count % more, count, lanes):
            adapt_powers(S, at + t, smooth, i + t, eps, gain, bias, exponent, scale, out, to + t)


@kernel
def adapt_rows(S, reference, frames, low, high, b, state, eps, gain, bias, exponent, scale, lanes, out):
    """Rows low .. high - 1 of S, flat (rows, frames), to `out`; `state` is updated for the next frames."""
    smooth = np.zeros((ROWS + 1) * CHUNK, S.dtype)
    part, law = np.zeros(lanes, S.dtype), (eps, gain, bias, exponent, scale, lanes)
    for row in range(low, high, ROWS):
        rows = min(ROWS, high - row)
        for first in range(0, frames, CHUNK):
            count, at = min(CHUNK, frames - first), row * frames + first
            smooth_rows(reference, at, frames, rows, count, b, state, row, smooth)
            inside = count - count % lanes
            for r in range(rows):
                here, i = at + r * frames, r * CHUNK
                adapt_run(S, here, smooth, i, inside, *law, out, here)
                if inside < count:
                    for t in range(inside, count):
                        part[t - inside] = S[here + t]
                    adapt_run(part, 0, smooth, i + inside, lanes, *law, part, 0)
                    for t in range(inside, count):
                        out[here + t] = part[t - inside]

"""Spectral descriptors: sums over the bins of each frame, four chains at a time.

Four chains of additions hide the latency of one; the remaining bins come last, one by one.
The chains do not depend on the number of lanes, and neither does the result.
"""

from __future__ import annotations

import math

from .factors import split
from .jit import kernel
from .lanemath import exp, log, power
from .laneop import LaneOp, accumulate, lane_op
from .simd import fma, maximum, narrow, select, spread, wide

CHAINS = 4
LN2 = math.log(2)


def _sums(tiles, at, quads, rest, zero, parts, step):
    """Sums over all bins of the `parts` numbers that step(bin number, bin, sums) adds."""
    n = tiles.lanes

    def four(i, sums):
        out = []
        for c in range(CHAINS):
            k = i * CHAINS + c
            out += step(k, tiles.load(at + k * n), sums[c * parts : (c + 1) * parts])
        return out

    sums = accumulate(quads, [zero] * (CHAINS * parts), four)
    total = [(sums[j] + sums[parts + j]) + (sums[2 * parts + j] + sums[3 * parts + j]) for j in range(parts)]

    def single(i, sums):
        k = quads * CHAINS + i
        return step(k, tiles.load(at + k * n), sums)

    return accumulate(rest, total, single)


@lane_op
def centroid(bins, at, quads, rest, frequencies, tiny, out, to):
    """sum f S / sum S; a sum of almost 0 counts as 1."""

    def step(k, x, sums):
        return [sums[0] + x, fma(frequencies.splat(k), x, sums[1])]

    mass, moment = _sums(bins, at, quads, rest, bins.number(0.0), 2, step)
    mass = select(mass < bins.number(tiny), mass.constant(1.0), mass)
    out.store(to, moment / mass)


def _bandwidth(raised, root):
    @lane_op
    def bandwidth(bins, at, quads, rest, frequencies, tiny, p, divide, out, to):
        """(sum S |f - c|^p / sum S)^(1/p), with c read from `out`."""
        c, exponent = out.load(to), bins.number(p)

        def step(k, x, sums):
            away = (frequencies.splat(k) - c).call("fabs")
            return [sums[0] + x, fma(raised(away, exponent), x, sums[1])]

        mass, moment = _sums(bins, at, quads, rest, bins.number(0.0), 2, step)
        one = mass.constant(1.0)
        mass = select(mass < bins.number(tiny), one, mass)
        mass = select(bins.number(divide) > 0.0, mass, one)
        out.store(to, root(moment / mass, one / exponent))

    return bandwidth


bandwidth1: LaneOp = _bandwidth(lambda x, p: x, lambda x, q: x)
bandwidth2: LaneOp = _bandwidth(lambda x, p: x * x, lambda x, q: x.call("sqrt"))
bandwidth_p: LaneOp = _bandwidth(power, power)


@kernel
def centroid_tiles(bins, n_bins, groups, lanes, frequencies, tiny, out):
    """One row of centroids."""
    quads, rest = n_bins // 4, n_bins % 4
    for g in range(groups):
        centroid(bins, g * n_bins * lanes, quads, rest, frequencies, tiny, out, g * lanes)


@kernel
def bandwidth_tiles(bins, n_bins, groups, lanes, frequencies, tiny, kind, p, divide, out):
    """One row of bandwidths, of order 1, 2 or (`kind` 0) any `p`; `out` holds the centroids."""
    quads, rest, by = n_bins // 4, n_bins % 4, float(divide)
    for g in range(groups):
        at, to = g * n_bins * lanes, g * lanes
        if kind == 1:
            bandwidth1(bins, at, quads, rest, frequencies, tiny, p, by, out, to)
        elif kind == 2:
            bandwidth2(bins, at, quads, rest, frequencies, tiny, p, by, out, to)
        else:
            bandwidth_p(bins, at, quads, rest, frequencies, tiny, p, by, out, to)


@lane_op
def rolloff(bins, at_a, at_b, n_bins, percent, out, to_a, to_b):
    """The number of running sums below `percent` of the last one, for groups a and b.

    The sums add the bins one by one, like numpy's cumulative sum, because the last bit may decide the result.
    """
    n, zero = bins.lanes, bins.number(0.0)

    def total(k, sums):
        return [sums[0] + bins.load(at_a + k * n), sums[1] + bins.load(at_b + k * n)]

    limits = [x * bins.number(percent) for x in accumulate(n_bins, [zero, zero], total)]

    def below(k, x):
        a, b = total(k, x[:2])
        one = zero.constant(1.0)
        return [a, b, x[2] + select(a < limits[0], one, zero), x[3] + select(b < limits[1], one, zero)]

    found = accumulate(n_bins, [zero] * 4, below)
    out.store(to_a, found[2])
    out.store(to_b, found[3])


@kernel
def rolloff_tiles(bins, n_bins, groups, lanes, percent, least, out):
    """One row of frequencies: `least` is that of each bin."""
    for a in range(0, groups, 2):
        b = min(a + 1, groups - 1)  # an odd last group is computed twice
        rolloff(bins, a * n_bins * lanes, b * n_bins * lanes, n_bins, percent, out, a * lanes, b * lanes)
    for i in range(groups * lanes):
        out[i] = least[min(int(out[i]), n_bins - 1)]


@lane_op
def flatness(bins, at, quads, rest, n_bins, floor, out, to):
    """exp(mean log S) / mean S.

    The logarithm of a product: after each factor, the exponent is removed and counted, so that the product
    stays in [1, 2) and needs one logarithm at the end.
    """
    n, least = bins.lanes, bins.number(floor)
    zero, one = bins.number(0.0), bins.number(1.0)

    def step(k, sums):
        total, product, exponent = sums
        x = maximum(bins.load(at + k * n), least)
        product, shift = split(product * x)
        return [total + x, product, exponent + shift]

    def four(i, sums):
        return [y for c in range(CHAINS) for y in step(i * CHAINS + c, sums[3 * c : 3 * c + 3])]

    sums = accumulate(quads, [zero, one, zero] * CHAINS, four)
    total = (sums[0] + sums[3]) + (sums[6] + sums[9])
    product, shift = split((sums[1] * sums[4]) * (sums[7] * sums[10]))
    exponent = (sums[2] + sums[5]) + (sums[8] + sums[11]) + shift
    total, product, exponent = accumulate(
        rest, [total, product, exponent], lambda i, sums: step(quads * CHAINS + i, sums)
    )
    many = spread(wide(total).b, n_bins.b.sitofp(n_bins.value, wide(total).type.element), n)
    mean_log = (log(wide(product)) + wide(exponent) * LN2) / many
    out.store(to, narrow(exp(mean_log) / (wide(total) / many), least))


@kernel
def flatness_tiles(bins, n_bins, groups, lanes, floor, out):
    """One row of flatness."""
    quads, rest = n_bins // 4, n_bins % 4
    for g in range(groups):
        flatness(bins, g * n_bins * lanes, quads, rest, n_bins, floor, out, g * lanes)


@lane_op
def difference(a, b, i, floor_a, floor_b):
    a.store(i, maximum(a.load(i), a.number(floor_a)) - maximum(b.load(i), a.number(floor_b)))


@kernel
def difference_tiles(a, b, size, lanes, floor_a, floor_b):
    """max(a, floor) - max(b, floor) to a."""
    for i in range(0, size, lanes):
        difference(a, b, i, floor_a, floor_b)

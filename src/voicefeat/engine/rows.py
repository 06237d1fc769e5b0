"""Conversion between tiles, whose lanes are neighbouring frames, and arrays of (rows, frames).

A tile array holds group after group of `lanes` frames, and in each group row after row of lanes.
"""

from __future__ import annotations

from .jit import kernel, lane_kernel
from .lanemath import power, sqrt
from .laneop import lane_op
from .simd import fma, shuffle


@lane_op
def copy(source, i, out, j):
    out.store(j, source.load(i))


@lane_op
def interleave(source, i, out, j):
    """Real lanes and imaginary lanes to complex numbers."""
    n = source.lanes
    pairs = [place for lane in range(n) for place in (lane, n + lane)]
    re, im = source.load(i), source.load(i + n)
    out.store(j, shuffle(re, im, pairs[:n]))
    out.store(j + n, shuffle(re, im, pairs[n:]))


@lane_kernel
def put_rows(tiles, tile_rows, rows, lanes, frames, out, at, stride):
    """The first `rows` rows of the tiles to out[at + row stride + frame], frame < frames."""
    full = frames // lanes
    for k in range(rows):
        j = at + k * stride
        for g in range(full):
            copy(tiles, (g * tile_rows + k) * lanes, out, j + g * lanes)
        for lane in range(frames - full * lanes):
            out[j + full * lanes + lane] = tiles[(full * tile_rows + k) * lanes + lane]


@kernel
def put_complex(tiles, rows, lanes, frames, out, at, stride):
    """Complex tiles to out, complex numbers seen as pairs of floats."""
    full = frames // lanes
    for k in range(rows):
        j = 2 * (at + k * stride)
        for g in range(full):
            interleave(tiles, (g * rows + k) * 2 * lanes, out, j + 2 * g * lanes)
        for lane in range(frames - full * lanes):
            i = (full * rows + k) * 2 * lanes + lane
            out[j + 2 * (full * lanes + lane)] = tiles[i]
            out[j + 2 * (full * lanes + lane) + 1] = tiles[i + lanes]


@lane_kernel
def take_rows(source, at, stride, tiles, tile_rows, rows, lanes, frames):
    """source[at + row stride + frame] to tiles; lanes beyond the last frame are 0."""
    groups = (frames + lanes - 1) // lanes
    full = frames // lanes
    for k in range(rows):
        for g in range(full):
            copy(source, at + k * stride + g * lanes, tiles, (g * tile_rows + k) * lanes)
        for g in range(full, groups):
            for lane in range(lanes):
                t = g * lanes + lane
                tiles[(g * tile_rows + k) * lanes + lane] = source[at + k * stride + t] if t < frames else 0.0


@lane_op
def multiply(source, i, factor, out):
    out.store(i, source.load(i) * source.number(factor))


@lane_op
def root(tiles, i, out):
    out.store(i, sqrt(tiles.load(i)))


@lane_op
def square(tiles, i, out):
    x = tiles.load(i)
    out.store(i, x * x)


@lane_op
def raise_to(tiles, i, exponent, out):
    out.store(i, power(tiles.load(i), tiles.number(exponent)))


@lane_op
def magnitude(tiles, i, out, j):
    re, im = tiles.load(i), tiles.load(i + tiles.lanes)
    out.store(j, fma(re, re, im * im))


@lane_kernel
def root_tiles(tiles, size, lanes, out):
    """Square root of the first `size` elements; `out` may be `tiles`, here and below."""
    for i in range(0, size, lanes):
        root(tiles, i, out)


@lane_kernel
def square_tiles(tiles, size, lanes, out):
    """The first `size` elements times themselves."""
    for i in range(0, size, lanes):
        square(tiles, i, out)


@lane_kernel
def power_tiles(tiles, size, lanes, exponent, out):
    """The first `size` elements raised to `exponent`."""
    for i in range(0, size, lanes):
        raise_to(tiles, i, exponent, out)


@lane_kernel
def square_complex(tiles, size, lanes, out):
    """|X|^2 of `size` complex numbers, in the layout of `spectrum.power_bins`."""
    for i in range(0, size, lanes):
        magnitude(tiles, 2 * i, out, i)


@lane_kernel
def copy_tiles(tiles, size, lanes, out):
    """The first `size` elements as they are."""
    for i in range(0, size, lanes):
        copy(tiles, i, out, i)


@lane_kernel
def gain_tiles(source, size, lanes, factor, out):
    """The first `size` elements times `factor`."""
    for i in range(0, size, lanes):
        multiply(source, i, factor, out)


@lane_kernel
def replace_zeros(tiles, size, value):
    """The first `size` elements, with `value` in place of 0, in place."""
    for i in range(size):
        if tiles[i] == 0:
            tiles[i] = value

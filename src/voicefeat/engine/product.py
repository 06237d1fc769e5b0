"""A dense matrix times tiles: the cosine transform of log bands, and banks without runs.

Four rows by two groups at a time: eight chains of fused multiply-adds hide the latency of one, and each
weight that is spread over lanes is used twice.
"""

from __future__ import annotations

from .jit import lane_kernel
from .laneop import accumulate, lane_op
from .simd import fma, maximum


@lane_op
def four_rows(tiles, at_a, at_b, count, matrix, first, floor, out, to_a, to_b):
    """out[to + r] = sum_k matrix[first + 4 k + r] max(tiles[at + k], floor), r < 4, for groups a and b."""
    n = tiles.lanes
    least = tiles.number(floor)

    def step(k, sums):
        a = maximum(tiles.load(at_a + k * n), least)
        b = maximum(tiles.load(at_b + k * n), least)
        weights = [matrix.splat(first + k * 4 + r) for r in range(4)]
        return [fma(w, a, s) for w, s in zip(weights, sums[:4], strict=True)] + [
            fma(w, b, s) for w, s in zip(weights, sums[4:], strict=True)
        ]

    sums = accumulate(count, [tiles.number(0.0)] * 8, step)
    for r in range(4):
        out.store(to_a + r * n, sums[r])
        out.store(to_b + r * n, sums[4 + r])


@lane_kernel
def product_tiles(tiles, at, tile_rows, columns, groups, lanes, matrix, quads, floor, out):
    """Products of `quads` times four rows with each group of tiles from element `at` on.

    `matrix` holds four rows side by side: element (4 q + r, k) at (q columns + k) 4 + r.
    """
    for a in range(0, groups, 2):
        b = a + 1 if a + 1 < groups else a  # an odd last group is done twice
        for q in range(quads):
            four_rows(
                tiles,
                at + a * tile_rows * lanes,
                at + b * tile_rows * lanes,
                columns,
                matrix,
                q * columns * 4,
                floor,
                out,
                (a * quads + q) * 4 * lanes,
                (b * quads + q) * 4 * lanes,
            )

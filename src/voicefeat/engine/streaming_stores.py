"""Rows of large results, by stores that go past the cache: `put_rows` and `put_complex` of `rows`.

An ordinary store first reads the cache line that it changes. Where a result is larger than the cache, that
is half of the traffic, and the kernel waits for it. A streaming (non-temporal) store of a whole line reads
nothing, but it has to begin at a line, and rows begin anywhere. So a row is first put together in `run`,
which stays in the first-level cache. The lines at its two ends are shared with other blocks and written as
usual; they are asked for a few rows ahead.

The kernels may be called wherever those of `rows` may, with the same arguments and one scratch array more, if
`out` is aligned to its elements (``out.flags.aligned``). They gain where `simd.HAS_STREAMING_STORES` is true,
`out` is larger than the cache, and a row of the block is several lines. Other threads see all that was
written as soon as a kernel has returned.
"""

from __future__ import annotations

import numpy as np

from .aligned import LINE
from .jit import inner_lanes, lane_kernel
from .laneop import lane_op
from .rows import copy, interleave
from .simd import fence

#: Number of rows between the one that is written and the one whose ends are asked for.
AHEAD = 8


@lane_op
def stream_line(run, i, out, j):
    """One cache line of elements; out[j] is the first of a line."""
    for k in range(0, LINE // out.item, out.lanes):
        out.stream(j + k, run.load(i + k))


@lane_op
def request(out, j):
    out.prefetch(j)


@lane_op
def finish_streams(out):
    fence(out.b)


@inner_lanes
def stream_tiles(tiles, tile_rows, rows, lanes, frames, out, at, stride, run, parts):
    """Both kernels below: a frame has `parts` elements, 2 for complex tiles."""
    groups = (frames + lanes - 1) // lanes
    length, width = parts * frames, parts * lanes
    line = LINE // out.itemsize
    before = (
        np.int64(out.ctypes.data) % LINE // out.itemsize
    )  # elements from the beginning of a line to out[0]
    for k in range(rows):
        j = parts * (at + k * stride)
        if k + AHEAD < rows:
            request(out, j + AHEAD * parts * stride)
            request(out, j + AHEAD * parts * stride + length - 1)
        for g in range(groups):
            if parts == 2:
                interleave(tiles, (g * tile_rows + k) * width, run, g * width)
            else:
                copy(tiles, (g * tile_rows + k) * width, run, g * width)
        head = min(length, -(before + j) % line)
        tail = head + (length - head) // line * line
        for i in range(head):
            out[j + i] = run[i]
        for i in range(head, tail, line):
            stream_line(run, i, out, j + i)
        for i in range(tail, length):
            out[j + i] = run[i]
    finish_streams(out)


@lane_kernel
def stream_rows(tiles, tile_rows, rows, lanes, frames, out, at, stride, run):
    """As `rows.put_rows`; `run` has room for the frames, rounded up to whole groups of lanes."""
    stream_tiles(tiles, tile_rows, rows, lanes, frames, out, at, stride, run, 1)


@lane_kernel
def stream_complex(tiles, rows, lanes, frames, out, at, stride, run):
    """As `rows.put_complex`; `run` has room for twice the frames, rounded up to whole groups of lanes."""
    stream_tiles(tiles, rows, rows, lanes, frames, out, at, stride, run, 2)

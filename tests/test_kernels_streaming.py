"""Rows written past the cache: at every place in a cache line, and no element beside them."""

import os
import subprocess
import sys

import numpy as np
import pytest
from tiles import both, lanes, random, tiled

from voicefeat.engine import rows, streaming_stores
from voicefeat.engine.aligned import LINE, aligned

#: Frames within one line, within one group of lanes, and of several lines.
FRAMES = [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 100, 131]


def room(size, dtype, shift):
    """A flat array of sevens whose first element is number `shift` of a cache line."""
    out = aligned(size + LINE, dtype)[shift:][:size]
    out[:] = 7
    return out


def places(dtype):
    return range(LINE // dtype.itemsize)


@both
@pytest.mark.every_case
@pytest.mark.parametrize("n", FRAMES)
@pytest.mark.parametrize("count", [1, 3, 20])
def test_stream_rows(dtype, count, n):
    """Where the array begins in a line, and where a row begins in the array, makes no difference."""
    values, step = random((count, n), dtype), lanes(dtype)
    tiles, run = tiled(values, dtype, count + 1), aligned(-(-n // step) * step, dtype)
    for shift in places(dtype):
        for at, more in ((0, 0), (2, 3), (shift, 16)):
            out = room(at + count * (n + more), dtype, shift)
            want = out.copy()
            want[at:].reshape(count, n + more)[:, :n] = values
            streaming_stores.stream_rows(tiles, count + 1, count, step, n, out, at, n + more, run)
            assert np.array_equal(out, want)
            plain = room(out.size, dtype, 0)
            rows.put_rows(tiles, count + 1, count, step, n, plain, at, n + more)
            assert np.array_equal(plain, want)


@both
@pytest.mark.every_case
@pytest.mark.parametrize("n", FRAMES)
@pytest.mark.parametrize("count", [1, 3, 20])
def test_stream_complex(dtype, count, n):
    """As above; an array of complex numbers may begin at any element of a line too."""
    values, step = random((2, count, n), dtype), lanes(dtype)
    groups = -(-n // step)
    padded = np.zeros((2, count, groups * step), dtype)
    padded[..., :n] = values
    tiles = np.ascontiguousarray(padded.reshape(2, count, groups, step).transpose(2, 1, 0, 3)).ravel()
    run = aligned(2 * groups * step, dtype)
    for shift in places(dtype):
        for at, more in ((0, 0), (2, 3), (shift, 16)):
            out = room(2 * (at + count * (n + more)), dtype, shift)
            want = out.copy()
            want[2 * at :].reshape(count, n + more, 2)[:, :n] = np.moveaxis(values, 0, 2)
            streaming_stores.stream_complex(tiles, count, step, n, out, at, n + more, run)
            assert np.array_equal(out, want)
            plain = room(out.size, dtype, 0)
            rows.put_complex(tiles, count, step, n, plain, at, n + more)
            assert np.array_equal(plain, want)


OUTSIDE = """
import numpy as np
from voicefeat.engine import simd, streaming_stores
from voicefeat.engine.aligned import LINE, aligned
from voicefeat.engine.jit import kernel

line, step = LINE // 4, simd.lanes(4)
tiles, run, out = (aligned(64 * line, np.float32) for _ in range(3))

@kernel
def stream(run, i, out, j):
    streaming_stores.stream_line(run, i, out, j)

@kernel
def request(out, j):
    streaming_stores.request(out, j)

calls = {
    "the store of a line": lambda size: stream(run, 0, out[:size], line),
    "a line that is asked for": lambda size: request(out[:size], 2 * line - 1),
    "rows": lambda size: streaming_stores.stream_rows(tiles, 1, 1, step, 2 * line, out[:size], 0, 0, run),
}
for name, call in calls.items():
    call(2 * line)
    try:
        call(2 * line - 1)
    except IndexError:
        print(name)
"""


@pytest.mark.processes
def test_streaming_stores_are_checked_where_checks_are_on():
    """numba's own bounds check does not see them, nor what is asked for ahead."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, env=environment)
    seen = done.stdout.splitlines()
    assert seen == ["the store of a line", "a line that is asked for", "rows"], done.stderr

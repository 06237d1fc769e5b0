"""The driver: blocks of frames through the kernels of a chain, without the interpreter.

A program is an array of integers: `HEADER` of them, and then its steps. A step is its kind, the position of
the next one, the address of its kernel, and the integers of the kernel. An array is two integers, its address
and its number of elements; a float is an integer with its bits. The second turn starts from the tiles that
the first has kept of all frames, when their largest value is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from .by_address import address_of, caller
from .jit import kernel

#: Places of the header: the lanes and the frames of a block, the positions of the steps of both turns (0 for
#: no second turn), the addresses of `finite`, `fill` and `turn`, the values of a frame and the rows of its
#: tiles, the bytes of a value, the factor for `finite`, and the array of the bins of a block.
(LANES, BLOCK, FIRST_TURN, SECOND_TURN, FINITE, FILL, TURN, WIDTH, TILE_ROWS, ITEM, LIMIT, BINS) = range(12)
HEADER = BINS + 2
#: What a call is to do: check the samples, do the first turn, the second, or several of these.
CHECK, FIRST, SECOND = 1, 2, 4
#: Kinds of steps; the first three fill a block.
(FRAMES, PREPARED, SPECTRA, END, CHANGE, POWER, BANDS, MATRIX, COPY, ZEROS, LOG, PRODUCT, FLOOR, SCALE, ROWS,
 COMPLEX_ROWS, STREAM, COMPLEX_STREAM) = range(18)  # fmt: skip
_FRAMES = "AAAiiiiaiiiiotantitA"
#: The arguments of the kernels of the steps, and of the driver's own parts; see `by_address.types_of`.
SPECS: dict[int, str] = {
    FRAMES: _FRAMES,
    PREPARED: _FRAMES + "oggaai",
    SPECTRA: "AiiAiiii",
    CHANGE: "AiiA",
    POWER: "AiigA",
    BANDS: "AiiinnntA",
    MATRIX: "AiiiiitifA",
    COPY: "AiiA",
    ZEROS: "Aig",
    LOG: "Aiiiigggga",
    PRODUCT: "AiiiiitifA",
    FLOOR: "Aiif",
    SCALE: "Aiiiiga",
    ROWS: "AiiiiAii",
    COMPLEX_ROWS: "AiiiAii",
    STREAM: "AiiiiAiia",
    COMPLEX_STREAM: "AiiiAiia",
}
FINITE_SPEC = "Aig"
FILL_SPEC = "Apiiiiiiiiii"
TURN_SPEC = "Apiiiiiifiiif"

fill_frames: Any = caller(SPECS[FRAMES])
fill_prepared: Any = caller(SPECS[PREPARED])
fill_spectra: Any = caller(SPECS[SPECTRA])
change: Any = caller(SPECS[CHANGE])
raise_power: Any = caller(SPECS[POWER])
weigh: Any = caller(SPECS[BANDS])
multiply: Any = caller(SPECS[PRODUCT])
replace_zeros: Any = caller(SPECS[ZEROS])
logarithm: Any = caller(SPECS[LOG], types.float64)
raise_floor: Any = caller(SPECS[FLOOR])
scale: Any = caller(SPECS[SCALE])
put_rows: Any = caller(SPECS[ROWS])
put_complex_rows: Any = caller(SPECS[COMPLEX_ROWS])
stream_rows: Any = caller(SPECS[STREAM])
stream_complex_rows: Any = caller(SPECS[COMPLEX_STREAM])
is_finite: Any = caller(FINITE_SPEC, types.boolean)
call_fill: Any = caller(FILL_SPEC)
call_turn: Any = caller(TURN_SPEC, types.float64)


@kernel
def fill(bins, program, i, y, n, head, n_head, tail, n_tail, stride, first, count):
    """The bins of a block: those of the frames of a signal, or given ones."""
    lanes, kind, function = program[LANES], program[i], program[i + 2]
    into = address_of(bins)
    if kind == SPECTRA:
        rows = program[i + 3]
        fill_spectra(bins, program, function, y, n, first, stride, into, bins.size, rows, rows, lanes, count)
        return
    groups = (count + lanes - 1) // lanes
    hop = program[i + 3]
    start = first * hop - program[i + 4]
    if kind == FRAMES:
        fill_frames(
            bins, program, function, y, n, head, n_head, tail, n_tail, start, hop, program[i + 5],
            program[i + 6], i + 10, program[i + 7], program[i + 8], groups, lanes, i + 14, i + 16, i + 12,
            i + 18, i + 20, program[i + 9], i + 22, into, bins.size,
        )  # fmt: skip
    else:
        fill_prepared(
            bins, program, function, y, n, head, n_head, tail, n_tail, start, hop, program[i + 5],
            program[i + 6], i + 10, program[i + 7], program[i + 8], groups, lanes, i + 14, i + 16, i + 12,
            i + 18, i + 20, program[i + 9], i + 22, into, bins.size, i + 24, i + 30, i + 31, i + 26, i + 28,
            program[i + 32],
        )  # fmt: skip


@kernel
def turn(out, program, i, now, n_now, rows, tiles, n_tiles, floor, stride, first, count, highest):
    """The steps from position `i` on, of one block; the largest logarithm so far.

    The steps begin with `rows` rows of lanes at the address `now`. `tiles` is the address of the kept tiles
    of the block, 0 if none are kept.
    """
    lanes = program[LANES]
    groups = (count + lanes - 1) // lanes
    at_out = address_of(out)
    while program[i] != END:
        kind, function = program[i], program[i + 2]
        if BANDS <= kind <= COPY:
            into, n_into = (tiles, n_tiles) if tiles else (program[i + 4], program[i + 5])
            bins, rows = program[i + 3], program[i + 6]
            if kind == BANDS:
                weigh(out, program, function, now, n_now, bins, groups, lanes, i + 7, i + 9, i + 11, i + 13,
                      into, n_into)  # fmt: skip
            elif kind == MATRIX:
                multiply(out, program, function, now, n_now, 0, bins, program[i + 7], groups, lanes, i + 9,
                         program[i + 8], -np.inf, into, n_into)  # fmt: skip
            else:
                change(out, program, function, now, n_now, groups * lanes * rows, lanes, into, n_into)
            now, n_now = into, n_into
        elif kind == LOG:
            peak = logarithm(out, program, function, now, n_now, rows, program[i + 3], count, lanes, i + 4,
                             i + 5, i + 6, i + 7, i + 8)  # fmt: skip
            if peak > highest:
                highest = peak
        elif kind == PRODUCT:
            into, n_into = program[i + 3], program[i + 4]
            multiply(out, program, function, now, n_now, 0, rows, program[i + 5], groups, lanes, i + 7,
                     program[i + 6], floor, into, n_into)  # fmt: skip
            now, n_now, rows = into, n_into, 4 * program[i + 6]
        elif kind == ROWS:
            put_rows(out, program, function, now, n_now, rows, program[i + 3], lanes, count, at_out, out.size,
                     first, stride)  # fmt: skip
        elif kind == COMPLEX_ROWS:
            put_complex_rows(out, program, function, now, n_now, program[i + 3], lanes, count, at_out,
                             out.size, first, stride)  # fmt: skip
        elif kind == STREAM:
            stream_rows(out, program, function, now, n_now, rows, program[i + 3], lanes, count, at_out,
                        out.size, first, stride, i + 4)  # fmt: skip
        elif kind == COMPLEX_STREAM:
            stream_complex_rows(out, program, function, now, n_now, program[i + 3], lanes, count, at_out,
                                out.size, first, stride, i + 4)  # fmt: skip
        else:
            size = groups * lanes * rows
            if kind == CHANGE:
                change(out, program, function, now, n_now, size, lanes, now, n_now)
            elif kind == POWER:
                raise_power(out, program, function, now, n_now, size, lanes, i + 3, now, n_now)
            elif kind == ZEROS:
                replace_zeros(out, program, function, now, n_now, size, i + 3)
            elif kind == FLOOR:
                raise_floor(out, program, function, now, n_now, size, lanes, floor)
            else:
                scale(out, program, function, now, n_now, rows, program[i + 3], groups, lanes, i + 4, i + 5)
        i = program[i + 1]
    return highest


@kernel
def drive(program, y, head, tail, kept, out, stride, first, end, todo, below, level):
    """Frames first .. end - 1 of one item through the program; False if a sample is not finite.

    `y` holds samples or given spectra; without a step that fills a block, it holds the bins of these frames.
    `head` and `tail` are the padding. `kept` has room for the tiles of all frames if there is a second turn.
    Frame t goes to column t of the rows of `out`, which are `stride` apart. `todo` adds up CHECK, FIRST and
    SECOND. The first turn writes the largest logarithm to level[0]; the second reads it, and its floor is
    `below` less.
    """
    lanes, block, item = program[LANES], program[BLOCK], program[ITEM]
    data, keeps = address_of(y), address_of(kept)
    if todo & CHECK and not is_finite(y, program, program[FINITE], data, y.size, lanes, LIMIT):
        return False
    rows, width = program[TILE_ROWS], program[WIDTH]
    at_out = address_of(out)
    if todo & FIRST:
        i, highest, tiles, n_tiles = program[FIRST_TURN], -np.inf, 0, 0
        fills = program[i] <= SPECTRA
        steps = program[i + 1] if fills else i
        now, n_now = program[BINS], program[BINS + 1]
        for start in range(first, end, block):
            count = block if end - start > block else end - start
            if fills:
                call_fill(
                    y, program, program[FILL], now, n_now, i, data, y.size, address_of(head), head.size,
                    address_of(tail), tail.size, stride, start, count,
                )  # fmt: skip
            else:
                now, n_now = data + (start - first) * width * item, y.size - (start - first) * width
            if program[SECOND_TURN]:
                tiles, n_tiles = keeps + start * rows * item, kept.size - start * rows
            highest = call_turn(
                y, program, program[TURN], at_out, out.size, steps, now, n_now, width, tiles, n_tiles,
                -np.inf, stride, start, count, highest,
            )  # fmt: skip
        level[0] = highest
    if todo & SECOND:
        floor = level[0] - below
        for start in range(first, end, block):
            count = block if end - start > block else end - start
            call_turn(
                y, program, program[TURN], at_out, out.size, program[SECOND_TURN],
                keeps + start * rows * item, kept.size - start * rows, rows, 0, 0, floor, stride, start,
                count, 0.0,
            )  # fmt: skip
    return True

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

from .by_address import ADDRESS, address_of, caller
from .jit import lane_kernel, part

#: Places of the header: the lanes and the frames of a block, the positions of the steps of both turns (0 for
#: no second turn), the addresses of `finite`, `fill` and `turn`, the values of a frame and the rows of its
#: tiles, the bytes of a value, the factor for `finite`, and the array of the bins of a block.
(LANES, BLOCK, FIRST_TURN, SECOND_TURN, FINITE, FILL, TURN, WIDTH, TILE_ROWS, ITEM, LIMIT, BINS) = range(12)
HEADER = BINS + 2
#: What a call is to do: check the samples, do the first turn, the second, or several of these.
CHECK, FIRST, SECOND = 1, 2, 4
#: Kinds of steps; the first three fill a block.
(FRAMES, PREPARED, SPECTRA, END, CHANGE, POWER, BANDS, MATRIX, COPY, ZEROS, LOG, PRODUCT, FLOOR, SCALE, ROWS,
 COMPLEX_ROWS, STREAM, COMPLEX_STREAM, AGAIN, ENERGY) = range(20)  # fmt: skip
_FRAMES = "A A A i i3 i5 i6 a10 i7 i8 i l o14 t16 a12 n18 t20 i9 t22 A"
#: The arguments of the kernels of the steps, and of the driver's own parts; see `by_address.types_of`.
SPECS: dict[int, str] = {
    FRAMES: _FRAMES,
    PREPARED: _FRAMES + " o24 g30 g31 a26 a28 i32",
    SPECTRA: "A i i A i3 i3 l i",
    CHANGE: "A i l A",
    POWER: "A i l g3 A",
    BANDS: "A i3 i l n7 n9 n11 t13 A",
    MATRIX: "A i i3 i7 i l t9 i8 f A",
    COPY: "A i l A",
    ZEROS: "A i g3",
    LOG: "A i i3 i l g4 g5 g6 g7 a8",
    PRODUCT: "A i i i5 i l t7 i6 f A",
    FLOOR: "A i l f",
    SCALE: "A i i3 i l g4 a5",
    ROWS: "A i i3 l i A i i",
    COMPLEX_ROWS: "A i3 l i A i i",
    STREAM: "A i i3 l i A i i a4",
    COMPLEX_STREAM: "A i3 l i A i i a4",
    ENERGY: "a3 i l g5 a6",
}
#: The arguments of `drive`, which Python calls.
DRIVE_SPEC = "p A A A A A" + 4 * " i" + " f D"
FINITE_SPEC = f"A l g{LIMIT - FINITE + ADDRESS}"
FILL_SPEC = "A p" + 10 * " i"
TURN_SPEC = "A p" + 6 * " i" + " f" + 3 * " i" + " f"
#: Where a step would begin whose kernel is one of these.
_FINITE_STEP, _FILL_STEP, _TURN_STEP = FINITE - ADDRESS, FILL - ADDRESS, TURN - ADDRESS


def spec_of(kind: int, radices: np.ndarray | None) -> str:
    """The arguments of the kernel of a step, with a table of radices of the given type.

    To the driver it is a table of integers; an address says nothing of the type behind it.
    """
    letter = "n" if radices is None else {np.int32: "o", np.uint32: "u"}.get(radices.dtype.type, "n")
    return SPECS[kind].replace("n18", f"{letter}18")


fill_frames: Any = caller(SPECS[FRAMES])
fill_prepared: Any = caller(SPECS[PREPARED])
fill_spectra: Any = caller(SPECS[SPECTRA])
change: Any = caller(SPECS[CHANGE])
raise_power: Any = caller(SPECS[POWER])
weigh: Any = caller(SPECS[BANDS])
multiply_bins: Any = caller(SPECS[MATRIX])
multiply: Any = caller(SPECS[PRODUCT])
replace_zeros: Any = caller(SPECS[ZEROS])
logarithm: Any = caller(SPECS[LOG], types.float64)
raise_floor: Any = caller(SPECS[FLOOR])
scale: Any = caller(SPECS[SCALE])
put_rows: Any = caller(SPECS[ROWS])
put_complex_rows: Any = caller(SPECS[COMPLEX_ROWS])
stream_rows: Any = caller(SPECS[STREAM])
stream_complex_rows: Any = caller(SPECS[COMPLEX_STREAM])
weigh_energies: Any = caller(SPECS[ENERGY])
is_finite: Any = caller(FINITE_SPEC, types.boolean)
call_fill: Any = caller(FILL_SPEC)
call_turn: Any = caller(TURN_SPEC, types.float64)


@part
def fill(bins, program, i, y, n, head, n_head, tail, n_tail, stride, first, count):
    """The bins of a block: those of the frames of a signal, or given ones."""
    kind, lanes, into = program[i], program[LANES], address_of(bins)
    groups = (count + lanes - 1) // lanes
    start = first * program[i + 3] - program[i + 4]
    if kind == FRAMES:
        fill_frames(bins, program, i, y, n, head, n_head, tail, n_tail, start, groups, into, bins.size)
    elif kind == PREPARED:
        fill_prepared(bins, program, i, y, n, head, n_head, tail, n_tail, start, groups, into, bins.size)
    else:
        fill_spectra(bins, program, i, y, n, first, stride, into, bins.size, count)


@part
def turn(out, program, i, now, n_now, rows, tiles, n_tiles, floor, stride, first, count, highest):
    """The steps from position `i` on, of one block; the largest logarithm so far.

    The steps begin with `rows` rows of lanes at the address `now`. `tiles` is the address of the kept tiles
    of the block, 0 if none are kept.
    """
    lanes, at_out, n_out = program[LANES], address_of(out), out.size
    groups = (count + lanes - 1) // lanes
    begin, n_begin, width = now, n_now, rows
    while program[i] != END:
        kind, size = program[i], groups * lanes * rows
        if BANDS <= kind <= COPY:
            into, n_into = (tiles, n_tiles) if tiles else (program[i + 4], program[i + 5])
            if kind == BANDS:
                weigh(out, program, i, now, n_now, groups, into, n_into)
            elif kind == MATRIX:
                multiply_bins(out, program, i, now, n_now, 0, groups, -np.inf, into, n_into)
            else:
                change(out, program, i, now, n_now, size, into, n_into)
            now, n_now, rows = into, n_into, program[i + 6]
        elif kind == LOG:
            peak = logarithm(out, program, i, now, n_now, rows, count)
            if peak > highest:
                highest = peak
        elif kind == PRODUCT:
            into, n_into = program[i + 3], program[i + 4]
            multiply(out, program, i, now, n_now, 0, rows, groups, floor, into, n_into)
            now, n_now, rows = into, n_into, 4 * program[i + 6]
        elif kind == ROWS:
            at = first + program[i + 4] * stride
            put_rows(out, program, i, now, n_now, rows, count, at_out, n_out, at, stride)
        elif kind == COMPLEX_ROWS:
            put_complex_rows(out, program, i, now, n_now, count, at_out, n_out, first, stride)
        elif kind == STREAM:
            stream_rows(out, program, i, now, n_now, rows, count, at_out, n_out, first, stride)
        elif kind == COMPLEX_STREAM:
            stream_complex_rows(out, program, i, now, n_now, count, at_out, n_out, first, stride)
        elif kind == CHANGE:
            change(out, program, i, now, n_now, size, now, n_now)
        elif kind == POWER:
            raise_power(out, program, i, now, n_now, size, now, n_now)
        elif kind == ZEROS:
            replace_zeros(out, program, i, now, n_now, size)
        elif kind == FLOOR:
            raise_floor(out, program, i, now, n_now, size, floor)
        elif kind == SCALE:
            scale(out, program, i, now, n_now, rows, groups)
        elif kind == AGAIN:
            now, n_now, rows = begin, n_begin, width
        else:
            weigh_energies(out, program, i, groups * lanes)
            now, n_now, rows = program[i + 6], program[i + 7], 1
        i = program[i + 1]
    return highest


@lane_kernel
def drive(program, y, head, tail, kept, out, stride, first, end, todo, below, level):
    """Frames first .. end - 1 of one item through the program; False if a sample is not finite.

    `y` holds samples or given spectra; without a step that fills a block, it holds the bins of these frames.
    `head` and `tail` are the padding. `kept` has room for the tiles of all frames if there is a second turn.
    Frame t goes to column t of the rows of `out`, which are `stride` apart. `todo` adds up CHECK, FIRST and
    SECOND. The first turn writes the largest logarithm to level[0]; the second reads it, and its floor is
    `below` less.
    """
    block, rows, width, item = program[BLOCK], program[TILE_ROWS], program[WIDTH], program[ITEM]
    data, n, keeps, at_out, n_out = address_of(y), y.size, address_of(kept), address_of(out), out.size
    at_head, at_tail = address_of(head), address_of(tail)
    if todo & CHECK and not is_finite(y, program, _FINITE_STEP, data, n):
        return False
    if todo & FIRST:
        i, highest, tiles, n_tiles = program[FIRST_TURN], -np.inf, 0, 0
        fills = program[i] <= SPECTRA
        steps = program[i + 1] if fills else i
        now, n_now = program[BINS], program[BINS + 1]
        start = first
        while start < end:
            count = block if end - start > block else end - start
            if fills:
                call_fill(
                    y, program, _FILL_STEP, now, n_now, i, data, n, at_head, head.size, at_tail, tail.size,
                    stride, start, count,
                )  # fmt: skip
            else:
                now, n_now = data + (start - first) * width * item, n - (start - first) * width
            if program[SECOND_TURN]:
                tiles, n_tiles = keeps + start * rows * item, kept.size - start * rows
            highest = call_turn(
                y, program, _TURN_STEP, at_out, n_out, steps, now, n_now, width, tiles, n_tiles, -np.inf,
                stride, start, count, highest,
            )  # fmt: skip
            start += block
        level[0] = highest
    if todo & SECOND:
        floor, start = level[0] - below, first
        while start < end:
            count = block if end - start > block else end - start
            call_turn(
                y, program, _TURN_STEP, at_out, n_out, program[SECOND_TURN], keeps + start * rows * item,
                kept.size - start * rows, rows, 0, 0, floor, stride, start, count, 0.0,
            )  # fmt: skip
            start += block
    return True

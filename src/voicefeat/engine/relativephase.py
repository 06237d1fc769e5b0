"""The phases of harmonics relative to that of the fundamental, along frequency.

The spectra of frames are computed in lanes, and so are their logarithms; peaks and harmonics, of which each
frame has its own, are followed frame by frame.
"""

from __future__ import annotations

import math

import numpy as np

from .groupdelay import log_magnitude
from .jit import inner_kernel, kernel
from .spectrum import complex_frames

TURN = 2 * math.pi


@inner_kernel
def cut_around(y, middle, half, window, reach, lane, lanes, frames):
    """Samples middle - half .. middle + half of y under half a window, in one lane; zeros beyond y."""
    for n in range(-half, half + 1):
        i = middle + n
        if 0 <= i < y.size:
            frames[(reach + n) * lanes + lane] = y[i] * window[abs(n)]


@inner_kernel
def find_peaks(logs, lane, lanes, n_bins, peaks, asides):
    """The bins above both neighbours, and how far from each the top of its parabola is; returns how many."""
    count = 0
    before, here = logs[lane], logs[lanes + lane]
    for j in range(1, n_bins - 1):
        after = logs[(j + 1) * lanes + lane]
        if here > before and here >= after:
            peaks[count] = j
            asides[count] = 0.5 * (before - after) / (before - 2 * here + after)
            count += 1
        before, here = here, after
    return count


@inner_kernel
def wrapped(x):
    """The angle x between -pi and pi."""
    return (x + math.pi) % TURN - math.pi


@inner_kernel
def follow_harmonics(bins, lane, lanes, f0, per_bin, harmonics, peaks, asides, count, values):
    """values[k] = the phase of harmonic k = 1 .. `harmonics`, in turns of its own relative to the first one.

    A phase is that at the top of the nearest of `count` peaks, if it is within half of f0. values[0] is that
    of the fundamental itself, -pi.
    """
    values[0] = -math.pi
    right, first = 1, 0.0
    for k in range(1, harmonics + 1):
        wanted = k * f0 / per_bin
        j, part, to = int(np.rint(wanted)), 0.0, 0
        if count:
            while right < count - 1 and peaks[right] + asides[right] < wanted:
                right += 1
            near = min(right, count - 1)
            left = max(near - 1, 0)
            away = abs(peaks[near] + asides[near] - wanted)
            if abs(peaks[left] + asides[left] - wanted) <= away:
                near = left
                away = abs(peaks[left] + asides[left] - wanted)
            if away <= f0 / 2 / per_bin:
                j, part, to = peaks[near], abs(asides[near]), 1 if asides[near] > 0 else -1
        here, there = 2 * j * lanes + lane, 2 * (j + to) * lanes + lane
        re = bins[here] * (1 - part) + bins[there] * part
        im = bins[here + lanes] * (1 - part) + bins[there + lanes] * part
        phase = math.pi + math.atan2(im, re)
        if k == 1:
            first = phase
        values[k] = wrapped(phase - k * first)


@inner_kernel
def unwrap(values, count):
    """Add the whole turns that make each of `count` values the nearest to the one before, in place."""
    before, turns = values[0], 0.0
    for k in range(1, count):
        step = values[k] - before
        before = values[k]
        if abs(step) >= math.pi:
            near = wrapped(step)
            if near == -math.pi and step > 0:
                near = math.pi
            turns += near - step
        values[k] += turns


@inner_kernel
def put_steps(values, count, begin, f0, grid, steps, at, lanes):
    """steps = the differences along the grid of a line through values[k - 1] at k f0, k = 1 .. count.

    It is 0 up to `begin`, and constant above the last value.
    """
    steps[at] = 0
    k, last = 0, 0.0
    for i in range(grid.size):
        hertz = grid[i]
        while k < count and (k + 1) * f0 <= hertz:
            k += 1
        low, value = (begin, 0.0) if k == 0 else (k * f0, values[k - 1])
        here = value
        if low < hertz and k < count:
            here = (values[k] - value) / ((k + 1) * f0 - low) * (hertz - low) + value
        if i > 0:
            steps[at + i * lanes] = here - last
        last = here


@kernel
def step_tiles(
    y, middles, f0, halves, windows, firsts, reach, sr, begin, grid, lanes, frames,
    offsets, weight, z, radices, w, part, last, bins, logs, peaks, asides, values, steps,
):  # fmt: skip
    """The steps of the relative phase along the grid, of frames around the middles, as tiles.

    Frame t reaches halves[t] samples to both sides, under half a window that begins at windows[firsts[t]].
    """
    points, rows = offsets.size, grid.size
    n_bins = points // 2 + 1
    for t in range(0, middles.size, lanes):
        frames[: (2 * reach + 1) * lanes] = 0
        for lane in range(lanes):
            i = min(t + lane, middles.size - 1)
            window = windows[firsts[i] : firsts[i] + halves[i] + 1]
            cut_around(y, middles[i], halves[i], window, reach, lane, lanes, frames)
        complex_frames(frames, 0, offsets, weight, z, radices, w, part, last, bins, 0)
        for k in range(n_bins):
            log_magnitude(bins, 2 * k * lanes, logs, k * lanes)
        for lane in range(lanes):
            pitch = f0[min(t + lane, middles.size - 1)]
            count = find_peaks(logs, lane, lanes, n_bins, peaks, asides)
            harmonics = math.ceil(sr / 2 / pitch) - 1
            follow_harmonics(bins, lane, lanes, pitch, sr / points, harmonics, peaks, asides, count, values)
            unwrap(values, harmonics + 1)
            put_steps(values, harmonics + 1, begin * pitch, pitch, grid, steps, t * rows + lane, lanes)

"""Spectral flux: the change of spectra from frame to frame."""

from __future__ import annotations

from .jit import kernel


@kernel
def flux_tiles(bins, n_bins, groups, lanes, peaks, before, out):
    """out = (m[t] - m[t - 1])^2, m being magnitudes divided by the largest of their frame.

    A frame of silence counts as zeros, and so does the frame before the first. `peaks` has room for
    `lanes` numbers, `before` for `n_bins`.
    """
    before[:n_bins] = 0
    for g in range(groups):
        first = g * n_bins * lanes
        peaks[:lanes] = 0
        for k in range(n_bins):
            for lane in range(lanes):
                peaks[lane] = max(peaks[lane], bins[first + k * lanes + lane])
        for lane in range(lanes):
            if peaks[lane] == 0:
                peaks[lane] = 1
        for k in range(n_bins):
            i = first + k * lanes
            for lane in range(lanes):
                out[i + lane] = bins[i + lane] / peaks[lane]
            last = out[i + lanes - 1]
            for lane in range(lanes - 1, 0, -1):
                change = out[i + lane] - out[i + lane - 1]
                out[i + lane] = change * change
            change = out[i] - before[k]
            out[i] = change * change
            before[k] = last

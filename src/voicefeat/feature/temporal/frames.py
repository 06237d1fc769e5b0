"""Frames of samples, for features that need no spectrum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import PadMode
from ...audio.limits import not_finite, usable
from ...cache import memoised
from ...chain import tables
from ...chain.blocks import for_blocks
from ...chain.frames import PAD_MODES, Frames, PlainFrames
from ...chain.spectra import Work, ends
from ...errors import check_choice, check_int, fail

#: Approximate number of samples for one call of a kernel.
BLOCK = 1 << 18


@memoised
def sample_frames(frame_length: Any, hop_length: Any, center: Any, pad_mode: Any) -> Frames:
    """Checked frames of `frame_length` samples, without a window."""
    frame_length = check_int("frame_length", frame_length, unit="samples", remedy="try frame_length=2048")
    hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=512")
    if not isinstance(center, (bool, np.bool_)):
        fail("center", center, "must be True or False", "give center=True for padded, centred frames")
    if center and (not callable(pad_mode) or isinstance(pad_mode, type)):
        check_choice("pad_mode", pad_mode, PAD_MODES)
    mode: PadMode = pad_mode if center else "constant"
    return PlainFrames(frame_length, hop_length, frame_length, "ones", bool(center), mode)


def by_frames(
    y: np.ndarray,
    frames: Frames,
    dtype: np.dtype,
    compute: Callable[..., bool],
    row: tuple[Any, ...] = (),
) -> np.ndarray:
    """One row of values per signal of `y`, one value per frame: (..., 1, frames).

    ``compute(samples, head, tail, start, frame_length, hop_length, count, *row, out, first)`` fills
    out[first : first + count] with the values of the frames that begin at sample start, start + hop_length,
    ... and returns whether all samples were finite. `samples` has the precision `dtype`.
    """
    n, hop, length = y.shape[-1], frames.hop_length, frames.n_fft
    count, pad = frames.check_length(n), frames.pad
    out = np.empty((*y.shape[:-1], 1, count), dtype)
    signals, rows = y.reshape(-1, n), out.reshape(-1, count)
    # Samples after the last frame or between frames are checked here, and the last sample, which may only be
    # compared with the one before it.
    seen = 0 if hop >= length else min(max(0, (count - 1) * hop - pad + length - 1), n - 1)

    def block(work: Work, item: int, first: int, part: int) -> None:
        samples, start = signals[item], first * hop - pad
        if first == 0 and not _finite(samples[seen:]):
            not_finite(y)
        head, tail = ends(samples, frames)
        if samples.dtype is not dtype:
            low, high = max(0, start), max(0, min(n, start + (part - 1) * hop + length))
            with np.errstate(over="ignore"):
                samples, start = samples[low:high].astype(dtype), start - low
                head, tail = head.astype(dtype), tail.astype(dtype)
        if not compute(samples, head, tail, start, length, hop, part, *row, rows[item], first):
            with np.errstate(over="ignore"):
                not_finite(y.astype(dtype))  # squares can overflow where samples are finite

    for_blocks(block, y, count, max(1, BLOCK // hop), y.dtype, check=False)
    return out


def _finite(y: np.ndarray) -> bool:
    return usable(y) if y.size == 1 else tables.usable(y)

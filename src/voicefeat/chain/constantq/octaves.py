"""The run of a constant-Q transform: the signal and its halved versions, block by block.

Halved signals are made in pieces and dropped once the frames that need them are computed, so the memory does
not grow with the signal. The loop over frames is that of `block_loop`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..._typing import ResType
from ...audio.limits import check_resampled, not_finite
from ...audio.resample import SOXR, resample
from ...engine import product as product_kernels, rows as row_kernels, wavelets as kernels
from .. import tables, threads
from ..block_loop import run_item
from ..blocks import for_parts, thread_budget
from ..plan import Plan
from ..sinks import Sink
from ..spectra import FramedSpectra, Work, ends
from .transform import Octave, Octaves

#: Samples that are halved at a time: they stay in the second-level cache.
PIECE = 1 << 16
#: Samples after which the frames that are complete are computed.
STRETCH = 1 << 19


class Responses(Sink):
    """The responses of an octave's wavelets: complex rows, magnitudes, or sums of folded magnitudes."""

    def __init__(self, octave: Octave, out: np.ndarray, first: int):
        self.octave: Octave = octave
        self.lanes: int = octave.plan.lanes
        self.complex: bool = out.dtype.kind == "c"
        self.stride: int = out.shape[-1]
        self.flat: np.ndarray = out.reshape(-1).view(octave.plan.dtype)
        self.at: int = first if octave.fold is not None else octave.row * self.stride + first

    def take(self, work: Work, first: int, count: int) -> None:
        o, lanes, groups = self.octave, self.lanes, -(-count // self.lanes)
        size, at = groups * o.rows * lanes, self.at + first
        tiles = work.array("responses", 2 * size)
        kernels.respond_tiles(
            work.to_power(None), o.plan.bins, groups, lanes,
            o.bank.starts, o.bank.counts, o.bank.firsts, o.bank.weights, tiles,
        )  # fmt: skip
        if self.complex:
            row_kernels.put_complex(tiles, o.rows, lanes, count, self.flat, at, self.stride)
            return
        sizes = work.array("magnitudes", size)
        kernels.magnitude_tiles(tiles, size, lanes, sizes)
        if o.fold is None:
            row_kernels.put_rows(sizes, o.rows, o.rows, lanes, count, self.flat, at, self.stride)
            return
        f = o.fold
        folded = work.array("folded", groups * f.tile_rows * lanes)
        product_kernels.product_tiles(
            sizes, 0, o.rows, f.columns, groups, lanes, f.matrix, f.quads, -np.inf, folded
        )
        kernels.add_rows(folded, f.tile_rows, f.rows, lanes, count, self.flat, at, self.stride)


class Stretch(FramedSpectra):
    """Spectra of some frames of a stretch of a signal; the first is `skip` hops after its beginning."""

    def __init__(self, octave: Octave, skip: int, frames: int, head: bool, tail: bool):
        self.__dict__.update(octave.plan.source.__dict__)
        self.plan: Plan = copy.copy(octave.plan)
        self.plan.source = self
        self.pad: int = self.pad - skip * self.hop
        self.count: int = frames
        self.head: bool = head
        self.tail: bool = tail

    def open(self, y: np.ndarray) -> Any:
        head, tail = ends(y, self.frames) if self.head or self.tail else (y[:0], y[:0])
        return y, head if self.head else y[:0], tail if self.tail else y[:0]


def sweep(stretch: Stretch, samples: np.ndarray, sink: Sink) -> None:
    """Pass the frames of a stretch of finite samples to `sink`."""
    run_item(stretch.plan, samples, stretch.count, [sink])


class Level:
    """The signal at one rate: resampled from the level before, piece by piece, and kept while needed."""

    def __init__(self, factor: int, n: int, gain: float, hop: int, octaves: list[Octave], kind: np.dtype):
        self.factor: int = factor
        self.n: int = -(-n // factor)
        self.gain: float = gain
        self.hop: int = hop
        self.octaves: list[Octave] = octaves
        self.kind: np.dtype[Any] = kind
        self.pad: int = max((o.frames.pad for o in octaves), default=0)
        self.done: list[int] = [0] * len(octaves)
        self.origin: int
        self.end: int
        self.origin = self.end = 0
        self.buffer: np.ndarray = np.empty(0, kind)
        self.pieces: list[np.ndarray] = []
        self.stream: Any = None

    def push(self, x: np.ndarray, last: bool, res_type: ResType) -> np.ndarray:
        """Take the next piece of the level before; returns the piece of this level."""
        if res_type in SOXR:
            if self.stream is None:
                import soxr

                self.stream = soxr.ResampleStream(self.factor, 1, 1, dtype=x.dtype, quality=res_type)
            piece = self.stream.resample_chunk(x, last=last)
            piece = piece[: self.n - self.end]
            if last and self.end + piece.size < self.n:
                piece = np.pad(piece, (0, self.n - self.end - piece.size))
            piece /= piece.dtype.type(math.sqrt(1 / self.factor))
        else:
            piece = resample(x, orig_sr=self.factor, target_sr=1, res_type=res_type, scale=True)
        if self.gain != 1:
            piece = piece * piece.dtype.type(self.gain)
        self.pieces.append(piece)
        self.end += piece.size
        return piece

    def sweep(self, out: np.ndarray) -> None:
        """Compute every frame that is complete."""
        self.buffer = np.concatenate([self.buffer, *self.pieces]).astype(self.kind, copy=False)
        self.pieces = []
        hop, last = self.hop, self.end == self.n
        for i, octave in enumerate(self.octaves):
            frames, first = octave.frames, self.done[i]
            # One sample more than a frame needs: mirrored padding uses it.
            ready = out.shape[-1] if last else (self.end - 1 + frames.pad - frames.n_fft) // hop + 1
            ready = min(ready, out.shape[-1])
            if ready <= first:
                continue
            stretch = Stretch(octave, first - self.origin // hop, ready - first, self.origin == 0, last)
            sweep(stretch, self.buffer, Responses(octave, out, first))
            self.done[i] = ready
        needed = min(min(self.done) * hop - self.pad, self.end - self.pad - 1)
        keep = max(self.origin, needed // hop * hop)
        self.buffer = self.buffer[keep - self.origin :].copy()
        self.origin = keep


def transform(octaves: Octaves, y: np.ndarray, out: np.ndarray, refuse: Callable[[], None]) -> None:
    """Write the transform of one signal to `out`; folded magnitudes are added."""
    q, n, hops = octaves.q, y.size, octaves.hops
    at = [[o for o in octaves.octaves if o.level == i] for i in range(len(hops))]
    begin = 0 if octaves.early else 1
    data = y if octaves.early else y.astype(octaves.dtype, copy=False)
    if not tables.usable(data):
        refuse()
    if not octaves.early:
        for octave in at[0]:
            stretch = Stretch(octave, 0, out.shape[-1], True, True)
            sweep(stretch, data, Responses(octave, out, 0))
    levels, m = [], n
    for i in range(begin, len(hops)):
        factor = 2 if i else 2**octaves.early
        gain = 1.0 if i or q.scale else math.sqrt(factor)
        levels.append(Level(factor, m, gain, hops[i], at[i], octaves.dtype))
        m = levels[-1].n
    if not levels:
        return
    check_resampled(y, q.res_type)
    whole = callable(q.pad_mode) or q.res_type not in SOXR  # these need the whole signal
    piece = n if whole else PIECE
    for start in range(0, n, piece):
        x, end = y[start : start + piece], min(n, start + piece)
        for level in levels:
            x = level.push(x, end == n, q.res_type)
        if end == n or end % STRETCH == 0:
            for level in levels:
                level.sweep(out)


def run(octaves: Octaves, data: np.ndarray, result: np.dtype) -> np.ndarray:
    """The transform of signals (..., n) as (..., rows, frames): magnitudes if `result` is real."""
    batch, n = data.shape[:-1], data.shape[-1]
    out = np.zeros((*batch, octaves.rows, octaves.frames(n)), result)
    flat, into = data.reshape(-1, n), out.reshape(-1, *out.shape[-2:])
    refuse = partial(not_finite, data, "y")

    def item(i: int) -> None:
        with threads.single():
            transform(octaves, flat[i], into[i], refuse)

    if 1 < thread_budget(data.size) <= len(flat):
        for_parts(item, len(flat), data.size)
    else:
        for y, rows in zip(flat, into, strict=True):
            transform(octaves, y, rows, refuse)
    return out

"""Deltas in every published convention, as a value.

A delta is a short correlation along time, with the first and the last frame repeated beyond the ends:

    sum_j j (x[t + j] - x[t - j]) / d,  j = 1 .. width        d = 2 sum j^2, or a given number
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..cache import memoised
from ..engine.correlate import correlate_repeated
from ..errors import check_choice, check_float, check_int
from . import tables
from .blocks import for_parts, thread_budget

#: Shares of the rows for each thread.
SHARES = 2
#: How many times less a value costs here than a sample of a spectrogram.
LIGHT = 4


@dataclass(frozen=True)
class Dynamics:
    """Deltas of every row, stacked below the features; `orders` of 2 gives deltas and delta-deltas.

    width     number of frames to each side
    divisor   "regression": 2 sum j^2, as in HTK; or a number: 1.0 for the plain difference, 2.0 for its half
    repeated  how delta-deltas are computed: "again" takes the delta of the deltas, with their ends repeated;
              "kernel" (Kaldi) convolves the kernel with itself, so the ends are repeated once; "ahead"
              (openSMILE) acts as "again" at the first frame and as "kernel" at the last
    along     "frames"; or "rows", a mistake of some systems that their published numbers need
    keep      "all", or the "deltas" alone
    """

    orders: int = 2
    width: int = 1
    divisor: float | Literal["regression"] = "regression"
    repeated: Literal["again", "kernel", "ahead"] = "again"
    along: Literal["frames", "rows"] = "frames"
    keep: Literal["all", "deltas"] = "all"

    def __post_init__(self) -> None:
        check_int("orders", self.orders)
        check_int("width", self.width, unit="frames")
        if isinstance(self.divisor, str):
            check_choice("divisor", self.divisor, ("regression",))
        else:
            check_float("divisor", self.divisor, above=0.0)
        check_choice("repeated", self.repeated, ("again", "kernel", "ahead"))
        check_choice("along", self.along, ("frames", "rows"))
        check_choice("keep", self.keep, ("all", "deltas"))

    @property
    def parts(self) -> int:
        """Number of rows of the result per row of the features."""
        return self.orders + (self.keep == "all")

    def weights(self) -> np.ndarray:
        """The weights of a delta: those of the frames from `width` before to `width` after, in float64."""
        return _weights(self.width, self.divisor)

    @property
    def reach(self) -> int:
        """Number of frames to each side that a value depends on."""
        return self.width * self.orders if self.along == "frames" else 0

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Features (..., rows, frames) to (..., parts times rows, frames)."""
        if self.along == "rows":
            turned = Dynamics(self.orders, self.width, self.divisor, self.repeated)
            result = turned.apply(np.ascontiguousarray(np.swapaxes(x, -1, -2)))
            pieces = np.split(result, self.orders + 1, axis=-2)
            out = np.concatenate([np.swapaxes(piece, -1, -2) for piece in pieces], axis=-2)
            return out if self.keep == "all" else out[..., x.shape[-2] :, :]
        if self.repeated == "ahead":  # deltas beyond the end, from the last frame repeated
            last = np.repeat(x[..., -1:], self.width * (self.orders - 1), axis=-1)
            result = replace(self, repeated="again").apply(np.concatenate([x, last], axis=-1))
            return np.ascontiguousarray(result[..., : x.shape[-1]])
        rows, frames = x.shape[-2:]
        out = np.empty((*x.shape[:-2], (self.orders + 1) * rows, frames), x.dtype)
        out[..., :rows, :] = x
        self.follow(out, rows)
        return out if self.keep == "all" else np.ascontiguousarray(out[..., rows:, :])

    @property
    def follows(self) -> bool:
        """Whether `follow` can write the deltas below the features in one array."""
        return self.along == "frames" and self.keep == "all" and self.repeated != "ahead"

    def follow(self, out: np.ndarray, rows: int) -> None:
        """Write the deltas of the first `rows` rows below them; `out` is (..., parts * rows, frames)."""
        frames, flat = out.shape[-1], out.reshape(-1)
        size = rows * frames
        items = range(0, flat.size, (self.orders + 1) * size)
        threads = thread_budget(flat.size // LIGHT)
        if threads == 1:
            for at in items:
                self._follow(flat, at, size, rows, frames)
            return
        # Several threads share the rows of a long signal, which do not see each other.
        shares = min(rows, SHARES * threads)
        some = -(-rows // shares)

        def share(i: int) -> None:
            item, number = divmod(i, shares)
            first = number * some
            if first < rows:
                self._follow(flat, items[item] + first * frames, size, min(some, rows - first), frames)

        for_parts(share, shares * len(items), flat.size // LIGHT)

    def _follow(self, flat: np.ndarray, at: int, size: int, rows: int, frames: int) -> None:
        """The deltas of `rows` rows from flat[at] on; those of each order are `size` values further on."""
        lanes, again = tables.lanes(flat.dtype), self.repeated == "again"
        weights = _kernels(self.width, self.divisor, self.orders, not again, flat.dtype)
        padded = np.empty(frames + weights[-1].size + 2 * lanes, flat.dtype)
        for order, kernel in enumerate(weights):
            source, target = at + (order * size if again else 0), at + (order + 1) * size
            correlate_repeated(flat, source, rows, frames, kernel, lanes, padded, flat, target)


def _weights(width: int, divisor: float | str) -> np.ndarray:
    j = np.arange(-width, width + 1)
    return j / ((j * j).sum() if isinstance(divisor, str) else float(divisor))


@memoised
def _kernels(
    width: int, divisor: float | str, orders: int, convolved: bool, dtype: np.dtype
) -> list[np.ndarray]:
    """The weights of each order; if convolved, they are applied to the features themselves."""
    kernel = _weights(width, divisor)
    kernels = [kernel]
    for _ in range(1, orders):
        kernels.append(np.convolve(kernels[-1], kernel) if convolved else kernel)
    kernels = [each.astype(dtype) for each in kernels]
    for each in kernels:
        each.flags.writeable = False
    return kernels

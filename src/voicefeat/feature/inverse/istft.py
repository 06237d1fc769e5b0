"""Inverse short-time Fourier transform."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, Window
from ...errors import LONGEST, check_bool, check_float_dtype, check_int, check_numeric, fail
from ...filters.windows import get_window

__all__ = ["istft"]

#: Samples of all frames that are transformed at once: they stay in the second-level cache.
_BLOCK_SAMPLES = 1 << 17
#: From this hop on, frames are added a hop of all of them at a time instead of one by one.
_WIDE_HOP = 16


def istft(
    stft_matrix: ArrayLike,
    *,
    hop_length: int | None = None,
    win_length: int | None = None,
    n_fft: int | None = None,
    window: Window = "hann",
    center: bool = True,
    dtype: DTypeLike | None = None,
    length: int | None = None,
    out: np.ndarray | None = None,
) -> FloatArray:
    """Inverse short-time Fourier transform by least squares, as ``librosa.istft``.

    Frames are transformed back, windowed again, added where they overlap and divided by the sum of the
    squared windows.

    Parameters
    ----------
    stft_matrix : numpy.ndarray, shape (..., 1 + n_fft // 2, frames), complex64 or complex128
        Spectra, as returned by `stft`.
    hop_length : int > 0 or None
        Hop in samples, at most `win_length`; None for ``win_length // 4``.
    win_length : int > 0 or None
        Length of the window in samples, centred in the frame; None for `n_fft`.
    n_fft : int > 0 or None
        Frame length in samples; None for ``2 * (bins - 1)``. It must be given if it is odd.
    window : str, tuple, float, callable or array_like
        Window with which the spectra were computed, as in `filters.get_window`.
    center : bool
        True if frames are centred on multiples of the hop: half a frame is cut off at both ends.
    dtype : float32, float64 or None
        Type of the result; None for the precision of the spectra.
    length : int > 0 or None
        Length of the result in samples: the signal is cut, or padded with up to 2^24 zeros. None gives all
        samples that the frames cover.
    out : numpy.ndarray or None
        Array for the result.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        Signal; `out` if it was given.

    Raises
    ------
    ParameterError
        If an argument cannot be used. A hop above the window's length is refused: the samples between two
        windows would be unknown.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.istft``; D. W. Griffin and J. S. Lim, "Signal estimation from modified
    short-time Fourier transform", 1984.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(8000) / 20)
    >>> back = vf.istft(vf.stft(y), length=8000)
    >>> bool(np.allclose(back, y))
    True
    """
    spectra = _spectra(stft_matrix)
    *channels, bins, n_frames = spectra.shape
    n_fft = frame_length(n_fft, bins, "stft_matrix")
    win_length = n_fft if win_length is None else check_int("win_length", win_length, unit="samples")
    if win_length > n_fft:
        fail("win_length", win_length, f"is longer than the frame, n_fft={n_fft}", f"give at most {n_fft}")
    hop = (
        max(win_length // 4, 1) if hop_length is None else check_int("hop_length", hop_length, unit="samples")
    )
    check_hop(hop, win_length)
    before = n_fft // 2 if check_bool("center", center) else 0
    if length is None:
        n = n_fft + hop * (n_frames - 1) - 2 * before
    else:
        n = check_int("length", length, unit="samples", remedy="give None for all that the frames cover")
        check_padding(n, n_fft + hop * (n_frames - 1) - 2 * before)
        n_frames = min(n_frames, math.ceil((n + 2 * before) / hop))
    kind = (
        check_float_dtype("dtype", dtype)
        if dtype is not None
        else np.dtype(f"f{spectra.dtype.itemsize // 2}")
    )
    y = _result(out, (*channels, n), kind)

    frame_window = np.zeros(n_fft)
    left = (n_fft - win_length) // 2
    frame_window[left : left + win_length] = get_window(window, win_length)
    adder = OverlapAdd(frame_window, hop, n_frames, y.dtype)
    with np.errstate(invalid="ignore", over="ignore"):  # infinite bins are reported below
        for index in np.ndindex(*channels):
            adder.run(_columns(spectra[index]), y[index], before)
    if not np.isfinite(y).all():
        _not_finite(spectra)
    return y


class OverlapAdd:
    """Overlap-add of windowed frames, a block of frames at a time.

    The signal is viewed as rows of one hop. Frame t adds its r-th hop to row t + r, so the r-th hops of all
    frames of a block are added by one sum of two matrices, and a row is finished once no later frame
    reaches it.
    """

    def __init__(self, window: np.ndarray, hop: int, n_frames: int, kind: np.dtype) -> None:
        self.n_fft: int = len(window)
        self.hop: int = hop
        self.n_frames: int = n_frames
        self.kind: np.dtype[Any] = kind
        self.reach: int = math.ceil(self.n_fft / hop)  # rows that a frame reaches into
        self.block: int = max(_BLOCK_SAMPLES // self.n_fft, 1)
        self.window: np.ndarray = window.astype(kind)
        squares = np.zeros(self.reach * hop)
        squares[: self.n_fft] = window**2
        self.squares: np.ndarray = squares.reshape(self.reach, hop)
        self.inner: np.ndarray | None = self._divisor(self.reach - 1) if n_frames >= self.reach else None

    def _divisor(self, row: int) -> np.ndarray:
        """The sum of the squared windows over one row; 1 where the sum is 0."""
        first, last = max(row - self.n_frames + 1, 0), min(row, self.reach - 1)
        total = self.squares[first : last + 1].sum(axis=0).astype(self.kind)
        total[total <= np.finfo(self.kind).tiny] = 1
        return total

    def run(self, spectra: Callable[[int, int], np.ndarray], y: np.ndarray, before: int) -> None:
        """Write to `y` the signal from sample `before` on; samples that no frame reaches stay unchanged.

        ``spectra(first, count)`` returns the spectra of `count` frames, one per row.
        """
        from scipy.fft import irfft

        rows = np.zeros((self.block + self.reach - 1, self.hop), self.kind)
        for start in range(0, self.n_frames, self.block):
            count = min(self.block, self.n_frames - start)
            frames = irfft(spectra(start, count), n=self.n_fft, axis=-1)
            frames *= self.window
            self._add(rows, frames)
            done = count if start + count < self.n_frames else count + self.reach - 1
            self._divide(rows[:done], start)
            _put(y, rows[:done].reshape(-1), start * self.hop - before)
            rows[: self.reach - 1] = rows[count : count + self.reach - 1].copy()
            rows[self.reach - 1 :] = 0

    def _add(self, rows: np.ndarray, frames: np.ndarray) -> None:
        hop, count = self.hop, len(frames)
        if hop < _WIDE_HOP:
            samples = rows.reshape(-1)
            for t in range(count):
                samples[t * hop : t * hop + self.n_fft] += frames[t]
            return
        # Last hops first: every sample is then summed in the order of its frames, for any size of block.
        for r in reversed(range(self.reach)):
            part = frames[:, r * hop : (r + 1) * hop]
            rows[r : r + count, : part.shape[1]] += part

    def _divide(self, rows: np.ndarray, start: int) -> None:
        # Rows that `reach` frames reach into all have the same divisor.
        low = min(max(self.reach - 1 - start, 0), len(rows))
        high = max(min(self.n_frames - start, len(rows)), low)
        if self.inner is None:
            low = high = 0
        elif low < high:
            rows[low:high] /= self.inner
        for row in (*range(low), *range(high, len(rows))):
            rows[row] /= self._divisor(start + row)


def _columns(spectra: np.ndarray) -> Callable[[int, int], np.ndarray]:
    return lambda first, count: spectra[:, first : first + count].T


def _put(y: np.ndarray, samples: np.ndarray, place: int) -> None:
    """Write `samples` to `y` from `place` on, as far as they fit."""
    low, high = max(place, 0), min(place + len(samples), len(y))
    if low < high:
        y[low:high] = samples[low - place : high - place]


def _spectra(stft_matrix: Any) -> np.ndarray:
    spectra = np.asarray(check_numeric("stft_matrix", stft_matrix, "fiuc", "give what stft returned"))
    if spectra.dtype.kind != "c" or spectra.dtype.itemsize not in (8, 16):
        remedy = "a magnitude needs a phase, pass magnitude * phase; use complex64 or complex128"
        fail("stft_matrix", spectra, "must be complex", remedy)
    if spectra.ndim < 2:
        fail("stft_matrix", spectra, "has no bins or no frames", "pass shape (..., bins, frames)")
    if not spectra.size:
        fail("stft_matrix", spectra, "holds no frames", "pass at least one")
    return spectra


def frame_length(n_fft: Any, bins: int, name: str) -> int:
    """The frame length of spectra with `bins` bins, given as argument `name`."""
    if n_fft is None:
        if bins < 2:
            fail("n_fft", n_fft, "one bin belongs to a frame of one sample", "give n_fft=1")
        return 2 * (bins - 1)
    n_fft = check_int("n_fft", n_fft, unit="samples")
    if bins != 1 + n_fft // 2:
        remedy = f"{bins} bins belong to n_fft={max(2 * (bins - 1), 1)} or {2 * bins - 1}"
        fail("n_fft", n_fft, f"has {1 + n_fft // 2} bins, but {name} has {bins}", remedy)
    return n_fft


def check_padding(length: int, covered: int) -> None:
    """Refuse a length that adds many minutes of zeros after the samples that the frames cover."""
    if length > covered + LONGEST:
        problem = f"is more than {LONGEST:,} samples beyond the {covered:,} that the frames cover"
        fail("length", length, problem, "give fewer, or None for all that the frames cover")


def check_hop(hop: int, win_length: int) -> None:
    """Refuse a hop that leaves samples between the windows."""
    if hop > win_length:
        problem = f"is larger than the window of {win_length} samples, so that some samples are in none"
        fail("hop_length", hop, problem, f"give at most {win_length}; {max(win_length // 4, 1)} is usual")


def _result(out: Any, shape: tuple[int, ...], kind: np.dtype) -> np.ndarray:
    if out is None:
        return np.zeros(shape, kind)
    if not isinstance(out, np.ndarray) or out.shape != shape or out.dtype not in (np.float32, np.float64):
        fail("out", out, f"the result is an array of shape {shape}, {kind}", "give one like that, or None")
    if not out.flags.writeable:
        fail("out", out, "is read-only", "give a writable array, or None")
    out.fill(0)
    return out


def _not_finite(spectra: np.ndarray) -> None:
    """Raise the error for the bins of `spectra` that make samples NaN or infinite."""
    bad = np.argwhere(~np.isfinite(spectra))
    remedy = "repair it, numpy.nan_to_num(stft_matrix)"
    worse = ""
    if not len(bad):  # the bins are finite, but their sum is not
        with np.errstate(over="ignore"):
            bad = np.array([np.unravel_index(np.abs(spectra).argmax(), spectra.shape)])
        worse = f", too large for {spectra.dtype}"
        remedy = "scale it, stft_matrix / numpy.abs(stft_matrix).max()"
    *channel, k, t = (int(i) for i in bad[0])
    of = f" of channel {channel[0] if len(channel) == 1 else tuple(channel)}" if channel else ""
    problem = f"bin {k} of frame {t}{of} is {spectra[tuple(bad[0])]}{worse}"
    fail("stft_matrix", spectra, problem, remedy)

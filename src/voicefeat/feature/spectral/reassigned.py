"""The reassigned spectrogram: the time and frequency at which the energy of each bin lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...cache import memoised
from ...chain.blocks import for_parts
from ...chain.frames import Frames, WindowArray
from ...chain.spectra import FramedSpectra, Work, borrow, ends, give_back
from ...chain.tables import usable
from ...engine import reassigned as kernels
from ...errors import check_bool, check_complex_dtype, check_float, check_rate, fail, to_array
from ...units.hertz import fft_frequencies
from ...units.time import frames_to_time

__all__ = ["reassigned_spectrogram"]

#: Frames whose samples are held at once by each thread.
_BLOCK = 128
#: Bytes of the three spectra of the frames that are computed together.
_SPECTRA = 2 << 20
#: Number of values that are finished at once.
_FINISHED = 1 << 16
_DOUBLE = np.dtype(np.float64)


def reassigned_spectrogram(
    y: SignalLike,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    reassign_frequencies: bool = True,
    reassign_times: bool = True,
    ref_power: float | Callable[[np.ndarray], float] = 1e-6,
    fill_nan: bool = False,
    clip: bool = True,
    dtype: DTypeLike | None = None,
    pad_mode: PadMode = "constant",
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequencies, times and magnitudes of reassigned bins, as ``librosa.reassigned_spectrogram``.

    Each bin of each frame is moved to the centre of gravity of its energy. The frequency follows from a
    spectrum under the derivative of the window, the time from one under the window times time.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : complex array of shape (..., 1 + n_fft // 2, frames), optional
        ``stft(y)`` with the same settings, if it has been computed already.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    reassign_frequencies, reassign_times : bool
        Whether to reassign each; at least one must be True. The other is the bin's frequency or the frame's
        time.
    ref_power : float, 0 or more, or callable
        Bins below this power are NaN. A function is called with the powers (bins, frames) of each channel.
    fill_nan : bool
        Return the bin's frequency and the frame's time in place of NaN.
    clip : bool
        Keep frequencies between 0 and ``sr / 2`` and times between 0 and the signal's end.
    dtype : complex64 or complex128, optional
        Precision of the spectra in librosa, and so of `mags`; by default that of the signal.

    Returns
    -------
    freqs : float64 array of shape (..., 1 + n_fft // 2, frames)
        Frequencies in Hz.
    times : float64 array of shape (..., 1 + n_fft // 2, frames)
        Times in seconds.
    mags : float32 or float64 array of shape (..., 1 + n_fft // 2, frames)
        Magnitudes, ``abs(stft(y))``.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Spectra are computed in double precision for float32 too, as in librosa: corrections are divided by the
    bin, and in a weak bin rounding errors would decide the result. An array that was not reassigned is a
    read-only view. With ``ref_power=0`` a bin that is exactly 0 is NaN.

    References
    ----------
    F. Auger, P. Flandrin, "Improving the readability of time-frequency and time-scale representations by the
    reassignment method", IEEE Trans. Signal Processing 43 (5), 1995; S. A. Fulop, K. Fitz, "Algorithms for
    computing the time-corrected instantaneous frequency (reassigned) spectrogram", JASA 119 (1), 2006.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1003 * np.arange(16000) / 16000)
    >>> freqs, times, mags = vf.reassigned_spectrogram(y, 16000, n_fft=512)
    >>> float(freqs[mags[:, 50].argmax(), 50].round(2)), float(vf.fft_frequencies(sr=16000, n_fft=512)[32])
    (1003.0, 1000.0)
    """
    sr = check_rate("sr", sr, remedy="give the sampling rate in Hz, such as 16000")
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    reassign_frequencies = check_bool("reassign_frequencies", reassign_frequencies)
    reassign_times = check_bool("reassign_times", reassign_times)
    fill_nan, clip = check_bool("fill_nan", fill_nan), check_bool("clip", clip)
    if not (reassign_frequencies or reassign_times):
        fail("reassign_times", reassign_times, "nothing is to be reassigned", "set one of the two to True")
    if not callable(ref_power):
        ref_power = check_float(
            "ref_power", ref_power, low=0.0, remedy="give a power, 0 or more, or a function"
        )
    if dtype is not None:
        dtype = check_complex_dtype("dtype", dtype)
    y = signal(y)
    frames.check_length(y.shape[-1])
    if not usable(y):
        not_finite(y)
    frames.warn_if_mostly_padding(y.shape[-1])
    shape = (*y.shape[:-1], 1 + frames.n_fft // 2, frames.count(y.shape[-1]))
    if S is not None:
        S = _given(S, shape)
    kind = (
        np.result_type(y.dtype if S is None else S.dtype, np.complex64) if dtype is None else np.dtype(dtype)
    )
    mags = np.empty(shape, np.float32 if kind == np.complex64 else np.float64)
    frequencies = fft_frequencies(sr=sr, n_fft=frames.n_fft)[:, np.newaxis]
    starts = frames_to_time(
        np.arange(shape[-1]), sr=sr, hop_length=frames.hop_length, n_fft=None if center else frames.n_fft
    )
    axes = []
    if reassign_frequencies:
        axes.append(_Axis(_source(frames, "slope"), True, -0.5 * sr / np.pi, frequencies, sr / 2, shape))
    if reassign_times:
        axes.append(_Axis(_source(frames, "timed"), False, 1 / sr, starts, y.shape[-1] / sr, shape))
    source = _source(frames, "plain")
    # What has to be known of a whole channel first is not replaced before.
    later, least = S is not None or callable(ref_power), 0.0
    if not (later or callable(ref_power)):
        least = float(mags.dtype.type(ref_power**0.5))
    for axis in axes:
        limits = (0.0, axis.end) if clip and not later else (-np.inf, np.inf)
        axis.law = (least, float(fill_nan and not later), *limits)
    for i in np.ndindex(*shape[:-2]):
        _correct(y[i], frames, source, None if S is None else S[i], axes, mags[i], i)
        if not later:
            continue
        if callable(ref_power):
            remedy = "make it return a power, 0 or more"
            least = check_float("ref_power", ref_power(mags[i] ** 2), low=0.0, remedy=remedy)
        else:
            least = ref_power
        for axis in axes:
            axis.finish(i, mags[i], least, fill_nan, clip)
    results = [axis.values for axis in axes]
    if not reassign_frequencies:
        results.insert(0, np.broadcast_to(frequencies, shape))
    if not reassign_times:
        results.append(np.broadcast_to(starts, shape))
    return results[0], results[1], mags


def _given(S: Any, shape: tuple[int, ...]) -> np.ndarray:
    S = to_array("S", S, "pass stft(y)")
    if S.dtype.name not in ("complex64", "complex128"):
        fail("S", S, "must be complex64 or complex128", "pass stft(y), not its magnitude")
    if S.shape != shape:
        fail("S", S, f"y has spectra of shape {shape}", "pass stft(y) with the same settings")
    if not np.isfinite(S).all():
        fail("S", S, "holds values that are not finite", "pass stft(y)")
    return S


@memoised
def _source(frames: Frames, kind: str) -> FramedSpectra:
    """Complex spectra of cut frames under the "plain" window, its slope, or the window times time."""
    window, n = frames.window_array(), frames.n_fft
    if kind == "slope":
        window = (np.roll(window, -1) - np.roll(window, 1)) / 2
    elif kind == "timed":
        window = window * (np.arange(n) - ((n - 1) / 2 if n % 2 == 0 else n // 2))
    values = WindowArray(tuple(window.tolist()))
    return FramedSpectra(Frames(n, frames.hop_length, n, values, False), True, _DOUBLE)


class _Axis:
    """Frequencies or times: the spectra of their correction, the scale of the corrections, and the result."""

    def __init__(
        self,
        source: FramedSpectra,
        imaginary: bool,
        scale: float,
        grid: np.ndarray,
        end: float,
        shape: tuple[int, ...],
    ) -> None:
        self.source, self.imaginary, self.scale, self.end = source, imaginary, float(scale), float(end)
        self.places = np.ascontiguousarray(grid.reshape(-1), np.float64)
        self.grid = np.broadcast_to(grid, shape[-2:])
        self.values = np.empty(shape)
        #: The least magnitude, whether bins below it get the grid's values, and the limits of the values.
        self.law = (0.0, 0.0, -np.inf, np.inf)

    def put(
        self, item: tuple[int, ...], first: int, count: int, moved: np.ndarray, bins: np.ndarray,
        known: np.ndarray, work: Work,
    ) -> None:  # fmt: skip
        """Write the values of `count` frames from `first` on; `moved` are their other spectra."""
        out, lanes = self.values[item], work.lanes
        part = work.array("part", lanes)
        head = (moved, bins, len(out), lanes, count)
        tail = (self.scale, known, self.law, part, out.reshape(-1), first, out.shape[1])
        if self.imaginary:
            kernels.put_frequencies(*head, self.places, *tail)
        else:
            grid = work.array("grid", count + lanes)
            grid[:count] = self.places[first : first + count]
            kernels.put_times(*head, grid, *tail)

    def finish(self, item: tuple[int, ...], mags: np.ndarray, least: float, fill: bool, clip: bool) -> None:
        """Replace the values of bins that are too weak, a few rows at a time."""
        values = self.values[item]
        step = max(1, _FINISHED // values.shape[1])
        for row in range(0, len(values), step):
            rows = slice(row, row + step)
            if least > 0:
                values[rows][mags[rows] < mags.dtype.type(least**0.5)] = np.nan
            if fill:
                np.copyto(values[rows], self.grid[rows], where=np.isnan(values[rows]))
            if clip:
                np.clip(values[rows], 0, self.end, out=values[rows])


def _correct(
    y: np.ndarray,
    frames: Frames,
    source: FramedSpectra,
    S: np.ndarray | None,
    axes: list[_Axis],
    mags: np.ndarray,
    item: tuple[int, ...],
) -> None:
    """Magnitudes of one signal, and its corrected frequencies and times, block by block."""
    (rows, count), (head, tail) = mags.shape, ends(y, frames)
    lanes = source.lanes
    step = lanes * max(1, _SPECTRA // (48 * rows * lanes))

    def block(number: int) -> None:
        work = borrow(_DOUBLE)
        start = number * _BLOCK
        stop = min(start + _BLOCK, count)
        opened = source.open(_samples(y, head, tail, frames, start, stop - start, work))
        for first in range(start, stop, step):
            size = min(step, stop - first)
            values = source.values(size)
            bins, moved = work.array("spectra", 2 * values), work.array("moved", 2 * values)
            known = work.array("known", values)
            if S is None:
                source.fill(bins, work, opened, first - start, size)
                part = work.array("part", lanes).view(mags.dtype)
                place = mags.reshape(-1), first, count
                kernels.put_magnitudes(bins, rows, lanes, size, known, part, *place)
            else:
                there = S[:, first : first + size]
                double = there.astype(np.complex128, copy=False)
                np.abs(double, out=mags[:, first : first + size], casting="same_kind")
                _to_tiles(there, lanes, bins)
            for axis in axes:
                axis.source.fill(moved, work, opened, first - start, size)
                axis.put(item, first, size, moved, bins, known, work)
        give_back(work)

    for_parts(block, -(-count // _BLOCK), y.size)


def _to_tiles(S: np.ndarray, lanes: int, tiles: np.ndarray) -> None:
    """Given spectra (bins, frames) as tiles of real lanes and imaginary lanes."""
    rows, count = S.shape
    for g, first in enumerate(range(0, count, lanes)):
        part = S[:, first : first + lanes]
        tile = tiles[2 * g * rows * lanes : 2 * (g + 1) * rows * lanes].reshape(rows, 2, lanes)
        tile[:, 0, : part.shape[1]], tile[:, 1, : part.shape[1]] = part.real, part.imag
        tile[:, :, part.shape[1] :] = 1.0


def _samples(
    y: np.ndarray, head: np.ndarray, tail: np.ndarray, frames: Frames, first: int, count: int, work: Work
) -> np.ndarray:
    """The samples of a block of frames in double precision, with the padding beyond the signal's ends."""
    start = first * frames.hop_length - frames.pad
    size = frames.n_fft + (count - 1) * frames.hop_length
    samples = work.array("samples", size)[:size]
    low, high = max(start, 0), min(start + size, y.size)
    samples[: low - start] = samples[high - start :] = 0.0
    samples[low - start : high - start] = y[low:high]
    if start < 0 and head.size:
        samples[:-start] = head[start:]
    over = start + size - y.size
    if over > 0 and tail.size:
        samples[size - over :] = tail[:over]
    return samples

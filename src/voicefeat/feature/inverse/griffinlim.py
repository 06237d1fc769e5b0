"""Signals from magnitudes, by the algorithm of Griffin and Lim."""

from __future__ import annotations

import math
import numbers
import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import FloatArray, PadMode, Rng, Window
from ...chain.blocks import for_blocks
from ...chain.frames import Frames, window_value
from ...chain.inverse import InversePlan, OverlapAdd, inverse_plan
from ...chain.plan import plan_for
from ...chain.spectra import FramedSpectra, Work
from ...chain.stages import Chain, Spectrum
from ...chain.tables import lanes
from ...engine.aligned import aligned
from ...engine.phases import put_phases
from ...errors import ParameterError, check_choice, check_float, check_float_dtype, check_int, fail
from ..spectral.inputs import check_nonnegative
from .istft import check_hop, frame_length

__all__ = ["griffinlim"]

#: Number of random numbers drawn at once.
_DRAWN = 1 << 16


def griffinlim(
    S: ArrayLike,
    *,
    n_iter: int = 32,
    hop_length: int | None = None,
    win_length: int | None = None,
    n_fft: int | None = None,
    window: Window = "hann",
    center: bool = True,
    dtype: DTypeLike | None = None,
    length: int | None = None,
    pad_mode: PadMode = "constant",
    momentum: float = 0.99,
    init: Literal["random"] | None = "random",
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
    rng: Rng | None = None,
) -> FloatArray:
    """Approximate a signal from its magnitude spectrogram, as ``librosa.griffinlim``.

    Phases are random at first. In each iteration the spectra become a signal, and the spectra of that signal
    are given the wanted magnitudes; `momentum` extrapolates from the iteration before.

    Parameters
    ----------
    S : float array of shape (..., 1 + n_fft // 2, frames)
        Magnitudes, as returned by `spectrogram`.
    n_iter : int, 0 or more
        Number of iterations.
    hop_length, win_length, window, center
        As in `istft`.
    n_fft : int, optional
        Frame length in samples; ``2 * (bins - 1)`` by default. It must be given if it is odd.
    dtype : float32 or float64, optional
        Type of the result and of all arithmetic; that of `S` by default.
    length : int, optional
        Length of the signal in samples; it must fit the number of frames. By default the shortest that fits.
    pad_mode : str or callable
        As in `stft`, for the spectra computed in each iteration.
    momentum : float, 0 or more
        0 for the method of 1984; values above 1 may not converge and raise a warning.
    init : {"random", None}
        Initial phases: random, or 0 for None.
    random_state : int, numpy.random.RandomState or numpy.random.Generator, optional
        Seed of a ``RandomState``, or a random generator, as in librosa 0.11.
    rng : int, numpy.random.Generator or another argument of ``numpy.random.default_rng``, optional
        Seed of a ``Generator``, or a generator, as in librosa 1.0. Give only one of `random_state` and `rng`.

    Returns
    -------
    float32 or float64 array of shape (..., n)
        Signal. The same seed gives the same signal.

    Raises
    ------
    ParameterError
        If `S` holds negative or infinite values, or a setting cannot be used.

    References
    ----------
    D. W. Griffin, J. S. Lim, "Signal estimation from modified short-time Fourier transform", IEEE Trans. ASSP
    32 (2), 1984; N. Perraudin, P. Balazs, P. L. Søndergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(8192) / 20)
    >>> S = vf.spectrogram(y, n_fft=512)
    >>> back = vf.griffinlim(S, rng=0, length=len(y))
    >>> error = vf.spectrogram(back, n_fft=512) - S
    >>> bool(np.linalg.norm(error) < 0.1 * np.linalg.norm(S))
    True
    """
    S = check_nonnegative("S", S, "bins", "pass magnitudes; numpy.abs(S), or db_to_amplitude(S) of decibels")
    plan = Reconstruction.make(
        S.shape, S.dtype, n_iter, hop_length, win_length, n_fft, window, center, dtype, length, pad_mode,
        momentum, init, random_state, rng,
    )  # fmt: skip
    return plan.run(S)


def generator(random_state: Any, rng: Any) -> Any:
    """The random generator of a call: from `random_state`, from `rng`, or a new one."""
    if random_state is not None and rng is not None:
        fail(
            "rng",
            rng,
            f"cannot be combined with random_state={random_state!r}",
            "give one",
        )
    if random_state is None:
        try:
            return np.random.default_rng(rng)
        except (TypeError, ValueError):
            fail("rng", rng, "is not a seed", "give a whole number, 0 or more, or a numpy.random.Generator")
    if isinstance(random_state, (np.random.RandomState, np.random.Generator)):
        return random_state
    whole_number = isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool)
    if whole_number and 0 <= random_state < 2**32:
        return np.random.RandomState(int(random_state))
    remedy = "give a whole number from 0 to 2**32 - 1, a RandomState or a Generator"
    fail("random_state", random_state, "is not a seed", remedy)


def signal_length(frames: Frames, count: int, length: Any) -> int:
    """Length of a signal with `count` frames: `length` if it fits, by default the shortest."""
    check_hop(frames.hop_length, frames.win_length)
    shortest = frames.n_fft + frames.hop_length * (count - 1) - 2 * frames.pad
    if length is None:
        if shortest < 1:
            remedy = f"give a length of 1 to {frames.hop_length - 1} samples"
            raise ParameterError(
                f"length=None: one centred frame does not determine the length of the signal; {remedy}"
            )
        n = shortest
    else:
        n = check_int("length", length, unit="samples", remedy="give None for all that the frames cover")
        longest = shortest + frames.hop_length - 1
        if not shortest <= n <= longest:
            few = f"{max(shortest, 1)} to {longest}"
            remedy = f"give one of {few}, or None, and cut or pad the result"
            fail("length", length, f"{count} frames belong to {few} samples", remedy)
    frames.check_length(n)
    return n


@dataclass(frozen=True)
class Reconstruction:
    """The checked settings of `griffinlim` for magnitudes of a certain shape."""

    frames: Frames
    n: int
    kind: np.dtype
    n_iter: int
    momentum: float
    #: The generator of random phases; None for phases of 0.
    rng: Any

    @classmethod
    def make(
        cls, shape: tuple[int, ...], S_dtype: np.dtype, n_iter: Any, hop_length: Any, win_length: Any,
        n_fft: Any, window: Any, center: Any, dtype: Any, length: Any, pad_mode: Any, momentum: Any,
        init: Any, random_state: Any, rng: Any,
    ) -> Reconstruction:  # fmt: skip
        n_iter = check_int("n_iter", n_iter, least=0, unit="turns")
        momentum = check_float("momentum", momentum, low=0.0)
        if momentum > 1:
            warnings.warn(f"momentum={momentum:g} is above 1: the iteration may not converge", stacklevel=3)
        check_choice("init", init, ("random", None))
        source = generator(random_state, rng)
        kind = S_dtype if dtype is None else check_float_dtype("dtype", dtype)
        n_fft = frame_length(n_fft, shape[-2], "S")
        frames = Frames.make(n_fft, hop_length, win_length, window_value(window), center, pad_mode)
        n = signal_length(frames, shape[-1], length)
        return cls(frames, n, kind, n_iter, momentum, source if init else None)

    def run(self, S: np.ndarray) -> np.ndarray:
        """Signals (..., n) of magnitudes (..., bins, frames)."""
        *batch, bins, count = S.shape
        y = np.zeros((*batch, self.n), self.kind)
        phases = Phases(self.frames, bins, count, self.n, self.kind)
        for index in np.ndindex(*batch):
            magnitudes = S[index].astype(self.kind, copy=False)
            phases.start(self.rng)
            phases.run(magnitudes, self.n_iter, self.momentum, y[index])
        return y


class Phases:
    """Phases for magnitudes (bins, frames), found by iterating transform and inverse transform.

    The spectra of this iteration and of the one before are kept, as tiles of frames.
    """

    def __init__(self, frames: Frames, bins: int, count: int, n: int, dtype: np.dtype) -> None:
        source = plan_for(Chain(frames, Spectrum(None)), None, dtype).source
        assert isinstance(source, FramedSpectra)
        self.source: FramedSpectra = source
        self.bins: int = bins
        self.count: int = count
        self.pad: int = frames.pad
        self.reached: int = min(count, math.ceil((n + 2 * frames.pad) / frames.hop_length))
        setting = frames.window, frames.n_fft, frames.hop_length, frames.win_length
        self.plan: InversePlan = inverse_plan(*setting, dtype)
        self.lanes: int = lanes(dtype)
        size = 2 * source.values(count)
        self.now: np.ndarray = aligned(size, dtype)
        self.before: np.ndarray = aligned(size, dtype)
        self.weight: np.ndarray = np.zeros(1, dtype)

    def start(self, rng: Any) -> None:
        """Set random phases, or phases of 0 if `rng` is None."""
        self.now.reshape(-1, 2, self.lanes)[:] = [[1], [0]]
        doubles = lanes(np.dtype(float))
        spare = np.empty(doubles)
        step = max(1, _DRAWN // self.count)
        for row in range(0, self.bins if rng is not None else 0, step):
            turns = rng.random(size=(min(step, self.bins - row), self.count))
            shape = (len(turns), self.count, self.lanes, doubles)
            put_phases(turns.reshape(-1), *shape, spare, self.now, row, self.bins)

    def run(self, magnitudes: np.ndarray, turns: int, momentum: float, y: np.ndarray) -> None:
        """Write the signal to `y`, which holds zeros, after `turns` iterations from the phases of `start`."""
        adder = OverlapAdd(self.plan, self.reached, y, self.pad)
        magnitudes = np.ascontiguousarray(magnitudes)
        self.weight[0] = 0
        adder.wanted(self.now, self.now, self.weight, magnitudes)
        for turn in range(turns):
            # The phases of the start and the first iteration have none before them.
            now, before = (self.now, self.now) if turn == 0 else (self.before, self.now)
            self._transform(y, now)
            self.weight[0] = momentum / (1 + momentum) if turn else 0
            adder.wanted(now, before, self.weight, magnitudes)
            if turn:
                self.now, self.before = now, before

    def _transform(self, y: np.ndarray, tiles: np.ndarray) -> None:
        """The spectra of the signal `y`."""
        source = self.source
        opened = source.open(y)

        def take(work: Work, item: int, first: int, count: int) -> None:
            source.fill(tiles[2 * self.bins * first :], work, opened, first, count)

        for_blocks(take, y, self.count, source.block, y.dtype)

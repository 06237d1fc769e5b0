"""Power-normalised cepstra: gammatone powers without steady noise, under a power law."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..._typing import FloatArray, SignalLike, Window
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...chain.block_loop import compute
from ...chain.frames import Frames, window_value
from ...chain.jobs import Rows
from ...chain.signal import Signal
from ...chain.stages import Bands, Chain, Spectrum, cosines
from ...errors import check_float, check_int, check_rate, fail

__all__ = ["pncc"]

#: Frames to each side of the medium-time power, and channels to each side for the smoothing of weights.
MEDIUM, SMOOTHING = 2, 4
#: How slowly the lower envelope follows a power above it and below it, and the running mean power.
UP, DOWN, MEAN = 0.999, 0.5, 0.999
#: Decay of a peak, fraction of it that masks what follows, and excitation relative to the lower envelope.
DECAY, MASKED, EXCITED = 0.85, 0.2, 2.0
#: Frames whose powers are held at a time.
BLOCK = 4096
LEAST = float(np.finfo(np.float64).tiny)


def pncc(
    y: SignalLike,
    sr: float = 16000,
    *,
    n_pncc: int = 13,
    n_filters: int = 40,
    fmin: float = 200.0,
    fmax: float | None = None,
    exponent: float = 1 / 15,
    n_fft: int = 1024,
    hop_length: int = 160,
    win_length: int = 410,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
) -> FloatArray:
    """Power-normalised cepstral coefficients.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    n_pncc : int
        Number of coefficients, at most `n_filters`.
    n_filters : int
        Number of gammatone channels.
    fmin, fmax : float
        As in ``filters.gammatone``: the lowest centre, and the centre that a channel above the highest would
        have.
    exponent : float above 0
        Exponent of the power law that replaces the logarithm.
    n_fft, hop_length, win_length, window
        Frames, not centred; a frame shorter than `n_fft` is padded with zeros at its end.
    preemphasis : float, 0 to 1
        Pre-emphasis coefficient p: ``y[n] - p * y[n - 1]``.

    Returns
    -------
    array of shape (..., n_pncc, frames), of y's precision
        Coefficients, without mean normalisation. A frame depends on all frames before it and on two after
        it; silence is 0.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or shorter than a frame, or a setting cannot be used.

    Notes
    -----
    Q is the mean of the powers P of a channel over two frames to each side. A lower envelope is subtracted
    from Q, and peaks mask what follows them. The ratio of the result to Q, smoothed over channels, weights P.
    The weighted P is divided by its running mean over channels and frames, which begins with the mean of the
    first frame, and raised to `exponent`. Computed in double precision for every type.

    References
    ----------
    C. Kim, R. M. Stern, "Power-normalized cepstral coefficients (PNCC) for robust speech recognition",
    IEEE/ACM Trans. Audio, Speech, Language Process. 24 (7), 2016.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> vf.pncc(np.random.default_rng(0).standard_normal(16000), 16000).shape
    (13, 98)
    """
    y = signal(y)
    n_filters = check_int("n_filters", n_filters, unit="filters")
    n_pncc = check_int("n_pncc", n_pncc, unit="coefficients")
    if n_pncc > n_filters:
        fail("n_pncc", n_pncc, f"is more than n_filters={n_filters}", f"give at most {n_filters}")
    exponent = check_float("exponent", exponent, above=0.0, high=10.0)
    sr = check_rate("sr", sr)
    given = Frames.make(n_fft, hop_length, win_length, window_value(window), False, "constant")
    frames = Frames(given.n_fft, given.hop_length, given.win_length, given.window, False, "constant", "left")
    bank = {"n_filters": n_filters, "fmin": fmin, "fmax": fmax, "power": 2.0, "dtype": np.float64}
    bands = Bands.make("gammatone", sr=sr, n_fft=frames.n_fft, **bank)
    emphasis = Signal(preemphasis=preemphasis)
    frames.check_length(y.shape[-1])
    not_finite(y)
    chain, turn = Chain(frames, Spectrum(2.0), bands), cosines(n_filters, 2, True)[:n_pncc]
    out = np.empty((*y.shape[:-1], n_pncc, frames.count(y.shape[-1])), y.dtype)
    for clip, result in zip(y.reshape(-1, y.shape[-1]), out.reshape(-1, *out.shape[-2:]), strict=True):
        _coefficients(clip, frames, emphasis, chain, exponent, turn, result)
    return out


def _coefficients(
    y: np.ndarray, frames: Frames, emphasis: Signal, chain: Chain, exponent: float, turn: np.ndarray,
    out: np.ndarray,
) -> None:  # fmt: skip
    """Write the coefficients of one signal to `out`, block by block of frames."""
    count, weights, mean = out.shape[-1], _Weights(), _Mean()
    powers, first_held = np.empty((turn.shape[1], 0)), 0
    # A single last frame joins the block before: numpy sums a single column in another order.
    edges = [*range(0, max(1, count - 1), BLOCK), count]
    for first, last in pairwise(edges):
        # The powers that the block before looked ahead at are already computed.
        begin, end, known = max(0, first - MEDIUM), min(count, last + MEDIUM), first_held + powers.shape[1]
        fresh = [_powers(y, frames, emphasis, chain, known, end)] if known < end else []
        powers, first_held = np.concatenate([powers[:, begin - first_held :], *fresh], axis=1), begin
        weighed = weights.of(powers, first - begin, last - begin)
        loud = mean.divided(weighed) ** exponent
        total = np.zeros((len(turn), last - first))
        for column, row in zip(turn.T, loud, strict=True):
            total += column[:, None] * row
        out[:, first:last] = total


def _powers(
    y: np.ndarray, frames: Frames, emphasis: Signal, chain: Chain, first: int, last: int
) -> np.ndarray:
    """Powers (channels, frames) of frames `first` to `last` of a signal."""
    begin, end = first * frames.hop_length, (last - 1) * frames.hop_length + frames.length
    lead = min(begin, 1)  # pre-emphasis of the first sample needs the one before it
    heard = emphasis.apply(y[begin - lead : end].astype(np.float64))[lead:]
    job = Rows(chain)
    compute([job], np.ascontiguousarray(heard))
    return job.result()


class _Weights:
    """Powers times the smoothed fraction of them that is neither steady nor masked, block after block."""

    def __init__(self) -> None:
        self.lasting, self.floor, self.peak = _Envelope(), _Envelope(), _Peak()

    def of(self, power: np.ndarray, first: int, last: int) -> np.ndarray:
        """Weighted columns `first` to `last` of `power`, which also holds the columns around them."""
        medium = _mean_over(power, MEDIUM, axis=1)[:, first:last]
        lasting = self.lasting.of(medium)
        above = np.maximum(medium - lasting, 0.0)
        floor = self.floor.of(above)
        kept = np.maximum(self.peak.unmasked(above), floor)
        kept = np.where(medium >= EXCITED * lasting, kept, floor)
        share = kept / np.maximum(medium, LEAST)
        return power[:, first:last] * _mean_over(share, SMOOTHING, axis=0)


def _mean_over(x: np.ndarray, reach: int, axis: int) -> np.ndarray:
    """The mean over `reach` neighbours to each side; at the ends, over those that exist."""
    x = np.moveaxis(x, axis, 0)
    total, count = np.zeros(x.shape), np.zeros((len(x), *[1] * (x.ndim - 1)))
    for shift in range(-reach, reach + 1):
        to = slice(max(0, -shift), len(x) - max(0, shift))
        source = slice(max(0, shift), len(x) - max(0, -shift))
        if to.start < to.stop:
            total[to] += x[source]
            count[to] += 1
    return np.moveaxis(total / count, 0, axis)


class _Envelope:
    """The lower envelope: it rises slowly and falls quickly, and begins at 0.9 of the first value."""

    def __init__(self) -> None:
        self.before: np.ndarray | None = None

    def of(self, x: np.ndarray) -> np.ndarray:
        out = np.empty(x.shape)
        before = 0.9 * x[:, 0] if self.before is None else self.before
        for t in range(x.shape[1]):
            here = x[:, t]
            slow = np.where(here >= before, UP, DOWN)
            before = slow * before + (1 - slow) * here
            out[:, t] = before
        self.before = before
        return out


class _Peak:
    """Each row where it is not below its decaying peak; elsewhere a fraction of the peak before."""

    def __init__(self) -> None:
        self.height: np.ndarray | float = 0.0

    def unmasked(self, x: np.ndarray) -> np.ndarray:
        out, peak = np.empty(x.shape), self.height
        for t in range(x.shape[1]):
            here = x[:, t]
            out[:, t] = np.where(here >= DECAY * peak, here, MASKED * peak)
            peak = np.maximum(DECAY * peak, here)
        self.height = peak
        return out


class _Mean:
    """Powers divided by their running mean over channels and frames."""

    def __init__(self) -> None:
        self.mean: float | None = None

    def divided(self, power: np.ndarray) -> np.ndarray:
        means, out = power.sum(axis=0) / len(power), np.empty(power.shape)
        mean = means[0] if self.mean is None else self.mean
        for t, level in enumerate(means):
            mean = MEAN * mean + (1 - MEAN) * level
            out[:, t] = power[:, t] / max(mean, LEAST)
        self.mean = mean
        return out

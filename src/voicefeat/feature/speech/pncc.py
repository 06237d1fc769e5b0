"""Power-normalised cepstra: gammatone powers without steady noise, under a power law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._typing import FloatArray, SignalLike, Window
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...cache import memoised
from ...chain.block_loop import compute
from ...chain.frames import Frames, window_value
from ...chain.jobs import Rows
from ...chain.signal import Signal
from ...chain.spectra import Work, borrow, give_back
from ...chain.stages import Bands, Chain, Spectrum, cosines
from ...chain.tables import lanes
from ...engine import masking
from ...engine.aligned import aligned
from ...engine.recursion import differences
from ...errors import check_float, check_int, check_rate, fail

__all__ = ["pncc"]

_DOUBLE = np.dtype(np.float64)
#: Frames whose powers are held at a time.
BLOCK = 1536
#: Lanes of double precision.
LANES = lanes(_DOUBLE)
#: What is added to the first sample of a signal that is pre-emphasised.
_NOTHING = np.zeros(1)


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
    front = _front(
        sr, n_pncc, n_filters, fmin, fmax, exponent, n_fft, hop_length, win_length, window, preemphasis
    )
    front.frames.check_length(y.shape[-1])
    not_finite(y)
    out = np.empty((*y.shape[:-1], front.rows, front.frames.count(y.shape[-1])), y.dtype)
    for clip, result in zip(y.reshape(-1, y.shape[-1]), out.reshape(-1, *out.shape[-2:]), strict=True):
        _coefficients(clip, front, result)
    return out


@dataclass(frozen=True, eq=False)
class _Front:
    """Checked settings, and the tables that do not depend on the signal."""

    frames: Frames
    preemphasis: float
    #: From the signal to the powers of channels.
    chain: Chain
    exponent: float
    #: Numbers of coefficients and of channels, and of both in whole vectors.
    rows: int
    channels: int
    columns: int
    width: int
    #: The cosine transform, channel after channel.
    turn: np.ndarray
    #: How many channels each smoothed one is the mean of.
    counts: np.ndarray


@memoised
def _front(
    sr: Any, n_pncc: Any, n_filters: Any, fmin: Any, fmax: Any, exponent: Any, n_fft: Any, hop_length: Any,
    win_length: Any, window: Any, preemphasis: Any,
) -> _Front:  # fmt: skip
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
    preemphasis = Signal(preemphasis=preemphasis).preemphasis
    columns, width = _whole(n_pncc), _whole(n_filters)
    turn, counts = aligned(n_filters * columns, np.float64), aligned(width, np.float64)
    turn[:] = 0.0
    turn.reshape(n_filters, columns)[:, :n_pncc] = cosines(n_filters, 2, True)[:n_pncc].T
    place = np.arange(width)
    counts[:] = np.minimum(place, masking.SMOOTHING) + np.clip(n_filters - place, 1, masking.SMOOTHING + 1)
    chain = Chain(frames, Spectrum(2.0), bands)
    return _Front(
        frames, float(preemphasis), chain, exponent, n_pncc, n_filters, columns, width, turn, counts
    )


def _whole(values: int) -> int:
    """`values` rounded up to whole vectors."""
    return -(-values // LANES) * LANES


def _coefficients(y: np.ndarray, front: _Front, out: np.ndarray) -> None:
    """Write the coefficients of one signal to `out`, block by block of frames."""
    count, width, columns = out.shape[-1], front.width, front.columns
    most, work = min(count, BLOCK), borrow(_DOUBLE)
    # The frames of a block, and those around it that the means over frames need.
    powers = work.array("powers", (most + 2 * masking.MEDIUM) * width)
    by_frame = powers[: (most + 2 * masking.MEDIUM) * width].reshape(-1, width)
    weighed, turned = work.array("weighed", most * width), work.array("turned", most * columns)
    state, shares = work.array("state", 3 * width + 1), work.array("shares", width + 2 * masking.SMOOTHING)
    for scratch in (powers, state, shares):
        scratch[:] = 0.0
    begin = known = 0
    for first in range(0, count, BLOCK):
        last = min(count, first + BLOCK)
        # The powers that the block before looked ahead at are already computed.
        low, high = max(0, first - masking.MEDIUM), min(count, last + masking.MEDIUM)
        by_frame[: known - low] = by_frame[low - begin : known - begin].copy()
        if known < high:
            by_frame[known - low : high - low, : front.channels] = _powers(y, front, known, high, work).T
        begin, known = low, high
        size, held = last - first, (high - low, first - low, last - low)
        shape = front.channels, width, LANES
        masking.weigh_frames(powers, *held, *shape, front.counts, first == 0, state, shares, weighed)
        weighed[: size * width] **= front.exponent
        masking.turn_frames(weighed, size, front.channels, width, front.turn, columns, LANES, turned)
        out[:, first:last] = turned[: size * columns].reshape(size, columns).T[: front.rows]
    give_back(work)


def _powers(y: np.ndarray, front: _Front, first: int, last: int, work: Work) -> np.ndarray:
    """Powers (channels, frames) of frames `first` to `last` of a signal."""
    hop, count = front.frames.hop_length, last - first
    begin, end = first * hop, (last - 1) * hop + front.frames.length
    lead = min(begin, 1)  # pre-emphasis of the first sample needs the one before it
    heard, size = y[begin - lead : end], end - begin + lead
    if y.dtype != _DOUBLE:
        heard, given = work.array("samples", size)[:size], heard
        heard[:] = given
    if front.preemphasis:
        emphasised = work.array("emphasised", size)[:size]
        differences(heard, size, front.preemphasis, _NOTHING, LANES, emphasised)
        heard = emphasised
    into = work.array("channels", front.channels * count)[: front.channels * count]
    job = Rows(front.chain, into.reshape(front.channels, count))
    compute([job], heard[lead:])
    return job.result()

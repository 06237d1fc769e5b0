"""Additive noise at a given signal-to-noise ratio: coloured, recorded, or babble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from .._typing import Float64Array, FloatArray, SignalLike
from ..errors import check_choice, check_int, check_rate, fail
from .seeds import Random, check_rng
from .settings import Range, check_range, check_signal, draw_number, pick, power

__all__ = ["COLOURS", "babble", "coloured", "noise"]

#: The exponent with which the power of each colour falls with frequency.
COLOURS = {"white": 0, "pink": 1, "brown": 2}
#: Every colour is flat below this frequency in Hz; otherwise pink and brown noise would grow without
#: bound.
_FLAT_BELOW = 20.0
#: The most simultaneous talkers.
MOST_TALKERS = 1000
Colour: TypeAlias = Literal["white", "pink", "brown"]
#: A colour of noise or a recording.
Source: TypeAlias = Colour | np.ndarray
#: Range of ratios in decibels; beyond it, float32 would lose the signal or the noise.
_RATIOS = {"low": -100.0, "high": 100.0}


def coloured(n: int, sr: float = 16000, *, colour: Colour = "white", rng: Random) -> Float64Array:
    """Noise whose power falls with frequency.

    Parameters
    ----------
    n : int
        Number of samples.
    sr : float
        Sampling rate in Hz.
    colour : str
        "white" (flat), "pink" (falls by 3 dB per octave) or "brown" (by 6 dB); flat below 20 Hz.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers.

    Returns
    -------
    array of shape (n,), float64
        Normally distributed noise with mean square 1.

    Raises
    ------
    ParameterError
        If a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> hum = vf.augment.coloured(16000, 16000, colour="brown", rng=vf.augment.generator(7))
    >>> round(float((hum**2).mean()), 6)
    1.0
    """
    n, sr = check_int("n", n, unit="samples"), check_rate("sr", sr)
    check_choice("colour", colour, COLOURS)
    samples = check_rng(rng).normal(0.0, 1.0, n)
    if COLOURS[colour]:
        weights = np.maximum(np.fft.rfftfreq(n, 1 / sr), _FLAT_BELOW) ** (-COLOURS[colour] / 2)
        samples = np.fft.irfft(np.fft.rfft(samples) * weights, n)
    return samples / np.sqrt(np.square(samples).mean())


def noise(
    y: SignalLike, sr: float = 16000, *, snr: Range, source: Source | Sequence[Source] = "white", rng: Random
) -> FloatArray:
    """Add noise at a given signal-to-noise ratio.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    snr : float or (float, float), -100 to 100
        Ratio of the power of the signal to that of the noise in decibels, both over all samples, pauses
        included; from a pair, a number in between is drawn.
    source : str, array of shape (m,), or sequence of them
        "white", "pink" or "brown"; or recorded noise at the sampling rate of the signal, which starts at a
        random sample and is repeated as needed. From several, one is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers; `generator` makes one for an utterance.

    Returns
    -------
    array of shape (n,), of y's precision
        The sum; it may exceed 1.

    Raises
    ------
    ParameterError
        If the signal or the noise is silent, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> worse = vf.augment.noise(y, 16000, snr=12, source="pink", rng=vf.augment.generator(7, "clip"))
    >>> round(float(10 * np.log10((y**2).sum() / ((worse - y) ** 2).sum())), 6)
    12.0
    """
    y, rng = check_signal(y), check_rng(rng)
    ratio = draw_number("snr", snr, rng, **_RATIOS)
    sources: Sequence[Any] = source if isinstance(source, (tuple, list)) else [source]
    if not sources:
        fail("source", source, "is empty", "give a colour or recorded noise")
    for each in sources:
        if isinstance(each, np.ndarray):
            power(check_signal(each, "source"), "source", each)
        else:
            check_choice("source", each, COLOURS)
    drawn = pick(sources, rng) if len(sources) > 1 else sources[0]
    if isinstance(drawn, np.ndarray):
        return _mix(y, _random_excerpt(drawn, "source", y.size, rng), ratio)
    return _mix(y, coloured(y.size, sr, colour=drawn, rng=rng), ratio)


def babble(
    y: SignalLike,
    *,
    voices: Sequence[SignalLike],
    snr: Range,
    talkers: int | tuple[int, int] = (3, 7),
    rng: Random,
) -> FloatArray:
    """Add babble, the speech of other talkers, at a given signal-to-noise ratio.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    voices : sequence of arrays of shape (m,)
        Recordings of speech at the sampling rate of the signal and from the same split: test speakers do not
        belong in training.
    snr : float or (float, float), -100 to 100
        As in `noise`, relative to the sum of all talkers.
    talkers : int or (int, int)
        Number of simultaneous talkers, or a range from which it is drawn. All are equally loud, and each
        starts at a random sample of a recording.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers; `generator` makes one for an utterance.

    Returns
    -------
    array of shape (n,), of y's precision
        The sum; it may exceed 1.

    Raises
    ------
    ParameterError
        If the signal or a voice is silent, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y, *others = np.random.default_rng(0).normal(0, 0.1, (4, 16000))
    >>> vf.augment.babble(y, voices=others, snr=(10, 20), rng=vf.augment.generator(7, "clip")).shape
    (16000,)
    """
    y, rng = check_signal(y), check_rng(rng)
    ratio = draw_number("snr", snr, rng, **_RATIOS)
    several = isinstance(voices, Sequence) and not isinstance(voices, str)
    if not (several or (isinstance(voices, np.ndarray) and voices.ndim)) or not len(voices):
        fail("voices", voices, "must be recordings of talkers", "give a list of arrays of shape (m,)")
    if isinstance(talkers, (tuple, list)):
        check_range("talkers", talkers)
        least, most = (check_int("talkers", each) for each in talkers)
    else:
        least = most = check_int("talkers", talkers)
    if most > MOST_TALKERS:
        fail(
            "talkers",
            talkers,
            "are too many: their sum would sound like noise",
            f"give at most {MOST_TALKERS}",
        )
    wanted = pick(range(least, most + 1), rng)
    order: list[int] = []
    while len(order) < wanted:  # no recording is used twice before all are used
        order += rng.permutation(len(voices)).tolist()
    total = np.zeros(y.size)
    for place in order[:wanted]:
        part = _random_excerpt(voices[place], f"voices[{place}]", y.size, rng)
        total += part / np.sqrt(power(part, f"voices[{place}]", voices[place]))
    return _mix(y, total, ratio)


def _random_excerpt(source: Any, name: str, n: int, rng: Random) -> np.ndarray:
    """n samples of a recording from a random start, repeated as needed; never a silent excerpt."""
    source = check_signal(source, name)
    power(source, name, source)
    start = int(rng.random() * (source.size - n + 1 if source.size > n else source.size))
    part = _repeat(source, start, n)
    return part if part.any() else _repeat(source, int(np.flatnonzero(source)[0]), n)


def _repeat(source: np.ndarray, start: int, n: int) -> np.ndarray:
    """n samples from `start` on, in double precision; the recording repeats after its end."""
    out, at = np.empty(n), 0
    while at < n:
        here = source[start : start + n - at]
        out[at : at + here.size] = here
        at, start = at + here.size, 0
    return out


def _mix(y: np.ndarray, added: np.ndarray, ratio: float) -> np.ndarray:
    """Signal and noise at the given ratio; `added` is overwritten."""
    added *= np.sqrt(power(y, "y", y) / power(added, "source", added)) * 10 ** (-ratio / 20)
    added += y
    return added.astype(y.dtype, copy=False)

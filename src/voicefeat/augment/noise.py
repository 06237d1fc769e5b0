"""Noise at a ratio: coloured, recorded, or the talk of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from .._typing import Float64Array, FloatArray, Signal
from ..errors import check_choice, check_int, check_rate, fail
from .seeds import Random, check
from .settings import Range, number, one_signal, ordered, pick, power

__all__ = ["COLOURS", "babble", "coloured", "noise"]

#: By which power of the frequency a colour's power falls.
COLOURS = {"white": 0, "pink": 1, "brown": 2}
#: Below so many hertz every colour is white: there is no end to pink and brown noise otherwise.
_FLAT_BELOW = 20.0
#: Voices that talk at once, at most.
MOST_TALKERS = 1000
Colour: TypeAlias = Literal["white", "pink", "brown"]
#: A colour or a recording.
Source: TypeAlias = Colour | np.ndarray
#: Decibels; beyond them float32 holds one of the two only.
_RATIOS = {"low": -100.0, "high": 100.0}


def coloured(n: int, sr: float = 16000, *, colour: Colour = "white", rng: Random) -> Float64Array:
    """Noise whose power falls with frequency.

    Parameters
    ----------
    n : int
        Samples.
    sr : float
        Sampling rate in Hz.
    colour : str
        "white" (flat), "pink" (3 dB an octave less) or "brown" (6 dB); flat below 20 Hz.
    rng : numpy.random.Generator or numpy.random.RandomState
        Where numbers are drawn.

    Returns
    -------
    array of shape (n,), float64
        Normally distributed, of mean square 1.

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
    made = check(rng).normal(0.0, 1.0, n)
    if COLOURS[colour]:
        weights = np.maximum(np.fft.rfftfreq(n, 1 / sr), _FLAT_BELOW) ** (-COLOURS[colour] / 2)
        made = np.fft.irfft(np.fft.rfft(made) * weights, n)
    return made / np.sqrt(np.square(made).mean())


def noise(
    y: Signal, sr: float = 16000, *, snr: Range, source: Source | Sequence[Source] = "white", rng: Random
) -> FloatArray:
    """Noise added at a ratio.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    snr : float or (float, float), -100 to 100
        Power of the signal over that of the noise, in decibels, both over all samples, pauses included; of
        two, a number between them is drawn.
    source : str, array of shape (m,), or sequence of them
        "white", "pink" or "brown"; or recorded noise at the signal's rate, which starts anywhere and is
        repeated as often as needed. Of several, one is drawn.
    rng : numpy.random.Generator or numpy.random.RandomState
        `generator` makes one for an utterance.

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
    y, rng = one_signal(y), check(rng)
    ratio = number("snr", snr, rng, **_RATIOS)
    sources: Sequence[Any] = source if isinstance(source, (tuple, list)) else [source]
    if not sources:
        fail("source", source, "holds nothing to add", "give a colour or recorded noise")
    for each in sources:
        if isinstance(each, np.ndarray):
            power(one_signal(each, "source"), "source", each)
        else:
            check_choice("source", each, COLOURS)
    drawn = pick(sources, rng) if len(sources) > 1 else sources[0]
    if isinstance(drawn, np.ndarray):
        return _mixed(y, _somewhere(drawn, "source", y.size, rng), ratio)
    return _mixed(y, coloured(y.size, sr, colour=drawn, rng=rng), ratio)


def babble(
    y: Signal,
    *,
    voices: Sequence[Signal],
    snr: Range,
    talkers: int | tuple[int, int] = (3, 7),
    rng: Random,
) -> FloatArray:
    """The talk of others added at a ratio.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    voices : sequence of arrays of shape (m,)
        Recordings of speech at the signal's rate, of the same split as the signal: test speakers do not
        belong into training.
    snr : float or (float, float), -100 to 100
        As in `noise`, to the sum of all talkers.
    talkers : int or (int, int)
        How many talk at once, equally loud, each from anywhere in a recording; drawn between two.
    rng : numpy.random.Generator or numpy.random.RandomState
        `generator` makes one for an utterance.

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
    y, rng = one_signal(y), check(rng)
    ratio = number("snr", snr, rng, **_RATIOS)
    several = isinstance(voices, Sequence) and not isinstance(voices, str)
    if not (several or (isinstance(voices, np.ndarray) and voices.ndim)) or not len(voices):
        fail("voices", voices, "must be recordings of others", "give a list of arrays of shape (m,)")
    if isinstance(talkers, (tuple, list)):
        ordered("talkers", talkers)
        least, most = (check_int("talkers", each) for each in talkers)
    else:
        least = most = check_int("talkers", talkers)
    if most > MOST_TALKERS:
        fail("talkers", talkers, "are too many to be told apart from noise", f"give at most {MOST_TALKERS}")
    wanted = pick(range(least, most + 1), rng)
    order: list[int] = []
    while len(order) < wanted:  # nobody talks twice before all do
        order += rng.permutation(len(voices)).tolist()
    total = np.zeros(y.size)
    for place in order[:wanted]:
        part = _somewhere(voices[place], f"voices[{place}]", y.size, rng)
        total += part / np.sqrt(power(part, f"voices[{place}]", voices[place]))
    return _mixed(y, total, ratio)


def _somewhere(source: Any, name: str, n: int, rng: Random) -> np.ndarray:
    """n samples of a recording from anywhere on, repeated; never a stretch that is silent."""
    source = one_signal(source, name)
    power(source, name, source)
    start = int(rng.random() * (source.size - n + 1 if source.size > n else source.size))
    part = _repeated(source, start, n)
    return part if part.any() else _repeated(source, int(np.flatnonzero(source)[0]), n)


def _repeated(source: np.ndarray, start: int, n: int) -> np.ndarray:
    """n samples from `start` on, in double precision; the first follows the last."""
    out, at = np.empty(n), 0
    while at < n:
        here = source[start : start + n - at]
        out[at : at + here.size] = here
        at, start = at + here.size, 0
    return out


def _mixed(y: np.ndarray, added: np.ndarray, ratio: float) -> np.ndarray:
    """The sum; `added` is overwritten."""
    added *= np.sqrt(power(y, "y", y) / power(added, "source", added)) * 10 ** (-ratio / 20)
    added += y
    return added.astype(y.dtype, copy=False)

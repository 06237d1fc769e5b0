"""RawBoost: distortions of channels and encoders, drawn for every utterance.

H. Tak, M. Kamble, J. Patino, M. Todisco, N. Evans, "RawBoost: a raw data boosting and augmentation method
applied to automatic speaker verification anti-spoofing", ICASSP 2022. Defaults and the order of draws are
those of the authors' program, so a legacy generator with the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from .._typing import FloatArray, SignalLike
from ..errors import check_choice, check_float, check_int, fail
from .seeds import Random, check_rng
from .settings import audio_rate, check_range, check_signal, uniform

__all__ = ["convolutive_noise", "impulsive_noise", "rawboost", "stationary_noise"]

#: The most taps of a notch, and the most notches of a filter or powers of the signal.
MOST_TAPS, MOST_BANDS = 100_000, 100
#: The steps of the published algorithms in order; 8 adds the results of the first two.
ALGORITHMS = {0: "", 1: "c", 2: "i", 3: "s", 4: "cis", 5: "ci", 6: "cs", 7: "is", 8: "c+i"}


def rawboost(
    y: SignalLike, sr: float = 16000, *, algorithm: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8] = 4, rng: Random
) -> FloatArray:
    """Apply one of the published combinations of distortions.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    algorithm : int, 0 to 8
        0 nothing; 1 convolutive, 2 impulsive, 3 stationary noise; 4 all in this order; 5 the first and the
        second, 6 the first and the third, 7 the second and the third; 8 the first and the second in parallel,
        summed.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers; `generator` makes one for an utterance.

    Returns
    -------
    array of shape (n,), of y's precision
        The signal, at most 1 in magnitude for 1, 2, 5 and 8; with stationary noise it may exceed 1.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: github.com/TakHemlata/SSL_Anti-spoofing, ``process_Rawboost_feature`` with its default arguments.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> vf.augment.rawboost(y, 16000, algorithm=5, rng=vf.augment.generator(7, "clip")).shape
    (16000,)
    """
    check_choice("algorithm", check_int("algorithm", algorithm, least=0), tuple(ALGORITHMS))
    y, rng = check_signal(y), check_rng(rng)
    steps: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "c": lambda x: convolutive_noise(x, sr, rng=rng),
        "i": lambda x: impulsive_noise(x, rng=rng),
        "s": lambda x: stationary_noise(x, sr, rng=rng),
    }
    if algorithm == 8:
        return _limit_to_one(steps["c"](y) + steps["i"](y))
    for step in ALGORITHMS[algorithm]:
        y = steps[step](y)
    return y


def convolutive_noise(
    y: SignalLike, sr: float = 16000, *, rng: Random, powers: int = 5, bands: int = 5, fmin: float = 20.0,
    fmax: float = 8000.0, width: tuple[float, float] = (100.0, 1000.0), taps: tuple[int, int] = (10, 100),
    gain: tuple[float, float] = (0.0, 0.0), quieter: tuple[float, float] = (5.0, 20.0),
) -> FloatArray:  # fmt: skip
    """Sum powers of the signal, each through its own notch filter: a nonlinear channel.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers.
    powers : int
        Number of powers of the signal, from the first.
    bands : int
        Number of notches per filter.
    fmin, fmax : float
        Range of the centre frequencies of notches, in Hz.
    width : (float, float)
        Smallest and largest width of a notch in Hz.
    taps : (int, int)
        Smallest and largest number of taps of a notch; even numbers are increased by one.
    gain : (float, float)
        Range of the gain of a filter in decibels.
    quieter : (float, float)
        Reduction of the lower and the upper end of `gain` in decibels, for powers from the second on.

    Returns
    -------
    array of shape (n,), of y's precision
        The distorted signal, without its mean and at most 1 in magnitude.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: ``LnL_convolutive_noise``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> vf.augment.convolutive_noise(y, rng=vf.augment.generator()).shape
    (16000,)
    """
    y, rng = check_signal(y), check_rng(rng)
    notches = _notches(sr, bands, fmin, fmax, width, taps)
    if check_int("powers", powers) > MOST_BANDS:
        fail("powers", powers, "is more than double precision allows", f"give at most {MOST_BANDS}")
    x, quieter = y.astype(np.float64), check_decibels("quieter", quieter)
    low, high = check_decibels("gain", gain)
    total = np.zeros(x.size)
    for power in range(1, powers + 1):
        if power == 2:
            low, high = low - quieter[0], high - quieter[1]
        total = total + _filter(x**power, _draw_filter(rng, notches, low, high))
    return _limit_to_one(total - total.mean()).astype(y.dtype)


def impulsive_noise(y: SignalLike, *, rng: Random, share: float = 10.0, gain: float = 2.0) -> FloatArray:
    """Change some samples by a random multiple of themselves.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers.
    share : float, 0 to 100
        Largest share of changed samples in per cent.
    gain : float, 0 or more
        Largest change of a sample, as a multiple of itself.

    Returns
    -------
    array of shape (n,), of y's precision
        The distorted signal, at most 1 in magnitude.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: ``ISD_additive_noise``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = 0.3 * np.sin(np.arange(16000) / 5)
    >>> int((vf.augment.impulsive_noise(y, rng=vf.augment.generator()) != y).sum()) <= 1600
    True
    """
    y, rng, gain = check_signal(y), check_rng(rng), check_float("gain", gain, low=0.0)
    share = check_float("share", share, low=0.0, high=100.0, unit="per cent")
    x = y.astype(np.float64)
    count = int(x.size * (uniform(rng, 0.0, share) / 100))
    which = rng.permutation(x.size)[:count]
    first = 2 * rng.random(count) - 1
    x[which] += gain * x[which] * (first * (2 * rng.random(count) - 1))
    return _limit_to_one(x).astype(y.dtype)


def stationary_noise(
    y: SignalLike, sr: float = 16000, *, rng: Random, snr: tuple[float, float] = (10.0, 40.0), bands: int = 5,
    fmin: float = 20.0, fmax: float = 8000.0, width: tuple[float, float] = (100.0, 1000.0),
    taps: tuple[int, int] = (10, 100), gain: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:  # fmt: skip
    """Add white noise, passed through a notch filter, at a random signal-to-noise ratio.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    rng : numpy.random.Generator or numpy.random.RandomState
        Source of random numbers.
    snr : (float, float)
        Smallest and largest signal-to-noise ratio in decibels.
    bands, fmin, fmax, width, taps, gain
        As in `convolutive_noise`.

    Returns
    -------
    array of shape (n,), of y's precision
        The sum; it may exceed 1.

    Raises
    ------
    ParameterError
        If the signal or a setting cannot be used.

    Notes
    -----
    Source: RawBoost, ``SSI_additive_noise``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(np.arange(16000) / 5)
    >>> vf.augment.stationary_noise(y, rng=vf.augment.generator(), snr=(20, 20)).shape
    (16000,)
    """
    y, rng = check_signal(y), check_rng(rng)
    notches = _notches(sr, bands, fmin, fmax, width, taps)
    least, most = check_range("snr", snr, -200.0, 200.0)
    x = y.astype(np.float64)
    noise = _filter(rng.normal(0, 1, x.size), _draw_filter(rng, notches, *check_decibels("gain", gain)))
    noise /= np.abs(noise).max()
    ratio = uniform(rng, least, most)
    noise = noise / np.linalg.norm(noise) * np.linalg.norm(x) / 10.0 ** (0.05 * ratio)
    return (x + noise).astype(y.dtype)


def check_decibels(name: str, value: Any) -> tuple[float, float]:
    """Two numbers in decibels, in any order."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        fail(name, value, "must be two numbers in decibels", "give two numbers")
    first, second = (check_float(name, each, -200.0, 200.0, unit="decibels") for each in value)
    return first, second


def _notches(
    sr: Any, bands: Any, fmin: Any, fmax: Any, width: Any, taps: Any
) -> tuple[float, int, tuple[float, float], tuple[float, float], tuple[float, float]]:
    """The checked settings of a filter: rate, number of notches, ranges of centres, widths and taps."""
    middles, widths = check_range("fmin, fmax", (fmin, fmax), low=0.0), check_range("width", width, low=0.0)
    sr, lengths = audio_rate(sr), check_range("taps", taps, low=1.0, high=MOST_TAPS)
    if check_int("bands", bands) > MOST_BANDS:
        fail("bands", bands, "are too many notches for one filter", f"give at most {MOST_BANDS}")
    return sr, bands, middles, widths, lengths


def _draw_filter(rng: Random, notches: Any, low: float, high: float) -> np.ndarray:
    """A filter of random notches; its largest gain is random as well."""
    from scipy import signal as scipy_signal

    sr, bands, middles, widths, lengths = notches
    taps = np.ones(1)
    for _ in range(bands):
        middle, width = uniform(rng, *middles), uniform(rng, *widths)
        count = int(uniform(rng, *lengths)) | 1  # odd
        edges = max(middle - width / 2, 1e-3), min(middle + width / 2, sr / 2 - 1e-3)
        if edges[0] >= edges[1]:
            fail("fmax", middles[1], f"lies above half of sr={sr:g}", f"give at most {sr / 2:g}")
        taps = np.convolve(scipy_signal.firwin(count, edges, window="hamming", fs=sr), taps)
    gain = uniform(rng, low, high)
    largest = np.abs(scipy_signal.freqz(taps, 1)[1]).max()
    return 10 ** (gain / 20) * taps / largest


def _filter(x: np.ndarray, taps: np.ndarray) -> np.ndarray:
    """Filter `x`, with the delay of the filter removed to about a sample."""
    from scipy.signal import lfilter

    extra = taps.size + 1
    result = lfilter(taps, 1, np.pad(x, (0, extra)))
    return result[extra // 2 : int(result.size - extra / 2)]


def _limit_to_one(x: np.ndarray) -> np.ndarray:
    largest = np.abs(x).max()
    return x / largest if largest > 1 else x

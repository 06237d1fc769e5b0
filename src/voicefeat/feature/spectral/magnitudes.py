"""Frequencies of bins as values; descriptors in numpy, for frequencies that vary from frame to frame."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...audio.limits import check_spread
from ...chain.descriptors import Frequencies
from ...errors import check_numeric, check_rate, fail, to_array
from .inputs import check_magnitudes
from .stft import spectrogram


def bin_frequencies(sr: Any, n_fft: int, freq: Any) -> Frequencies:
    """The frequencies of the bins of a transform of `n_fft`, or the given ones, as a value."""
    check_rate("sr", sr, remedy="give the rate in Hz, for example 16000")
    if freq is None:
        return Frequencies(float(sr), n_fft)
    given = np.atleast_1d(hertz("freq", freq, _FREQ))
    frequencies = Frequencies(float(sr), n_fft, tuple(given.tolist()))
    frequencies.array(1 + n_fft // 2)  # checks the number of bins
    return frequencies


def hertz(name: str, values: Any, remedy: str) -> np.ndarray:
    """Frequencies as float64, finite and within the limits of sampling rates, so that squares are finite."""
    frequencies = check_numeric(name, values).astype(np.float64)
    if not (np.abs(frequencies) <= 1e12).all():
        finite = np.isfinite(frequencies).all()
        fail(name, values, "holds more than 1e12 Hz" if finite else "must hold finite numbers", remedy)
    return frequencies


def varies(freq: Any) -> bool:
    """Whether the frequencies of the bins differ from frame to frame."""
    return freq is not None and to_array("freq", freq).ndim > 1


def has_varying(settings: Mapping[str, Any]) -> bool:
    """Whether the settings of a feature hold frequencies that differ from frame to frame."""
    return varies(settings["freq"])


_FREQ = "give the frequency of each bin in Hz"
_CENTROID = "give the result of spectral_centroid"


def data(y: Any, sr: Any, S: Any, freq: Any, *frames: Any) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (..., bins, frames) and their frequencies, which broadcast to them."""
    check_rate("sr", sr, remedy="give the rate in Hz, for example 16000")
    freq = hertz("freq", freq, _FREQ)
    if S is None:
        names = ("n_fft", "hop_length", "win_length", "window", "center", "pad_mode")
        S = spectrogram(y, **dict(zip(names, frames, strict=True)))
    else:
        S = check_magnitudes(S, frames[0])[0]
    try:
        fits = np.broadcast_shapes(freq.shape, S.shape) == S.shape
    except ValueError:
        fits = False
    if not fits:
        fail("freq", freq, f"does not fit spectra of shape {S.shape}", f"give shape {S.shape[-2:]}")
    return S, freq.astype(S.dtype)


def _shares(S: np.ndarray) -> np.ndarray:
    mass = S.sum(axis=-2, keepdims=True)
    return S / np.where(mass < np.finfo(S.dtype).tiny, 1, mass)


def centroid(S: np.ndarray, freq: np.ndarray) -> np.ndarray:
    """The mean frequency of each frame."""
    return (freq * _shares(S)).sum(axis=-2, keepdims=True)


def bandwidth(S: np.ndarray, freq: np.ndarray, about: Any, norm: bool, p: float) -> np.ndarray:
    """The spread of each frame `about` given frequencies, or about its centroid."""
    about = centroid(S, freq) if about is None else hertz("centroid", about, _CENTROID)
    if about.ndim and about.shape[-1] not in (1, S.shape[-1]):
        fail("centroid", about, f"does not fit {S.shape[-1]} frames", _CENTROID)
    about = about.astype(S.dtype)
    weights = _shares(S) if norm else S
    with np.errstate(over="ignore", invalid="ignore"):
        spread = (weights * np.abs(freq - about) ** p).sum(axis=-2, keepdims=True) ** (1.0 / p)
    check_spread(spread, p)
    return spread


def rolloff(S: np.ndarray, freq: np.ndarray, percent: float) -> np.ndarray:
    """The lowest frequency at which the running sum reaches the fraction `percent` of the total."""
    running = np.cumsum(S, axis=-2)
    reached = running >= S.dtype.type(percent) * running[..., -1:, :]
    return np.where(reached, freq, np.inf).min(axis=-2, keepdims=True).astype(S.dtype)


def _digits(freq: np.ndarray) -> float:
    """The decimal logarithm of the largest frequency; 0 where it is below 1, or there is none."""
    largest = float(np.abs(freq).max(initial=0.0))
    return math.log10(largest) if 1 < largest < math.inf else 0.0


def check_powers(order: int, freq: np.ndarray) -> None:
    """Refuse a polynomial whose powers of frequency, squared and summed, overflow double precision."""
    digits = _digits(freq)
    if order * digits > 150:
        problem = f"makes powers of {10**digits:.6g} Hz that overflow a float"
        fail("order", order, problem, f"give at most {int(150 / digits)}")


def polynomial(S: np.ndarray, freq: np.ndarray, order: int) -> np.ndarray:
    """Coefficients (..., order + 1, frames) of the polynomial fitted to each frame's bins."""
    if order * _digits(freq) > 17:  # squares of the powers would overflow single precision
        freq = freq.astype(np.float64)
    freq = np.broadcast_to(freq, S.shape)
    out = np.empty((*S.shape[:-2], order + 1, S.shape[-1]), S.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.RankWarning)  # raised for equal frequencies
        for place in np.ndindex(*S.shape[:-2], S.shape[-1]):
            here = (*place[:-1], slice(None), place[-1])
            out[here] = np.polyfit(freq[here], S[here], order)
    return out

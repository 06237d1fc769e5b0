"""Descriptors of bins whose frequencies differ from frame to frame, as in a reassigned spectrogram.

These are the formulas as they stand, in numpy and over the whole array: whoever has such frequencies has the
spectrogram in memory as well.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..chain.run import gathered
from ..errors import converted, reject
from ..largest import check_spread
from .magnitudes import hertz, magnitudes
from .spectrum import spectrogram

_CENTROID = "give what spectral_centroid gives"


def data(y: Any, S: Any, freq: Any, frames: tuple[Any, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (..., bins, frames) and their frequencies, which broadcast to them."""
    if S is None:
        names = ("n_fft", "hop_length", "win_length", "window", "center", "pad_mode")
        with gathered(None):
            S = spectrogram(y, **dict(zip(names, frames, strict=True)))
    else:
        S = magnitudes(S, frames[0])[0]
    freq = converted("freq", freq)
    try:
        fits = np.broadcast_shapes(freq.shape, S.shape) == S.shape
    except ValueError:
        fits = False
    if not fits:
        reject("freq", freq, f"does not fit spectra of shape {S.shape}", f"give shape {S.shape[-2:]}")
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
        reject("centroid", about, f"does not fit {S.shape[-1]} frames", _CENTROID)
    about = about.astype(S.dtype)
    weights = _shares(S) if norm else S
    with np.errstate(over="ignore", invalid="ignore"):
        found = (weights * np.abs(freq - about) ** p).sum(axis=-2, keepdims=True) ** (1.0 / p)
    check_spread(found, p)
    return found


def rolloff(S: np.ndarray, freq: np.ndarray, percent: float) -> np.ndarray:
    """The least frequency at which the running sum reaches `percent` of the whole."""
    running = np.cumsum(S, axis=-2)
    reached = running >= S.dtype.type(percent) * running[..., -1:, :]
    return np.where(reached, freq, np.inf).min(axis=-2, keepdims=True).astype(S.dtype)


def _digits(freq: np.ndarray) -> float:
    """The decimal logarithm of the largest frequency; 0 where that is below 1, or none."""
    largest = float(np.abs(freq).max(initial=0.0))
    return math.log10(largest) if 1 < largest < math.inf else 0.0


def check_powers(order: int, freq: np.ndarray) -> None:
    """Refuse a polynomial whose powers of hertz, squared and summed, leave double precision."""
    digits = _digits(freq)
    if order * digits > 150:
        problem = f"makes powers of {10**digits:.6g} Hz that no float holds"
        reject("order", order, problem, f"give at most {int(150 / digits)}")


def polynomial(S: np.ndarray, freq: np.ndarray, order: int) -> np.ndarray:
    """Coefficients (..., order + 1, frames) of the polynomial through each frame's bins."""
    if order * _digits(freq) > 17:  # squares of powers that single precision does not hold
        freq = freq.astype(np.float64)
    freq = np.broadcast_to(freq, S.shape)
    out = np.empty((*S.shape[:-2], order + 1, S.shape[-1]), S.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.RankWarning)  # of equal frequencies
        for place in np.ndindex(*S.shape[:-2], S.shape[-1]):
            here = (*place[:-1], slice(None), place[-1])
            out[here] = np.polyfit(freq[here], S[here], order)
    return out

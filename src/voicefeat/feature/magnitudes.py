"""What the spectral descriptors share: magnitudes, computed or given, and the frequency of each bin."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio import signal
from ..chain.descriptors import Frequencies
from ..chain.framing import Frames, window_value
from ..chain.run import run
from ..chain.spec import Chain, Spectrum, settings
from ..errors import converted, numeric, reject, samples_a_second
from .given import either, spectra
from .spectrum import warn_if_mostly_padding


@settings
def _framed(make, count, power, *rest):
    frames = Frames.make(*rest[count:])
    made = make(frames.n_fft, *rest[:count])
    return Chain(frames, Spectrum.make(power), **made)


@settings
def _given(make, n_fft, power, *arguments):
    return Chain(spectrum=None if power is None else Spectrum.make(power), **make(n_fft, *arguments))


def described(y, S, make, arguments, frames, power=1.0, given_power=None) -> np.ndarray:
    """The rows of the chain whose last stage ``make(n_fft, *arguments)`` names, of `y` or of `S`.

    It goes on from magnitudes to the power `power`; those of `S` are raised to `given_power`.
    """
    if either(y, S) is S:
        S, n_fft = magnitudes(S, frames[0])
        return run(_given(make, n_fft, given_power, *arguments), S, "S")
    n_fft, hop_length, win_length, window, center, pad_mode = frames
    frames = (n_fft, hop_length, win_length, window_value(window), center, pad_mode)
    chain = _framed(make, len(arguments), power, *arguments, *frames)
    y = signal(y)
    warn_if_mostly_padding(n_fft, center, y.shape[-1])
    return run(chain, y)


def magnitudes(S: Any, n_fft: Any) -> tuple[np.ndarray, int]:
    """`S` as magnitudes, none of them negative, and the frame length that they come from."""
    S, n_fft = spectra(S, n_fft)
    if S.size and np.min(S) < 0:
        reject("S", S, "holds negative values", "pass magnitudes, abs(stft(y)), or powers")
    return S, n_fft


def frequencies(sr: Any, freq: Any) -> Any:
    """The frequencies of the bins as a value: None for those of the transform, else numbers."""
    samples_a_second("sr", sr, remedy="give the rate in Hz, for example 16000")
    if freq is None:
        return None
    found = hertz("freq", freq, "give the frequency of each bin in Hz")
    return tuple(found.tolist()) if found.ndim == 1 else None


def hertz(name: str, values: Any, remedy: str) -> np.ndarray:
    """Frequencies as float64, finite and within rates of samples, so that their squares are."""
    found = numeric(name, values).astype(np.float64)
    if not (np.abs(found) <= 1e12).all():
        worse = "must hold finite numbers" if not np.isfinite(found).all() else "holds more than 1e12 Hz"
        reject(name, values, worse, remedy)
    return found


def varies(freq: Any) -> bool:
    """Whether the frequencies of the bins differ from frame to frame."""
    return freq is not None and converted("freq", freq).ndim > 1


def of_bins(sr: Any, n_fft: int, given: Any) -> Frequencies:
    """The frequencies of the bins of a transform of `n_fft`, or the `given` ones."""
    made = Frequencies(float(sr), n_fft, given)
    if given is not None:
        made.array(1 + n_fft // 2)
    return made

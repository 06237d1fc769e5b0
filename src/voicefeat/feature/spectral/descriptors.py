"""Spectral descriptors: centroid, bandwidth, roll-off, flatness, contrast, polynomial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, PadMode, SignalLike, Window
from ...cache import memoised
from ...chain.block_loop import run, run_spectra
from ...chain.descriptors import Bandwidth, Centroid, Contrast, Flatness, Polynomial, Rolloff
from ...chain.frames import Frames
from ...chain.stages import Chain, Spectrum
from ...errors import check_bool, check_float, check_int, check_numeric, fail
from ..recipe import computed_by
from . import magnitudes as varying
from .inputs import check_magnitudes, signal_or_spectra
from .magnitudes import bin_frequencies, has_varying, varies

__all__ = [
    "poly_features",
    "spectral_bandwidth",
    "spectral_centroid",
    "spectral_contrast",
    "spectral_flatness",
    "spectral_rolloff",
]

#: Descriptors are computed from magnitudes, except the flatness.
MAGNITUDES = Spectrum(1.0)


@memoised
def _of_spectra(describe: Callable[..., Any], *arguments: Any) -> Chain:
    """The descriptor alone, of magnitudes that are given."""
    return Chain(descriptor=describe(*arguments))


def _centroid(sr: float, n_fft: int, freq: Any) -> Centroid:
    return Centroid(bin_frequencies(sr, n_fft, freq))


@memoised
def spectral_centroid_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    freq: Any,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
) -> Chain:
    """Frames, magnitudes, their mean frequency."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    return Chain(frames, MAGNITUDES, descriptor=_centroid(sr, frames.n_fft, freq))


@computed_by(spectral_centroid_chain, alone=has_varying)
def spectral_centroid(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    freq: ArrayLike | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
) -> FloatArray:
    """Mean frequency of each frame, weighted by magnitude, as ``librosa.feature.spectral_centroid``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Frequency of each bin in Hz; by default those of the transform.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Frequency in Hz; 0 where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    A. Klapuri, M. Davy (eds.), "Signal processing methods for music transcription", 2007, chapter 5.
    Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> round(float(vf.spectral_centroid(y, sr=22050)[0, 20]))
    440
    """
    if varies(freq):
        return varying.centroid(
            *varying.data(y, sr, S, freq, n_fft, hop_length, win_length, window, center, pad_mode)
        )
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_magnitudes(S, n_fft)
        return run_spectra(_of_spectra(_centroid, sr, n_fft, freq), S)
    chain = spectral_centroid_chain(sr, n_fft, hop_length, freq, win_length, window, center, pad_mode)
    return run(chain, y)


def _bandwidth(sr: float, n_fft: int, freq: Any, norm: bool, p: float) -> Bandwidth:
    p = check_float(
        "p", p, low=0.01, high=30.0, remedy="give 2 for the standard deviation about the centroid"
    )
    if not isinstance(norm, (bool, np.bool_)):
        fail("norm", norm, "must be True or False", "give norm=True to weigh by shares of the magnitude")
    return Bandwidth(bin_frequencies(sr, n_fft, freq), p, bool(norm))


@memoised
def spectral_bandwidth_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    freq: Any,
    norm: bool,
    p: float,
) -> Chain:
    """Frames, magnitudes, their spread about the mean frequency."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    return Chain(frames, MAGNITUDES, descriptor=_bandwidth(sr, frames.n_fft, freq, norm, p))


def _about_given(settings: Mapping[str, Any]) -> bool:
    return settings["centroid"] is not None or varies(settings["freq"])


@computed_by(spectral_bandwidth_chain, alone=_about_given)
def spectral_bandwidth(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    freq: ArrayLike | None = None,
    centroid: ArrayLike | None = None,
    norm: bool = True,
    p: float = 2,
) -> FloatArray:
    """Spread of each frame about its centroid, as ``librosa.feature.spectral_bandwidth``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Frequency of each bin in Hz; by default those of the transform.
    centroid : array of shape (..., 1, frames), optional
        Frequency in Hz from which distances are measured; the centroid by default.
    norm : bool
        Divide each frame's magnitudes by their sum.
    p : float above 0
        Exponent of the distances: ``(sum S abs(freq - centroid) ** p) ** (1 / p)``.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Frequency in Hz; 0 where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    A. Klapuri, M. Davy (eds.), "Signal processing methods for music transcription", 2007, chapter 5.
    Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> t = np.arange(22050) / 22050
    >>> y = np.sin(2 * np.pi * 1000 * t) + np.sin(2 * np.pi * 3000 * t)
    >>> round(float(vf.spectral_bandwidth(y, sr=22050)[0, 20]), -1)
    1000.0
    """
    if varies(freq) or centroid is not None:
        _bandwidth(sr, 2, None, norm, p)  # checks the arguments
        if not varies(freq):
            if S is None:
                bins = 1 + check_int("n_fft", n_fft, unit="samples", remedy="try n_fft=2048") // 2
            else:
                bins = check_magnitudes(S, n_fft)[0].shape[-2]
            freq = bin_frequencies(sr, 2 * (bins - 1), freq).array(bins)[:, np.newaxis]
        magnitudes = varying.data(y, sr, S, freq, n_fft, hop_length, win_length, window, center, pad_mode)
        return varying.bandwidth(*magnitudes, centroid, norm, p)
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_magnitudes(S, n_fft)
        return run_spectra(_of_spectra(_bandwidth, sr, n_fft, freq, norm, p), S)
    chain = spectral_bandwidth_chain(
        sr, n_fft, hop_length, win_length, window, center, pad_mode, freq, norm, p
    )
    return run(chain, y)


def _rolloff(sr: float, n_fft: int, freq: Any, percent: float) -> Rolloff:
    percent = check_float("roll_percent", percent, above=0.0, remedy="give 0.85 for 85 %")
    if percent >= 1.0:
        fail("roll_percent", percent, "must be below 1", "give 0.85 for 85 %")
    return Rolloff(bin_frequencies(sr, n_fft, freq), percent)


@memoised
def spectral_rolloff_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    freq: Any,
    roll_percent: float,
) -> Chain:
    """Frames, magnitudes, roll-off frequency."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    return Chain(frames, MAGNITUDES, descriptor=_rolloff(sr, frames.n_fft, freq, roll_percent))


@computed_by(spectral_rolloff_chain, alone=has_varying)
def spectral_rolloff(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    freq: ArrayLike | None = None,
    roll_percent: float = 0.85,
) -> FloatArray:
    """Frequency below which most of a frame's magnitude lies, as ``librosa.feature.spectral_rolloff``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Frequency of each bin in Hz; by default those of the transform.
    roll_percent : float in (0, 1)
        Fraction of the summed magnitude that lies below the roll-off.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Frequency of a bin in Hz; that of the first bin, 0, where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The result is the bin at which a running sum reaches a limit. Where the sum is equal to the limit within
    rounding, the results of float32 and float64 can be one bin apart.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(22050)
    >>> bool(8000 < vf.spectral_rolloff(y, sr=22050).mean() < 10000)
    True
    """
    if varies(freq):
        _rolloff(sr, 2, None, roll_percent)  # checks the arguments
        magnitudes = varying.data(y, sr, S, freq, n_fft, hop_length, win_length, window, center, pad_mode)
        return varying.rolloff(*magnitudes, roll_percent)
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_magnitudes(S, n_fft)
        return run_spectra(_of_spectra(_rolloff, sr, n_fft, freq, roll_percent), S)
    chain = spectral_rolloff_chain(
        sr, n_fft, hop_length, win_length, window, center, pad_mode, freq, roll_percent
    )
    return run(chain, y)


def _flatness(amin: float) -> Flatness:
    return Flatness(check_float("amin", amin, above=0.0, remedy="give a small number such as 1e-10"))


@memoised
def spectral_flatness_chain(
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    amin: float,
    power: float,
) -> Chain:
    """Frames, magnitudes to a power, flatness."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    flatness = _flatness(amin)
    return Chain(frames, Spectrum.make(power), descriptor=flatness)


@memoised
def _flatness_of_spectra(amin: float, power: float) -> Chain:
    """The descriptor alone, of magnitudes that are given."""
    return Chain(spectrum=Spectrum.make(power), descriptor=_flatness(amin))


@computed_by(spectral_flatness_chain)
def spectral_flatness(
    y: SignalLike | None = None,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    amin: float = 1e-10,
    power: float = 2.0,
) -> FloatArray:
    """Geometric over arithmetic mean of each power spectrum, as ``librosa.feature.spectral_flatness``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    amin : float above 0
        Powers below `amin` are replaced by `amin`.
    power : float above 0
        Exponent of the magnitudes.

    Returns
    -------
    float32 or float64 array of shape (..., 1, frames)
        Flatness from nearly 0 (a tone) to 1 (white noise; also silence, where every power is `amin`).

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    S. Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", IEEE Signal
    Processing Letters 11, 2004. Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> noise = np.random.default_rng(0).standard_normal(22050)
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> bool(vf.spectral_flatness(noise).mean() > 0.4 > vf.spectral_flatness(tone)[0, 20])
    True
    """
    if signal_or_spectra(y, S) is S:
        S, _ = check_magnitudes(S, n_fft)
        return run_spectra(_flatness_of_spectra(amin, power), S)
    return run(
        spectral_flatness_chain(n_fft, hop_length, win_length, window, center, pad_mode, amin, power), y
    )


def _contrast(
    sr: float,
    n_fft: int,
    freq: Any,
    fmin: float,
    n_bands: int,
    quantile: float,
    linear: bool,
    top_db: float | None,
) -> Contrast:
    frequencies = bin_frequencies(sr, n_fft, freq)
    sr, hertz = frequencies.sr, frequencies.array(1 + n_fft // 2)
    if freq is not None and np.any(np.diff(hertz) <= 0):
        _not_rising(freq)
    n_bands = check_int("n_bands", n_bands, remedy="give 6 for six octaves above fmin", most=1000)
    quantile = check_float("quantile", quantile, above=0.0, remedy="give 0.02 for the outer 2 % of each band")
    if quantile >= 1:
        fail("quantile", quantile, "must be below 1", "give 0.02 for the outer 2 % of each band")
    fmin = check_float("fmin", fmin, above=0.0, unit="Hz")
    if top_db is not None:
        check_float("top_db", top_db, low=0.0, unit="decibels", remedy="give 80.0, or None for no floor")
    edges = [0.0, *(fmin * 2.0 ** np.arange(n_bands + 1))]
    if edges[-2] >= sr / 2:
        most = int(np.ceil(np.log2(sr / 2 / fmin))) if fmin < sr / 2 else 0
        hint = f"give at most {most}, or a lower fmin" if most else f"give fmin below {sr / 2:g} Hz"
        name, value = ("n_bands", n_bands) if most else ("fmin", fmin)
        fail(name, value, f"the last band would begin at {edges[-2]:g} Hz, above half of sr={sr:g}", hint)
    bands = []
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = np.flatnonzero((hertz >= low) & (hertz <= high))
        first = int(inside[0]) - (k > 0) if inside.size else 0
        end = (hertz.size if k == n_bands else int(inside[-1]) + 1) if inside.size else 0
        size = end - first - (k < n_bands)  # the last bin belongs to the band above
        if size < 1:
            fail("n_fft", n_fft, f"no bin lies from {low:g} to {high:g} Hz", "give a larger n_fft or fmin")
        bands.append((first, size, min(size, max(1, int(np.rint(quantile * (end - first)))))))
    linear = check_bool("linear", linear)
    return Contrast(tuple(bands), linear, None if top_db is None else float(top_db))


def _not_rising(freq: Any) -> NoReturn:
    fail("freq", np.asarray(freq), "must rise from bin to bin", "give ascending frequencies, one per bin")


@memoised
def spectral_contrast_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    freq: Any,
    fmin: float,
    n_bands: int,
    quantile: float,
    linear: bool,
    top_db: float | None,
) -> Chain:
    """Frames, magnitudes, contrast of each octave."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    contrast = _contrast(sr, frames.n_fft, freq, fmin, n_bands, quantile, linear, top_db)
    return Chain(frames, MAGNITUDES, descriptor=contrast)


@computed_by(spectral_contrast_chain)
def spectral_contrast(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    freq: ArrayLike | None = None,
    fmin: float = 200.0,
    n_bands: int = 6,
    quantile: float = 0.02,
    linear: bool = False,
    top_db: float | None = 80.0,
) -> FloatArray:
    """Difference of peaks and valleys in each octave, as ``librosa.feature.spectral_contrast``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    freq : array of shape (1 + n_fft // 2,), optional
        Frequency of each bin in Hz, in ascending order; by default those of the transform.
    fmin : float above 0
        Upper edge of the first band in Hz; that band begins at 0, the others are octaves above it.
    n_bands : int
        Number of octaves; the last one reaches to the highest bin.
    quantile : float in (0, 1)
        Fraction of a band's bins whose mean is its peak, and its valley; at least one bin.
    linear : bool
        Return the difference of the magnitudes in place of the difference of their decibels.
    top_db : float or None
        Decibels of peaks are clipped at `top_db` below the largest peak of the clip, and those of valleys at
        `top_db` below the largest valley, as in librosa. With None nothing is clipped, and a frame's values
        depend on its own samples alone.

    Returns
    -------
    float32 or float64 array of shape (..., n_bands + 1, frames)
        Decibels (of magnitudes, ``10 log10``), or differences of magnitudes; 0 where a frame is silent.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    D.-N. Jiang et al., "Music type classification by spectral contrast feature", ICME 2002. Defaults: librosa
    0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> C = vf.spectral_contrast(y, sr=22050)
    >>> C.shape, int(C[:, 20].argmax())
    ((7, 44), 2)
    """
    if varies(freq):
        _not_rising(freq)
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_magnitudes(S, n_fft)
        chain = _of_spectra(_contrast, sr, n_fft, freq, fmin, n_bands, quantile, linear, top_db)
        return run_spectra(chain, S)
    chain = spectral_contrast_chain(
        sr, n_fft, hop_length, win_length, window, center, pad_mode, freq, fmin, n_bands, quantile, linear,
        top_db,
    )  # fmt: skip
    return run(chain, y)


def _polynomial(sr: float, n_fft: int, freq: Any, order: int) -> Polynomial:
    order = check_int("order", order, least=0)
    if order > n_fft // 2:
        fail("order", order, f"needs more than the {1 + n_fft // 2} bins of a frame", "give a lower order")
    frequencies = bin_frequencies(sr, n_fft, freq)
    varying.check_powers(order, frequencies.array(1 + n_fft // 2))
    return Polynomial(order, frequencies)


@memoised
def poly_features_chain(
    sr: float,
    n_fft: int,
    hop_length: int,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    order: int,
    freq: Any,
) -> Chain:
    """Frames, magnitudes, polynomial fitted to them."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    return Chain(frames, MAGNITUDES, cepstrum=_polynomial(sr, frames.n_fft, freq, order))


@memoised
def _polynomial_of_spectra(sr: float, n_fft: int, freq: Any, order: int) -> Chain:
    """The descriptor alone, of magnitudes that are given."""
    return Chain(cepstrum=_polynomial(sr, n_fft, freq, order))


@computed_by(poly_features_chain, alone=has_varying)
def poly_features(
    y: SignalLike | None = None,
    sr: float = 22050,
    *,
    S: ArrayLike | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    order: int = 1,
    freq: ArrayLike | None = None,
) -> FloatArray:
    """Polynomial fitted to the magnitudes of each frame, as ``librosa.feature.poly_features``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Magnitude spectrogram to use in place of `y`.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    order : int, 0 or more
        Order of the polynomial. An order is refused if powers of the highest frequency would overflow.
    freq : array of shape (1 + n_fft // 2,) or (..., 1 + n_fft // 2, frames), optional
        Frequency of each bin in Hz; by default those of the transform.

    Returns
    -------
    float32 or float64 array of shape (..., order + 1, frames)
        Coefficients of the least-squares fit, the highest power first.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> S = np.linspace(3.0, 1.0, 1025)[:, np.newaxis]
    >>> slope, constant = vf.poly_features(S=S, sr=22050)[:, 0]
    >>> round(float(constant), 6), round(float(slope * 11025), 6)
    (3.0, -2.0)
    """
    if varies(freq):
        varying.check_powers(check_int("order", order, least=0), check_numeric("freq", freq))
        magnitudes = varying.data(y, sr, S, freq, n_fft, hop_length, win_length, window, center, pad_mode)
        return varying.polynomial(*magnitudes, order)
    if signal_or_spectra(y, S) is S:
        S, n_fft = check_magnitudes(S, n_fft)
        return run_spectra(_polynomial_of_spectra(sr, n_fft, freq, order), S)
    chain = poly_features_chain(sr, n_fft, hop_length, win_length, window, center, pad_mode, order, freq)
    return run(chain, y)

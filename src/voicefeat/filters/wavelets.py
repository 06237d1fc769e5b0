"""The wavelets of constant-Q transforms: one for each frequency, with a fixed number of periods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .._typing import ComplexArray, Float64Array, Window
from ..errors import LONGEST, MOST, check_bool, check_complex_dtype, check_float, check_int, check_rate, fail
from ..units.intervals import ascending, widths
from .norms import check_norm, scaled
from .windows import get_window, window_bandwidth

__all__ = ["constant_q", "wavelet", "wavelet_lengths"]

#: C1 in Hz, the default lowest frequency of constant-Q transforms.
C1 = 440.0 * 2.0 ** ((24 - 69) / 12)
#: The most points of a matrix of wavelets: half a gigabyte.
MOST_POINTS = 1 << 26
#: The most bins of an octave or of a transform.
MOST_BINS = 10_000


def wavelet_lengths(
    *,
    freqs: ArrayLike,
    sr: float = 22050,
    window: Window = "hann",
    filter_scale: float = 1,
    gamma: float | None = 0,
    alpha: ArrayLike | None = None,
) -> tuple[Float64Array, float]:
    """Lengths of wavelets, and the highest frequency that any of them responds to.

    Parameters
    ----------
    freqs : array_like, shape (n,)
        Centre frequencies in Hz, ascending.
    sr : float > 0
        Sampling rate in Hz.
    window : str, tuple, float or callable
        Window of the wavelets.
    filter_scale : float > 0
        Factor by which lengths are multiplied.
    gamma : float >= 0 or None
        Bandwidth in Hz that is added to the relative one; 0 gives constant Q, None the equivalent
        rectangular bandwidths (ERB) of hearing.
    alpha : array_like, shape (n,) or (), optional
        Bandwidths relative to the centre frequencies; by default from neighbouring `freqs`.

    Returns
    -------
    lengths : numpy.ndarray, shape (n,), float64
        Lengths in samples, not rounded.
    f_cutoff : float
        Highest frequency in Hz that a wavelet responds to.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.wavelet_lengths``; B. R. Glasberg and B. C. J. Moore, 1990, for
    the ERB.

    Examples
    --------
    >>> import voicefeat as vf
    >>> lengths, cutoff = vf.filters.wavelet_lengths(freqs=[440.0, 880.0], sr=22050, alpha=0.1)
    >>> lengths.round(2).tolist()
    [501.14, 250.57]
    """
    freqs = ascending(freqs)
    lengths, cutoff = lengths_and_reach(
        freqs, sr, window=window, filter_scale=filter_scale, gamma=gamma, alpha=alpha
    )
    if lengths.shape != freqs.shape or not (lengths.min() >= 1 and lengths.max() <= MOST):
        fail(
            "freqs",
            freqs,
            "need wavelets that are shorter than a sample or too long",
            "give audible frequencies",
        )
    return lengths, cutoff


def lengths_and_reach(
    freqs: np.ndarray, sr: Any, *, window: Window, filter_scale: Any, gamma: Any, alpha: Any
) -> tuple[np.ndarray, float]:
    """`wavelet_lengths` without limits, for callers that check the lengths themselves."""
    sr = check_rate("sr", sr)
    filter_scale = check_float("filter_scale", filter_scale, low=1e-6, high=1e6)
    width = relative_bandwidth(freqs) if alpha is None else widths(alpha)
    try:
        fits = np.broadcast_shapes(np.shape(width), freqs.shape) == freqs.shape
    except ValueError:
        fits = False
    if not fits:
        fail("alpha", alpha, f"must be a number, or one for each of {freqs.size} frequencies", "try None")
    if gamma is None:
        added: Any = width * 24.7 / 0.108
    else:
        added = check_float("gamma", gamma, low=0, unit="hertz")
    q = filter_scale / width
    cutoff = np.max(freqs * (1 + 0.5 * window_bandwidth(window) / q) + 0.5 * added)
    with np.errstate(over="ignore", divide="ignore"):  # infinite lengths are refused by the callers
        return q * sr / (freqs + added / width), float(cutoff)


def relative_bandwidth(freqs: np.ndarray) -> np.ndarray:
    """Bandwidths relative to centre frequencies, chosen so that neighbouring bands meet."""
    if freqs.size < 2:
        fail("freqs", freqs, "a single frequency has no neighbour that sets its bandwidth", "give alpha=")
    octaves = np.log2(freqs)
    if not np.diff(octaves).all():
        fail("freqs", freqs, "contain a frequency twice", "give each once, or give alpha=")
    bins = np.empty_like(freqs)
    bins[0], bins[-1] = 1 / (octaves[1] - octaves[0]), 1 / (octaves[-1] - octaves[-2])
    bins[1:-1] = 2 / (octaves[2:] - octaves[:-2])
    return equal_bandwidth(bins)


def equal_bandwidth(bins_per_octave: Any) -> Any:
    """The relative bandwidth of `bins_per_octave` equal steps per octave."""
    return (2.0 ** (2 / bins_per_octave) - 1) / (2.0 ** (2 / bins_per_octave) + 1)


def check_points(name: str, value: Any, lengths: np.ndarray, remedy: str) -> None:
    """Refuse a matrix of wavelets that would fill the memory."""
    if too_many(lengths):
        problem = f"{lengths.size} wavelets of up to {lengths.max():.0f} samples are too large together"
        fail(name, value, problem, remedy)


def too_many(lengths: np.ndarray) -> bool:
    """Whether a matrix of wavelets of these lengths would fill the memory."""
    longest = lengths.max()
    return bool(longest > LONGEST or lengths.size * 2.0 ** np.ceil(np.log2(longest)) > MOST_POINTS)


def wavelet(
    *,
    freqs: ArrayLike,
    sr: float = 22050,
    window: Window = "hann",
    filter_scale: float = 1,
    pad_fft: bool = True,
    norm: float | None = 1,
    dtype: DTypeLike = np.complex64,
    gamma: float | None = 0,
    alpha: ArrayLike | None = None,
    **kwargs: Any,
) -> tuple[ComplexArray, Float64Array]:
    """Wavelets: a windowed complex exponential for each frequency, one per row, all centred.

    Parameters
    ----------
    freqs : array_like, shape (n,)
        Centre frequencies in Hz, ascending.
    sr, window, filter_scale, gamma, alpha
        As in `wavelet_lengths`.
    pad_fft : bool
        True to pad to a power of two, False to pad to the longest wavelet.
    norm : float or None
        Each wavelet gets unit p-norm; None for no norm.
    dtype : complex64 or complex128
        Data type of the result.
    **kwargs
        Arguments of `numpy.pad`; zero-padding by default.

    Returns
    -------
    filters : numpy.ndarray, shape (n, samples)
        One row per wavelet.
    lengths : numpy.ndarray, shape (n,), float64
        Lengths in samples, as from `wavelet_lengths`.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.wavelet``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> bank, lengths = vf.filters.wavelet(freqs=[440.0, 880.0], sr=22050, alpha=0.1)
    >>> bank.shape, bank.dtype
    ((2, 512), dtype('complex64'))
    """
    check_norm("norm", norm)
    kind, pad_fft = check_complex_dtype("dtype", dtype), check_bool("pad_fft", pad_fft)
    freqs = ascending(freqs)
    width = {"filter_scale": filter_scale, "gamma": gamma, "alpha": alpha}
    lengths, _ = wavelet_lengths(freqs=freqs, sr=sr, window=window, **width)  # type: ignore[arg-type]
    check_points("freqs", freqs, lengths, "give higher frequencies, or fewer")
    longest = lengths.max()
    size = int(2.0 ** np.ceil(np.log2(longest))) if pad_fft else int(np.ceil(longest))
    bank = np.empty((len(freqs), size), kind)
    for row, length, hertz in zip(bank, lengths, freqs, strict=True):
        n = np.arange(-length // 2, length // 2)
        angles = n * 2 * np.pi * hertz / sr
        pulse = scaled((np.cos(angles) + 1j * np.sin(angles)) * get_window(window, n.size), norm, axis=0)
        before = (size - n.size) // 2
        row[:] = np.pad(pulse, (before, size - n.size - before), **{"mode": "constant", **kwargs})
    return bank, lengths


def constant_q(
    *,
    sr: float,
    fmin: float | None = None,
    n_bins: int = 84,
    bins_per_octave: int = 12,
    window: Window = "hann",
    filter_scale: float = 1,
    pad_fft: bool = True,
    norm: float | None = 1,
    dtype: DTypeLike = np.complex64,
    gamma: float = 0,
    **kwargs: Any,
) -> tuple[ComplexArray, Float64Array]:
    """Wavelets of equal temperament with a constant number of periods: `wavelet` for ``fmin 2^(k / bins)``.

    Parameters
    ----------
    sr : float > 0
        Sampling rate in Hz.
    fmin : float > 0, optional
        The lowest frequency in Hz; C1, 32.7 Hz, by default.
    n_bins, bins_per_octave : int > 0
        Number of frequencies, and of frequencies per octave.
    window, filter_scale, pad_fft, norm, dtype, gamma, **kwargs
        As in `wavelet`.

    Returns
    -------
    filters : numpy.ndarray, shape (n_bins, samples)
        One row per wavelet.
    lengths : numpy.ndarray, shape (n_bins,), float64
        Lengths in samples, as from `wavelet_lengths`.

    Raises
    ------
    ParameterError
        If an argument cannot be used, for example if a wavelet reaches above half of `sr`.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.constant_q``, which librosa deprecates in favour of ``wavelet``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> bank, lengths = vf.filters.constant_q(sr=22050, n_bins=24)
    >>> bank.shape
    (24, 16384)
    """
    sr = check_rate("sr", sr)
    fmin = C1 if fmin is None else check_float("fmin", fmin, above=0, unit="hertz")
    n_bins = check_int("n_bins", n_bins, unit="bins")
    bins_per_octave = check_int("bins_per_octave", bins_per_octave, unit="bins", most=MOST_BINS)
    if n_bins > MOST_BINS or fmin * 2.0 ** min((n_bins - 1) / bins_per_octave, 100) > sr / 2:
        fail("n_bins", n_bins, f"reach above half of sr, {sr / 2:g} Hz", "give fewer bins, or a lower fmin")
    freqs = fmin * 2.0 ** (np.arange(n_bins) / bins_per_octave)
    shape = {"window": window, "filter_scale": filter_scale, "alpha": equal_bandwidth(bins_per_octave)}
    _, cutoff = lengths_and_reach(freqs, sr, gamma=0, **shape)
    lengths, _ = lengths_and_reach(freqs, sr, gamma=gamma, **shape)
    if cutoff > sr / 2:
        problem = f"the highest wavelet reaches to {cutoff:.6g} Hz, above half of sr, {sr / 2:g} Hz"
        fail("n_bins", n_bins, problem, "give fewer bins, or a lower fmin")
    if not (lengths.min() >= 1 and lengths.max() <= MOST):
        fail("fmin", fmin, "gives wavelets that are shorter than a sample or too long", "give an audible one")
    check_points("fmin", fmin, lengths, "give a higher fmin, or fewer bins")
    return wavelet(
        freqs=freqs, sr=sr, pad_fft=pad_fft, norm=norm, dtype=dtype, gamma=gamma, **shape, **kwargs
    )

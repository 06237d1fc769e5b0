"""Banks that fold constant-Q bins into pitch classes, and wavelets as weights of the bins of an FFT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .._typing import FloatArray, Values
from ..errors import (
    MOST_WEIGHTS,
    check_bank,
    check_bool,
    check_float,
    check_float_dtype,
    check_int,
    fail,
    to_array,
)
from .wavelets import C1, equal_bandwidth, relative_bandwidth, wavelet

__all__ = ["cq_to_chroma"]


def cq_to_chroma(
    n_input: int,
    *,
    bins_per_octave: int = 12,
    n_chroma: int = 12,
    fmin: float | None = None,
    window: Values | None = None,
    base_c: bool = True,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """A bank from constant-Q bins to pitch classes: each row adds the bins of one pitch class.

    Parameters
    ----------
    n_input : int > 0
        Number of constant-Q bins.
    bins_per_octave : int > 0
        Bins per octave, a multiple of `n_chroma`.
    n_chroma : int > 0
        Number of pitch classes.
    fmin : float > 0, optional
        Frequency of the first bin in Hz; C1, 32.7 Hz, by default.
    window : array_like, shape (n,) or (m, n), optional
        Window with which each row is convolved.
    base_c : bool
        True to begin with C, False with A.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    numpy.ndarray, shape (n_chroma, n_input)
        Weights of the bins.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.cq_to_chroma``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> fold = vf.filters.cq_to_chroma(84)
    >>> fold.shape, fold[:, 9].argmax()
    ((12, 84), np.int64(9))
    """
    n_input = check_int("n_input", n_input, unit="bins", most=MOST_WEIGHTS >> 4)
    bins_per_octave = check_int("bins_per_octave", bins_per_octave, unit="bins")
    n_chroma = check_int("n_chroma", n_chroma, unit="pitch classes")
    check_bank("n_chroma", n_chroma, None, n_input)
    fmin = C1 if fmin is None else check_float("fmin", fmin, above=0, unit="hertz")
    kind, base_c = check_float_dtype("dtype", dtype), check_bool("base_c", base_c)
    if bins_per_octave % n_chroma:
        near = n_chroma * max(1, round(bins_per_octave / n_chroma))
        problem = f"is not a multiple of n_chroma={n_chroma}"
        fail("bins_per_octave", bins_per_octave, problem, f"give a multiple, such as {near}")
    merged = bins_per_octave // n_chroma
    # A pitch class has the bins around its centre; the first octave begins in the middle of its first class.
    place = (np.arange(n_input) + merged // 2) // merged % n_chroma
    first = np.mod(12 * (np.log2(fmin) - np.log2(440.0)) + 69, 12) - (0 if base_c else 9)
    place = (place + int(np.round(first * (n_chroma / 12.0)))) % n_chroma
    weights = np.equal.outer(np.arange(n_chroma), place).astype(kind)
    if window is None:
        return weights
    from scipy.signal import convolve

    return convolve(weights, check_kernel(window), mode="same")


def check_kernel(window: Any) -> np.ndarray:
    """The weights with which neighbouring pitch classes are smoothed, as a matrix."""
    kernel = np.atleast_2d(to_array("window", window))
    numbers = kernel.dtype.kind in "fiu" and kernel.ndim == 2 and kernel.size
    if not numbers or not (np.abs(kernel.astype(float)) < 1e6).all():
        fail("window", window, "must hold finite numbers", "give an array such as [0.5, 1, 0.5]")
    return kernel


def tonal_centroids(n_chroma: int) -> np.ndarray:
    """Coordinates of pitch classes on the circles of fifths, minor and major thirds, shape (6, n_chroma).

    Source: C. Harte, M. Sandler and M. Gasser, "Detecting harmonic change in musical audio", 2006; the order
    and the radii 1, 1 and 1/2 are those of ``librosa.feature.tonnetz``.
    """
    semitones = np.linspace(0, 12, n_chroma, endpoint=False)
    turns = np.multiply.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], semitones)
    turns[::2] -= 0.5  # sines, as cosines shifted by a quarter of a turn
    return np.array([[1.0], [1], [1], [1], [0.5], [0.5]]) * np.cos(np.pi * turns)


def response(
    freqs: np.ndarray,
    sr: float,
    filter_scale: float,
    norm: float | None,
    sparsity: float,
    window: Any,
    alpha: np.ndarray,
    gamma: float | None = 0.0,
    hop_length: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Wavelets as weights of the bins of an FFT, and their lengths: shape (n, 1 + n_fft // 2), complex64.

    The FFT is as long as the padded wavelets, and at least two hops. In each row the weakest bins that
    together make less than `sparsity` of its magnitude are zero. Everything is rounded to complex64 as in
    librosa, because the rounding decides which bins are zero.
    """
    from scipy.fft import fft

    basis, lengths = wavelet(
        freqs=freqs, sr=sr, filter_scale=filter_scale, norm=norm, window=window, gamma=gamma, alpha=alpha
    )
    n_fft = basis.shape[1]
    if hop_length:
        n_fft = max(n_fft, int(2.0 ** (1 + np.ceil(np.log2(hop_length)))))
    basis *= lengths[:, np.newaxis] / float(n_fft)
    weights = fft(basis, n=n_fft, axis=1)[:, : n_fft // 2 + 1]
    sizes = np.abs(weights)
    ordered = np.sort(sizes, axis=1)
    share = np.cumsum(ordered / np.sum(sizes, axis=1, keepdims=True), axis=1)
    least = np.take_along_axis(ordered, np.argmin(share < sparsity, axis=1)[:, np.newaxis], axis=1)
    return np.where(sizes >= least, weights, 0), lengths


def bandwidths(freqs: np.ndarray, bins_per_octave: int) -> np.ndarray:
    """Relative bandwidths of `freqs`; a single one has the bandwidth of equal temperament."""
    return np.atleast_1d(equal_bandwidth(bins_per_octave)) if freqs.size == 1 else relative_bandwidth(freqs)


def pseudo_response(
    *,
    freqs: tuple[float, ...],
    bins_per_octave: int,
    sr: float,
    hop_length: int,
    filter_scale: float,
    norm: float | None,
    sparsity: float,
    window: Any,
    scale: bool,
    fold: Any = None,
) -> np.ndarray:
    """Magnitudes of wavelets as weights of the magnitudes of the bins of an FFT, float64.

    With `fold`, a bank over the wavelets (its last columns), the weights of the rows of that bank.
    """
    hertz = np.array(freqs)
    alpha = bandwidths(hertz, bins_per_octave)
    weights, lengths = response(hertz, sr, filter_scale, norm, sparsity, window, alpha, hop_length=hop_length)
    n_fft = 2 * (weights.shape[1] - 1)
    size = np.abs(weights.astype(np.complex128))
    size = size / np.sqrt(n_fft) if scale else size * np.sqrt(lengths / n_fft)[:, np.newaxis]
    return size if fold is None else fold.matrix()[:, -len(size) :] @ size

"""Filter banks as plain arrays: a row is a filter, a column is a bin of a real FFT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .._typing import BankNorm, FloatArray
from ..errors import (
    check_bank,
    check_bool,
    check_divisor,
    check_float,
    check_float_dtype,
    check_int,
    check_rate,
    fail,
)
from ..units.hertz import fft_frequencies, hz_to_octs, mel_frequencies
from .empty_bands import check_filters
from .folding import pseudo_response as pseudo_response, tonal_centroids as tonal_centroids
from .norms import check_norm, scaled

__all__ = ["chroma", "linear", "mel"]


def mel(
    *,
    sr: float,
    n_fft: int,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: BankNorm = "slaney",
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """A mel filter bank: triangles whose edges are equally spaced in mel.

    Parameters
    ----------
    sr : float > 0
        Sampling rate in Hz.
    n_fft : int > 0
        Length of the FFT in samples.
    n_mels : int > 0
        Number of filters.
    fmin, fmax : float
        The lowest and the highest edge in Hz; None is half of `sr`.
    htk : bool
        True for HTK's mel scale, False for Slaney's (see `hz_to_mel`).
    norm : "slaney", None or number
        "slaney" divides by half the width in Hz, for unit area; None leaves peaks of 1; a number p gives
        each row unit p-norm (inf: the largest weight is 1).
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    numpy.ndarray, shape (n_mels, 1 + n_fft // 2)
        Weights of the filters.

    Raises
    ------
    ParameterError
        If an argument cannot be used, for example `fmax` above half of `sr`.

    Warns
    -----
    UserWarning
        If filters are empty, because they lie between two bins. The message says how many and which is first.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.mel``, to the last bit. librosa allows `fmax` above half of
    `sr`, which leaves the upper filters empty.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.filters.mel(sr=16000, n_fft=512, n_mels=40).shape
    (40, 257)
    """
    n_mels = check_int("n_mels", n_mels, unit="filters")
    check_bank("n_mels", n_mels, n_fft)
    low, high = _range(sr, fmin, fmax)
    edges = mel_frequencies(n_mels + 2, fmin=low, fmax=high, htk=htk)
    return _bank("n_mels", edges, sr, n_fft, norm, dtype)


def linear(
    *,
    sr: float,
    n_fft: int,
    n_filters: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    norm: BankNorm = None,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """A linear filter bank: triangles whose edges are equally spaced in Hz.

    Parameters
    ----------
    sr : float > 0
        Sampling rate in Hz.
    n_fft : int > 0
        Length of the FFT in samples.
    n_filters : int > 0
        Number of filters.
    fmin, fmax : float
        The lowest and the highest edge in Hz; None is half of `sr`.
    norm : None, "slaney" or number
        None leaves peaks of 1; "slaney" divides by half the width in Hz, for unit area; a number p gives
        each row unit p-norm.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    numpy.ndarray, shape (n_filters, 1 + n_fft // 2)
        Weights of the filters.

    Raises
    ------
    ParameterError
        If an argument cannot be used, for example `fmax` above half of `sr`.

    Warns
    -----
    UserWarning
        If filters are empty, because they lie between two bins. The message says how many and which is first.

    Notes
    -----
    `mel` with ``n_filters + 2`` edges from `fmin` to `fmax` that are equally spaced in Hz; the bank of
    linear frequency cepstral coefficients (LFCC).

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.filters.linear(sr=8, n_fft=8, n_filters=1))
    [[0.  0.5 1.  0.5 0. ]]
    """
    n_filters = check_int("n_filters", n_filters, unit="filters")
    check_bank("n_filters", n_filters, n_fft)
    low, high = _range(sr, fmin, fmax)
    return _bank("n_filters", np.linspace(low, high, n_filters + 2), sr, n_fft, norm, dtype)


def _range(sr: Any, fmin: Any, fmax: Any) -> tuple[float, float]:
    """The lowest and the highest edge in Hz."""
    nyquist = check_rate("sr", sr) / 2
    low = check_float("fmin", fmin, low=0, unit="hertz")
    if fmax is None:
        high = nyquist
    else:
        high = check_float("fmax", fmax, above=0, unit="hertz")
        if high > nyquist:
            problem = f"lies above half the sampling rate, {nyquist:g} Hz for sr={2 * nyquist:g}"
            fail("fmax", fmax, problem, f"give fmax=None or at most {nyquist:g}")
    if not high - low > 1e-9 * nyquist:
        fail("fmin", fmin, f"must lie below fmax, {high:g} Hz", f"give a value from 0 to below {high:g}")
    return low, high


def _bank(count: str, edges: np.ndarray, sr: float, n_fft: int, norm: Any, dtype: DTypeLike) -> np.ndarray:
    """Normalised triangles, each over three neighbouring edges."""
    kind = check_float_dtype("dtype", dtype)
    check_norm("norm", norm, "slaney")
    bins = fft_frequencies(sr=sr, n_fft=n_fft)
    gaps = np.diff(edges)
    # Convert to the result's dtype before the scaling, as librosa does, to get the same bits.
    weights = np.zeros((len(edges) - 2, len(bins)), kind)
    firsts, lasts = np.searchsorted(bins, edges, "right"), np.searchsorted(bins, edges, "left")
    for i, row in enumerate(weights):
        inside = slice(firsts[i], lasts[i + 2])
        hertz = bins[inside]
        row[inside] = np.minimum((hertz - edges[i]) / gaps[i], (edges[i + 2] - hertz) / gaps[i + 1])
    if isinstance(norm, str):
        weights *= (2.0 / (edges[2:] - edges[:-2]))[:, np.newaxis]
    else:
        weights = scaled(weights, norm, axis=-1)
    check_filters(weights, edges, bins[1] if len(bins) > 1 else sr, count)
    return weights


def chroma(
    *,
    sr: float,
    n_fft: int,
    n_chroma: int = 12,
    tuning: float = 0.0,
    ctroct: float = 5.0,
    octwidth: float | None = 2,
    norm: float | None = 2,
    base_c: bool = True,
    dtype: DTypeLike = np.float32,
) -> FloatArray:
    """A chroma filter bank: each row adds the bins of one pitch class over all octaves.

    Parameters
    ----------
    sr : float > 0
        Sampling rate in Hz.
    n_fft : int > 1
        Length of the FFT in samples.
    n_chroma : int > 0
        Number of pitch classes per octave.
    tuning : float
        Deviation of A4 from 440 Hz, in pitch classes.
    ctroct, octwidth : float
        Centre (octaves above 27.5 Hz) and width of the Gaussian that weights the octaves; an `octwidth` of
        None weights all octaves equally.
    norm : number or None
        Each column gets unit p-norm before the octaves are weighted; None for no norm.
    base_c : bool
        True to begin with C, False with A.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    numpy.ndarray, shape (n_chroma, 1 + n_fft // 2)
        Weights of the filters.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.chroma``, to the last bit in float32; D. Ellis, "Chroma feature
    analysis and synthesis", 2007.

    Examples
    --------
    >>> import voicefeat as vf
    >>> bank = vf.filters.chroma(sr=22050, n_fft=2048)
    >>> bank.shape, int(bank[:, 41].argmax())  # bin 41 is 441 Hz, an A
    ((12, 1025), 9)
    """
    sr = check_rate("sr", sr)
    n_fft = check_int("n_fft", n_fft, 2, unit="samples")
    n_chroma = check_int("n_chroma", n_chroma, unit="pitch classes")
    check_bank("n_chroma", n_chroma, n_fft)
    ctroct = check_float("ctroct", ctroct, unit="octaves")
    if octwidth is not None:
        remedy = "give None to weight all octaves equally"
        octwidth = check_divisor("octwidth", octwidth, above=0, unit="octaves", remedy=remedy)
    kind = check_float_dtype("dtype", dtype)

    n_bins = 1 + n_fft // 2
    hertz = np.linspace(0, sr, n_fft, endpoint=False)[1 : n_bins + 1]
    place = n_chroma * hz_to_octs(hertz, tuning=tuning, bins_per_octave=n_chroma)
    # 0 Hz has no pitch: place it one and a half octaves below bin 1.
    place = np.concatenate([[place[0] - 1.5 * n_chroma], place])
    width = np.concatenate([np.maximum(place[1:] - place[:-1], 1.0), [1.0]])[:n_bins]
    place = place[:n_bins]

    half = np.round(n_chroma / 2)
    away = np.subtract.outer(place, np.arange(n_chroma, dtype=float)).T
    # Wrap around the circle of pitch classes into -half..half; ten more turns keep the dividend positive.
    away = np.remainder(away + half + 10 * n_chroma, n_chroma) - half
    weights = scaled(np.exp(-0.5 * (2 * away / width) ** 2), norm, axis=0)
    if octwidth is not None:
        weights *= np.exp(-0.5 * (((place / n_chroma - ctroct) / octwidth) ** 2))
    if check_bool("base_c", base_c):
        weights = np.roll(weights, -3 * (n_chroma // 12), axis=0)
    return np.ascontiguousarray(weights, dtype=kind)

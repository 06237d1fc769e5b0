"""The filter banks of published front ends: each convention is one setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from .._typing import FloatArray, Scale
from ..errors import check_bool, check_choice, check_float, check_float_dtype, check_int, check_rate, fail
from ..units.hertz import fft_frequencies, hz_to_mel, mel_to_hz
from .empty_bands import check_filters

__all__ = ["bank", "total"]


def _identity(x: Any) -> np.ndarray:
    return np.asarray(x, dtype=float)


#: Functions from hertz to the scale on which edges are equally spaced, and back.
SCALES: dict[str, tuple[Callable[[Any], np.ndarray], Callable[[Any], np.ndarray]]] = {
    "hz": (_identity, _identity),
    "slaney": (hz_to_mel, mel_to_hz),
    "htk": (lambda x: hz_to_mel(x, htk=True), lambda x: mel_to_hz(x, htk=True)),
}


def bank(
    *,
    sr: float,
    n_fft: int,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: Scale = "htk",
    shape: Literal["triangle", "rectangle"] = "triangle",
    slopes: Literal["hz", "scale"] = "hz",
    edges: Literal["exact", "floor"] = "exact",
    norm: Literal["slaney", "area", "peak"] | None = None,
    inverted: bool = False,
    nyquist: bool = True,
    labelled: int | None = None,
    labelled_to: float | None = None,
    straight: float = 0.0,
    dc: bool = False,
    dtype: DTypeLike = np.float64,
) -> FloatArray:
    """Filters whose edges are equally spaced on a scale, in the conventions of published front ends.

    Parameters
    ----------
    sr : float above 0
        Sampling rate in Hz.
    n_fft : int
        Length of the FFT in samples.
    n_filters : int
        Number of filters.
    fmin, fmax : float
        The lowest and the highest edge in Hz. An `fmax` of None is half of `sr`; an `fmax` of 0 or below is
        added to half of `sr`, as in Kaldi.
    scale : {"htk", "slaney", "hz"}
        The scale on which the edges are equally spaced: mel as in HTK or as in Slaney's toolbox, or hertz.
    shape : {"triangle", "rectangle"}
        Each filter spans three neighbouring edges. A triangle has its peak at the second; a rectangle goes
        from the first to the third, both included.
    slopes : {"hz", "scale"}
        Whether the sides of triangles are linear in Hz or on the scale (Kaldi, HTK).
    edges : {"exact", "floor"}
        "floor" moves each edge to the bin floor((n_fft + 1) f / sr).
    norm : {None, "slaney", "area", "peak"}
        "slaney" divides by half the width in Hz, "area" by the sum of the weights, "peak" by the largest.
    inverted : bool
        True to mirror the bank, as if the order of the bins were reversed.
    nyquist : bool
        Whether the last bin is used (Kaldi leaves it out).
    labelled : int, optional
        Use only the first n bins, and take them to be equally spaced from 0 Hz to `fmax`, both included.
    labelled_to : float, optional
        The frequency in Hz that the last of the `labelled` bins is taken to have, in place of `fmax`.
    straight : float
        Edges below this frequency in Hz are moved so that they are equally spaced in Hz, up to the first edge
        above it.
    dc : bool
        Whether the first filter is the bin at 0 Hz alone; the other filters then share the range.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    array of shape (n_filters, 1 + n_fft // 2)
        Weights of the filters.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Warns
    -----
    UserWarning
        If filters are empty, because they lie between two bins. The message says how many and which is first.

    References
    ----------
    S. Young et al., "The HTK book", 2006; D. Povey et al., "The Kaldi speech recognition toolkit", 2011;
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection", 2015.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.filters.bank(sr=16000, n_fft=512, n_filters=23, fmin=20.0, slopes="scale", nyquist=False).shape
    (23, 257)
    """
    nyquist_hz = check_rate("sr", sr) / 2
    n_fft, n_filters = check_int("n_fft", n_fft, 2), check_int("n_filters", n_filters, unit="filters")
    check_choice("scale", scale, SCALES)
    check_choice("shape", shape, ("triangle", "rectangle"))
    check_choice("slopes", slopes, ("hz", "scale"))
    check_choice("edges", edges, ("exact", "floor"))
    check_choice("norm", norm, (None, "slaney", "area", "peak"))
    dc, nyquist, inverted = (
        check_bool("dc", dc),
        check_bool("nyquist", nyquist),
        check_bool("inverted", inverted),
    )
    kind = check_float_dtype("dtype", dtype)
    low = check_float("fmin", fmin, low=0.0, unit="Hz")
    high = nyquist_hz if fmax is None else check_float("fmax", fmax, unit="Hz")
    high += nyquist_hz if high <= 0 else 0.0
    if high > nyquist_hz:
        problem = f"lies above half of sr={2 * nyquist_hz:g}"
        fail("fmax", fmax, problem, f"give at most {nyquist_hz:g}, or None")
    if not high - low > 1e-9 * nyquist_hz:
        fail("fmin", fmin, f"must lie below fmax, {high:g} Hz", f"give a value from 0 to below {high:g}")
    there, back = SCALES[scale]
    marks = np.linspace(there(low), there(high), n_filters + (1 if dc else 2))
    bent = int((back(marks) < check_float("straight", straight, low=0.0, high=high, unit="Hz")).sum())
    if bent:
        marks[: bent + 1] = there(np.linspace(low, back(marks[bent]), bent + 1))
    bins = fft_frequencies(sr=sr, n_fft=n_fft)
    if labelled is not None:
        labelled = check_int("labelled", labelled, unit="bins")
        if labelled > len(bins):
            fail("labelled", labelled, f"n_fft={n_fft} has {len(bins)} bins", f"give at most {len(bins)}")
        last = high if labelled_to is None else check_float("labelled_to", labelled_to, above=0.0, unit="Hz")
        bins = np.concatenate([np.linspace(0, last, labelled), np.full(len(bins) - labelled, np.inf)])
    if edges == "floor":
        weights = _whole_bins(np.floor((n_fft + 1) * back(marks) / sr).astype(int), len(bins))
    elif slopes == "scale" and shape == "triangle":
        weights = _triangles(marks, there(bins))
    else:
        weights = _triangles(back(marks), bins) if shape == "triangle" else _rectangles(back(marks), bins)
    if not nyquist:
        weights[:, -1] = 0.0
    if norm == "slaney":
        hertz = back(marks)
        weights *= (2.0 / (hertz[2:] - hertz[:-2]))[:, np.newaxis]
    if dc:
        height = 1.0 / bins[1] if norm == "slaney" else 1.0
        weights = np.vstack([np.where(bins == 0.0, height, 0.0), weights])
    if norm in ("area", "peak"):
        size = weights.sum(axis=1) if norm == "area" else weights.max(axis=1)
        weights /= np.maximum(size, np.finfo(float).tiny)[:, np.newaxis]
    ends = nyquist_hz - back(marks) if inverted else back(marks)
    check_filters(weights, ends, bins[1], "n_filters", int(dc))
    return np.ascontiguousarray(weights[:, ::-1] if inverted else weights, dtype=kind)


def bank_centres(
    *, sr: float, n_filters: int, scale: Scale = "htk", fmin: float = 0.0, fmax: float | None = None
) -> np.ndarray:
    """The frequencies of the peaks of the filters of `bank`, in Hz."""
    there, back = SCALES[scale]
    high = sr / 2 if fmax is None else fmax + (sr / 2 if fmax <= 0 else 0.0)
    return back(np.linspace(there(fmin), there(high), n_filters + 2))[1:-1]


def _triangles(edges: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Triangles that rise from each edge to the next and fall to the one after."""
    rising = (places - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - places) / np.diff(edges)[1:, None]
    return np.maximum(0.0, np.minimum(rising, falling))


def _rectangles(edges: np.ndarray, places: np.ndarray) -> np.ndarray:
    return ((places >= edges[:-2, None]) & (places <= edges[2:, None])).astype(float)


def _whole_bins(edges: np.ndarray, bins: int) -> np.ndarray:
    """Triangles over whole bins: 0 at the first edge, 1 at the second; the third edge is excluded."""
    weights = np.zeros((len(edges) - 2, bins))
    for row, first, top, last in zip(weights, edges[:-2], edges[1:-1], edges[2:], strict=True):
        row[first:top] = (np.arange(first, top) - first) / max(top - first, 1)
        row[top:last] = (last - np.arange(top, last)) / max(last - top, 1)
    return weights


def total(
    *, sr: float, n_fft: int, gain: float = 1.0, bins: int | None = None, dtype: DTypeLike = np.float64
) -> FloatArray:
    """One filter with the same weight for each bin: the sum of all bins.

    Parameters
    ----------
    sr : float above 0
        Sampling rate in Hz (the filter does not depend on it).
    n_fft : int
        Length of the FFT in samples.
    gain : float above 0
        The weight of each bin.
    bins : int, optional
        Use only the first n bins.
    dtype : float32 or float64
        Data type of the result.

    Returns
    -------
    array of shape (1, 1 + n_fft // 2)
        Weights of the filters.

    Raises
    ------
    ParameterError
        If an argument cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.filters.total(sr=8, n_fft=4, gain=0.5).tolist()
    [[0.5, 0.5, 0.5]]
    """
    check_rate("sr", sr)
    check_float("gain", gain, above=0.0)
    weights = np.full((1, 1 + check_int("n_fft", n_fft, 2) // 2), gain, check_float_dtype("dtype", dtype))
    if bins is not None:
        weights[:, check_int("bins", bins) :] = 0.0
    return weights

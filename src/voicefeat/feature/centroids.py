"""Features of linear sub-bands: centroid frequency, centroid magnitude, spectral flux."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chain.framing import window_value
from ..chain.spec import Cepstrum, settings
from ..errors import real, reject, samples_a_second, whole
from .bandreadings import Centroids, Flux, Magnitudes, rectangles
from .shortterm import Cut, rows

__all__ = ["scfc", "scmc", "ssfc"]


@settings
def _made(
    sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial,
    name="", n=None, norm=None, log_offset=0.0,
):  # fmt: skip
    """The cut, the bank's arguments, and the cosine transform and offset where there are any."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    sr = samples_a_second("sr", sr, remedy="give the sampling rate, such as 16000")
    n_filters = whole("n_filters", n_filters, unit="bands")
    low = real("fmin", fmin, low=0.0, unit="Hz")
    high = sr / 2 if fmax is None else real("fmax", fmax, above=0.0, high=sr / 2, unit="Hz")
    if low >= high:
        reject("fmin", fmin, f"leaves nothing below fmax={high:g}", "give fmin below fmax, in Hz")
    bank = (sr, cut.n_fft, n_filters, low, high)
    if not rectangles(*bank)[:, 1:].any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={cut.n_fft} above 0 Hz"
        reject("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    if not name:
        return cut, bank
    cepstrum = Cepstrum.make(name, n_filters, n, 2, norm, 0.0)
    return cut, bank, cepstrum, real("log_offset", log_offset, low=0.0)


def scfc(
    y: Any,
    sr: float = 16000,
    *,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Any = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: str = "pad",
) -> np.ndarray:
    """Sub-band centroid frequencies: where in each linear band the spectrum's weight lies.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Sampling rate in hertz; matters only where `fmin` or `fmax` is given.
    n_filters : int
        Bands, each two spacings wide, half overlapped, with both ends inside.
    fmin, fmax : float
        Ends of the bands in hertz; `fmax` is half the rate by default.
    frame_length : int
        Samples of a frame.
    hop_length : int
        Samples from one frame to the next.
    n_fft : int
        Points of the transform, `frame_length` or more; the frame is at its left, zeros follow.
    window : str, tuple, float, callable or array of shape (frame_length,)
        As in ``scipy.signal.get_window``; names may end in "_symmetric".
    preemphasis : float
        Share of the sample before that is taken off each sample but the first of the signal; 0 for none.
    partial : str
        What becomes of a last frame that the signal does not fill: "pad" it with zeros, or "drop" it.

    Returns
    -------
    array of shape (..., n_filters, frames), of y's precision
        Centroids in cycles a sample, 0 to 0.5; 0 for silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Frame t starts at sample ``t * hop_length``. A centroid is ``sum(f |X|) / (sum(|X|) + 2**-52) / sr`` over
    the bins of a band.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015; J. M. K. Kua et al., "Investigation of spectral centroid magnitude and frequency for
    speaker recognition", Odyssey 2010.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.scfc(y, 16000).shape
    (20, 99)
    """
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis, partial
    )
    return rows(y, Centroids, *made)


def scmc(
    y: Any,
    sr: float = 16000,
    *,
    n_scmc: int = 20,
    norm: str | None = "ortho",
    log_offset: float = 2.0**-52,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Any = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: str = "pad",
) -> np.ndarray:
    """Sub-band centroid magnitude coefficients: cepstra of magnitudes weighted by frequency.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Sampling rate in hertz; matters only where `fmin` or `fmax` is given.
    n_scmc : int
        Coefficients, `n_filters` at most.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        What is added to a band's value before its logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_scmc, frames), of y's precision
        Coefficients, the zeroth among them.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The value of a band is ``log10(sum(f |X|) / sum(f) + log_offset)``, f being the frequencies of its bins.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.scmc(y, 16000).shape
    (20, 99)
    """
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis,
        partial, "n_scmc", n_scmc, norm, log_offset,
    )  # fmt: skip
    return rows(y, Magnitudes, *made)


def ssfc(
    y: Any,
    sr: float = 16000,
    *,
    n_ssfc: int = 20,
    norm: str | None = "ortho",
    log_offset: float = 2.0**-52,
    n_filters: int = 20,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Any = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: str = "pad",
) -> np.ndarray:
    """Sub-band spectral flux coefficients: cepstra of how much each band changes from frame to frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Sampling rate in hertz; matters only where `fmin` or `fmax` is given.
    n_ssfc : int
        Coefficients, `n_filters` at most.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    log_offset : float, 0 or more
        What is added to a band's value before its logarithm.
    n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_ssfc, frames), of y's precision
        Coefficients, the zeroth among them.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The value of a band is ``log10(sum((m[t] - m[t - 1]) ** 2) + log_offset)``, m being the magnitudes divided
    by the largest of their frame. The first frame is compared with zeros. The published code divides 0 by 0
    in a frame of digital silence; here such a frame counts as zeros.

    References
    ----------
    M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of features for synthetic speech detection",
    Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.ssfc(y, 16000).shape
    (20, 99)
    """
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis,
        partial, "n_ssfc", n_ssfc, norm, log_offset,
    )  # fmt: skip
    return rows(y, Flux, *made)

"""Spectral subband centroids: where in each mel band the power lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..banks import bank
from ..chain import tables
from ..chain.framing import window_value
from ..chain.source import Work
from ..chain.spec import settings
from ..emptiness import collected
from ..engine import bands as band_kernels
from ..errors import reject, whole
from .shortterm import Cut, Reading, rows

__all__ = ["ssc"]


class Centres(Reading):
    """sum(f |X|^2) / sum(|X|^2) over the weights of a band, f in equal steps from 1 Hz to half the rate.

    Nothing is added to the power: a band without any has the mean of its weights, one with little its own.
    """

    def __init__(self, cut: Cut, given: tuple, dtype: np.dtype):
        weights = _bank(*given)
        super().__init__(cut, dtype, len(weights))
        self.source = cut.spectra(False, dtype)
        weighted = weights * np.linspace(1.0, given[0] / 2, weights.shape[1])
        self.banks = tables.runs(weighted, dtype), tables.runs(weights, dtype)
        #: The sums of a flat spectrum in each row of tiles; 1 in those that only fill up.
        self.flat = np.ones((2, self.banks[0].tile_rows, 1), dtype)
        self.flat[:, : len(weights), 0] = weighted.sum(axis=1), weights.sum(axis=1)

    @property
    def block(self) -> int:
        return self.source.block

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        groups = -(-frames // self.lanes)
        bins = work.array("bins", self.source.values(frames))
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        shape = groups, self.banks[0].tile_rows, self.lanes
        sums = []
        for name, runs in zip(("tiles", "below"), self.banks, strict=True):
            out = work.array(name, shape[0] * shape[1] * shape[2])
            band_kernels.band_tiles(
                bins,
                self.source.bins,
                groups,
                self.lanes,
                runs.starts,
                runs.counts,
                runs.firsts,
                runs.weights,
                out,
            )
            sums.append(out[: shape[0] * shape[1] * shape[2]].reshape(shape))
        nothing = sums[1] < np.finfo(self.dtype).tiny  # what is below holds too few digits for a quotient
        for part, flat in zip(sums, self.flat, strict=True):
            np.copyto(part, flat, where=nothing)
        sums[0] /= sums[1]
        return self.laid_out(work, sums[0].reshape(-1), shape[1], frames)


def _bank(sr: float, n_fft: int, n_filters: int, fmin: float, fmax: float | None) -> np.ndarray:
    with collected():  # who calls this refuses empty ones
        return bank(sr=sr, n_fft=n_fft, n_filters=n_filters, fmin=fmin, fmax=fmax, scale="htk", edges="floor")


@settings
def _made(sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window, preemphasis, partial):
    """The cut and the bank's arguments."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    given = (sr, cut.n_fft, whole("n_filters", n_filters, unit="bands"), fmin, fmax)
    if not _bank(*given).any(axis=1).all():
        problem = f"leaves a band without a bin of n_fft={cut.n_fft}"
        reject("n_filters", n_filters, problem, "give fewer bands, or a larger n_fft")
    return cut, given


def ssc(
    y: Any,
    sr: float = 16000,
    *,
    n_filters: int = 26,
    fmin: float = 0.0,
    fmax: float | None = None,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Any = "ones",
    preemphasis: float = 0.97,
    partial: str = "pad",
) -> np.ndarray:
    """Spectral subband centroids: the mean frequency of the power in each mel band.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; whole numbers are scaled to [-1, 1).
    sr : float
        Sampling rate in hertz.
    n_filters : int
        Bands: triangles over whole bins, equally far apart in mel.
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
        Mean frequencies in hertz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    Frame t starts at sample ``t * hop_length``. As in python_speech_features the frequencies of the bins are
    taken to run in equal steps from 1 Hz to half the rate. In silence a band's mean is that of its weights.

    References
    ----------
    K. K. Paliwal, "Spectral subband centroid features for speech recognition", ICASSP 1998;
    python_speech_features 0.6, ``ssc``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> vf.ssc(y, 16000).shape
    (26, 99)
    """
    made = _made(
        sr, n_filters, fmin, fmax, frame_length, hop_length, n_fft, window_value(window), preemphasis, partial
    )
    return rows(y, Centres, *made)

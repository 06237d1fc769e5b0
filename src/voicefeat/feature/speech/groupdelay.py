"""The modified group delay of a frame, and its cepstral coefficients."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..._typing import FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.frames import window_value
from ...chain.spectra import Work
from ...chain.stages import Cepstrum
from ...engine import groupdelay as kernels
from ...errors import check_float, check_int, fail
from .shortterm import Cut, Reading, multiplied, rows

__all__ = ["mgd", "modified_group_delay"]


#: In place of a number of coefficients: all bins.
_SPECTRUM = "all"


@memoised
def _made(
    rho, gamma, n_smooth, relative, n_mgd,
    frame_length, hop_length, n_fft, window, preemphasis, partial,
):  # fmt: skip
    """The cut, the checked settings, and the cosine transform where there is one."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    rho = check_float("rho", rho, low=0.0, high=1.0, remedy="give 0 for no division, or 0.4")
    gamma = check_float("gamma", gamma, above=0.0, high=10.0, remedy="give 1 for no compression, or 0.9")
    bins = 1 + cut.n_fft // 2
    n_smooth = check_int("n_smooth", n_smooth, unit="cepstral terms", remedy="try n_smooth=30")
    if n_smooth > bins:
        fail("n_smooth", n_smooth, f"a spectrum has {bins} bins", f"give at most {bins}")
    if not isinstance(relative, (bool, np.bool_)):
        fail("relative", relative, "must be True or False", "give True to divide by the clip's largest")
    if n_mgd is _SPECTRUM:
        return cut, rho, gamma, n_smooth, None
    n_mgd = check_int("n_mgd", n_mgd, unit="coefficients")
    if n_mgd >= bins:
        fail("n_mgd", n_mgd, f"a spectrum of {bins} bins has {bins - 1} of them", f"give at most {bins - 1}")
    return cut, rho, gamma, n_smooth, n_mgd


class _Delays(Reading):
    """The modified group delay at every bin; or terms 1, 2, ... of its cosine transform, and below them its
    largest magnitude."""

    def __init__(self, cut: Cut, rho: float, gamma: float, n_smooth: int, n: int | None, dtype: np.dtype):
        self.source = cut.spectra(True, dtype)
        self.ramped = cut.spectra(True, dtype, ramp=True)
        bins = self.source.bins
        super().__init__(cut, dtype, bins if n is None else n + 1)
        self.rho, self.gamma = rho, gamma
        cosines = Cepstrum(bins).matrix(bins)
        self.down = tables.dense(cosines[:n_smooth], dtype)
        self.up = tables.dense(cosines[:n_smooth].T, dtype)
        self.transform = None
        if n is not None:  # with a row of zeros, in whose place the largest magnitude is put
            self.transform = tables.dense(np.pad(cosines[1 : n + 1], ((0, 1), (0, 0))), dtype)

    @property
    def block(self) -> int:
        return self.source.block

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        source, lanes, groups = self.source, self.lanes, -(-frames // self.lanes)
        bins, size = source.bins, source.values(frames)
        spectra, ramped = work.array("bins", 2 * size), work.array("ramped", 2 * size)
        for one, into in ((source, spectra), (self.ramped, ramped)):
            one.fill(into, work, one.open(x), 0, frames)
        logs = work.array("logs", size)
        kernels.log_tiles(spectra, bins, groups, lanes, work.array("padded", (bins + 4) * lanes), logs)
        terms = multiplied(work, self.down, logs, bins, groups, "terms")
        smooth = multiplied(work, self.up, terms, self.down.tile_rows, groups, "smooth")
        kernels.delay_tiles(
            spectra, ramped, bins, groups, lanes, smooth, self.up.tile_rows, self.rho, self.gamma, logs
        )
        if self.transform is None:
            return self.laid_out(work, logs, bins, frames)
        out = multiplied(work, self.transform, logs, bins, groups, "product")
        found = self.laid_out(work, out, self.transform.tile_rows, frames)
        sizes = np.abs(logs[:size], out=logs[:size]).reshape(groups, bins, lanes)
        found[-1] = sizes.max(axis=1).reshape(-1)[:frames]
        return found


def modified_group_delay(
    y: SignalLike,
    *,
    rho: float = 0.4,
    gamma: float = 0.9,
    n_smooth: int = 30,
    relative: bool = True,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """Modified group delay of every frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    rho : float, 0 to 1
        The power of the smooth spectrum that the group delay is divided by is twice this.
    gamma : float above 0
        Exponent of the result; below 1 it takes height off the peaks.
    n_smooth : int
        Cosine terms of the log spectrum that make the smooth one.
    relative : bool
        Divide by the largest magnitude of the whole clip; without, a frame depends on its own samples alone.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`, with COVAREP's values at 16 kHz.

    Returns
    -------
    array of shape (..., 1 + n_fft // 2, frames), of y's precision
        One row per frequency; 0 for silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    With X the spectrum of the windowed frame x[1], x[2], ..., Y that of n x[n], and S the smooth magnitude,
    ``t = (X.real * Y.real + X.imag * Y.imag) / S ** (2 * rho)`` and the result is
    ``sign(t) * abs(t) ** gamma``. log S is what the first `n_smooth` terms of the cosine transform keep of
    the logarithm of abs(X), each bin being the median of five neighbours with zeros beyond the ends. Computed
    in double precision for every type.

    References
    ----------
    R. M. Hegde, H. A. Murthy, V. R. R. Gadde, "Significance of the modified group delay feature in speech
    recognition", 2007. Numbers: COVAREP, ``modified_group_delay_feature``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.modified_group_delay(y).shape
    (257, 98)
    """
    made = _made(
        rho, gamma, n_smooth, relative, _SPECTRUM,
        frame_length, hop_length, n_fft, window_value(window), preemphasis, partial,
    )  # fmt: skip
    found = rows(y, _Delays, *made, double=True)
    if relative:
        for item in found.reshape(-1, *found.shape[-2:]):
            item /= max(item.max(), -item.min()) or 1
    return found


def mgd(
    y: SignalLike,
    *,
    n_mgd: int = 12,
    rho: float = 0.4,
    gamma: float = 0.9,
    n_smooth: int = 30,
    relative: bool = True,
    frame_length: int = 400,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "drop",
) -> FloatArray:
    """Cepstral coefficients of the modified group delay.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_mgd : int
        Number of coefficients, at most ``n_fft // 2``.
    rho, gamma, n_smooth, relative, frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `modified_group_delay`.

    Returns
    -------
    array of shape (..., n_mgd, frames), of y's precision
        Terms 1, 2, ... of the orthonormal cosine transform over frequencies; the zeroth is left out. 0 for
        silence.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    R. M. Hegde, H. A. Murthy, V. R. R. Gadde, "Significance of the modified group delay feature in speech
    recognition", 2007. Numbers: COVAREP, ``modified_group_delay_feature``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.mgd(y).shape
    (12, 98)
    """
    made = _made(
        rho, gamma, n_smooth, relative, n_mgd,
        frame_length, hop_length, n_fft, window_value(window), preemphasis, partial,
    )  # fmt: skip
    found = rows(y, _Delays, *made, double=True)
    peaks = found[..., -1:, :].max(axis=-1, keepdims=True) if relative else 1
    return found[..., :-1, :] / np.where(peaks == 0, 1, peaks).astype(found.dtype)

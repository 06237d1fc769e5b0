"""The modified group delay of a frame, and its cepstral coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..._typing import FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.descriptors import Descriptor
from ...chain.jobs import Rows
from ...chain.shortterm import short_frames
from ...chain.spectra import Work
from ...chain.stages import Cepstrum, Chain, Spectrum
from ...engine import groupdelay as kernels
from ...errors import check_bool, check_float, check_int, fail
from ..recipe import computed_by
from .shortterm import Reading, multiplied, run_alone

__all__ = ["mgd", "modified_group_delay"]


@dataclass(frozen=True)
class GroupDelay(Descriptor):
    """The modified group delay at every bin.

    With `n`: terms 1 to n of its cosine transform, and below them its largest magnitude.
    """

    rho: float
    gamma: float
    n_smooth: int
    n: int | None = None
    double = True
    ramped = True

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return _Delays(self, bins, dtype)


class _Delays(Reading):
    in_tiles = False

    def __init__(self, delay: GroupDelay, bins: int, dtype: np.dtype):
        n = delay.n
        super().__init__(bins, dtype, bins if n is None else n + 1)
        self.rho, self.gamma = delay.rho, delay.gamma
        cosines = Cepstrum(bins).matrix(bins)
        self.down = tables.dense(cosines[: delay.n_smooth], dtype)
        self.up = tables.dense(cosines[: delay.n_smooth].T, dtype)
        self.transform = None
        if n is not None:  # the row of zeros is replaced by the largest magnitude
            self.transform = tables.dense(np.pad(cosines[1 : n + 1], ((0, 1), (0, 0))), dtype)

    def values(self, work: Work, bins: np.ndarray, frames: int, state: Any) -> np.ndarray:
        n, lanes, groups = self.bins, self.lanes, self.groups(frames)
        size = groups * n * lanes
        ramped, logs = work.array("ramped", 2 * size), work.array("logs", size)
        kernels.log_tiles(bins, n, groups, lanes, work.array("padded", (n + 4) * lanes), logs)
        terms = multiplied(work, self.down, logs, n, groups, "terms")
        smooth = multiplied(work, self.up, terms, self.down.tile_rows, groups, "smooth")
        kernels.delay_tiles(
            bins, ramped, n, groups, lanes, smooth, self.up.tile_rows, self.rho, self.gamma, logs
        )
        if self.transform is None:
            return self.laid_out(work, logs, n, frames)
        out = multiplied(work, self.transform, logs, n, groups, "product")
        rows = self.laid_out(work, out, self.transform.tile_rows, frames)
        peaks = work.array("peaks", groups * lanes)
        kernels.largest_tiles(logs, n, groups, lanes, peaks)
        rows[-1] = peaks[:frames]
        return rows


@memoised
def group_delay_chain(
    n_mgd: int | None,
    rho: float,
    gamma: float,
    n_smooth: int,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, complex spectra of frames and ramped frames, group delay; with `n_mgd` a cosine transform."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    rho = check_float("rho", rho, low=0.0, high=1.0, remedy="give 0 for no division, or 0.4")
    gamma = check_float("gamma", gamma, above=0.0, high=10.0, remedy="give 1 for no compression, or 0.9")
    bins = 1 + frames.n_fft // 2
    n_smooth = check_int("n_smooth", n_smooth, unit="cepstral terms", remedy="try n_smooth=30")
    if n_smooth > bins:
        fail("n_smooth", n_smooth, f"a spectrum has {bins} bins", f"give at most {bins}")
    if n_mgd is not None and n_mgd >= bins:
        fail("n_mgd", n_mgd, f"a spectrum of {bins} bins has {bins - 1} of them", f"give at most {bins - 1}")
    return Chain(frames, Spectrum(None), descriptor=GroupDelay(rho, gamma, n_smooth, n_mgd))


def _relative(delays: np.ndarray) -> np.ndarray:
    """Divide each clip by its largest magnitude, in place; a second call divides by 1."""
    for item in delays.reshape(-1, *delays.shape[-2:]):
        item /= max(item.max(), -item.min()) or 1
    return delays


def _coefficients(rows: np.ndarray, relative: bool) -> np.ndarray:
    """The coefficients, divided by the maximum of the last row where they are `relative`."""
    peaks = rows[..., -1:, :].max(axis=-1, keepdims=True) if relative else 1
    return rows[..., :-1, :] / np.where(peaks == 0, 1, peaks).astype(rows.dtype)


class DelayRows(Rows):
    """The modified group delay, divided by the largest magnitude of the clip where it is `relative`."""

    def __init__(self, chain: Chain, relative: bool):
        super().__init__(chain)
        self.relative = relative

    def result(self) -> np.ndarray:
        delays = super().result()
        return _relative(delays) if self.relative else delays


class CoefficientRows(DelayRows):
    """The coefficients, whose last row holds the largest magnitude of each frame."""

    def result(self) -> np.ndarray:
        return _coefficients(Rows.result(self), self.relative)


def modified_group_delay_job(
    rho: float,
    gamma: float,
    n_smooth: int,
    relative: bool,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> DelayRows:
    """The job of `modified_group_delay`."""
    settings = frame_length, hop_length, n_fft, window, preemphasis, partial
    chain = group_delay_chain(None, rho, gamma, n_smooth, *settings)
    return DelayRows(chain, check_bool("relative", relative))


def mgd_job(
    n_mgd: int,
    rho: float,
    gamma: float,
    n_smooth: int,
    relative: bool,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> CoefficientRows:
    """The job of `mgd`."""
    n_mgd = check_int("n_mgd", n_mgd, unit="coefficients")
    settings = frame_length, hop_length, n_fft, window, preemphasis, partial
    chain = group_delay_chain(n_mgd, rho, gamma, n_smooth, *settings)
    return CoefficientRows(chain, check_bool("relative", relative))


@computed_by(modified_group_delay_job)
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
        The group delay is divided by the smooth spectrum to the power ``2 * rho``.
    gamma : float above 0
        Exponent of the result; a value below 1 lowers the peaks.
    n_smooth : int
        Number of cosine terms of the log spectrum that are kept for the smooth spectrum.
    relative : bool
        Divide by the largest magnitude of the whole clip; otherwise a frame depends on its own samples alone.
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
    X is the spectrum of the windowed frame x[1], x[2], ..., Y that of n x[n], and S the smooth magnitude:
    ``t = (X.real * Y.real + X.imag * Y.imag) / S ** (2 * rho)`` and the result is
    ``sign(t) * abs(t) ** gamma``. For log S, the logarithm of abs(X) is smoothed by a median over five bins,
    with zeros beyond the ends, and the first `n_smooth` terms of its cosine transform are kept. Computed in
    double precision for every type.

    References
    ----------
    R. M. Hegde, H. A. Murthy, V. R. R. Gadde, "Significance of the modified group delay feature in speech
    recognition", 2007. Reference values: COVAREP, ``modified_group_delay_feature``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.modified_group_delay(y).shape
    (257, 98)
    """
    job = modified_group_delay_job(
        rho, gamma, n_smooth, relative, frame_length, hop_length, n_fft, window, preemphasis, partial
    )
    delays = run_alone(job.chain, y)
    return _relative(delays) if job.relative else delays


@computed_by(mgd_job)
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
    recognition", 2007. Reference values: COVAREP, ``modified_group_delay_feature``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.mgd(y).shape
    (12, 98)
    """
    job = mgd_job(
        n_mgd, rho, gamma, n_smooth, relative,
        frame_length, hop_length, n_fft, window, preemphasis, partial,
    )  # fmt: skip
    return _coefficients(run_alone(job.chain, y), job.relative)

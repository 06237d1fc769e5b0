"""Features of the phase of a frame's spectrum: its cosine, and its advance from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..._typing import DctNorm, FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.descriptors import Descriptor
from ...chain.shortterm import ShortFrames, short_frames
from ...chain.spectra import Work
from ...chain.stages import Cepstrum, Chain, Spectrum
from ...engine import angles
from ...errors import check_bool
from ..recipe import computed_by
from .shortterm import Reading, multiplied, run_alone

__all__ = ["cosine_phase", "instantaneous_frequency"]


#: Both features start from complex bins.
COMPLEX = Spectrum(None)


@dataclass(frozen=True)
class CosinePhase(Descriptor):
    """Re X / |X|, or its cosine transform."""

    cepstrum: Cepstrum | None = None
    double = True

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return _Cosines(self.cepstrum, bins, dtype)


class _Cosines(Reading):
    def __init__(self, cepstrum: Cepstrum | None, bins: int, dtype: np.dtype):
        super().__init__(bins, dtype, bins if cepstrum is None else cepstrum.n)
        self.transform = None if cepstrum is None else tables.dense(cepstrum.matrix(bins), dtype)

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        groups, rows = self.groups(frames), self.bins
        size = groups * rows * self.lanes
        cosines = work.array("tiles", size)
        angles.cosine_tiles(bins, size, self.lanes, cosines)
        if self.transform is not None:
            cosines = multiplied(work, self.transform, cosines, rows, groups, "product")
            rows = self.transform.tile_rows
        return cosines, rows


@dataclass(frozen=True)
class PhaseAdvance(Descriptor):
    """The phase of a frame minus that of the frame before, and minus `turns` of each bin."""

    #: Turns in parts of `n_fft`, bin by bin.
    turns: tuple[float, ...]
    n_fft: int
    double = True
    lead = 1

    @classmethod
    def of(cls, frames: ShortFrames, baseband: bool) -> PhaseAdvance:
        """The advance; with `baseband` minus that of a tone at the frequency of the bin."""
        bins = np.arange(1 + frames.n_fft // 2)
        turns = bins * frames.hop_length % frames.n_fft * float(baseband)
        return cls(tuple(turns.tolist()), frames.n_fft)

    def prepare(self, bins: int, dtype: np.dtype) -> Reading:
        return _Advances(np.array(self.turns), self.n_fft, dtype)


class _Advances(Reading):
    def __init__(self, turns: np.ndarray, n_fft: int, dtype: np.dtype):
        super().__init__(turns.size, dtype, turns.size)
        radians = 2 * np.pi * turns / n_fft
        half = 2 * turns % n_fft == 0  # of a turn: real bins stay real
        self.turns = np.stack([np.cos(radians), np.where(half, 0.0, np.sin(radians))], axis=-1).ravel()

    def tile_values(self, work: Work, bins: np.ndarray, frames: int) -> tuple[np.ndarray, int]:
        n, lanes, groups = self.bins, self.lanes, self.groups(frames)
        out = work.array("tiles", groups * n * lanes)
        before, spare = work.array("before", 2 * n), work.array("spare", 4 * lanes)
        angles.advance_tiles(bins, n, groups, lanes, self.turns, before, spare, out)
        return out, n


@memoised
def cosine_phase_chain(
    n_cosine: int | None,
    norm: str | None,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, complex spectrum, the cosine of its phase, cosine transform."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    bins = 1 + frames.n_fft // 2
    cepstrum = Cepstrum.make("n_cosine", bins, 1 if n_cosine is None else n_cosine, 2, norm, 0.0)
    return Chain(frames, COMPLEX, descriptor=CosinePhase(None if n_cosine is None else cepstrum))


@memoised
def instantaneous_frequency_chain(
    baseband: bool,
    frame_length: int,
    hop_length: int,
    n_fft: int,
    window: Any,
    preemphasis: float,
    partial: str,
) -> Chain:
    """Frames, complex spectrum, the advance of its phase."""
    frames = short_frames(frame_length, hop_length, n_fft, window, preemphasis, partial)
    return Chain(frames, COMPLEX, descriptor=PhaseAdvance.of(frames, check_bool("baseband", baseband)))


@computed_by(cosine_phase_chain)
def cosine_phase(
    y: SignalLike,
    *,
    n_cosine: int | None = 20,
    norm: DctNorm = "ortho",
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Cosine phase features: cosine transform of the cosine of each frame's phase.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_cosine : int or None
        Number of coefficients, including the zeroth; None for the cosines themselves, one row per frequency.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_cosine or 1 + n_fft // 2, frames), of y's precision
        Coefficients, or cosines from -1 to 1; a bin of value 0 has phase 0 and cosine 1.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The cosine is ``X.real / abs(X)``: unwrapping the phase would not change it. Phases refer to the first
    sample of the frame. Computed in double precision for every type.

    References
    ----------
    Z. Wu, E. S. Chng, H. Li, "Detecting converted speech and natural speech for anti-spoofing attack in
    speaker recognition", Interspeech 2012; frames of M. Sahidullah, T. Kinnunen, C. Hanilçi, "A comparison of
    features for synthetic speech detection", Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> vf.cosine_phase(y).shape
    (20, 99)
    """
    return run_alone(
        cosine_phase_chain(n_cosine, norm, frame_length, hop_length, n_fft, window, preemphasis, partial), y
    )


@computed_by(instantaneous_frequency_chain)
def instantaneous_frequency(
    y: SignalLike,
    *,
    baseband: bool = False,
    frame_length: int = 320,
    hop_length: int = 160,
    n_fft: int = 512,
    window: Window = "hamming_symmetric",
    preemphasis: float = 0.97,
    partial: Literal["pad", "drop"] = "pad",
) -> FloatArray:
    """Instantaneous frequency: the phase advance of each bin from frame to frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    baseband : bool
        Subtract the advance of a tone at the frequency of the bin, ``2 * pi * k * hop_length / n_fft``, which
        gives the baseband phase difference.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., 1 + n_fft // 2, frames), of y's precision
        Radians per hop, above -pi and up to pi. The first frame is 0, as are bins of value 0 in one of the
        two frames.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The phase of ``X[k, t] * conj(X[k, t - 1])``: the phase difference modulo 2 pi.
    Computed in double precision for every type.

    References
    ----------
    X. Xiao, X. Tian, S. Du, H. Xu, E. S. Chng, H. Li, "Spoofing speech detection using high dimensional
    magnitude and phase features: the NTU approach for ASVspoof 2015 challenge", Interspeech 2015.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1010 * np.arange(16000) / 16000)
    >>> D = vf.instantaneous_frequency(y, baseband=True)
    >>> D.shape
    (257, 99)
    >>> float((1000 + D[32, 50] / (2 * np.pi) * 100).round(1))  # bin 32 is at 1000 Hz, and a hop is 10 ms
    1010.0
    """
    return run_alone(
        instantaneous_frequency_chain(
            baseband, frame_length, hop_length, n_fft, window, preemphasis, partial
        ),
        y,
    )

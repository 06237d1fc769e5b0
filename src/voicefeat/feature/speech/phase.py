"""Features of the phase of a frame's spectrum: its cosine, and how it advances."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..._typing import FloatArray, SignalLike, Window
from ...cache import memoised
from ...chain import tables
from ...chain.frames import window_value
from ...chain.spectra import Work
from ...chain.stages import Cepstrum
from ...engine import angles
from ...errors import fail
from .shortterm import Cut, Reading, multiplied, rows

__all__ = ["cosine_phase", "instantaneous_frequency"]


class _Spectra(Reading):
    """Complex spectra of the frames."""

    def __init__(self, cut: Cut, dtype: np.dtype, rows: int | None = None):
        self.source = cut.spectra(True, dtype)
        super().__init__(cut, dtype, rows or self.source.bins)

    @property
    def block(self) -> int:
        return self.source.block

    def bins(self, work: Work, x: np.ndarray, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """X as complex tiles, and room for as many numbers."""
        size = self.source.values(frames)
        bins, out = work.array("bins", 2 * size), work.array("tiles", size)
        self.source.fill(bins, work, self.source.open(x), 0, frames)
        return bins, out


class _Cosines(_Spectra):
    """Re X / |X|, or its cosine transform."""

    def __init__(self, cut: Cut, cepstrum: Cepstrum | None, dtype: np.dtype):
        super().__init__(cut, dtype, None if cepstrum is None else cepstrum.n)
        self.transform = None
        if cepstrum is not None:
            self.transform = tables.dense(cepstrum.matrix(self.source.bins), dtype)

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        bins, cosines = self.bins(work, x, frames)
        rows = self.source.bins
        angles.cosine_tiles(bins, self.source.values(frames), self.lanes, cosines)
        if self.transform is not None:
            groups, rows = -(-frames // self.lanes), self.transform.tile_rows
            cosines = multiplied(work, self.transform, cosines, self.source.bins, groups, "product")
        return self.laid_out(work, cosines, rows, frames)


class _Advances(_Spectra):
    """The phase of a frame less that of the one before."""

    lead = 1

    def __init__(self, cut: Cut, baseband: bool, dtype: np.dtype):
        super().__init__(cut, dtype)
        turns = np.arange(self.source.bins) * cut.hop_length % cut.n_fft * float(baseband)
        radians = 2 * np.pi * turns / cut.n_fft
        half = 2 * turns % cut.n_fft == 0  # of a turn: real bins stay real
        self.turns = np.stack([np.cos(radians), np.where(half, 0.0, np.sin(radians))], axis=-1).ravel()

    def values(self, work: Work, x: np.ndarray, frames: int) -> np.ndarray:
        (bins, out), n, lanes = self.bins(work, x, frames), self.source.bins, self.lanes
        before, spare = work.array("before", 2 * n), work.array("spare", 4 * lanes)
        angles.advance_tiles(bins, n, -(-frames // lanes), lanes, self.turns, before, spare, out)
        return self.laid_out(work, out, n, frames)


@memoised
def _made(frame_length, hop_length, n_fft, window, preemphasis, partial, n, norm="ortho", baseband=False):
    """The cut, and what is made of its spectra."""
    cut = Cut.make(frame_length, hop_length, n_fft, window, preemphasis, partial)
    if not isinstance(baseband, (bool, np.bool_)):
        fail("baseband", baseband, "must be True or False", "give True to take a steady advance off")
    cepstrum = Cepstrum.make("n_cosine", 1 + cut.n_fft // 2, 1 if n is None else n, 2, norm, 0.0)
    return cut, None if n is None else cepstrum, bool(baseband)


def cosine_phase(
    y: SignalLike,
    *,
    n_cosine: int | None = 20,
    norm: str | None = "ortho",
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
        Coefficients, the zeroth among them; None for the cosines themselves, one row per frequency.
    norm : None or "ortho"
        Scale of the cosine transform, as in ``scipy.fft.dct``.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., n_cosine or 1 + n_fft // 2, frames), of y's precision
        Coefficients, or cosines from -1 to 1; a bin that holds nothing has phase 0, and so cosine 1.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The cosine does not see whether a phase is unwrapped: it is ``X.real / abs(X)``. Phases are counted from a
    frame's first sample. Computed in double precision for every type.

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
    cut, cepstrum, _ = _made(
        frame_length, hop_length, n_fft, window_value(window), preemphasis, partial, n_cosine, norm
    )
    return rows(y, _Cosines, cut, cepstrum, double=True)


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
    """Instantaneous frequency: how far the phase of each bin advances from frame to frame.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    baseband : bool
        Take off the advance of a tone at the bin's own frequency, ``2 * pi * k * hop_length / n_fft``: the
        baseband phase difference.
    frame_length, hop_length, n_fft, window, preemphasis, partial
        As in `scfc`.

    Returns
    -------
    array of shape (..., 1 + n_fft // 2, frames), of y's precision
        Radians a hop, above -pi and up to pi. The first frame has none before it and is 0, as are bins that
        hold nothing in one of the two frames.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    The phase of ``X[k, t] * conj(X[k, t - 1])``, which is the difference of both phases without whole turns.
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
    cut, _, baseband = _made(
        frame_length, hop_length, n_fft, window_value(window), preemphasis, partial, None, "ortho", baseband
    )
    return rows(y, _Advances, cut, baseband, double=True)

"""Pitch classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...cache import memoised
from ...chain.block_loop import one, run
from ...chain.jobs import Tuned
from ...chain.stages import Bands, Chain, Scaling
from ...errors import check_float
from .peaks import counter, data_of, peaks_among, spectra_of, tuning_of

__all__ = ["chroma_stft"]


@memoised
def _chroma(chain, sr, n_fft, tuning, norm, n_chroma, ctroct, octwidth, base_c, dtype):
    bank = {
        "sr": sr, "n_fft": n_fft, "tuning": tuning, "n_chroma": n_chroma, "ctroct": ctroct,
        "octwidth": octwidth, "base_c": base_c, "dtype": dtype,
    }  # fmt: skip
    return Chain(chain.frames, chain.spectrum, Bands.make("chroma", **bank), scaling=Scaling.make(norm))


def chroma_stft(
    y: Any = None,
    sr: float = 22050,
    *,
    S: Any = None,
    norm: float | None = np.inf,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: Any = "hann",
    center: bool = True,
    pad_mode: Any = "constant",
    tuning: float | None = None,
    n_chroma: int = 12,
    ctroct: float = 5.0,
    octwidth: float | None = 2,
    base_c: bool = True,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Energy of each pitch class, as ``librosa.feature.chroma_stft``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    S : float array of shape (..., 1 + n_fft // 2, frames), optional
        Power spectrogram to use in place of `y`.
    norm : float or None
        Each frame is divided by this norm: inf, -inf, 0 or a number above 0; None for none.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    tuning : float, optional
        Deviation from A440 in fractions of a chroma bin. By default it is estimated from the whole clip (all
        of a batch together), so that a frame's values depend on the others; 0.0 prevents that.
    n_chroma, ctroct, octwidth, base_c, dtype
        As in `filters.chroma`.

    Returns
    -------
    float32 or float64 array of shape (..., n_chroma, frames)
        One row per pitch class, C first.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    D. Ellis, "Chroma feature analysis and synthesis", 2007. Defaults: librosa 0.11.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> C = vf.chroma_stft(y, sr=22050)
    >>> C.shape, int(C[:, 20].argmax())
    ((12, 44), 9)
    """
    chain, n = spectra_of(y, S, n_fft, hop_length, win_length, window, center, pad_mode, power=2.0)
    if tuning is not None:
        check_float("tuning", tuning, unit="chroma bins")
    bank = (n_chroma, ctroct, octwidth, base_c, dtype)
    made = _chroma(chain, sr, n, 0.0 if tuning is None else tuning, norm, *bank)
    data, name = data_of(chain, y, S)
    if tuning is not None:
        return run(made, data, name)

    def tuned(counts):
        return _chroma(chain, sr, n, tuning_of(counts, 0.01), norm, *bank)

    # librosa's estimate takes any spectrum for that of an even n_fft.
    peaks = peaks_among(sr, n - n % 2, 150.0, 4000.0, 0.1)
    return one(Tuned(chain, peaks, counter(0.01, n_chroma), tuned), data, name)

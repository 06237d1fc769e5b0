"""AFX's side of the rows, which has librosa's definitions in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import Call

#: Our names of its settings.
_NAMES = {"n_fft": "frame_size"}


def afx(name: str, sr: int, *, win_length: int | None = None, **settings: Any) -> Call | None:
    """AFX's feature `name`; windows are as long as the frame.

    It keeps the last spectra by the samples they are of, so that a second call with the same signal
    transforms nothing: they are forgotten before each call.
    """
    if win_length is not None:
        return None
    from afx_audio.extract_all import FEATURE_MAP
    from afx_audio.methods.stft import clear_stft_cache

    call = FEATURE_MAP[name]
    given = {_NAMES.get(key, key): value for key, value in settings.items()}
    if name in ("mfcc", "melspectrogram"):
        given = {"n_mels": 128, **given}
    if name == "mfcc":
        given = {"n_mfcc": 20, **given}

    def fresh(y: np.ndarray) -> np.ndarray:
        clear_stft_cache()
        return np.atleast_2d(call(y, sr, **given)[name])

    return fresh

"""Chroma, and the tuning that it asks for."""

from functools import partial

import numpy as np

import voicefeat as vf

from ..peers.with_afx import afx
from ..peers.with_audioflux import audioflux_chroma
from ..row import CLIP_AND_MINUTE, Row, times


def peaks(y: np.ndarray, sr: int) -> float:
    """Bytes a frame of the peaks that a tuning is estimated from: frequencies and heights in float32."""
    frequencies, _ = vf.piptrack(y, sr)
    return 8.0 * np.count_nonzero(frequencies) / frequencies.shape[-1]


ROWS = [
    Row("chroma_stft", "chroma_stft, tuning given", {"tuning": 0.0}, targets=times(8, 8),
        peers={"audioflux": audioflux_chroma, "afx_audio": partial(afx, "chroma_stft")},
        alike={"afx_audio": 2e-5}),
    Row("chroma_stft", "chroma_stft, tuning estimated", targets=times(8, 8), kept=peaks, headline=True),
    Row("estimate_tuning", "estimate_tuning", signals=CLIP_AND_MINUTE, kept=None),
    Row("piptrack", "piptrack", signals=CLIP_AND_MINUTE),
]  # fmt: skip

"""The time domain: energy, changes of sign, emphasis, trimming, gain, prediction."""

from functools import partial

import numpy as np

import voicefeat as vf

from ..peers.with_afx import afx
from ..peers.with_audioflux import audioflux_temporal
from ..peers.with_speech import psf_preemphasis
from ..peers.with_torchaudio import torchaudio_preemphasis
from ..row import CLIP_AND_MINUTE, Row, least


def _mel(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.melspectrogram(y, sr, power=1.0) * np.float32(2**31)


def _frames(y: np.ndarray, sr: int) -> np.ndarray:
    frames = np.lib.stride_tricks.sliding_window_view(y, 400)[::160]
    return frames * np.hanning(400).astype(y.dtype)


plain = partial(Row, signals=CLIP_AND_MINUTE)
#: The result is a signal, or places in it.
whole = partial(plain, kept=None)

ROWS = [
    plain("rms", "rms", targets=least(5), peers={"audioflux": partial(audioflux_temporal, "rms")}),
    plain("zero_crossing_rate", "zero_crossing_rate", targets=least(5),
          peers={"audioflux": partial(audioflux_temporal, "zcr"), "afx_audio": partial(afx, "zcr")},
          alike={"afx_audio": 1e-6}),
    whole("zero_crossings", "zero_crossings"),
    whole("preemphasis", "preemphasis",
          peers={"torchaudio": torchaudio_preemphasis, "python_speech_features": psf_preemphasis}),
    whole("deemphasis", "deemphasis"),  # torchaudio's loops over samples in Python since 2.9
    whole("trim", "trim", {"top_db": 30}),
    whole("split", "split", {"top_db": 30}),
    plain("pcen", "pcen of 128 mel bands", given=_mel),
    whole("lpc", "lpc, order 16", {"order": 16}, doubled=True),
    whole("lpc", "lpc, order 16, of windowed frames of 400 every 160", {"order": 16}, 16000, doubled=True,
          given=_frames),
    whole("autocorrelate", "autocorrelate"),
]  # fmt: skip

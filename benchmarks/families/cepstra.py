"""Mel and linear spectrograms and their cepstra."""

from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf

from ..peers.with_afx import afx
from ..peers.with_audioflux import audioflux_bands, audioflux_mfcc
from ..peers.with_speech import kaldi, psf, spafe_lfcc, spafe_linear, spafe_mel, spafe_mfcc
from ..peers.with_torchaudio import torchaudio_lfcc, torchaudio_mel, torchaudio_mfcc
from ..row import CLIP_AND_MINUTE, Peers, Row, times
from ..twins import librosa_lfcc, librosa_linear


def _lfcc_deltas(y: np.ndarray, sr: int, **settings: Any) -> np.ndarray:
    c = vf.lfcc(y, sr, **settings)
    return np.concatenate([c, vf.delta(c), vf.delta(c, order=2)], axis=-2)


def _mfcc(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.mfcc(y, sr)


_MEL: Peers = {
    "torchaudio": torchaudio_mel,
    "afx_audio": partial(afx, "melspectrogram"),
    "audioflux": partial(audioflux_bands, "MEL"),
    "kaldi_native_fbank": partial(kaldi, "Fbank"),
    "spafe": spafe_mel,
    "python_speech_features": partial(psf, "fbank"),
}
_MFCC: Peers = {
    "torchaudio": torchaudio_mfcc,
    "afx_audio": partial(afx, "mfcc"),
    "audioflux": audioflux_mfcc,
    "kaldi_native_fbank": partial(kaldi, "Mfcc"),
    "spafe": spafe_mfcc,
    "python_speech_features": partial(psf, "mfcc"),
}
#: These compute the same in float32 or better; torch's logarithm leaves its own rounding in a cepstrum.
_ALIKE = {"torchaudio": 2e-5, "afx_audio": 2e-5}
_DOUBLE: Peers = {name: _MFCC[name] for name in ("spafe", "python_speech_features")}
_LFCC: Peers = {"librosa": librosa_lfcc, "torchaudio": torchaudio_lfcc, "spafe": spafe_lfcc}

_FRAMES = {"n_fft": 512, "hop_length": 160}
_SPEECH = {**_FRAMES, "win_length": 400}
_TWENTY = {**_FRAMES, "win_length": 320, "n_filters": 20, "n_lfcc": 20, "log": "ln"}
#: What mfcc keeps of a clip until its loudest band is known: 128 bands in float32. lfcc with deltas keeps 20,
#: and three arrays until they are one.
_BANDS = 128 * 4.0

ROWS = [
    Row("melspectrogram", "melspectrogram, defaults", targets=times(12, 20), peers=_MEL, alike=_ALIKE,
        headline=True),
    Row("mfcc", "mfcc, defaults", targets=times(11, 17), floor={"60s": 0.5}, peers=_MFCC, alike=_ALIKE,
        kept=_BANDS, headline=True),
    Row("melspectrogram", "melspectrogram, 80 mels, 512/160/400", {**_SPEECH, "n_mels": 80}, 16000,
        targets=times(18, 22), peers=_MEL, alike=_ALIKE),
    Row("mfcc", "mfcc, 13 of 40 mels, 512/160/400", {**_SPEECH, "n_mels": 40, "n_mfcc": 13}, 16000,
        targets=times(13, 16), peers=_MFCC, alike=_ALIKE, headline=True),
    Row("linear_spectrogram", "linear_spectrogram, 20 filters, 512/160/320",
        {**_FRAMES, "win_length": 320, "n_filters": 20}, 16000,
        peers={"librosa": librosa_linear, "spafe": spafe_linear}),
    Row("lfcc", "lfcc, 20 filters, with Δ and ΔΔ, 512/160/320", _TWENTY, 16000,
        targets=times(12, 16), recipe=_lfcc_deltas, peers=_LFCC, kept=(20 + 60) * 4.0,
        headline=True),
    *(
        Row("mfcc", f"mfcc, 13 of 40 mels, {n}/{n // 4}",
            {"n_fft": n, "hop_length": n // 4, "n_mels": 40, "n_mfcc": 13}, 16000, targets=times(6, 6),
            peers=_MFCC)
        for n in (400, 480, 640, 960, 1200)
    ),
    Row("mfcc", "mfcc, defaults, float64", dtype="float64", targets=times(4, 5), tolerance=1e-6,
        peers=_DOUBLE),
    Row("delta", "delta of mfcc", given=_mfcc, signals=CLIP_AND_MINUTE),
]  # fmt: skip

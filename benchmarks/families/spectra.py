"""Spectra: the transform itself, its power, its inverse, and reassignment."""

from functools import partial

import numpy as np

import voicefeat as vf

from ..peers.with_audioflux import audioflux_bands, audioflux_stft
from ..peers.with_torchaudio import torchaudio_spectrogram
from ..row import CLIP_AND_MINUTE, Peers, Row, times
from ..twins import librosa_power, reference_call

_POWER: Peers = {
    "librosa": librosa_power,
    "torchaudio": torchaudio_spectrogram,
    "audioflux": partial(audioflux_bands, "LINEAR"),
}
_STFT: Peers = {"torchaudio": torchaudio_spectrogram, "audioflux": audioflux_stft}
_FRAMES = {"n_fft": 512, "hop_length": 160}


def _stft(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.stft(y)


ROWS = [
    Row("spectrogram", "spectrogram, power, 2048/512", {"power": 2.0}, targets=times(7, 8, long=5),
        peers=_POWER),
    Row("spectrogram", "spectrogram, power, 512/160", {**_FRAMES, "power": 2.0}, 16000,
        targets=times(10, 12, long=7), peers=_POWER),
    Row("stft", "stft, 2048/512", targets=times(3.5, 6, long=2.5), peers=_STFT, headline=True),
    Row("stft", "stft, 512/160", dict(_FRAMES), 16000, targets=times(3.5, 6, long=2.5), peers=_STFT),
    *(
        Row("spectrogram", f"spectrogram, power, {n}/{n // 4}",
            {"n_fft": n, "hop_length": n // 4, "power": 2.0}, 16000, targets=times(6, 6, long=5),
            peers=_POWER)
        for n in (400, 480, 640, 960, 1200)
    ),
    # A bin far below the peak is a small number whose logarithm is taken.
    Row("log_spectrogram", "log_spectrogram, 2048/512", signals=CLIP_AND_MINUTE, tolerance=1e-4,
        peers={"librosa": partial(reference_call, "log_spectrogram")}),
    Row("reassigned_spectrogram", "reassigned_spectrogram, 2048/512", signals=CLIP_AND_MINUTE),
    Row("istft", "istft, 2048/512", given=_stft, signals=CLIP_AND_MINUTE, kept=None),
]  # fmt: skip

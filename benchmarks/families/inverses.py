"""From features back to spectra and sound; clips only, since librosa needs seconds for one."""

from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf

from ..peers.with_torchaudio import torchaudio_griffinlim
from ..row import Row
from ..twins import librosa_to_audio


def _magnitudes(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.spectrogram(y, power=1.0)


def _mel(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.melspectrogram(y, sr)


def _mfcc(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.mfcc(y, sr)


def _hpss_of_magnitudes(sr: int) -> Any:
    from librosa.decompose import hpss

    return hpss


def _mfcc_to_audio(c: np.ndarray, sr: int, **settings: Any) -> np.ndarray:
    return vf.mfcc_to_audio(c, sr=sr, **settings)  # which takes it as one of mel_to_audio's


row = partial(Row, signals=("3s",), kept=None)
#: 32 turns make the rounding of float32 larger.
heard = partial(row, tolerance=1e-2)
_SEED = {"random_state": 0}

ROWS = [
    # From phases of zero: the iterations then have nothing random.
    heard("griffinlim", "griffinlim, 32 iterations", {"init": None}, given=_magnitudes,
          peers={"torchaudio": torchaudio_griffinlim}),
    row("mel_to_stft", "mel_to_stft, 128 bands", given=_mel),
    heard("mel_to_audio", "mel_to_audio, 128 bands", _SEED, given=_mel,
          peers={"librosa": partial(librosa_to_audio, "mel")}),
    row("mfcc_to_mel", "mfcc_to_mel", given=_mfcc),
    row("hpss", "hpss of magnitudes", given=_magnitudes, peers={"librosa": _hpss_of_magnitudes}),
    row("harmonic", "harmonic"),
    row("percussive", "percussive"),
    heard("mfcc_to_audio", "mfcc_to_audio", _SEED, given=_mfcc, recipe=_mfcc_to_audio,
          peers={"librosa": partial(librosa_to_audio, "mfcc")}),
]  # fmt: skip

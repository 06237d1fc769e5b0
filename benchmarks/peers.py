"""The other libraries, each as it is meant to be used: what a user builds once is built once.

A factory ``make(sr, **settings)`` takes librosa's settings and returns ``call(y)``, or None where the
library cannot do that row. Only librosa's values are compared; of the others torchaudio computes the
same definitions, the rest their own (pre-emphasis, frame counts and scales differ a little): the same
work, not the same numbers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from .twins import librosa_feature, librosa_lfcc, librosa_linear, librosa_power, librosa_stft

__all__ = ["LIBRARIES", "PEERS", "available"]

#: Distribution by module.
LIBRARIES = {
    "librosa": "librosa",
    "torchaudio": "torchaudio",
    "audioflux": "audioflux",
    "kaldi_native_fbank": "kaldi-native-fbank",
    "spafe": "spafe",
    "python_speech_features": "python_speech_features",
}

Call = Callable[[np.ndarray], Any]


def available(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Which of the libraries can be imported, and why the others cannot."""
    found, missing = [], {}
    for name in names:
        try:
            importlib.import_module(name)
            found.append(name)
        except Exception as problem:  # a broken install raises anything: it is named, not fatal
            missing[LIBRARIES[name]] = str(problem).splitlines()[0] if str(problem) else repr(problem)
    return found, missing


# --------------------------------------------------------------------------------------- torchaudio
def torchaudio_call(transform: Callable[..., Any]) -> Call:
    import torch

    torch.set_num_threads(1)

    def call(y):
        with torch.inference_mode():
            return transform(torch.from_numpy(y))

    return call


def _torch_frames(n_fft: int = 2048, hop_length: int = 512, win_length: int | None = None, **_: Any) -> dict:
    return {"n_fft": n_fft, "hop_length": hop_length, "win_length": win_length, "pad_mode": "constant"}


def torchaudio_spectrogram(sr: int, *, power: float | None = None, **settings: Any) -> Call:
    from torchaudio.transforms import Spectrogram

    return torchaudio_call(Spectrogram(power=power, **_torch_frames(**settings)))


def _torch_mel(n_mels: int = 128, **settings: Any) -> dict:
    bank = {"n_mels": n_mels, "power": 2.0, "norm": "slaney", "mel_scale": "slaney"}
    return {**_torch_frames(**settings), **bank}


def torchaudio_mel(sr: int, **settings: Any) -> Call:
    from torchaudio.transforms import MelSpectrogram

    return torchaudio_call(MelSpectrogram(sr, **_torch_mel(**settings)))


def torchaudio_mfcc(sr: int, *, n_mfcc: int = 20, **settings: Any) -> Call:
    from torchaudio.transforms import MFCC

    return torchaudio_call(MFCC(sr, n_mfcc, melkwargs=_torch_mel(**settings)))


def torchaudio_lfcc(sr: int, *, n_lfcc: int, n_filters: int, log: str, **settings: Any) -> Call:
    import torch
    from torchaudio.functional import compute_deltas
    from torchaudio.transforms import LFCC

    coefficients = LFCC(sr, n_filters, n_lfcc=n_lfcc, log_lf=True, speckwargs=_torch_frames(**settings))

    def transform(y):
        c = coefficients(y)
        d = compute_deltas(c, win_length=9)
        return torch.cat([c, d, compute_deltas(d, win_length=9)], dim=-2)

    return torchaudio_call(transform)


# ---------------------------------------------------------------------------------------- audioflux
# Its objects crash when they are destroyed beside some other libraries, so all are kept.
_KEPT: list[Any] = []


def _flux_exponent(n_fft: int = 2048, win_length: int | None = None, **_: Any) -> int | None:
    """log2 of n_fft, or None: windows are as long as the transform, which is a power of two."""
    if win_length not in (None, n_fft) or n_fft & (n_fft - 1):
        return None
    return n_fft.bit_length() - 1


def _flux_bands(sr: int, num: int, scale: str, settings: dict[str, Any]) -> Any:
    import audioflux as af
    from audioflux.type import SpectralDataType, SpectralFilterBankNormalType, SpectralFilterBankScaleType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    area = SpectralFilterBankNormalType.BAND_WIDTH if scale == "MEL" else SpectralFilterBankNormalType.NONE
    bands = af.BFT(
        num=num, radix2_exp=exponent, samplate=sr, slide_length=settings.get("hop_length", 512),
        scale_type=SpectralFilterBankScaleType[scale], data_type=SpectralDataType.POWER, normal_type=area,
    )
    _KEPT.append(bands)
    return bands


def audioflux_bands(scale: str, sr: int, **settings: Any) -> Call | None:
    n_bins = 1 + settings.get("n_fft", 2048) // 2
    bands = _flux_bands(sr, settings.get("n_mels", 128) if scale == "MEL" else n_bins, scale, settings)
    return bands and (lambda y: bands.bft(y, result_type=1))


def audioflux_mfcc(sr: int, *, n_mfcc: int = 20, n_mels: int = 128, **settings: Any) -> Call | None:
    import audioflux as af

    bands = _flux_bands(sr, n_mels, "MEL", settings)
    if bands is None:
        return None
    cepstrum = af.XXCC(n_mels)
    _KEPT.append(cepstrum)

    def call(y):
        powers = bands.bft(y, result_type=1)
        cepstrum.set_time_length(powers.shape[-1])
        return cepstrum.xxcc(powers, cc_num=n_mfcc)

    return call


def audioflux_stft(sr: int, **settings: Any) -> Call | None:
    import audioflux as af
    from audioflux.type import WindowType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    transform = af.STFT(exponent, WindowType.HANN, settings.get("hop_length", 512))
    _KEPT.append(transform)
    return transform.stft


def audioflux_chroma(sr: int, *, tuning: float, **settings: Any) -> Call | None:
    from audioflux.spectrogram import Spectrogram
    from audioflux.type import SpectralDataType, SpectralFilterBankType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    bands = Spectrogram(
        num=12, radix2_exp=exponent, samplate=sr, low_fre=0.0, high_fre=sr / 2,
        slide_length=settings.get("hop_length", 512), data_type=SpectralDataType.POWER,
        filter_bank_type=SpectralFilterBankType.CHROMA,
    )
    _KEPT.append(bands)
    return bands.spectrogram


# ------------------------------------------------------------------------------- kaldi-native-fbank
def kaldi(kind: str, sr: int, *, n_mels: int = 128, n_mfcc: int = 20, **settings: Any) -> Call | None:
    import kaldi_native_fbank as knf

    n_fft, window = settings.get("n_fft", 2048), settings.get("win_length")
    if n_fft & (n_fft - 1):
        return None  # frames are padded to a power of two: other lengths would be another transform
    options = getattr(knf, f"{kind}Options")()
    frames = options.frame_opts
    frames.samp_freq, frames.dither, frames.window_type, frames.snip_edges = sr, 0.0, "hanning", False
    frames.frame_length_ms = 1000 * (window or n_fft) / sr
    frames.frame_shift_ms = 1000 * settings.get("hop_length", 512) / sr
    options.mel_opts.num_bins = n_mels
    if kind == "Mfcc":
        options.num_ceps, options.use_energy = n_mfcc, False

    def call(y):
        computer = getattr(knf, f"Online{kind}")(options)
        computer.accept_waveform(sr, y)
        computer.input_finished()
        return np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])

    return call


# -------------------------------------------------------------- spafe and python_speech_features
def _seconds(sr: int, settings: dict[str, Any]) -> tuple[float, float, int]:
    n_fft = settings.get("n_fft", 2048)
    return (settings.get("win_length") or n_fft) / sr, settings.get("hop_length", 512) / sr, n_fft


def _spafe_frames(sr: int, settings: dict[str, Any]) -> dict[str, Any]:
    from spafe.utils.preprocessing import SlidingWindow

    window, hop, n_fft = _seconds(sr, settings)
    return {"fs": sr, "pre_emph": False, "window": SlidingWindow(window, hop, "hanning"), "nfft": n_fft}


def spafe_mel(sr: int, *, n_mels: int = 128, **settings: Any) -> Call:
    from spafe.features.mfcc import mel_spectrogram

    return partial(mel_spectrogram, nfilts=n_mels, **_spafe_frames(sr, settings))


def spafe_mfcc(sr: int, *, n_mfcc: int = 20, n_mels: int = 128, **settings: Any) -> Call:
    from spafe.features.mfcc import mfcc

    return partial(mfcc, num_ceps=n_mfcc, nfilts=n_mels, **_spafe_frames(sr, settings))


def spafe_linear(sr: int, *, n_filters: int, **settings: Any) -> Call:
    from spafe.features.lfcc import linear_spectrogram

    return partial(linear_spectrogram, nfilts=n_filters, **_spafe_frames(sr, settings))


def spafe_lfcc(sr: int, *, n_lfcc: int, n_filters: int, log: str, **settings: Any) -> Call:
    from spafe.features.lfcc import lfcc
    from spafe.utils.cepstral import deltas

    frames = _spafe_frames(sr, settings)

    def call(y):
        c = lfcc(y, num_ceps=n_lfcc, nfilts=n_filters, **frames).T
        d = deltas(c)
        return np.concatenate([c, d, deltas(d)])

    return call


def psf(kind: str, sr: int, *, n_mels: int = 128, n_mfcc: int = 20, **settings: Any) -> Call:
    import python_speech_features

    window, hop, n_fft = _seconds(sr, settings)
    common = {"samplerate": sr, "winlen": window, "winstep": hop, "nfft": n_fft, "nfilt": n_mels,
              "preemph": 0, "winfunc": np.hanning}
    if kind == "mfcc":
        common |= {"numcep": n_mfcc, "ceplifter": 0, "appendEnergy": False}
    return partial(getattr(python_speech_features, kind), **common)


#: Factories by kind of row and library.
PEERS: dict[str, dict[str, Callable[..., Call | None]]] = {
    "stft": {"librosa": librosa_stft, "torchaudio": torchaudio_spectrogram, "audioflux": audioflux_stft},
    "spectrogram": {"librosa": librosa_power, "torchaudio": torchaudio_spectrogram,
                    "audioflux": partial(audioflux_bands, "LINEAR")},
    "melspectrogram": {"librosa": partial(librosa_feature, "melspectrogram"), "torchaudio": torchaudio_mel,
                       "audioflux": partial(audioflux_bands, "MEL"),
                       "kaldi_native_fbank": partial(kaldi, "Fbank"), "spafe": spafe_mel,
                       "python_speech_features": partial(psf, "fbank")},
    "mfcc": {"librosa": partial(librosa_feature, "mfcc"), "torchaudio": torchaudio_mfcc,
             "audioflux": audioflux_mfcc, "kaldi_native_fbank": partial(kaldi, "Mfcc"),
             "spafe": spafe_mfcc, "python_speech_features": partial(psf, "mfcc")},
    "linear_spectrogram": {"librosa": librosa_linear, "spafe": spafe_linear},
    "mfcc float64": {"librosa": partial(librosa_feature, "mfcc"), "spafe": spafe_mfcc,
                     "python_speech_features": partial(psf, "mfcc")},
    "lfcc": {"librosa": librosa_lfcc, "torchaudio": torchaudio_lfcc, "spafe": spafe_lfcc},
    "chroma_stft": {"librosa": partial(librosa_feature, "chroma_stft"), "audioflux": audioflux_chroma},
    "chroma_stft estimated": {"librosa": partial(librosa_feature, "chroma_stft")},
}

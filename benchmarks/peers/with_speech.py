"""kaldi-native-fbank's, spafe's and python_speech_features' sides of the rows."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from . import Call


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


def spafe_pncc(sr: int) -> Call:
    from spafe.features.pncc import pncc
    from spafe.utils.preprocessing import SlidingWindow

    window = SlidingWindow(410 / sr, 160 / sr, "hamming")
    return partial(pncc, fs=sr, nfilts=40, nfft=1024, low_freq=200, window=window)


def psf(kind: str, sr: int, *, n_mels: int = 128, n_mfcc: int = 20, **settings: Any) -> Call:
    import python_speech_features

    window, hop, n_fft = _seconds(sr, settings)
    common = {
        "samplerate": sr,
        "winlen": window,
        "winstep": hop,
        "nfft": n_fft,
        "nfilt": n_mels,
        "preemph": 0,
        "winfunc": np.hanning,
    }
    if kind == "mfcc":
        common |= {"numcep": n_mfcc, "ceplifter": 0, "appendEnergy": False}
    return partial(getattr(python_speech_features, kind), **common)


def psf_ssc(sr: int) -> Call:
    from python_speech_features import ssc

    return lambda y: ssc(y, sr).T


def psf_preemphasis(sr: int, *, coef: float = 0.97) -> Call:
    from python_speech_features.sigproc import preemphasis

    return partial(preemphasis, coeff=coef)


# ------------------------------------------------------------------------------- published front ends
def _kaldi_computer(name: str, sr: int) -> Call | None:
    """Makes kaldi-native-fbank's computer, with as many bands and coefficients as the preset has."""
    import voicefeat as vf

    fe = vf.frontend(name)
    if fe.bands is None or fe.dynamics is not None or fe.normalisation is not None:
        return None
    if "n_filters" not in dict(fe.bands.arguments):  # the bank of Whisper
        return None
    import kaldi_native_fbank as knf

    kind = "Fbank" if fe.cepstrum is None else "Mfcc"
    options = getattr(knf, f"{kind}Options")()
    frames = options.frame_opts
    frames.samp_freq, frames.dither, frames.snip_edges = sr, 0.0, fe.framing.partial == "drop"
    options.mel_opts.num_bins = dict(fe.bands.arguments)["n_filters"]
    options.use_energy = fe.energy is not None
    if fe.cepstrum is not None:
        options.num_ceps = fe.cepstrum.n
    return partial(getattr(knf, f"Online{kind}"), options)


def kaldi_preset(name: str, sr: int) -> Call | None:
    """kaldi-native-fbank with as many bands and coefficients as the preset has, of samples of 16 bits."""
    make = _kaldi_computer(name, sr)
    if make is None:
        return None

    def call(y):
        computer = make()
        computer.accept_waveform(sr, y * np.float32(32768))
        computer.input_finished()
        return np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])

    return call


def kaldi_online(name: str, size: int, sr: int) -> Call | None:
    """The same, given pieces of so many samples; the frames that are ready are read after each."""
    make = _kaldi_computer(name, sr)
    if make is None:
        return None

    def call(y):
        computer, frames = make(), []
        for at in range(0, y.size, size):
            computer.accept_waveform(sr, y[at : at + size] * np.float32(32768))
            frames += [computer.get_frame(i) for i in range(len(frames), computer.num_frames_ready)]
        computer.input_finished()
        frames += [computer.get_frame(i) for i in range(len(frames), computer.num_frames_ready)]
        return frames

    return call


def psf_preset(name: str, sr: int) -> Call | None:
    """The function that the preset ``python-speech-features-...`` is named after, with its defaults."""
    import python_speech_features

    function = {"mfcc": "mfcc", "fbank": "fbank", "logfbank": "logfbank", "ssc": "ssc"}.get(
        name.removeprefix("python-speech-features-")
    )
    return None if function is None else partial(getattr(python_speech_features, function), samplerate=sr)


def spafe_preset(name: str, sr: int) -> Call | None:
    """spafe's LFCC or MFCC with the preset's frames, bands and coefficients, without deltas."""
    import voicefeat as vf

    fe = vf.frontend(name)
    kind = next((kind for kind in ("lfcc", "mfcc") if kind in name and "imfcc" not in name), None)
    if kind is None or fe.framing is None or fe.framing.win_length < fe.framing.hop_length:
        return None
    from importlib import import_module

    from voicefeat.presets.banks import bank_rows

    frames = fe.framing
    settings = {"n_fft": frames.n_fft, "hop_length": frames.hop_length, "win_length": frames.win_length}
    make = getattr(import_module(f"spafe.features.{kind}"), kind)
    return partial(
        make,
        num_ceps=fe.cepstrum.n,
        nfilts=bank_rows(fe.bands, float(sr), frames.n_fft),
        **_spafe_frames(sr, settings),
    )

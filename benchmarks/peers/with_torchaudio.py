"""torchaudio's side of the rows: transforms are made once, outside the timing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from . import Call


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


def torchaudio_centroid(sr: int, **settings: Any) -> Call:
    from torchaudio.transforms import SpectralCentroid

    frames = _torch_frames(**settings)
    del frames["pad_mode"]  # it pads by reflection: two frames of the clip differ
    return torchaudio_call(SpectralCentroid(sr, **frames))


def torchaudio_preemphasis(sr: int, *, coef: float = 0.97) -> Call:
    from torchaudio.functional import preemphasis

    return torchaudio_call(partial(preemphasis, coeff=coef))


def torchaudio_griffinlim(sr: int, *, n_iter: int = 32, momentum: float = 0.99, **_: Any) -> Call:
    from torchaudio.transforms import GriffinLim

    return torchaudio_call(GriffinLim(2048, n_iter, power=1.0, momentum=momentum, rand_init=False))


# ------------------------------------------------------------------------------- published front ends
def torchaudio_preset(name: str, sr: int) -> Call | None:
    """The transform that the preset ``torchaudio-...`` is named after."""
    from torchaudio import transforms

    made: dict[str, Callable[[], Any]] = {
        "torchaudio-spectrogram": transforms.Spectrogram,
        "torchaudio-mel": transforms.MelSpectrogram,
        "torchaudio-mel-slaney": lambda: transforms.MelSpectrogram(norm="slaney", mel_scale="slaney"),
        "torchaudio-lfcc": transforms.LFCC,
        "torchaudio-lfcc-log": lambda: transforms.LFCC(log_lf=True),
        "torchaudio-mfcc": transforms.MFCC,
        "torchaudio-mfcc-log": lambda: transforms.MFCC(log_mels=True),
    }
    return torchaudio_call(made[name]()) if name in made else None


def torchaudio_kaldi(name: str, sr: int) -> Call | None:
    """torchaudio's Kaldi module with as many bands and coefficients as the preset has."""
    import voicefeat as vf

    fe = vf.frontend(name)
    if fe.bands is None or fe.dynamics is not None or fe.normalisation is not None or fe.energy is not None:
        return None
    if "n_filters" not in dict(fe.bands.arguments):  # the bank of Whisper
        return None
    from torchaudio.compliance.kaldi import fbank, mfcc

    settings: dict[str, Any] = {"num_mel_bins": dict(fe.bands.arguments)["n_filters"], "dither": 0.0}
    settings |= {"sample_frequency": float(sr), "snip_edges": fe.framing.partial == "drop"}
    make = fbank
    if fe.cepstrum is not None:
        make, settings = mfcc, {**settings, "num_ceps": fe.cepstrum.n}
    return torchaudio_call(lambda y: make((y * 32768.0)[None], **settings))

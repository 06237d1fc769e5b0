"""The published front ends, one row a preset: beside the library it is named after, and plain torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf

from ..machine import flags
from ..peers.with_asrfront import asrfront_fbank, asrfront_whisper
from ..peers.with_speech import kaldi_preset, psf_preset, spafe_preset
from ..peers.with_torch import plain_torch
from ..peers.with_torchaudio import torchaudio_kaldi, torchaudio_preset
from ..row import Row

#: What the fastest peer should take, in times of ours, by signal.
_FASTEST = {"4s": 5.0, "60s": 8.0}
#: Front ends whose peers have targets of their own.
_ASKED = {
    "kaldi-fbank-80": {
        "kaldi_native_fbank": {"4s": 25.0, "60s": 25.0},
        "torchaudio": {"4s": 8.0, "60s": 8.0},
    }
}
#: asrfront has eight frames in its lanes on every processor; we have sixteen where there is AVX-512.
_LANES = dict.fromkeys(("4s", "30s"), 2.0 if "avx512f" in flags() else 1.3)
_ASKED["whisper-log-mel"] = {"asrfront": _LANES}
#: Seconds beyond which a minute is cut: they take that long in double precision.
_SLOW = ("mgd", "gtgram", "apgdf", "rps", "egemaps")


def _alone(sr: int, **settings: Any) -> None:
    """librosa has none of them."""


def _call(fe: vf.FrontEnd) -> Callable[..., np.ndarray]:
    def recipe(y: np.ndarray, sr: int) -> np.ndarray:
        return fe(y)

    return recipe


def _peers(name: str) -> dict[str, Any]:
    peers: dict[str, Any] = {"librosa": _alone}
    fe = vf.frontend(name)
    kaldi = name.startswith(("kaldi-", "icefall-", "lhotse-"))
    if fe.cepstrum is not None and not kaldi:
        peers["torch"] = partial(plain_torch, name)
        peers["spafe"] = partial(spafe_preset, name)
    if name.startswith("torchaudio-") or kaldi:
        peers["torchaudio"] = partial(torchaudio_kaldi if kaldi else torchaudio_preset, name)
    if kaldi:
        peers["kaldi_native_fbank"] = partial(kaldi_preset, name)
    if name == "whisper-log-mel":
        peers["asrfront"] = asrfront_whisper
    if name.startswith("python-speech-features-"):
        peers["python_speech_features"] = partial(psf_preset, name)
    return peers


def _row(name: str) -> Row:
    made = vf.frontend(name)
    frames = made.framing
    peers = _peers(name)
    asked = _ASKED.get(name, {})
    if not asked and made.cepstrum is not None:
        asked = {"fastest": _FASTEST}
    return Row(
        "frontend",
        f"front end {name}",
        rate=made.signal.rate or 16000,
        recipe=_call(made),
        peers=peers,
        signals=("4s", "30s", "60s") if "asrfront" in peers else ("4s", "60s"),
        beside=asked,
        alike={"asrfront": 2e-4},  # both in float32, whose logarithm of a quiet band is what differs
        transform=frames and (frames.n_fft, frames.hop_length),
        kept=None,
        longest=10.0 if any(word in name for word in _SLOW) else None,
    )


def _hamming() -> Row:
    """Kaldi's 80 bands under Hamming's window, as asrfront computes them for SenseVoice."""
    povey = vf.frontend("kaldi-fbank-80")
    assert povey.framing is not None
    return replace(
        _row("kaldi-fbank-80"),
        label="front end kaldi-fbank-80, Hamming's window",
        recipe=_call(replace(povey, framing=replace(povey.framing, window="hamming_symmetric"))),
        peers={"librosa": _alone, "asrfront": asrfront_fbank},
        signals=("4s", "30s", "60s"),
        beside={"asrfront": _LANES},
    )


ROWS = [*map(_row, vf.frontends()), _hamming()]

"""torchaudio's transforms, and front ends that use them."""

from __future__ import annotations

from typing import Any

from ...filters.empty_bands import collected
from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Dynamics, Frames, Signal, Spectrum

SIGNAL = Signal(rate=16000)
#: Decibels, at most 80 below the largest value of the clip.
DECIBELS = Compression("db", floor=1e-10, top_db=80.0)
#: The logarithm of `log_lf=True` and `log_mels=True`.
OFFSET = Compression("ln", offset=1e-6)
#: `ComputeDeltas`: regression over two frames to each side.
DELTAS = Dynamics(orders=1, width=2, keep="deltas")


def frames(n_fft: int = 400, hop: int = 200, win: int | None = None) -> Frames:
    """Centred frames with reflection at the ends."""
    return Frames(n_fft, hop, win or n_fft, "hann", True, "reflect")


def linear(n: int = 128) -> Bands:
    """Triangular filters, equally spaced in Hz."""
    return Bands("bank", (("n_filters", n), ("scale", "hz")))


def mel(n: int = 128, **more: Any) -> Bands:
    """Filters on the mel scale that are triangular in Hz."""
    return Bands("bank", tuple(sorted({"n_filters": n, "scale": "htk", **more}.items())))


def cepstral(
    bands: Bands, n: int, framing: Frames, row: str, log: Compression = DECIBELS, **more: Any
) -> FrontEnd:
    """Cepstra of decibels."""
    with collected():  # empty filters are as published; notes say so
        return FrontEnd(SIGNAL, framing, Spectrum(2.0), bands, log, Cepstrum(n), row=row, **more)


def plain(bands: Bands | None, row: str, log: Compression | None = None) -> FrontEnd:
    """Bands or bins of the default frames."""
    with collected():
        return FrontEnd(SIGNAL, frames(), Spectrum(2.0), bands, log, row=row)


SOURCE, VERSION, LICENCE = "torchaudio", "2.11.0", "BSD-2-Clause"
WHISPER_FRAMES = frames(512, 160, 400)
#: The original gives the width of the deltas in samples where frames are meant: 400.
WHISPER_DELTAS = Dynamics(orders=2, width=200)


#: A note on 128 mel filters over 201 bins.
EMPTY = "4 of the 128 mel filters (0, 3, 6 and 13) have no bin at n_fft=400 and stay 0, as published."


def preset(name: str, fe: FrontEnd, what: str, error: float, note: str = "") -> Preset:
    return Preset(name, fe, f"{SOURCE}, {what}", VERSION, LICENCE, error, note)


PRESETS = [
    preset("torchaudio-spectrogram", plain(None, "bin"), "Spectrogram", 2e-6),
    preset("torchaudio-mel", plain(mel(), "mel"), "MelSpectrogram", 2e-5, EMPTY),
    preset(
        "torchaudio-mel-slaney",
        plain(mel(scale="slaney", norm="slaney"), "mel"),
        "MelSpectrogram(mel_scale='slaney', norm='slaney')",
        2e-5,
    ),
    preset(
        "torchaudio-mel-db",
        plain(mel(), "mel", DECIBELS),
        "AmplitudeToDB('power', 80) of MelSpectrogram",
        2e-4,
        EMPTY,
    ),
    preset("torchaudio-lfcc", cepstral(linear(), 40, frames(), "lfcc"), "LFCC", 2e-5),
    preset(
        "torchaudio-lfcc-log", cepstral(linear(), 40, frames(), "lfcc", OFFSET), "LFCC(log_lf=True)", 2e-5
    ),
    preset(
        "torchaudio-lfcc-deltas",
        cepstral(linear(), 40, frames(), "lfcc", dynamics=DELTAS),
        "ComputeDeltas of LFCC",
        2e-5,
    ),
    preset("torchaudio-mfcc", cepstral(mel(), 40, frames(), "mfcc"), "MFCC", 2e-5, EMPTY),
    preset(
        "torchaudio-mfcc-log",
        cepstral(mel(), 40, frames(), "mfcc", OFFSET),
        "MFCC(log_mels=True)",
        2e-5,
        EMPTY,
    ),
    preset(
        "deepfense-lfcc",
        cepstral(linear(70), 40, frames(512, 160), "lfcc"),
        "LFCC with the settings of DeepFense",
        2e-5,
    ),
    Preset(
        "deepfake-whisper-features-lfcc",
        cepstral(linear(), 128, WHISPER_FRAMES, "lfcc", dynamics=WHISPER_DELTAS),
        "deepfake-whisper-features, LFCC with double deltas",
        "piotrkawa/deepfake-whisper-features",
        "MIT",
        5e-5,
        "Deltas over 400 frames, as published; silence is not trimmed and the clip is not repeated to 30 s.",
    ),
    Preset(
        "deepfake-whisper-features-mfcc",
        cepstral(mel(), 128, WHISPER_FRAMES, "mfcc", dynamics=WHISPER_DELTAS),
        "deepfake-whisper-features, MFCC with double deltas",
        "piotrkawa/deepfake-whisper-features",
        "MIT",
        5e-5,
        "Deltas over 400 frames, as published; silence is not trimmed and the clip is not repeated to 30 s. "
        "The first of the 128 mel filters has no bin and stays 0.",
    ),
    Preset(
        "wedefense-lfcc",
        FrontEnd(
            Signal(rate=16000, scale=32768.0),
            Frames(512, 160, 320, "hann", False),
            Spectrum(2.0),
            linear(),
            DECIBELS,
            Cepstrum(20),
            dynamics=Dynamics(orders=2, width=2, along="rows"),
            row="lfcc",
        ),
        "WeDefense, LFCC by torchaudio",
        "zlin0/wedefense, 2026-02",
        "Apache-2.0",
        2e-5,
        "Samples in 16-bit range under an absolute floor; deltas run across coefficients. Both as published.",
    ),
]

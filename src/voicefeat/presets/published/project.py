"""The front ends of a student project on the detection of forged voices."""

from __future__ import annotations

from typing import Any

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Frames, Normalisation, Signal, Spectrum

LOG = Compression("ln", offset=1e-6)


def front_end(row: str, bands: Bands, power: float = 2.0, **more: Any) -> FrontEnd:
    """librosa's frames: 2048 samples every 512, centred."""
    return FrontEnd(Signal(rate=16000), Frames(2048, 512, 2048), Spectrum(power), bands, row=row, **more)


def bank(**settings: Any) -> Bands:
    return Bands("bank", tuple(sorted(settings.items())))


MEL = bank(n_filters=128, scale="slaney", norm="slaney")
RATE = "The rate is not stated; 16 kHz is that of its ASVspoof data"


def preset(name: str, fe: FrontEnd, note: str = "") -> Preset:
    return Preset(
        name,
        fe,
        'student project "voice-forgery detection", group 27',
        "its slides",
        "none stated",
        1e-13,
        f"{RATE}. {note}".strip(),
    )


PRESETS = [
    preset("project-mfcc", front_end("mfcc", MEL, compression=LOG, cepstrum=Cepstrum(13))),
    preset("project-mel", front_end("mel", MEL, compression=LOG)),
    preset(
        "project-lfcc",
        front_end(
            "lfcc", bank(n_filters=40, scale="hz", norm="peak"), compression=LOG, cepstrum=Cepstrum(13)
        ),
        "Corrected: the filters are equally spaced in Hz, as its slides say; the code uses mel filters.",
    ),
    preset(
        "project-lfcc-mel",
        front_end(
            "lfcc", bank(n_filters=40, scale="slaney", norm="peak"), compression=LOG, cepstrum=Cepstrum(13)
        ),
        "As in the code: called LFCC, but with mel filters, each divided by its largest weight.",
    ),
    preset(
        "project-chroma",
        front_end("chroma", Bands("chroma", ()), power=1.0, normalisation=Normalisation(over="frame")),
        "Corrected: a silent frame is 0, whereas the code divides 0 by 0; all other frames are equal.",
    ),
]

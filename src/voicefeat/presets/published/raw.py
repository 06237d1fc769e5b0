"""Raw samples, for systems that learn their own front end."""

from __future__ import annotations

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Signal

TRAINING = "replace(crop='random', seed=...) is the random crop of training, which may begin at every sample"


def waveform(samples: int) -> FrontEnd:
    """The first `samples` of a longer clip; a shorter clip is repeated."""
    return FrontEnd(Signal(rate=16000, samples=samples), row="sample")


PRESETS = [
    Preset(
        "aasist-waveform",
        waveform(64600),
        "AASIST; also RawGAT-ST, SSL_Anti-spoofing, RawNet2 of ASVspoof 2021, AASIST of ASVspoof 5",
        "clovaai/aasist a04c9863",
        "MIT",
        1e-15,
        f"{TRAINING}; the original never uses the last start, and has no start for a clip of exactly "
        "64600 samples.",
    ),
    Preset(
        "rawnet2-waveform",
        waveform(64000),
        "RawNet2 of ASVspoof 5",
        "asvspoof-challenge/asvspoof5",
        "MIT",
        1e-15,
        f"{TRAINING}.",
    ),
]

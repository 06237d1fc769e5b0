"""The front ends of the PyTorch scripts of the NII, such as LFCC-LCNN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Energy, Frames, Signal, Spectrum
from .asvspoof import DIFFERENCES, linear

EPS = float(np.finfo(np.float32).eps)
SIGNAL = Signal(rate=16000, preemphasis=0.97)
LOG = Compression("log10", offset=EPS)
#: 20 filters with edges on HTK's mel scale, which are equally spaced in Hz below 1 kHz.
MEL = Bands(
    "bank",
    (("dc", True), ("n_filters", 20), ("norm", "slaney"), ("scale", "htk"), ("straight", 1000.0)),
)


def frames(n_fft: int) -> Frames:
    """20 ms every 10 ms, centred, with a periodic window."""
    return Frames(n_fft, 160, 320, "hamming", True, "constant")


def cepstral(n_fft: int, bands: Bands, energy: bool, bins: int | None = None) -> FrontEnd:
    """20 coefficients and their differences; with `energy`, its logarithm in place of c0."""
    return FrontEnd(
        signal=SIGNAL,
        framing=frames(n_fft),
        spectrum=Spectrum(2.0),
        bands=bands,
        compression=LOG,
        cepstrum=Cepstrum(20),
        energy=Energy("bins", 1.0 / n_fft, bins) if energy else None,
        dynamics=DIFFERENCES,
        row="lfcc",
    )


SOURCE, VERSION, LICENCE = "NII PyTorch scripts", "project-NN-Pytorch-scripts, 2026-07", "BSD-3-Clause"

PRESETS = [
    Preset(
        "nii-lfcc-lcnn2021",
        cepstral(1024, linear(4000.0, 20, labelled=256), True, 256),
        f"{SOURCE}, LFCC of the ASVspoof 2021 LFCC-LCNN baseline",
        VERSION,
        LICENCE,
        3e-5,
        "Bins 0 to 255 are labelled 0 to 4000 Hz, slightly more than their true range.",
    ),
    Preset(
        "nii-lfcc",
        cepstral(512, linear(8000.0, 20), True),
        f"{SOURCE}, LFCC, full band",
        VERSION,
        LICENCE,
        3e-5,
    ),
    Preset(
        "nii-lfcc-no-energy",
        cepstral(512, linear(8000.0, 20), False),
        f"{SOURCE}, LFCC without energy",
        VERSION,
        LICENCE,
        3e-5,
    ),
    Preset(
        "nii-mfcc",
        replace(cepstral(512, MEL, False), row="mfcc"),
        f"{SOURCE}, MFCC",
        VERSION,
        LICENCE,
        3e-6,
        "Edges are spaced on HTK's mel scale, and linearly in Hz below 1 kHz; the first band is the "
        "bin at 0 Hz alone.",
    ),
    Preset(
        "nii-lfb",
        FrontEnd(SIGNAL, frames(512), Spectrum(2.0), linear(8000.0, 60), LOG, row="lfb"),
        f"{SOURCE}, LFB of 60 bands",
        VERSION,
        LICENCE,
        3e-5,
    ),
    Preset(
        "nii-spectrogram",
        FrontEnd(SIGNAL, frames(512), Spectrum(2.0), row="bin"),
        f"{SOURCE}, Spectrogram",
        VERSION,
        LICENCE,
        2e-6,
    ),
]

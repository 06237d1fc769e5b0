"""Auditory front ends: rastamat's PLP, RASTA-PLP and MFCC, gammatone spectrograms."""

from __future__ import annotations

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Frames, Method, Signal, Spectrum

OCTAVE = (
    "As run under GNU Octave, whose specgram drops the last bin; the other 256 bins are then labelled up to "
    "half the rate (labelled=256; use None for MATLAB). It also drops a last frame that ends exactly with "
    "the clip."
)


def heard(name: str, row: str, **settings: object) -> FrontEnd:
    """A feature of the registry with the given settings."""
    return FrontEnd(Signal(rate=16000), method=Method.of(name, **settings), row=row)


MELFCC = FrontEnd(
    Signal(rate=16000, scale=32768.0, preemphasis=0.97),
    Frames(512, 160, 400, "hann_symmetric", False, "constant", "left"),
    Spectrum(2.0),
    Bands(
        "bank",
        (("fmax", 4000.0), ("labelled", 256), ("labelled_to", 8000.0), ("n_filters", 40),
         ("norm", "slaney"), ("scale", "slaney")),
    ),
    Compression("ln"),
    Cepstrum(13, lift=0.6),
    row="mfcc",
)  # fmt: skip

RASTAMAT = ("rastamat, D. Ellis (MATLAB)", "copy in bootphon/features_extraction e781ea0b", "GPL-3")
GAMMATONE = ("gammatone, J. Heeris, after D. Ellis and M. Slaney", "detly/gammatone 0626328e", "BSD-3-Clause")


def filtered(row: str, bands: Bands, power: float, note: str) -> Preset:
    """Cepstra of the logarithms of auditory bands; frames of 25 ms every 10 ms."""
    chain = FrontEnd(
        Signal(rate=16000, preemphasis=0.97),
        Frames(512, 160, 400, "hamming_symmetric", False, "constant", "left"),
        Spectrum(power),
        bands,
        Compression("ln", floor=1e-10),
        Cepstrum(13),
        row=row,
    )
    name = {"gfcc": "Gammatone", "bfcc": "Bark"}[row]
    source = f"{name}-frequency cepstral coefficients, not of one particular program"
    return Preset(row, chain, source, "this library", "MIT", 1e-12, note)


PRESETS = [
    filtered(
        "gfcc",
        Bands("gammatone", (("fmin", 50.0), ("n_filters", 64))),
        1.0,
        "Programs differ in filters and compression; here: the 64 filters of gammatone-fft-gtgram "
        "from 50 Hz, applied to magnitudes, and a natural logarithm. Shao and Wang (ICASSP 2008) use "
        "a cube root.",
    ),
    filtered(
        "bfcc",
        Bands("bark", (("n_filters", 22),)),
        2.0,
        "Programs differ in bands and compression; here: 22 critical bands with the shape used in PLP, "
        "applied to powers, and a natural logarithm.",
    ),
    Preset(
        "pncc",
        heard("pncc", "pncc"),
        "Power-normalised cepstral coefficients, Kim, Stern, 2016",
        "this library",
        "MIT",
        1e-12,
        "The running mean of the power starts at the power of the first frame; programs differ in this.",
    ),
    Preset(
        "rastamat-bark-spectrum", heard("bark_spectrogram", "bark", labelled=256), *RASTAMAT, 1e-14, OCTAVE
    ),
    Preset("rastamat-plp", heard("plp", "plp", labelled=256), *RASTAMAT, 2e-14, OCTAVE),
    Preset("rastamat-rasta-plp", heard("rasta_plp", "plp", labelled=256), *RASTAMAT, 1e-13, OCTAVE),
    Preset(
        "rastamat-melfcc",
        MELFCC,
        *RASTAMAT,
        5e-13,
        f"{OCTAVE} The original gives infinite numbers on digital silence; here they are finite.",
    ),
    Preset("gammatone-gtgram", heard("gammatone_spectrogram", "band"), *GAMMATONE, 2e-12),
    Preset(
        "gammatone-fft-gtgram",
        heard("gammatone_spectrogram", "band", method="fft"),
        *GAMMATONE,
        1e-13,
        "The original drops a last frame that ends exactly with the clip.",
    ),
]

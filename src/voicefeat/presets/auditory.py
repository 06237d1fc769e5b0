"""Models of hearing: rastamat's PLP, RASTA-PLP and MFCC, gammatone spectrograms."""

from __future__ import annotations

from .catalogue import Preset
from .front_end import FrontEnd
from .stages import Bands, Cepstrum, Compression, Frames, Method, Signal, Spectrum

OCTAVE = (
    "As run under GNU Octave, whose specgram leaves the last bin out: the other 256 are taken to reach to "
    "half the rate (labelled=256; None for MATLAB's). It also leaves out a last frame that ends with the "
    "clip."
)


def heard(name: str, row: str, **settings: object) -> FrontEnd:
    """A feature with these settings."""
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

PRESETS = [
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
    Preset("gammatone-gtgram", heard("gammatone_spectrogram", "band"), *GAMMATONE, 1e-13),
    Preset(
        "gammatone-fft-gtgram",
        heard("gammatone_spectrogram", "band", method="fft"),
        *GAMMATONE,
        1e-13,
        "The original leaves out a last frame that ends with the clip.",
    ),
]

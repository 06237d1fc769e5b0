"""spafe: LFCC with the defaults of the Python package that many student projects use."""

from __future__ import annotations

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Frames, Signal, Spectrum
from .asvspoof import EPS

LFCC = FrontEnd(
    signal=Signal(rate=16000, preemphasis=0.97),
    framing=Frames(512, 160, 400, "hamming_symmetric", False, align="left"),
    spectrum=Spectrum(2.0, divided=True),
    bands=Bands("bank", (("n_filters", 24), ("scale", "hz"))),
    compression=Compression("ln", zero=EPS),
    cepstrum=Cepstrum(13),
    row="lfcc",
)

PRESETS = [
    Preset(
        "spafe-lfcc",
        LFCC,
        "spafe, A. Malek, JOSS 2023",
        "spafe 0.3.3",
        "BSD-3-Clause",
        2e-14,
        "In digital silence, bands are set to 2.2e-16. Edges of triangles are exact; those of spafe "
        "0.1.2 lie "
        "on whole bins, as in asvspoof2021-lfcc-python.",
    ),
]

"""The comparison of Sahidullah, Kinnunen and Hanilçi, 2015: the same frames, many filter banks."""

from __future__ import annotations

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression
from .asvspoof import DIFFERENCES, EPS, LFCC_2019


def banked(row: str, **bank: object) -> FrontEnd:
    """20 bands and 20 coefficients of the frames of the ASVspoof 2019 LFCC, which it includes."""
    bands = Bands("bank", tuple(sorted({"n_filters": 20, **bank}.items())))
    return FrontEnd(
        LFCC_2019.signal,
        LFCC_2019.framing,
        LFCC_2019.spectrum,
        bands,
        Compression("log10", offset=EPS),
        Cepstrum(20),
        dynamics=DIFFERENCES,
        row=row,
    )


SOURCE = "Sahidullah, Kinnunen, Hanilçi, Interspeech 2015 (MATLAB)"
VERSION = "copy in smileslab/Comparative-Analysis-Voice-Spoofing 7da9091b"

PRESETS = [
    Preset("sahidullah2015-mfcc", banked("mfcc"), SOURCE, VERSION, "none stated", 2e-14),
    Preset("sahidullah2015-imfcc", banked("imfcc", inverted=True), SOURCE, VERSION, "none stated", 2e-14),
    Preset(
        "sahidullah2015-rfcc",
        banked("rfcc", scale="hz", shape="rectangle"),
        SOURCE,
        VERSION,
        "none stated",
        2e-14,
        "Rectangles are two spacings wide, so that neighbours overlap by half.",
    ),
]

"""Features without filter banks: those of the comparison of 2015, and COVAREP's modified group delay."""

from __future__ import annotations

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Method, Signal
from .asvspoof import DIFFERENCES
from .sahidullah import SOURCE, VERSION


def compared(name: str) -> FrontEnd:
    """A feature with its defaults, which are the settings of the comparison, and differences."""
    return FrontEnd(Signal(rate=16000), method=Method(name), dynamics=DIFFERENCES, row=name)


SILENCE = "The original gives NaN on digital silence; here the numbers are finite."
VOICED = (
    "Unvoiced frames are 0; the original leaves them out. The voiced frames are the same. Half of "
    "their values"
    " agree to two digits; most others differ by whole turns of the phase, which depend on the last digits"
    " of the harmonics. The stated error is that against a plain computation."
)

PRESETS = [
    *(
        Preset(f"sahidullah2015-{name}", compared(name), SOURCE, VERSION, "none stated", error, note)
        for name, error, note in [
            ("scfc", 1e-9, ""),
            ("scmc", 1e-9, ""),
            ("ssfc", 1e-9, SILENCE),
            ("lpcc", 1e-9, SILENCE),
            ("apgdf", 1e-9, ""),
        ]
    ),
    Preset(
        "sahidullah2015-rps",
        FrontEnd(Signal(rate=16000), method=Method.of("rps", differences=2), row="rps"),
        SOURCE,
        VERSION,
        "none stated",
        1e-9,
        VOICED,
    ),
    Preset(
        "covarep-mgd",
        FrontEnd(Signal(rate=16000), method=Method("mgd"), row="mgd"),
        "COVAREP, modified group delay (MATLAB)",
        "repository copy",
        "see COVAREP's licence",
        1e-9,
        "Divided by the largest value of the clip, as in the original.",
    ),
]

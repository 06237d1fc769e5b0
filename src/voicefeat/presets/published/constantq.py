"""CQCC as its authors and the ASVspoof challenges used it."""

from __future__ import annotations

from typing import Any

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Dynamics, Method, Signal

#: Deltas and their deltas by regression over three frames to each side.
DELTAS = Dynamics(orders=2, width=3)


def cqcc(n: int, **settings: Any) -> FrontEnd:
    """`n` coefficients, c0 among them, and their deltas."""
    return FrontEnd(
        Signal(rate=16000), method=Method.of("cqcc", n_cqcc=n, **settings), dynamics=DELTAS, row="cqcc"
    )


LICENCE = "CC BY-NC-SA 4.0"
PERIOD = "The hop depends on the length of the clip, and each frame depends on the whole clip."

PRESETS = [
    Preset(
        "cqcc2016",
        cqcc(20),
        "Todisco, Delgado, Evans, Odyssey 2016: the demo of CQCC v1.0 (MATLAB)",
        "CQCC v1.0",
        LICENCE,
        1e-10,
        PERIOD,
    ),
    Preset(
        "asvspoof2019-cqcc",
        cqcc(30),
        "ASVspoof 2019 baseline CQCC-GMM (MATLAB)",
        "nesl/asvspoof2019",
        LICENCE,
        1e-10,
        PERIOD,
    ),
    Preset(
        "asvspoof2021-cqcc-la-df",
        cqcc(20, bins_per_octave=12, fmin=62.5, fmax=4000.0),
        "ASVspoof 2021 baseline CQCC-GMM (MATLAB), LA and DF",
        "asvspoof-challenge/2021",
        LICENCE,
        1e-9,
        PERIOD,
    ),
    Preset(
        "asvspoof2021-cqcc-pa",
        cqcc(20, bins_per_octave=12, fmin=62.5),
        "ASVspoof 2021 baseline CQCC-GMM (MATLAB), PA",
        "asvspoof-challenge/2021",
        LICENCE,
        1e-9,
        PERIOD,
    ),
]

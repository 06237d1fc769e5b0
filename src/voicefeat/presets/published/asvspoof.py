"""The baselines of the ASVspoof challenges."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Dynamics, Frames, Signal, Spectrum

EPS = float(np.finfo(np.float64).eps)
#: First and second differences x[t + 1] - x[t - 1], not divided.
DIFFERENCES = Dynamics(orders=2, width=1, divisor=1.0)


def linear(fmax: float, n: int, **more: Any) -> Bands:
    """Triangular filters, equally spaced in Hz."""
    return Bands("bank", tuple(sorted({"n_filters": n, "fmax": fmax, "scale": "hz", **more}.items())))


def lfcc_2021(fmax: float, n: int = 19) -> FrontEnd:
    """30 ms every 15 ms, 70 filters, 19 coefficients."""
    return FrontEnd(
        signal=Signal(rate=16000),
        framing=Frames(1024, 240, 480, "hamming_symmetric", False, align="left", partial="pad"),
        spectrum=Spectrum(2.0),
        bands=linear(fmax, 70),
        compression=Compression("log10", offset=EPS),
        cepstrum=Cepstrum(n),
        dynamics=Dynamics(orders=2, width=1, divisor=2.0),
        row="lfcc",
    )


LFCC_2019 = FrontEnd(
    signal=Signal(rate=16000, preemphasis=0.97),
    framing=Frames(512, 160, 320, "hamming_symmetric", False, align="left", partial="pad"),
    spectrum=Spectrum(2.0),
    bands=linear(8000.0, 20),
    compression=Compression("log10", offset=EPS),
    cepstrum=Cepstrum(20),
    dynamics=DIFFERENCES,
    row="lfcc",
)
LFCC_2021_PYTHON = FrontEnd(
    signal=Signal(rate=16000),
    framing=Frames(1024, 240, 480, "hamming_symmetric", False, align="left"),
    spectrum=Spectrum(2.0),
    bands=linear(4000.0, 70, edges="floor"),
    compression=Compression("log10", offset=2.2204e-16),
    cepstrum=Cepstrum(20),
    dynamics=DIFFERENCES,
    row="lfcc",
)

PRESETS = [
    Preset(
        "asvspoof2019-lfcc",
        LFCC_2019,
        "ASVspoof 2019 baseline LFCC-GMM (MATLAB)",
        "nesl/asvspoof2019",
        "none stated",
        2e-14,
    ),
    Preset(
        "asvspoof2021-lfcc-la-df",
        lfcc_2021(4000.0),
        "ASVspoof 2021 baseline LFCC-GMM (MATLAB), LA and DF",
        "asvspoof-challenge/2021",
        "MIT",
        2e-14,
    ),
    Preset(
        "asvspoof2021-lfcc-pa",
        lfcc_2021(8000.0),
        "ASVspoof 2021 baseline LFCC-GMM (MATLAB), PA",
        "asvspoof-challenge/2021",
        "MIT",
        2e-14,
    ),
    Preset(
        "asvspoof2021-lfcc-python",
        LFCC_2021_PYTHON,
        "ASVspoof 2021 baseline LFCC-GMM (Python), LA and DF",
        "asvspoof-challenge/2021, with spafe 0.1.2",
        "MIT",
        2e-14,
        "Edges are moved to whole bins; 20 coefficients, whereas MATLAB keeps 19; deltas are not halved.",
    ),
    Preset(
        "tak2020-lfcc",
        lfcc_2021(8000.0, 20),
        "Tak, Patino, Nautsch, Evans, Todisco, Odyssey 2020: LFCC of high spectral resolution",
        "arXiv 2005.10393",
        "none: a paper",
        1e-13,
        "With the settings of the paper: c0 and 19 more coefficients. Settings that the paper does not state "
        "are those of the ASVspoof 2021 baseline: no pre-emphasis, a symmetric Hamming window, a padded last "
        "frame, halved differences. No output of the original is available; the values are compared with a "
        "plain computation of this definition.",
    ),
]

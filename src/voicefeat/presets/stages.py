"""The stages of a front end by name."""

from __future__ import annotations

from ..chain.allpole import Prediction
from ..chain.deltas import Dynamics
from ..chain.energy import Energy
from ..chain.frames import Frames
from ..chain.normalisation import Normalisation
from ..chain.signal import Signal
from ..chain.stages import Bands, Cepstrum, Compression, Spectrum
from .method import Method

__all__ = [
    "STAGES", "Bands", "Cepstrum", "Compression", "Dynamics", "Energy", "Frames", "Method", "Normalisation",
    "Prediction", "Signal", "Spectrum",
]  # fmt: skip

#: In the order of the chain.
STAGES: dict[str, type] = {
    "signal": Signal, "framing": Frames, "spectrum": Spectrum, "bands": Bands, "compression": Compression,
    "cepstrum": Cepstrum, "prediction": Prediction, "energy": Energy, "method": Method,
    "dynamics": Dynamics, "normalisation": Normalisation,
}  # fmt: skip
#: Stages that hold the arguments of a function, as pairs in this field.
OPEN = {"bands": "arguments", "method": "settings"}

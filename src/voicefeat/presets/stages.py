"""The stages of a front end by name."""

from __future__ import annotations

from ..chain.dynamics import Dynamics
from ..chain.framing import Frames
from ..chain.normalising import Normalisation
from ..chain.predicting import Prediction
from ..chain.signals import Signal
from ..chain.spec import Bands, Cepstrum, Compression, Spectrum
from .energy import Energy
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
#: Stages whose settings are those of a function, kept as pairs in this field.
OPEN = {"bands": "arguments", "method": "settings"}

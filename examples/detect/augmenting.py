"""Copies of clips, each made worse in its own way, the same in every run."""

from __future__ import annotations

from functools import cache

import numpy as np

import voicefeat as vf

from .corpus import Clip
from .words import one_of

#: By name, the steps of a chain: what is done, how often, with which settings.
CHAINS: dict[str, list[tuple[str, float, dict]]] = {
    "mixed": [
        ("speed", 0.3, {"factor": (0.9, 1.1)}),
        ("reverb", 0.3, {"t60": (0.2, 0.8)}),
        ("noise", 0.6, {"snr": (5.0, 25.0), "source": ("white", "pink", "brown")}),
        ("gain", 1.0, {"db": (-6.0, 6.0), "over": "keep"}),
    ],
    "noise": [("noise", 1.0, {"snr": (5.0, 25.0)})],
    "codec": [("codec", 1.0, {"name": ("alaw", "mulaw", "gsm", "mp3", "vorbis", "opus")})],
    "rawboost": [("rawboost", 1.0, {"algorithm": 5})],
}


@cache
def chain(name: str) -> vf.augment.Chain:
    """The chain of that name."""
    steps = CHAINS[one_of("data.augment", name, CHAINS)]
    return vf.augment.Chain(tuple(vf.augment.step(do, p, **settings) for do, p, settings in steps))


def worse(y: np.ndarray, rate: int, augment: str, row: Clip) -> np.ndarray:
    """A window of copy `row.copy`: the draws are those of the recording's copy, whichever window it is."""
    return chain(augment)(y, rate, id=row.recording or row.utt, epoch=row.copy).astype(np.float32)

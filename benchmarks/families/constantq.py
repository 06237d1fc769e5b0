"""Constant-Q and variable-Q transforms, and their chroma."""

from functools import partial

import numpy as np

import voicefeat as vf

from ..peers.with_audioflux import audioflux_cqt
from ..row import CLIP_AND_MINUTE, Row, least
from .harmony import peaks


def _cqt(y: np.ndarray, sr: int) -> np.ndarray:
    return vf.cqt(y, sr)


#: Each frame of a chroma is divided by its largest value, which may be small.
row = partial(Row, targets=least(4), signals=CLIP_AND_MINUTE, tolerance=1e-4)
plain = partial(Row, signals=CLIP_AND_MINUTE, tolerance=1e-4)

ROWS = [
    row("cqt", "cqt, defaults", peers={"audioflux": audioflux_cqt}, headline=True),
    plain("vqt", "vqt, defaults"),
    plain("hybrid_cqt", "hybrid_cqt, defaults"),
    plain("pseudo_cqt", "pseudo_cqt, defaults"),
    row("chroma_cqt", "chroma_cqt, 36 bins an octave, tuning estimated", kept=peaks),
    row("chroma_cqt", "chroma_cqt, 36 bins an octave, tuning given", {"tuning": 0.0}),
    plain("chroma_vqt", "chroma_vqt, just intonation", {"intervals": "ji5"}),
    plain("chroma_cens", "chroma_cens, defaults", kept=peaks),
    plain("tonnetz", "tonnetz, defaults", kept=peaks),
    plain("icqt", "icqt, defaults", given=_cqt, kept=None),
]  # fmt: skip

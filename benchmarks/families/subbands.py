"""Sub-band, all-pole and phase features, CQCC: what librosa lacks, so that our own times stand alone."""

from functools import partial
from typing import Any

from ..row import Row


def alone(sr: int, **settings: Any) -> None:
    """librosa has none."""


row = partial(Row, rate=16000, signals=("3s", "60s"), peers={"librosa": alone}, kept=None)


ROWS = [
    row("scfc", "scfc, 20 bands, 512/160/320"),
    row("scmc", "scmc, 20 bands, 512/160/320"),
    row("ssfc", "ssfc, 20 bands, 512/160/320"),
    row("lpcc", "lpcc, order 20, 320/160"),
    row("apgdf", "apgdf, order 20, 512/160/320"),
    row("mgd", "mgd, 512/160/400"),
    row("modified_group_delay", "modified_group_delay, 512/160/400"),
    row("cosine_phase", "cosine_phase, 512/160/320"),
    row("instantaneous_frequency", "instantaneous_frequency, 512/160/320"),
    row("cqcc", "cqcc, 96 bins an octave, with deltas", {"n_cqcc": 30, "deltas": 2}),
    row("cqcc", "cqcc, 12 bins an octave to 4 kHz, with deltas",
        {"n_cqcc": 20, "deltas": 2, "bins_per_octave": 12, "fmin": 62.5, "fmax": 4000.0}),
    row("cqcc_spectrum", "cqcc_spectrum, 96 bins an octave", signals=("3s",)),
    row("nsgcqt", "nsgcqt, 96 bins an octave", signals=("3s",)),
]  # fmt: skip

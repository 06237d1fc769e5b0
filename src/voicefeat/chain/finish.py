"""What needs the whole clip: the floor below its largest value, and the tuning of its pitches."""

from __future__ import annotations

import numpy as np


class ClipFloor:
    """The floor `top_db` below the largest value of the clip; no floor where `top_db` is None."""

    def __init__(self, top_db: float | None):
        self.top_db = top_db
        self.peaks: list[float] = []  # appended to by several threads; the largest does not depend on order

    def see(self, peak: float) -> None:
        self.peaks.append(peak)

    def level(self) -> float:
        return -np.inf if self.top_db is None else max(self.peaks) - self.top_db


def tuning_of_peaks(pitches: np.ndarray, magnitudes: np.ndarray, resolution: float, bins_per_octave: int) -> float:
    """The deviation from A440, in fractions of a bin, of the stronger half of a clip's spectral peaks."""
    from ..feature.tuning import pitch_tuning

    threshold = np.median(magnitudes) if magnitudes.size else 0.0
    return pitch_tuning(pitches[magnitudes >= threshold], resolution=resolution, bins_per_octave=bins_per_octave)

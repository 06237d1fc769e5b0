"""The numbers that the stages of a front end multiply by, for programs that compute it elsewhere."""

from __future__ import annotations

import numpy as np

from ..chain.allpole import autocorrelation, loudness
from .banks import bank_at, centres
from .spec import FrontEndSettings
from .stages import Frames

__all__ = ["tables_of"]


def tables_of(settings: FrontEndSettings, rate: float) -> dict[str, np.ndarray]:
    """The tables of the stages, by name, in the order of the chain."""
    tables: dict[str, np.ndarray] = {}
    if settings.framing is not None:
        tables |= _of_frames(settings, settings.framing, rate)
    if settings.dynamics is not None:
        tables["delta"] = settings.dynamics.weights()
    if settings.normalisation is not None:
        statistics = {name: getattr(settings.normalisation, name) for name in ("means", "deviations")}
        tables |= {name: np.array(values) for name, values in statistics.items() if values}
    return tables


def _of_frames(settings: FrontEndSettings, framing: Frames, rate: float) -> dict[str, np.ndarray]:
    """The tables from the window to the coefficients."""
    tables = {"window": framing.window_array()[: framing.length].copy()}
    bands = settings.bands
    if bands is None:
        return tables
    tables["bank"] = bank_at(bands, rate, framing.n_fft).matrix()
    rows = len(tables["bank"])
    if settings.cepstrum is not None:
        tables["cepstrum"] = settings.cepstrum.matrix(rows)
    if settings.prediction is not None:
        tables["loudness"] = loudness(centres(bands, rate))
        tables["autocorrelation"] = autocorrelation(settings.prediction.order, rows)
    return tables

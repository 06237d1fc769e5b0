"""The base of all kinds of front ends: the signal stage, deltas and normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..chain.block_loop import compute
from ..chain.jobs import Request
from .stages import Dynamics, Normalisation, Signal

__all__ = ["Prepared", "FrontEndKind"]

#: Signals of one recording that front ends have prepared, by the settings and whether they were scaled.
Prepared = dict[tuple[Signal, bool], np.ndarray]


@dataclass(eq=False)
class FrontEndKind:
    """The base of all kinds; each kind computes its statics in its own way."""

    signal: Signal
    dynamics: Dynamics | None
    normalisation: Normalisation | None
    #: The name of a row, without its number.
    row: str

    #: Whether the numbers depend on the sampling rate.
    needs_rate = False
    #: Whether the stage `signal` scales the samples.
    scaled = True

    def rows(self, rate: float | None) -> int:
        """Number of rows of the statics."""
        raise NotImplementedError

    def statics_names(self, rate: float | None) -> list[str]:
        """The names of the rows of the statics."""
        return [f"{self.row}_{i}" for i in range(self.rows(rate))]

    def row_names(self, rate: float | None) -> list[str]:
        """The names of all rows: statics, then deltas of each order."""
        statics, dynamics = self.statics_names(rate), self.dynamics
        if dynamics is None:
            return statics
        orders = range(0 if dynamics.keep == "all" else 1, dynamics.orders + 1)
        return ["delta_" * order + name for order in orders for name in statics]

    def frames(self, n: int) -> int:
        """Number of frames of a signal of `n` samples."""
        raise NotImplementedError

    def times(self, n: int, rate: float) -> np.ndarray:
        """The centre of each frame in seconds."""
        raise NotImplementedError

    def request(self, y: np.ndarray, rate: float | None, prepared: Prepared | None = None) -> Request:
        """The jobs that compute the features of a checked signal, and how to finish their results."""
        raise NotImplementedError

    def statics(self, y: np.ndarray, rate: float | None) -> Request:
        """The request for the statics of samples that the stage `signal` has prepared."""
        raise NotImplementedError

    def compute(self, y: np.ndarray, rate: float | None) -> np.ndarray:
        """Features (..., rows, frames) of a checked signal."""
        request = self.request(y, rate)
        return request.finish(compute(request.jobs, request.y) if request.jobs else [])

    def prepare(self, y: np.ndarray, scaled: bool, prepared: Prepared | None) -> np.ndarray:
        """The signal after the stage `signal`; a dict `prepared` keeps it for other front ends."""
        if prepared is None:
            return self.signal.apply(y, scaled)
        key = self.signal, scaled
        if key not in prepared:
            prepared[key] = self.signal.apply(y, scaled)
        return prepared[key]

    def follow(self, statics: np.ndarray) -> np.ndarray:
        """Add deltas to the statics and normalise, as far as the front end does so."""
        features = statics if self.dynamics is None else self.dynamics.apply(statics)
        return features if self.normalisation is None else self.normalisation.apply(features)

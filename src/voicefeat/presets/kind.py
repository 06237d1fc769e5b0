"""What front ends of every kind have in common: the signal before their statics, and what follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..chain.jobs import Request
from .stages import Dynamics, Normalisation, Signal

__all__ = ["Prepared", "FrontEndKind"]

#: The signal of a recording as front ends have changed it: by their settings, and whether it was scaled.
Prepared = dict[tuple[Signal, bool], np.ndarray]


@dataclass(eq=False)
class FrontEndKind:
    """Statics of some kind, with a signal before them and dynamics and normalisation after them."""

    signal: Signal
    dynamics: Dynamics | None
    normalisation: Normalisation | None
    #: What a row is called, without its number.
    row: str

    #: Whether the numbers depend on the sampling rate.
    needs_rate = False

    def rows(self, rate: float | None) -> int:
        """Rows of the statics."""
        raise NotImplementedError

    def statics_names(self, rate: float | None) -> list[str]:
        """The names of the rows of the statics."""
        return [f"{self.row}_{i}" for i in range(self.rows(rate))]

    def row_names(self, rate: float | None) -> list[str]:
        """The names of all rows: those of the statics, and the delta that each is of them."""
        statics, dynamics = self.statics_names(rate), self.dynamics
        if dynamics is None:
            return statics
        orders = range(0 if dynamics.keep == "all" else 1, dynamics.orders + 1)
        return ["delta_" * order + name for order in orders for name in statics]

    def frames(self, n: int) -> int:
        """How many frames a signal of `n` samples gives."""
        raise NotImplementedError

    def times(self, n: int, rate: float) -> np.ndarray:
        """The middle of each frame in seconds."""
        raise NotImplementedError

    def request(self, y: np.ndarray, rate: float | None, prepared: Prepared | None = None) -> Request:
        """The jobs that make the features of a checked signal, and what follows them."""
        raise NotImplementedError

    def prepare(self, y: np.ndarray, scaled: bool, prepared: Prepared | None) -> np.ndarray:
        """The signal as the stage `signal` has it, from `prepared` where it is there."""
        if prepared is None:
            return self.signal.apply(y, scaled)
        key = self.signal, scaled
        if key not in prepared:
            prepared[key] = self.signal.apply(y, scaled)
        return prepared[key]

    def follow(self, statics: np.ndarray) -> np.ndarray:
        """The statics with their deltas, normalised."""
        features = statics if self.dynamics is None else self.dynamics.apply(statics)
        return features if self.normalisation is None else self.normalisation.apply(features)

"""The logarithm of a frame's energy as a row beside the cepstrum."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import one_of, real, whole


@dataclass(frozen=True)
class Energy:
    """Energy of each frame, compressed as the bands are.

    of      its "bins": the sum of what the spectrum holds; or its "samples": the sum of squares, after the
            mean is taken off and before the frame's own pre-emphasis and window
    gain    what the sum is multiplied by
    bins    so many of the first bins only; None for all
    place   in place of c0, or of the bin at 0 Hz ("replace"), or as the "first" or the "last" row
    floor   the least energy of which a logarithm is taken; 0 for the floor that bands have
    """

    of: str = "bins"
    gain: float = 1.0
    bins: int | None = None
    place: str = "replace"
    floor: float = 0.0

    def __post_init__(self) -> None:
        one_of("of", self.of, ("bins", "samples"))
        real("gain", self.gain, above=0.0)
        if self.bins is not None:
            whole("bins", self.bins)
        one_of("place", self.place, ("replace", "first", "last"))
        real("floor", self.floor, low=0.0)

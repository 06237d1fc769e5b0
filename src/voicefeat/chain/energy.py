"""The logarithm of a frame's energy as a row beside the cepstrum."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import check_choice, check_float, check_int


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
        check_choice("of", self.of, ("bins", "samples"))
        check_float("gain", self.gain, above=0.0)
        if self.bins is not None:
            check_int("bins", self.bins)
        check_choice("place", self.place, ("replace", "first", "last"))
        check_float("floor", self.floor, low=0.0)

"""The logarithm of a frame's energy, as a row of the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import check_choice, check_float, check_int


@dataclass(frozen=True)
class Energy:
    """Energy of each frame, with the compression of the bands.

    of      "bins": the sum over the spectrum; or "samples": the sum of squares, after the mean of the frame
            is removed and before the frame's own pre-emphasis and window
    gain    factor of the sum
    bins    use only the first n bins; None for all
    place   "replace" puts the energy in place of c0 or of the bin at 0 Hz; "first" or "last" adds a row
    floor   lower bound of the energy before the logarithm; 0 for the floor of the bands
    """

    of: Literal["bins", "samples"] = "bins"
    gain: float = 1.0
    bins: int | None = None
    place: Literal["replace", "first", "last"] = "replace"
    floor: float = 0.0

    def __post_init__(self) -> None:
        check_choice("of", self.of, ("bins", "samples"))
        check_float("gain", self.gain, above=0.0)
        if self.bins is not None:
            check_int("bins", self.bins)
        check_choice("place", self.place, ("replace", "first", "last"))
        check_float("floor", self.floor, low=0.0)

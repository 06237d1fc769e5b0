"""The filter bank of a front end: at a rate, for the bins of a transform."""

from __future__ import annotations

import numpy as np

from ..cache import memoised
from ..chain.stages import Bands
from ..filters.banks import bank_centres

__all__ = ["bank_at", "bank_rows", "centres", "empty_filters"]

#: The arguments of a bank that its centres depend on.
PLACING = ("n_filters", "scale", "fmin", "fmax")


def bank_at(bands: Bands, rate: float, n_fft: int) -> Bands:
    """`bands` with the rate, the length of the transform and the precision among its arguments."""
    own = dict(bands.arguments)
    return Bands.make(bands.bank, **{"sr": rate, "n_fft": n_fft, "dtype": np.float64, **own})


def bank_rows(bands: Bands, rate: float, n_fft: int) -> int:
    """Number of filters of the bank."""
    return _rows_and_message(bands, rate, n_fft)[0]


def centres(bands: Bands, rate: float) -> np.ndarray:
    """The centres of the filters of a bank of triangles, in Hz."""
    return bank_centres(sr=rate, **{key: value for key, value in bands.arguments if key in PLACING})


def empty_filters(bands: Bands, rate: float, n_fft: int) -> str:
    """The warning about filters without a bin; empty if there are none."""
    return _rows_and_message(bands, rate, n_fft)[1]


@memoised
def _rows_and_message(bands: Bands, rate: float, n_fft: int) -> tuple[int, str]:
    bank = bank_at(bands, rate, n_fft)
    return len(bank.matrix()), bank.empty

"""Checks of the input of a feature: a signal `y` or spectra `S`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...audio.limits import LARGEST_SPECTRA
from ...errors import ParameterError, check_numeric, fail


def signal_or_spectra(y: Any, S: Any) -> Any:
    """`S` where it is given, else `y`."""
    if S is not None:
        return S
    if y is None:
        raise ParameterError("y=None: a signal is needed; pass y, or spectra as S=")
    return y


def check_spectra(S: Any, rows: str, name: str = "S") -> np.ndarray:
    """`S`, given as argument `name`, as contiguous float32 or float64 of shape (..., rows, frames).

    Integers become float64 of the same value: unlike samples, spectra have no full scale.
    """
    S = np.asarray(check_numeric(name, S, "fiucb", "pass spectra of float32 or float64", "are not spectra"))
    if S.dtype.kind == "c":
        fail(name, S, "is complex", f"pass its magnitude or power: abs({name}) ** 2")
    if S.dtype.kind in "iu":
        S = S.astype(np.float64)
    if S.dtype.newbyteorder("=") not in (np.float32, np.float64):
        fail(name, S, "must be float32 or float64", f"convert it with {name}.astype(np.float32)")
    if S.ndim < 2 or 0 in S.shape:
        problem = f"must have shape (..., {rows}, frames) and must not be empty"
        fail(name, S, problem, "pass spectra with frames last")
    return np.ascontiguousarray(S, dtype=S.dtype.newbyteorder("="))


def check_nonnegative(name: str, S: Any, rows: str, advice: str) -> np.ndarray:
    """`S` as finite values of shape (..., rows, frames), none of them negative; `advice` is the remedy."""
    S = check_spectra(S, rows, name)
    low, high = float(S.min()), float(S.max())
    if not (low >= 0 and high < LARGEST_SPECTRA[S.dtype]):
        if low < 0:
            fail(name, S, "holds negative values", advice)
        if high < np.inf:
            fail(name, S, f"holds {high:.3g}, too large to be squared", f"scale it, {name} / {name}.max()")
        fail(name, S, "holds values that are not finite", f"repair them, numpy.nan_to_num({name})")
    return S


def check_bins(S: Any, n_fft: Any) -> tuple[np.ndarray, int]:
    """`S` and its frame length: `n_fft` if it fits the number of bins, else the even length that does."""
    S = check_spectra(S, "bins")
    bins = S.shape[-2]
    if isinstance(n_fft, (int, np.integer)) and n_fft // 2 + 1 == bins:
        return S, int(n_fft)
    if bins < 2:
        fail("S", S, "has one frequency bin", "pass spectra of shape (..., 1 + n_fft // 2, frames)")
    return S, 2 * (bins - 1)


def check_magnitudes(S: Any, n_fft: Any) -> tuple[np.ndarray, int]:
    """`S` as magnitudes, none of them negative, and its frame length."""
    S, n_fft = check_bins(S, n_fft)
    if np.min(S) < 0:
        fail("S", S, "holds negative values", "pass magnitudes, abs(stft(y)), or powers")
    return S, n_fft

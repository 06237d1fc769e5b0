"""How large samples and spectra may be, and the error for those that are larger or not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import fail

__all__: list[str] = []

_FLOAT32 = np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)
#: The largest values of signals and of spectra: sums of their squares must not overflow.
LARGEST: dict[np.dtype[np.floating[Any]], float] = {_FLOAT32: 2.0**37, _FLOAT64: 2.0**200}
LARGEST_SPECTRA: dict[np.dtype[np.floating[Any]], float] = {_FLOAT32: 2.0**60, _FLOAT64: 2.0**300}


def usable(y: np.ndarray) -> bool:
    """Whether all samples are finite and not too large for their precision; uses no compiled kernel."""
    return bool(-LARGEST[y.dtype] < y.min() and y.max() < LARGEST[y.dtype])


def check_resampled(y: np.ndarray, res_type: str) -> None:
    """Refuse float64 samples that are too large for soxr, which uses single precision except for "vhq"."""
    single = res_type in ("soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq")
    if single and y.dtype == _FLOAT64 and not max(-y.min(), y.max()) < 2.0**100:
        problem = f"is too large for {res_type}, which computes in single precision"
        fail("y", y, problem, 'scale it, or give res_type="soxr_vhq"')


def not_finite(y: np.ndarray, name: str = "y", spectra: bool = False) -> None:
    """Raise the error for the first sample of `y` that is NaN, infinite or too large, if there is one."""
    from .decoding import first_not_finite  # the decoders take longer to load than all that is here

    kind = _FLOAT64 if y.dtype in (np.float64, np.complex128) else _FLOAT32
    largest = (LARGEST_SPECTRA if spectra else LARGEST)[kind]
    found = first_not_finite(y, largest=largest)
    if not found:
        return
    worse = first_not_finite(y)
    if worse:
        fail(name, y, worse, f"repair it, numpy.nan_to_num({name}), or leave the recording out")
    problem = f"{found}, too large for {kind}: values are below {largest:.2g}"
    fail(name, y, problem, f"scale it, {name} / numpy.abs({name}).max()")


def check_spread(found: np.ndarray, p: float) -> None:
    """Refuse a `p` for which the bandwidths `found` are not finite: powers of hertz have overflowed."""
    if not np.isfinite(found).all():
        remedy = "give 2" if found.dtype == np.float64 else "give 2, or values of float64"
        fail("p", p, f"makes powers of hertz that overflow {found.dtype}", remedy)

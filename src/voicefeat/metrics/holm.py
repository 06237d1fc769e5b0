"""Several tests at once: Holm's correction of p-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array
from ..errors import check_numeric, fail

__all__ = ["holm"]


def holm(p_values: ArrayLike) -> Float64Array:
    """P-values of several tests, corrected by Holm's method.

    Of m tests without a true difference, one in m / 20 has a p-value below 0.05. After the correction, the
    probability that any of them has is at most 0.05, however the tests depend on each other.

    Parameters
    ----------
    p_values : array of shape (m,)
        P-values from 0 to 1, as `p` of `difference`.

    Returns
    -------
    array of shape (m,), float64
        Corrected p-values in the same order, each at least as large as before and at most 1.

    Raises
    ------
    ParameterError
        If there are no values, or one is not from 0 to 1.

    Notes
    -----
    The k-th smallest value, from 1, is multiplied by m - k + 1, and is at least the one before it. S. Holm,
    "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979. The
    result equals that of `multipletests(method="holm")` of statsmodels.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.metrics.holm([0.01, 0.04, 0.03]).round(4)
    array([0.03, 0.06, 0.06])
    """
    remedy = "give one p-value for each test, from 0 to 1"
    p = check_numeric("p_values", p_values, remedy=remedy, what="are not p-values").astype(np.float64)
    if p.ndim != 1 or not p.size:
        fail("p_values", p_values, "must be a vector with at least one value", remedy)
    if not ((p >= 0) & (p <= 1)).all():  # neither is NaN
        fail("p_values", p_values, "has values that are not from 0 to 1", remedy)
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(np.maximum.accumulate(factors * p[order]), 1.0)
    return corrected

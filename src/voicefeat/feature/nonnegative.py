"""Non-negative least squares: what is nearest to given bands among spectra that are nowhere negative."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chain.spec import Bands
from ..remembering import remembered
from .descent import least

#: Bytes of the bands that are solved for together, as in librosa: the solver stops when the mean over all of
#: them is good enough, so that other blocks would give other numbers.
_BLOCK_BYTES = 2**18


@remembered
def _tables(bands: Bands, dtype: np.dtype) -> tuple[np.ndarray, Any]:
    """The pseudo-inverse of the bank in `dtype`, and the bank as a sparse matrix."""
    from scipy.sparse import csr_array

    matrix = bands.matrix().astype(dtype)
    return np.linalg.pinv(matrix), csr_array(matrix.astype(np.float64))


def least_squares(bands: Bands, values: np.ndarray) -> np.ndarray:
    """X of shape (..., bins, frames), nowhere negative, that brings ``bank @ X`` near `values`.

    Of a bank with fewer bands than bins there are many. The search starts from what the pseudo-inverse gives,
    raised to 0, and ends where the gradient is small.
    """
    inverse, bank = _tables(bands, values.dtype)
    result = np.empty((*values.shape[:-2], bank.shape[1], values.shape[-1]), values.dtype)
    width = max(_BLOCK_BYTES // (values[..., 0].size * values.dtype.itemsize), 1)
    for first in range(0, values.shape[-1], width):
        block = values[..., first : first + width]
        start = np.maximum(inverse @ block, 0)
        result[..., first : first + width] = _solve(bank, block.astype(np.float64), start)
    return result


def _solve(bank: Any, values: np.ndarray, start: np.ndarray) -> np.ndarray:
    transposed = bank.T.tocsr()
    items = values.reshape(-1, *values.shape[-2:])
    shape = (len(items), *start.shape[-2:])

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        """Half the mean squared difference, and its gradient."""
        x = x.reshape(shape)
        total, gradient = 0.0, np.empty(shape)
        for item, wanted, slope in zip(x, items, gradient, strict=True):
            difference = bank @ item - wanted
            total += np.sum(difference**2)
            slope[...] = transposed @ difference
        gradient /= values.size
        return total / (2 * values.size), gradient.reshape(-1)

    begin = start.reshape(-1).astype(np.float64)
    x = least(objective, begin, shape[1])
    if x is None:
        from scipy.optimize import fmin_l_bfgs_b

        x, _, _ = fmin_l_bfgs_b(objective, begin, bounds=[(0, None)] * begin.size, m=shape[1])
    return x.reshape(start.shape)

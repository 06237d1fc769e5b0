"""The discrete cosine transforms as matrices."""

from __future__ import annotations

import numpy as np


def cosines(n: int, type: int, ortho: bool) -> np.ndarray:
    """The discrete cosine transform of `type` 1 to 4 as a matrix (n, n), scaled as by ``scipy.fft.dct``."""
    k, m = np.arange(n)[:, None], np.arange(n)[None, :]
    # Angles are products of whole numbers times pi / period; taken modulo 2 period they are exact.
    turns, period = {
        1: (k * m, n - 1),
        2: (k * (2 * m + 1), 2 * n),
        3: ((2 * k + 1) * m, 2 * n),
        4: ((2 * k + 1) * (2 * m + 1), 4 * n),
    }[type]
    matrix = 2 * np.cos(np.pi * (turns % (2 * period)) / period)
    if type in (1, 3):
        matrix[:, 0] /= 2
    if type == 1:
        matrix[:, -1] /= 2
    if ortho:
        matrix /= np.sqrt(2 * (n - 1) if type == 1 else 2 * n)
        if type in (1, 3):
            matrix[:, 0] *= np.sqrt(2)
        if type in (1, 2):
            matrix[0] /= np.sqrt(2)
        if type == 1:
            matrix[:, -1] *= np.sqrt(2)
            matrix[-1] /= np.sqrt(2)
    return matrix

"""Kaldi's compressed matrices: one or two bytes for a number of four.

Every matrix says its least value and its range in float32; two bytes are then steps of a 65535th of the range
(``CM2``), one byte steps of a 255th (``CM3``). The form for speech features (``CM``) has one byte for a
number too, and spends 64, 128 and 63 steps below, between and above the quartiles of each column, which it
holds in two bytes each.

After the layout of Kaldi's ``matrix/compressed-matrix.h`` (Povey et al., "The Kaldi speech recognition
toolkit", ASRU 2011).
"""

from __future__ import annotations

import struct

import numpy as np

__all__ = ["METHODS", "compressed"]

#: What one may choose; "auto" is what Kaldi does: two bytes for at most eight frames, else speech features.
METHODS = ("auto", "speech_feature", "two_byte", "one_byte")
#: Frames up to which a column has no quartiles worth their bytes.
FEW = 8
#: Steps of one byte up to the lower quartile, the upper quartile, and the greatest value.
KNOTS = (0, 64, 192, 255)


def compressed(matrix: np.ndarray, method: str = "auto") -> bytes:
    """A matrix as Kaldi writes it, from the mark of its form on.

    Parameters
    ----------
    matrix : float32 array, shape (frames, columns)
        Finite.
    method : str
        One of `METHODS`.

    Examples
    --------
    >>> compressed(np.array([[0.0, 1.0, 2.0]], np.float32), "one_byte").hex(" ")
    '43 4d 33 20 00 00 00 00 00 00 00 40 01 00 00 00 03 00 00 00 00 7f ff'
    """
    if method == "auto":
        method = "speech_feature" if len(matrix) > FEW else "two_byte"
    low, high = matrix.min(), matrix.max()
    if low == high:
        high = np.float32(low + (1 + abs(low)))
    span = np.float32(high - low)
    head = struct.pack("<ffii", low, span, *matrix.shape)
    if method == "two_byte":
        return b"CM2 " + head + _steps(matrix, low, span, 65535).astype("<u2").tobytes()
    if method == "one_byte":
        return b"CM3 " + head + _steps(matrix, low, span, 255).astype(np.uint8).tobytes()
    knots = _knots(matrix, low, span)
    at = low + span * np.float32(1 / 65535) * knots.astype(np.float32)
    return b"CM " + head + knots.T.astype("<u2").tobytes() + _between(matrix, at).T.tobytes()


def _steps(x: np.ndarray, low: np.float32, span: np.float32, count: int) -> np.ndarray:
    """Numbers as steps from `low`, 0 to `count`."""
    steps = (x - low) / span * np.float32(count) + np.float32(0.499)
    return np.clip(steps, 0, count).astype(np.int32)


def _knots(matrix: np.ndarray, low: np.float32, span: np.float32) -> np.ndarray:
    """Least value, quartiles, greatest value of each column, in steps and all different: (4, columns)."""
    frames = len(matrix)
    if frames >= 5:
        places = [0, frames // 4, 3 * (frames // 4), frames - 1]
        found = _steps(np.partition(matrix, places, axis=0)[places], low, span, 65535)
    else:  # the values that there are, and then one step more for each that there is not
        found = _steps(np.sort(matrix, axis=0), low, span, 65535)
        more = np.arange(1, 5 - frames)[:, None]
        found = np.concatenate([found, found[-1:] + more])
    knots = np.empty((4, matrix.shape[1]), np.int32)
    knots[0] = np.minimum(found[0], 65532)
    for k in (1, 2, 3):
        knots[k] = np.clip(found[k], knots[k - 1] + 1, 65532 + k)
    return knots


def _between(matrix: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Each number as steps between the knots `at` of its column: uint8."""
    codes = np.zeros(matrix.shape, np.uint8)
    for k in range(3):
        first, last = KNOTS[k], KNOTS[k + 1]
        with np.errstate(all="ignore"):  # knots that float32 cannot tell apart have nothing between them
            steps = (matrix - at[k]) / (at[k + 1] - at[k]) * np.float32(last - first)
        steps = np.nan_to_num(np.clip(steps + np.float32(0.5), 0, last - first), nan=0.0)
        here = matrix >= at[k] if k else np.ones(matrix.shape, bool)
        codes[here] = (first + steps.astype(np.int32))[here].astype(np.uint8)
    return codes

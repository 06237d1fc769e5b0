"""Kaldi's compressed matrices: one or two bytes per number in place of four.

Every matrix begins with its least value and its range in float32. Numbers are then multiples of 1/65535 of
the range in two bytes (``CM2``) or of 1/255 in one byte (``CM3``). The form for speech features (``CM``) has
one byte per number too, with 64, 128 and 63 steps below, between and above the quartiles of each column,
which are stored in two bytes each.

After the layout of Kaldi's ``matrix/compressed-matrix.h`` (Povey et al., "The Kaldi speech recognition
toolkit", ASRU 2011).
"""

from __future__ import annotations

import struct

import numpy as np

__all__ = ["METHODS", "compressed"]

#: The methods; "auto", as in Kaldi, is two bytes for at most eight frames and otherwise speech features.
METHODS = ("auto", "speech_feature", "two_byte", "one_byte")
#: Largest number of frames for which quartiles are not worth their bytes.
FEW = 8
#: One byte at the least value, the quartiles and the greatest value.
KNOTS = np.array([0, 64, 192, 255], np.float32)


def compressed(matrix: np.ndarray, method: str = "auto") -> bytes:
    """A matrix as Kaldi writes it, beginning with the mark of its form.

    Parameters
    ----------
    matrix : float32 array, shape (frames, columns)
        Finite values.
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
    x = np.ascontiguousarray(matrix.T)
    knots = _knots(x, low, span)
    at = low + span * np.float32(1 / 65535) * knots.astype(np.float32)
    return b"CM " + head + knots.astype("<u2").tobytes() + _between(x, at).tobytes()


def _steps(x: np.ndarray, low: np.float32, span: np.float32, count: int) -> np.ndarray:
    """Numbers as steps from `low`, 0 to `count`."""
    steps = (x - low) / span * np.float32(count) + np.float32(0.499)
    return np.clip(steps, 0, count).astype(np.int32)


def _knots(x: np.ndarray, low: np.float32, span: np.float32) -> np.ndarray:
    """Least value, quartiles, greatest value of each line of `x`, in steps and all different: (lines, 4)."""
    frames = x.shape[1]
    if frames >= 5:
        places = [0, frames // 4, 3 * (frames // 4), frames - 1]
        found = _steps(np.partition(x, places, axis=1)[:, places], low, span, 65535)
    else:  # the existing values, and then one more step for each missing one
        found = _steps(np.sort(x, axis=1), low, span, 65535)
        found = np.concatenate([found, found[:, -1:] + np.arange(1, 5 - frames)], axis=1)
    knots = np.empty((len(x), 4), np.int32)
    knots[:, 0] = np.minimum(found[:, 0], 65532)
    for k in (1, 2, 3):
        knots[:, k] = np.clip(found[:, k], knots[:, k - 1] + 1, 65532 + k)
    return knots


def _between(x: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Each number as steps between the knots `at` of its line: uint8."""
    above = x >= at[:, 1:2], x >= at[:, 2:3]

    def of(each: np.ndarray) -> np.ndarray:
        """The entry of `each` for the interval that contains each number."""
        return np.where(above[1], each[..., 2:3], np.where(above[0], each[..., 1:2], each[..., 0:1]))

    first, steps, begin, width = of(KNOTS), of(np.diff(KNOTS)), of(at), of(np.diff(at, axis=1))
    with np.errstate(all="ignore"):  # knots that are equal in float32 have no numbers between them
        codes = (x - begin) / width * steps + np.float32(0.5)
    return (first + np.floor(np.fmax(0, np.fmin(codes, steps)))).astype(np.uint8)

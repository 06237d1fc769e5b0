"""Signals: what a valid one is."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import fail, has_masked

__all__ = ["signal"]

_FLOAT32 = np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)
# An array (n, channels) with at most this many channels and at least this many samples per channel is taken
# for one with channels last, which is an error. Any other shape is accepted.
_MAX_CHANNELS = 8
_FRAMES_PER_CHANNEL = 100


def signal(y: Any, name: str = "y") -> np.ndarray:
    """`y` as a signal: float32 or float64, native, contiguous, shape (..., n) with n > 0.

    int16 and int32 are scaled by 2**-15 and 2**-31 to float32. Whether all samples are finite is checked
    later, when they are read anyway (`not_finite` then names the first that is not).
    """
    if type(y) is np.ndarray and (y.dtype is _FLOAT32 or y.dtype is _FLOAT64) and y.ndim == 1 and y.size:
        flags = y.flags
        if flags.c_contiguous and flags.aligned:
            return y
    return _converted(y, name)


def _converted(y: Any, name: str) -> np.ndarray:
    if has_masked(y):
        fail(name, y, "has masked samples", f"fill them, {name}.filled(0)")
    try:
        array = np.asarray(y)
    except ValueError:
        fail(name, y, "its rows differ in length", "pass one signal at a time, or pad them to one length")
    _check_type(y, array, name)
    if array.ndim == 0:
        fail(name, y, "is one number, not an array of samples", "pass a signal of shape (..., samples)")
    if array.size == 0:
        fail(name, array, "holds no samples", "skip empty recordings")
    if array.ndim == 2:
        n, channels = array.shape
        if channels <= _MAX_CHANNELS and n >= _FRAMES_PER_CHANNEL * channels:
            problem = f"looks like {n} samples of {channels} channel{'s' * (channels > 1)}, channels last"
            fail(name, array, problem, f"samples belong on the last axis, pass {name}.T")
    if array.dtype.kind == "i":
        scale = np.float32(2.0 ** (1 - 8 * array.itemsize))
        return array.astype(np.float32, order="C") * scale
    kind = _FLOAT32 if array.itemsize == 4 else _FLOAT64
    array = np.require(array, kind, ["C", "A"])
    return array if type(array) is np.ndarray else np.asarray(array)


def _check_type(y: Any, array: np.ndarray, name: str) -> None:
    """Accept float32 and float64, and PCM of 16 and 32 bits."""
    kind, size = array.dtype.kind, array.itemsize
    if (kind == "f" and size in (4, 8)) or (kind == "i" and size in (2, 4)):
        return
    shown = array if array.ndim else y
    if kind == "f":
        problem, remedy = "is neither float32 nor float64", f"pass {name}.astype(numpy.float32)"
    elif kind in "iu":
        problem = f"{array.dtype} samples have no agreed scale"
        middle = f" - {2 ** (8 * size - 1)}.0" if kind == "u" else ""
        remedy = (
            f"pass int16 or int32 PCM, or scale them, (({name}{middle}) / {2 ** (8 * size - 1)}.0)"
            ".astype(numpy.float32)"
        )
    elif kind == "c":
        problem, remedy = "is complex", f"pass a real signal, such as {name}.real"
    else:
        problem, remedy = f"{array.dtype} values are not samples", "pass an array of float32 or float64"
    fail(name, shown, problem, remedy)

"""Deltas and stacking of frames."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..chain import tables
from ..errors import one_of, real, reject, whole

__all__ = ["delta", "stack_memory"]

#: scipy.ndimage's names for what lies beyond the ends, and numpy's.
_BEYOND = {"mirror": "reflect", "nearest": "edge", "wrap": "wrap", "constant": "constant"}


#: What numpy.pad knows.
_PADDING = (
    "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap",
    "empty",
)  # fmt: skip


def _fit(width: int, polyorder: int, deriv: int, spacing: float) -> np.ndarray:
    """The `deriv`-th derivative of the least-squares polynomial at each of `width` points, (width, width).

    Row i holds the derivative at point i as weights of the points: with V[i, j] = x_i^j the coefficients of
    the polynomial are pinv(V) y, and x^j turns into j! / (j - deriv)! x^(j - deriv).
    """
    x = np.arange(width) - width // 2
    powers = np.arange(polyorder + 1)
    coefficients = np.linalg.pinv(x[:, None] ** powers[None, :].astype(float))
    turned = np.zeros((width, polyorder + 1))
    for j in range(deriv, polyorder + 1):
        turned[:, j] = math.perm(j, deriv) * x.astype(float) ** (j - deriv)
    return turned @ coefficients / spacing**deriv


def _weights(
    width: int, polyorder: int, deriv: int, spacing: float, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    fitted = _fit(width, polyorder, deriv, spacing)
    centre = np.ascontiguousarray(fitted[width // 2], dtype=dtype)
    return centre, fitted


def delta(
    data: Any, *, width: int = 9, order: int = 1, axis: int = -1, mode: str = "interp", **kwargs: Any
) -> np.ndarray:
    """Derivative along time of a local polynomial (Savitzky and Golay), as ``librosa.feature.delta``.

    Parameters
    ----------
    data : float array of shape (..., frames)
        Features.
    width : int, odd, 3 or more
        Frames of a fit.
    order : int, 1 or more
        Order of the derivative, and degree of the polynomial unless `polyorder` is given.
    axis : int
        Axis of time.
    mode : {"interp", "mirror", "nearest", "constant", "wrap"}
        What lies beyond the ends; "interp" evaluates the polynomials fitted to the first and the last
        `width` frames.
    **kwargs
        `polyorder` (int), `delta` (float, spacing of frames) and `cval` (float, what ``mode="constant"``
        pads with), as in ``scipy.signal.savgol_filter``.

    Returns
    -------
    float array of data's shape
        float32 for float32, else float64.

    Raises
    ------
    ParameterError
        If there are fewer frames than ``mode="interp"`` fits, or a setting cannot be used.

    References
    ----------
    A. Savitzky, M. J. E. Golay, "Smoothing and differentiation of data by simplified least squares
    procedures", Analytical Chemistry 36 (8), 1964.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> ramp = np.arange(12.0)[np.newaxis]
    >>> bool(np.allclose(vf.delta(ramp), 1.0))
    True
    """
    width = whole("width", width, least=3)
    if width % 2 != 1:
        reject(
            "width", width, "must be odd, with one frame in the middle", f"give {width - 1} or {width + 1}"
        )
    order = whole("order", order)
    one_of("mode", mode, ("interp", *_BEYOND))
    options = {"polyorder": order, "delta": 1.0, "cval": 0.0}
    for name in kwargs:
        if name not in (*options, "deriv"):
            reject(name, kwargs[name], "is not an option of delta", f"options are {', '.join(options)}")
    options |= {name: value for name, value in kwargs.items() if name != "deriv"}
    polyorder = whole("polyorder", options["polyorder"], least=0)
    if polyorder >= width:
        reject(
            "polyorder" if "polyorder" in kwargs else "order",
            polyorder,
            f"needs more than {polyorder} frames, width={width}",
            f"give width={polyorder + 1 + polyorder % 2} or more",
        )
    spacing, cval = real("delta", options["delta"]), real("cval", options["cval"])
    if spacing == 0:
        reject("delta", spacing, "is the spacing of frames and cannot be 0", "give delta=1.0")

    x = np.atleast_1d(np.asarray(data))
    if x.dtype.kind not in "fiu" or x.size == 0:
        reject("data", data, "must hold numbers", "pass features of shape (..., frames)")
    x = x.astype(np.float32 if x.dtype.itemsize == 4 and x.dtype.kind == "f" else np.float64, copy=False)
    if not -x.ndim <= axis < x.ndim:
        reject("axis", axis, f"data has {x.ndim} axes", "give axis=-1 for time last")
    length = x.shape[axis]
    if mode == "interp" and width > length:
        reject(
            "width",
            width,
            f"mode='interp' fits {width} frames and data has {length}",
            "use mode='nearest' or a smaller width",
        )
    rows = np.moveaxis(x, axis, -1)
    weights = tables.table(_weights, width, polyorder, order, spacing, x.dtype)
    return np.moveaxis(_correlate(rows, mode, cval, *weights), -1, axis)


def _correlate(x: np.ndarray, mode: str, cval: float, centre: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    from ..engine.correlate import correlate_rows

    length, half, lanes = x.shape[-1], centre.size // 2, tables.lanes(x.dtype)
    padded = np.zeros((*x.shape[:-1], length + 2 * half + lanes), x.dtype)
    padded[..., half : half + length] = x
    if mode != "interp":
        beyond = {"constant_values": cval} if mode == "constant" else {}
        ends = [(0, 0)] * (x.ndim - 1) + [(half, half)]
        padded[..., : length + 2 * half] = np.pad(x, ends, mode=_BEYOND[mode], **beyond)  # type: ignore[call-overload]
    out = np.empty(x.shape, x.dtype)
    correlate_rows(
        padded.reshape(-1), x.size // length, length, centre, lanes, np.empty(lanes, x.dtype), out.reshape(-1)
    )
    if mode == "interp":
        width = centre.size
        out[..., :half] = _at(x[..., :width], fitted[:half])
        out[..., length - half :] = _at(x[..., length - width :], fitted[half + 1 :])
    return out


def _at(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted sums over the last axis, one for each row of weights, in a fixed order."""
    total = np.zeros((*x.shape[:-1], len(weights)))
    for j in range(x.shape[-1]):
        total += x[..., j, np.newaxis] * weights[:, j]
    return total


def stack_memory(data: Any, *, n_steps: int = 2, delay: int = 1, **kwargs: Any) -> np.ndarray:
    """Each frame on top of `n_steps` - 1 earlier ones, `delay` apart, as ``librosa.feature.stack_memory``.

    Parameters
    ----------
    data : array of shape (..., rows, frames)
        Features; one row may come as (frames,).
    n_steps : int, 1 or more
        Frames in a stack.
    delay : int, not 0
        Frames between them; below 0 for later ones.
    **kwargs
        `mode` and the rest of ``numpy.pad``, for what lies beyond the ends; zeros by default.

    Returns
    -------
    array of shape (..., rows * n_steps, frames)
        The frame itself first.

    Raises
    ------
    ParameterError
        If `n_steps` is below 1, `delay` is 0, or there are no frames.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.stack_memory([[1, 2, 3]]).tolist()
    [[1, 2, 3], [0, 1, 2]]
    """
    n_steps = whole("n_steps", n_steps)
    delay = whole("delay", delay, least=-(2**31))
    if delay == 0:
        reject("delay", delay, "would stack a frame on itself", "give 1 or more, or below 0 for later frames")
    x = np.atleast_2d(np.asarray(data))
    if x.shape[-1] == 0:
        reject("data", data, "holds no frames", "pass features of shape (..., rows, frames)")
    mode = kwargs.setdefault("mode", "constant")
    if not callable(mode):
        one_of("mode", mode, _PADDING)
    reach = (n_steps - 1) * abs(delay)
    ends = [(0, 0)] * (x.ndim - 1) + [(reach, 0) if delay > 0 else (0, reach)]
    padded = np.pad(x, ends, **kwargs)
    frames = x.shape[-1]
    first = [(reach if delay > 0 else 0) - step * delay for step in range(n_steps)]
    return np.concatenate([padded[..., at : at + frames] for at in first], axis=-2)

"""Deltas and stacking of frames."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._typing import FloatArray
from ..cache import memoised
from ..chain import tables
from ..errors import LONGEST, MOST, check_choice, check_float, check_int, check_numeric, fail

__all__ = ["delta", "stack_memory"]

#: Padding modes: scipy.ndimage's names and numpy's.
_BEYOND = {"mirror": "reflect", "nearest": "edge", "wrap": "wrap", "constant": "constant"}


#: Modes of numpy.pad.
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


#: Largest width of a fit: the number of weights is its square.
WIDEST = 4095


class _Fit:
    """Checked settings of `delta` and their weights."""

    def __init__(self, width: int, polyorder: int, deriv: int, spacing: float, mode: str, cval: float):
        fitted = _fit(width, polyorder, deriv, spacing)
        self.width, self.mode, self.cval = width, mode, cval
        self.fitted = fitted.ravel()
        self.centre = {np.dtype(t): fitted[width // 2].astype(t) for t in (np.float32, np.float64)}

    def apply(self, x: np.ndarray) -> np.ndarray:
        """The derivative along the last axis of contiguous rows."""
        from ..engine.correlate import correlate_rows, fit_ends

        out = np.empty(x.shape, x.dtype)
        length, half, lanes = x.shape[-1], self.width // 2, tables.lanes(x.dtype)
        rows, first, inner = x.size // length, half, length
        flat = x.reshape(-1)
        if self.mode != "interp":
            ends = [(0, 0)] * (x.ndim - 1) + [(half, half)]
            beyond = {"constant_values": self.cval} if self.mode == "constant" else {}
            flat = np.pad(x, ends, mode=_BEYOND[self.mode], **beyond).reshape(-1)  # type: ignore[call-overload]
            first, inner = 0, length + 2 * half
        scratch = np.empty(self.width + 2 * lanes, x.dtype)
        result = out.reshape(-1)
        correlate_rows(flat, rows, inner, self.centre[x.dtype], lanes, scratch, result, length, first)
        if self.mode == "interp":
            fit_ends(flat, rows, length, self.fitted, result)
        return out


@memoised
def _checked(width: Any, order: Any, mode: Any, polyorder: Any, spacing: Any, cval: Any) -> _Fit:
    width = check_int("width", width, least=3, most=WIDEST)
    if width % 2 != 1:
        fail("width", width, "must be odd, with one frame in the middle", f"give {width - 1} or {width + 1}")
    order = check_int("order", order)
    check_choice("mode", mode, ("interp", *_BEYOND))
    degree = order if polyorder is None else check_int("polyorder", polyorder, least=0)
    if degree >= width:
        name = "order" if polyorder is None else "polyorder"
        remedy = f"give width={degree + 1 + degree % 2} or more"
        fail(name, degree, f"needs more than {degree} frames, width={width}", remedy)
    spacing, cval = check_float("delta", spacing), check_float("cval", cval)
    if spacing == 0:
        fail("delta", spacing, "is the spacing of frames and cannot be 0", "give delta=1.0")
    return _Fit(width, degree, order, spacing, mode, cval)


def delta(
    data: ArrayLike,
    *,
    width: int = 9,
    order: int = 1,
    axis: int = -1,
    mode: Literal["interp", "mirror", "nearest", "constant", "wrap"] = "interp",
    **kwargs: Any,
) -> FloatArray:
    """Deltas: time derivatives of a local polynomial (Savitzky and Golay), as ``librosa.feature.delta``.

    Parameters
    ----------
    data : float array of shape (..., frames)
        Features.
    width : int, odd, 3 to 4095
        Number of frames that a polynomial is fitted to.
    order : int, 1 or more
        Order of the derivative, and degree of the polynomial unless `polyorder` is given.
    axis : int
        Axis of time.
    mode : {"interp", "mirror", "nearest", "constant", "wrap"}
        Padding beyond the ends; "interp" evaluates the polynomials fitted to the first and the last `width`
        frames.
    **kwargs
        `polyorder` (int), `delta` (float, spacing of frames) and `cval` (float, padding value of
        ``mode="constant"``), as in ``scipy.signal.savgol_filter``.

    Returns
    -------
    float array of data's shape
        float32 for float32, else float64.

    Raises
    ------
    ParameterError
        If there are fewer frames than `width` with ``mode="interp"``, or a setting cannot be used.

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
    for name in kwargs.keys() - {"polyorder", "delta", "cval", "deriv"}:
        fail(name, kwargs[name], "is not an option of delta", "options are polyorder, delta and cval")
    options = (kwargs.get("polyorder"), kwargs.get("delta", 1.0), kwargs.get("cval", 0.0))
    fit = _checked(width, order, mode, *options)
    x = np.atleast_1d(
        check_numeric("data", data, remedy="pass features of shape (..., frames)", what="must hold numbers")
    )
    if x.dtype.kind not in "fiu" or x.size == 0:
        fail("data", data, "must hold numbers", "pass features of shape (..., frames)")
    x = x.astype(np.float32 if x.dtype.kind == "f" and x.dtype.itemsize == 4 else np.float64, copy=False)
    axis = check_int("axis", axis, least=-x.ndim, remedy="give axis=-1 for time last")
    if axis >= x.ndim:
        fail("axis", axis, f"data has {x.ndim} axes", "give axis=-1 for time last")
    if mode == "interp" and fit.width > x.shape[axis]:
        problem = f"mode='interp' fits {fit.width} frames and data has {x.shape[axis]}"
        fail("width", width, problem, "use mode='nearest' or a smaller width")
    if axis in (-1, x.ndim - 1):
        return fit.apply(np.ascontiguousarray(x))
    rows = np.ascontiguousarray(np.moveaxis(x, axis, -1))
    return np.moveaxis(fit.apply(rows), -1, axis)


def stack_memory(data: ArrayLike, *, n_steps: int = 2, delay: int = 1, **kwargs: Any) -> NDArray[Any]:
    """Stack each frame on `n_steps` - 1 earlier ones, `delay` apart, as ``librosa.feature.stack_memory``.

    Parameters
    ----------
    data : array of shape (..., rows, frames)
        Features; a single row may have shape (frames,).
    n_steps : int, 1 or more
        Number of frames in a stack.
    delay : int, not 0
        Distance between the stacked frames; negative for later frames.
    **kwargs
        `mode` and the other arguments of ``numpy.pad``, for the padding beyond the ends; zeros by default.

    Returns
    -------
    array of shape (..., rows * n_steps, frames)
        The frame itself comes first.

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
    n_steps = check_int("n_steps", n_steps)
    delay = check_int("delay", delay, least=-(2**31))
    if delay == 0:
        fail("delay", delay, "would stack a frame on itself", "give 1 or more, or below 0 for later frames")
    x = np.atleast_2d(check_numeric("data", data, "fiucb", "pass features of shape (..., rows, frames)"))
    if x.shape[-1] == 0:
        fail("data", data, "holds no frames", "pass features of shape (..., rows, frames)")
    mode = kwargs.setdefault("mode", "constant")
    if not callable(mode):
        check_choice("mode", mode, _PADDING)
    reach = (n_steps - 1) * abs(delay)
    ends = [(0, 0)] * (x.ndim - 1) + [(reach, 0) if delay > 0 else (0, reach)]
    if x.size * n_steps > MOST or reach > LONGEST:
        name, value = ("n_steps", n_steps) if n_steps > abs(delay) else ("delay", delay)
        fail(name, value, f"reaches over {reach:,} frames, too many numbers", "give a smaller one")
    padded = np.pad(x, ends, **kwargs)
    frames = x.shape[-1]
    first = [(reach if delay > 0 else 0) - step * delay for step in range(n_steps)]
    return np.concatenate([padded[..., at : at + frames] for at in first], axis=-2)

"""Per-channel energy normalisation: automatic gain control of each band."""

from __future__ import annotations

import math
import warnings
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray
from ...cache import memoised
from ...chain import tables
from ...chain.blocks import for_parts, thread_budget
from ...engine import adaptive
from ...errors import check_divisor, check_float, check_int, check_numeric, check_rate, fail

__all__ = ["pcen"]

#: Time per value, relative to a sample of a spectrogram.
COST = 4


@overload
def pcen(
    S: ArrayLike,
    sr: float = ...,
    *,
    hop_length: int = ...,
    gain: float = ...,
    bias: float = ...,
    power: float = ...,
    time_constant: float = ...,
    eps: float = ...,
    b: float | None = ...,
    max_size: int = ...,
    ref: ArrayLike | None = ...,
    axis: int = ...,
    max_axis: int | None = ...,
    zi: ArrayLike | None = ...,
    return_zf: Literal[False] = ...,
) -> FloatArray: ...


@overload
def pcen(
    S: ArrayLike,
    sr: float = ...,
    *,
    hop_length: int = ...,
    gain: float = ...,
    bias: float = ...,
    power: float = ...,
    time_constant: float = ...,
    eps: float = ...,
    b: float | None = ...,
    max_size: int = ...,
    ref: ArrayLike | None = ...,
    axis: int = ...,
    max_axis: int | None = ...,
    zi: ArrayLike | None = ...,
    return_zf: Literal[True],
) -> tuple[FloatArray, FloatArray]: ...


@overload
def pcen(
    S: ArrayLike,
    sr: float = ...,
    *,
    hop_length: int = ...,
    gain: float = ...,
    bias: float = ...,
    power: float = ...,
    time_constant: float = ...,
    eps: float = ...,
    b: float | None = ...,
    max_size: int = ...,
    ref: ArrayLike | None = ...,
    axis: int = ...,
    max_axis: int | None = ...,
    zi: ArrayLike | None = ...,
    return_zf: bool,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...
def pcen(
    S: ArrayLike,
    sr: float = 22050,
    *,
    hop_length: int = 512,
    gain: float = 0.98,
    bias: float = 2,
    power: float = 0.5,
    time_constant: float = 0.400,
    eps: float = 1e-6,
    b: float | None = None,
    max_size: int = 1,
    ref: ArrayLike | None = None,
    axis: int = -1,
    max_axis: int | None = None,
    zi: ArrayLike | None = None,
    return_zf: bool = False,
) -> FloatArray | tuple[FloatArray, FloatArray]:
    """Per-channel energy normalisation, as ``librosa.pcen``: automatic gain control of each band.

    With m the level of a band, its values smoothed along time, the result is
    ``(S / (eps + m)**gain + bias)**power - bias**power``.

    Parameters
    ----------
    S : array of shape (..., bands, frames), float or integer
        Magnitudes or powers, 0 or more; there may be no frames. The defaults are meant for integer samples:
        multiply a spectrogram of samples in [-1, 1) by 2**31.
    sr : float
        Sampling rate in Hz.
    hop_length : int
        Hop in samples.
    gain : float, 0 or more
        Exponent of the level: 0 for no gain control, 1 for full gain control.
    bias : float, 0 or more
        Constant added before the compression.
    power : float, 0 or more
        Exponent of the compression; 0 for ``log(1 + S / (eps + m)**gain)``.
    time_constant : float
        Time constant of the smoothing in seconds; not used if `b` is given.
    eps : float
        Constant added to the level.
    b : float, 0 to 1, or None
        Coefficient of the smoothing, ``m[t] = b S[t] + (1 - b) m[t - 1]``; None to compute it from
        `time_constant`.
    max_size : int
        Number of neighbouring bands whose maximum is smoothed in place of each band; 1 for the band alone.
    ref : float array of S's shape or None
        Array to smooth in place of `S`.
    axis : int
        Axis of time.
    max_axis : int or None
        Axis of bands for `max_size`; it must be given if `S` has more than two axes.
    zi : float, array of S's shape with 1 frame, or None
        Initial state: ``(1 - b) m`` of the frame before the first. None assumes that `S` was 1 before.
    return_zf : bool
        Whether to return the state `zi` for the frames that follow.

    Returns
    -------
    P : float array of S's shape
        Normalised values; float32 for float32, else float64.
    zf : float64 array of S's shape with 1 frame
        Final state, only with `return_zf`.

    Raises
    ------
    ParameterError
        If `S` holds values that are negative or not finite, or an argument cannot be used.

    References
    ----------
    Y. Wang, P. Getreuer, T. Hughes, R. F. Lyon, R. A. Saurous, "Trainable frontend for robust and far-field
    keyword spotting", ICASSP 2017. Reference values: librosa 0.11.0, ``librosa.pcen``, which returns float64
    for float32.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> levels = np.repeat([[1e3], [1e6]], 400, axis=1)  # two bands, one far louder
    >>> vf.pcen(levels, gain=1.0)[:, -1].round(3)
    array([0.318, 0.318])
    """
    b, *law = _law(sr, hop_length, gain, bias, power, time_constant, eps, b)
    max_size = check_int("max_size", max_size, unit="bands", remedy="give 1 for each band by itself")
    if not isinstance(return_zf, (bool, np.bool_)):
        fail("return_zf", return_zf, "must be True or False", "give True to return the state as well")
    S = checked_levels("S", S)
    axis = _axis("axis", axis, S)
    if not S.size:
        return (S.copy(), np.moveaxis(_state(zi, b, S, axis), -1, axis)) if return_zf else S.copy()
    if ref is None:
        ref = S if max_size == 1 else _largest(S, max_size, axis, max_axis)
    else:
        ref = checked_levels("ref", ref).astype(S.dtype, copy=False)
        if ref.shape != S.shape:
            fail("ref", ref, f"S has shape {S.shape}", "pass a reference of the same shape")
    state = _state(zi, b, S, axis)
    rows = _along(S, axis)
    levels = rows if ref is S else _along(ref, axis)
    out, count, frames = np.empty(rows.shape, rows.dtype), state.size, rows.shape[-1]
    share = -(-count // (thread_budget(S.size, COST) * adaptive.ROWS)) * adaptive.ROWS
    rest = *law, tables.lanes(rows.dtype), out.reshape(-1)

    def part(i: int) -> None:
        span, flat = (i * share, min(count, (i + 1) * share)), rows.reshape(-1)
        adaptive.adapt_rows(flat, levels.reshape(-1), frames, *span, b, state.reshape(-1), *rest)

    for_parts(part, -(-count // share), S.size, COST)
    result = out if axis in (-1, S.ndim - 1) else np.moveaxis(out, -1, axis)
    return (result, np.moveaxis(state, -1, axis)) if return_zf else result


def _along(S: np.ndarray, axis: int) -> np.ndarray:
    """Rows along `axis`, one after another."""
    return np.ascontiguousarray(S if axis in (-1, S.ndim - 1) else np.moveaxis(S, axis, -1))


@memoised
def _law(
    sr: Any, hop_length: Any, gain: Any, bias: Any, power: Any, time_constant: Any, eps: Any, b: Any
) -> tuple[float, ...]:
    """The checked arguments of the kernel: b, eps, gain, bias, power and bias**power."""
    share = _share(sr, hop_length, time_constant, b)
    gain, power = check_float("gain", gain, low=0, high=10), check_float("power", power, low=0, high=10)
    bias = check_divisor("bias", bias, low=0, high=1e6)
    return (
        share,
        check_float("eps", eps, low=1e-30, remedy="the default is 1e-6"),
        gain,
        bias,
        power,
        bias**power,
    )


def _share(sr: Any, hop_length: Any, time_constant: Any, b: Any) -> float:
    """The coefficient b of the smoothing.

    With T the frames of the time constant, the root of (T b)^2 + b - 1 = 0; about 1 / T where T is large.
    """
    sr = check_rate("sr", sr)
    hop_length = check_int("hop_length", hop_length, unit="samples", remedy="try hop_length=512")
    time_constant = check_float("time_constant", time_constant, above=0, unit="seconds")
    if b is not None:
        return check_float("b", b, low=0, high=1, remedy="give None to compute it from time_constant")
    frames = time_constant * sr / hop_length
    if frames < 1e-3:  # the difference below would be inaccurate
        return 2 / (1 + math.sqrt(1 + 4 * frames**2))
    return (math.sqrt(1 + 4 * frames**2) - 1) / (2 * frames**2)


def checked_levels(name: str, S: Any) -> np.ndarray:
    """`S` as float32 or float64 without negative values."""
    remedy = "pass spectra of shape (..., bands, frames)"
    given, S = S, np.asarray(check_numeric(name, S, "fiuc", remedy))
    if S.dtype.kind == "c":
        warnings.warn(
            f"pcen: {name} is complex; its phase is dropped. Pass its magnitude to avoid this warning.",
            stacklevel=3,
        )
        S = np.abs(S)
    if not S.ndim:
        fail(name, given, "must hold numbers", remedy)
    S = S.astype(np.float32 if S.dtype.kind == "f" and S.dtype.itemsize == 4 else np.float64, copy=False)
    if not S.size:
        return S
    least, most = S.min(), S.max()
    if not (np.isfinite(least) and np.isfinite(most)):
        fail(name, S, "holds values that are NaN or infinite", f"repair it, numpy.nan_to_num({name})")
    if least < 0:
        fail(name, S, f"holds values below 0, such as {least:g}", "pass magnitudes or powers, not decibels")
    return S


def _axis(name: str, axis: Any, S: np.ndarray) -> int:
    axis = check_int(name, axis, least=-S.ndim, remedy="give an axis of S")
    if axis >= S.ndim:
        fail(
            name, axis, f"S has {S.ndim} axes", "give axis=-1 for time last, max_axis=-2 for bands before it"
        )
    return axis


def _largest(S: np.ndarray, size: int, axis: int, max_axis: Any) -> np.ndarray:
    """The maximum over `size` neighbouring bands, for each band."""
    if S.ndim == 1:
        fail("max_size", size, "S has one axis, that of time", "give max_size=1")
    if max_axis is None:
        if S.ndim != 2:
            fail(
                "max_axis",
                max_axis,
                f"S has {S.ndim} axes, and one must be that of bands",
                "give max_axis=-2",
            )
        max_axis = (1 - axis) % 2
    from scipy.ndimage import maximum_filter1d

    return maximum_filter1d(S, size, axis=_axis("max_axis", max_axis, S))


def _state(zi: Any, b: float, S: np.ndarray, axis: int) -> np.ndarray:
    """`zi` as one number per row, (..., 1) with time last, as a writable array."""
    shape = list(S.shape)
    del shape[axis]
    if zi is None:
        return np.full((*shape, 1), 1 - b)
    given = list(S.shape)
    given[axis] = 1
    remedy = "give the state that return_zf=True returned"
    try:
        state = np.broadcast_to(zi, given)
    except ValueError:
        fail("zi", zi, f"must be a number, or numbers of shape {tuple(given)}", remedy)
    if state.dtype.kind not in "fiu" or not np.isfinite(state).all() or (state < 0).any():
        fail("zi", zi, "must hold finite numbers, 0 or more", remedy)
    return np.moveaxis(state, axis, -1).astype(np.float64, order="C")

"""Emphasis of high frequencies, and its inverse."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, SignalLike
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...chain import tables
from ...chain.blocks import check_finite
from ...engine import recursion
from ...errors import check_float, fail, to_array

__all__ = ["deemphasis", "preemphasis"]


@overload
def preemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: Literal[False] = ...
) -> FloatArray: ...


@overload
def preemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: Literal[True]
) -> tuple[FloatArray, FloatArray]: ...


@overload
def preemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: bool
) -> FloatArray | tuple[FloatArray, FloatArray]: ...
def preemphasis(
    y: SignalLike, *, coef: float = 0.97, zi: ArrayLike | None = None, return_zf: bool = False
) -> FloatArray | tuple[FloatArray, FloatArray]:
    """Subtract `coef` times the sample before from each sample, as ``librosa.effects.preemphasis``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; int16 and int32 PCM is scaled to [-1, 1).
    coef : float
        Coefficient of the sample before.
    zi : float, array of shape (..., 1) or None
        Value added to the first sample: -coef times the one before it. None extrapolates the first two
        samples linearly, which adds ``2 y[0] - y[1]``.
    return_zf : bool
        Whether to return the state `zi` for the samples that follow.

    Returns
    -------
    y_out : float array of y's shape
        The signal with its high frequencies raised.
    zf : float array of shape (..., 1)
        Final state, only with `return_zf`.

    Raises
    ------
    ParameterError
        If the input cannot be used, or a signal of one sample comes without `zi`.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.effects.preemphasis``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.preemphasis([1.0, 2.0, 4.0], coef=0.5, zi=0.0))
    [1.  1.5 3. ]
    """
    coef = check_float("coef", coef, -1e3, 1e3)
    _yes_or_no(return_zf)
    y = signal(y)
    with np.errstate(all="ignore"):  # samples that are not finite are reported below
        before = 2 * y[..., :1] - y[..., 1:2] if _starts(y, zi) else _states(zi, y)
    out = np.empty(y.shape, y.dtype)
    flat, n, factor = y.reshape(-1), y.shape[-1], y.dtype.type(coef)
    if not recursion.differences(flat, n, factor, before.reshape(-1), tables.lanes(y.dtype), out.reshape(-1)):
        not_finite(y)
    return (out, -factor * y[..., -1:]) if return_zf else out


@overload
def deemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: Literal[False] = ...
) -> FloatArray: ...


@overload
def deemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: Literal[True]
) -> tuple[FloatArray, FloatArray]: ...


@overload
def deemphasis(
    y: SignalLike, *, coef: float = ..., zi: ArrayLike | None = ..., return_zf: bool
) -> FloatArray | tuple[FloatArray, FloatArray]: ...
def deemphasis(
    y: SignalLike, *, coef: float = 0.97, zi: ArrayLike | None = None, return_zf: bool = False
) -> FloatArray | tuple[FloatArray, FloatArray]:
    """Add `coef` times the result before to each sample, as ``librosa.effects.deemphasis``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; int16 and int32 PCM is scaled to [-1, 1).
    coef : float, -1 to 1
        Coefficient of the result before.
    zi : float, array of shape (..., 1) or None
        Value added to the first sample: coef times the result before it. None inverts a `preemphasis` without
        `zi`.
    return_zf : bool
        Whether to return the state `zi` for the samples that follow.

    Returns
    -------
    y_out : float array of y's shape
        The signal with its high frequencies lowered.
    zf : float array of shape (..., 1)
        Final state, only with `return_zf`. Without `zi` it is that of a filter that started from zero, as in
        librosa.

    Raises
    ------
    ParameterError
        If the input cannot be used, or a signal of one sample comes without `zi`.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.effects.deemphasis``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.deemphasis([1.0, 1.5, 3.0], coef=0.5, zi=0.0))
    [1. 2. 4.]
    """
    problem = "the output of a filter with such a coefficient grows without bound"
    if not -1 <= check_float("coef", coef) <= 1:
        fail("coef", coef, problem, "give a number from -1 to 1")
    coef = float(coef)
    _yes_or_no(return_zf)
    y = signal(y)
    check_finite(y)
    n, unknown = y.shape[-1], _starts(y, zi)
    if unknown:
        # The inverse of the extrapolation that `preemphasis` begins with: subtract k from the first result,
        # and k coef^i from the i-th.
        ahead = ((2 - coef) * y[..., :1] - y[..., 1:2]) / (3 - coef)
        state = -ahead
    else:
        state = _states(zi, y)
    out = np.empty(y.shape, y.dtype)
    recursion.fading_sums(y.reshape(-1), n, y.dtype.type(coef), state.reshape(-1), out.reshape(-1))
    if not return_zf:
        return out
    return out, state + ahead * y.dtype.type(coef**n) if unknown else state


def _yes_or_no(return_zf: Any) -> None:
    if not isinstance(return_zf, (bool, np.bool_)):
        fail("return_zf", return_zf, "must be True or False", "give True to return the state as well")


def _starts(y: np.ndarray, zi: Any) -> bool:
    """Whether the initial state is extrapolated from the first two samples."""
    if zi is None and y.shape[-1] < 2:
        fail("zi", zi, "is extrapolated from two samples, but the signal has one", "give zi=0.0")
    return zi is None


def _states(zi: Any, y: np.ndarray) -> np.ndarray:
    """`zi` as one number per row of `y`, (..., 1), as a writable array."""
    shape = (*y.shape[:-1], 1)
    remedy = "give the state that return_zf=True returned"
    try:
        given = to_array("zi", zi)
        states = np.broadcast_to(given, shape)
    except ValueError:
        fail("zi", zi, f"must be a number, or numbers of shape {shape}", remedy)
    if given.dtype.kind not in "fiu" or not np.isfinite(states).all():
        fail("zi", zi, f"must be a finite number, or numbers of shape {shape}", remedy)
    return states.astype(y.dtype, order="C")

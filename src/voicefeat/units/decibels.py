"""Power and amplitude in decibels, and back.

float32 stays float32, float64 stays float64; integers become float64, and half precision becomes float32.
"""

from __future__ import annotations

import inspect
import operator
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from .._typing import FloatArray, FloatOrArray, Values
from ..errors import check_float, check_numeric, fail

__all__ = ["amplitude_to_db", "db_to_amplitude", "db_to_power", "power_to_db"]


@overload
def power_to_db(
    S: Values,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = ...,
    amin: float = ...,
    top_db: float | None = ...,
    axes: Literal["auto"] | int | Sequence[int] | None = ...,
) -> FloatArray: ...


@overload
def power_to_db(
    S: ArrayLike,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = ...,
    amin: float = ...,
    top_db: float | None = ...,
    axes: Literal["auto"] | int | Sequence[int] | None = ...,
) -> FloatOrArray: ...
def power_to_db(
    S: ArrayLike,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = 1.0,
    amin: float = 1e-10,
    top_db: float | None = 80.0,
    axes: Literal["auto"] | int | Sequence[int] | None = "auto",
) -> FloatOrArray:
    """Power in decibels, ``10 log10(max(S, amin)) - 10 log10(max(ref, amin))``, with a floor below the peak.

    Parameters
    ----------
    S : array_like, any shape
        Power. Complex values are replaced by their magnitude, with a warning.
    ref : number or callable
        The power of 0 dB, or a function of `S` that returns it. A function with arguments `axis` and
        `keepdims`, such as `numpy.max`, is called with `axes`; any other is called once, with all of `S`.
    amin : float > 0
        Smaller values of `S` and `ref` are raised to this one.
    top_db : float >= 0 or None
        Values more than this below the peak are raised to that floor; None sets no floor.
    axes : "auto", None, int or tuple of int
        The axes over which a peak is taken. "auto" is the last two axes (the last one of a vector), so that
        each channel has its own peak; None is all axes.

    Returns
    -------
    numpy.ndarray, shape of `S`, or a scalar for a scalar
        Decibels, in the precision of `S`.

    Raises
    ------
    ParameterError
        If `amin`, `top_db`, `ref` or `axes` cannot be used.

    Notes
    -----
    Channels are independent, as in librosa 1.0. librosa 0.11 takes one peak over all channels: pass
    ``axes=None`` to get its values. For a single channel the two are equal.

    Source: librosa 0.11.0 and 1.0, ``librosa.power_to_db``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.power_to_db([1.0, 0.1, 1e-12]))
    [  0. -10. -80.]
    """
    amin = check_float("amin", amin, above=0, remedy="the default is 1e-10")
    floor = _floor(top_db)
    power = _magnitude("power_to_db", S)
    _check_least(amin, amin, power.dtype)
    over = _axes(axes, power)
    return _decibels(power, _reference(ref, power, over), amin, floor, over)


@overload
def amplitude_to_db(
    S: Values,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = ...,
    amin: float = ...,
    top_db: float | None = ...,
    axes: Literal["auto"] | int | Sequence[int] | None = ...,
) -> FloatArray: ...


@overload
def amplitude_to_db(
    S: ArrayLike,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = ...,
    amin: float = ...,
    top_db: float | None = ...,
    axes: Literal["auto"] | int | Sequence[int] | None = ...,
) -> FloatOrArray: ...
def amplitude_to_db(
    S: ArrayLike,
    *,
    ref: ArrayLike | Callable[..., ArrayLike] = 1.0,
    amin: float = 1e-5,
    top_db: float | None = 80.0,
    axes: Literal["auto"] | int | Sequence[int] | None = "auto",
) -> FloatOrArray:
    """Amplitude in decibels: `power_to_db` of ``S**2``, with `ref` and `amin` given as amplitudes.

    Parameters
    ----------
    S : array_like, any shape
        Amplitude. Complex values are replaced by their magnitude, with a warning.
    ref, amin, top_db, axes
        As in `power_to_db`, `ref` and `amin` as amplitudes.

    Returns
    -------
    numpy.ndarray, shape of `S`, or a scalar for a scalar
        Decibels, in the precision of `S`.

    Raises
    ------
    ParameterError
        If `amin`, `top_db`, `ref` or `axes` cannot be used.

    Notes
    -----
    Source: librosa 0.11.0 and 1.0, ``librosa.amplitude_to_db``; channels as in `power_to_db`.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.amplitude_to_db([1.0, 0.1]))
    [  0. -20.]
    """
    amin = check_float("amin", amin, above=0, remedy="the default is 1e-5")
    floor = _floor(top_db)
    size = np.abs(_magnitude("amplitude_to_db", S))
    over = _axes(axes, size)
    with np.errstate(over="ignore", under="ignore"):
        power, level, least = np.square(size), _reference(ref, size, over) ** 2, amin**2
    _check_least(amin, least, size.dtype)
    if not (np.isfinite(power) | ~np.isfinite(size)).all():
        fail("S", S, f"has values whose squares overflow {size.dtype}", "scale it, or give float64")
    return _decibels(power, level, least, floor, over)


@overload
def db_to_power(S_db: float, *, ref: float = ...) -> np.float64: ...


@overload
def db_to_power(S_db: Values, *, ref: float = ...) -> FloatArray: ...


@overload
def db_to_power(S_db: ArrayLike, *, ref: float = ...) -> FloatOrArray: ...
def db_to_power(S_db: ArrayLike, *, ref: float = 1.0) -> FloatOrArray:
    """Decibels back to power: ``ref * 10**(S_db / 10)``.

    Parameters
    ----------
    S_db : array_like, any shape
        Decibels.
    ref : float
        The power of 0 dB.

    Returns
    -------
    numpy.ndarray, shape of `S_db`, or a scalar for a scalar
        Power.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.db_to_power``.

    Raises
    ------
    ParameterError
        If `ref` is not a finite number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.db_to_power([0.0, -10.0]))
    [1.  0.1]
    """
    ref = check_float("ref", ref)
    with np.errstate(all="ignore"):
        return ref * np.power(10.0, check_numeric("S_db", S_db) * 0.1)


@overload
def db_to_amplitude(S_db: float, *, ref: float = ...) -> np.float64: ...


@overload
def db_to_amplitude(S_db: Values, *, ref: float = ...) -> FloatArray: ...


@overload
def db_to_amplitude(S_db: ArrayLike, *, ref: float = ...) -> FloatOrArray: ...
def db_to_amplitude(S_db: ArrayLike, *, ref: float = 1.0) -> FloatOrArray:
    """Decibels back to amplitude: ``ref * 10**(S_db / 20)``.

    Parameters
    ----------
    S_db : array_like, any shape
        Decibels.
    ref : float
        The amplitude of 0 dB.

    Returns
    -------
    numpy.ndarray, shape of `S_db`, or a scalar for a scalar
        Amplitude.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.db_to_amplitude``.

    Raises
    ------
    ParameterError
        If `ref` is not a finite number.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.db_to_amplitude([0.0, -20.0]))
    [1.  0.1]
    """
    return db_to_power(S_db, ref=check_float("ref", ref, low=-1e150, high=1e150) ** 2) ** 0.5


def _decibels(power: Any, ref: Any, amin: float, floor: float | None, over: Any) -> Any:
    if not ref.dtype.type(amin):  # of a narrower type than `power`
        ref = ref.astype(power.dtype)
    db = np.maximum(power, amin)
    if not db.ndim:
        # The same for a scalar, which cannot be changed in place.
        db = 10.0 * np.log10(db) - 10.0 * np.log10(np.maximum(amin, ref))
        return db if floor is None else np.maximum(db, db - floor)
    np.log10(db, out=db)
    db *= 10.0
    # In place, so that a float64 reference does not turn float32 into float64.
    db -= 10.0 * np.log10(np.maximum(amin, ref))
    if floor is not None and db.size:
        np.maximum(db, db.max(axis=over, keepdims=True) - floor, out=db)
    return db


def _check_least(amin: float, power: float, kind: np.dtype[Any]) -> None:
    """Refuse an `amin` whose `power` is 0 or infinite in the precision of the values: it has no level."""
    with np.errstate(over="ignore"):
        found = kind.type(power)
    if not 0 < found < np.inf:
        remedy = "the default is 1e-10, or 1e-5 as an amplitude"
        fail("amin", amin, f"is a power of {found} in {kind}", remedy)


def _magnitude(function: str, S: Any) -> Any:
    S = np.asarray(check_numeric("S", S, "fiuc", "give numbers", "have no level"))
    if S.dtype == np.float16:  # its range holds neither -100 dB nor a square
        return S.astype(np.float32)
    if S.dtype.kind == "c":
        warnings.warn(
            f"{function}: S is complex; its phase is dropped. Pass the magnitude or the power to "
            "avoid this warning.",
            stacklevel=3,
        )
        return np.abs(S)
    return S if S.dtype.kind == "f" else S.astype(float)


def _floor(top_db: Any) -> float | None:
    if top_db is None:
        return None
    return check_float("top_db", top_db, low=0, unit="decibels", remedy="give None for no floor")


def _axes(axes: Any, S: np.ndarray) -> Any:
    """The axes over which a peak is taken."""
    if isinstance(axes, str) and axes == "auto":
        return (-2, -1) if S.ndim > 1 else (-1,) if S.ndim else None
    if axes is None:
        return None
    try:
        over = tuple(operator.index(a) for a in (axes if isinstance(axes, (tuple, list)) else [axes]))
    except TypeError:
        over = (S.ndim,)
    if len({a % max(S.ndim, 1) for a in over}) < len(over) or any(not -S.ndim <= a < S.ndim for a in over):
        fail("axes", axes, f"must be axes of S, which has {S.ndim}, each once", 'give "auto", None or ints')
    return over


def _reference(ref: Any, S: np.ndarray, over: Any) -> Any:
    """The value of 0 dB: a number, or one per channel."""
    if not callable(ref):
        return np.abs(_level(ref, S))
    if not S.size:
        fail("S", S, "holds no value to take as the reference", "give a spectrogram with frames")
    if ref in (max, min):  # Python's own, which compare rows, not values
        fail("ref", ref, "does not accept an array", f"give ref=numpy.{ref.__name__}")
    return np.abs(_level(ref(S, axis=over, keepdims=True) if _takes_axes(ref) else ref(S), S))


def _level(ref: Any, S: np.ndarray) -> np.ndarray:
    """The value of 0 dB, given or computed; its shape must fit `S`."""
    level = check_numeric("ref", ref, "fiu", "give a number, or ref=numpy.max for the peak")
    try:
        fits = np.broadcast_shapes(level.shape, S.shape) == S.shape
    except ValueError:
        fits = False
    if not fits or not np.isfinite(level).all():
        fail("ref", ref, "must be a finite number or a function", "give ref=numpy.max for the peak")
    return level.astype(float) if level.dtype.kind in "iu" or level.dtype.itemsize == 2 else level


def _takes_axes(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some builtins hide their arguments
        return False
    any_keyword = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return any_keyword or {"axis", "keepdims"} <= set(parameters)

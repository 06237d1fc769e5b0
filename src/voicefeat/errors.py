"""What voicefeat raises, and the one checker for each kind of argument.

Every message has the same three parts: the argument with the value given, what is wrong with it, and
what would do: ``n_fft=0: must be a positive whole number of samples; try n_fft=2048``.
"""

from __future__ import annotations

import difflib
import errno
import numbers
import operator
import os
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

__all__ = ["AudioError", "ParameterError"]


def escaped(text: str) -> str:
    """`text` on one line, with escapes like ``\\x1b`` for what would move a cursor, colour or hide words.

    Examples
    --------
    >>> print(escaped("red\\x1b[31m name.wav"))
    red\\x1b[31m name.wav
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class ParameterError(ValueError):
    """An argument that cannot be used; raised before any work is done."""

    def __str__(self) -> str:
        return escaped(super().__str__())  # names of files may hold anything


class AudioError(ValueError):
    """A recording that cannot be read or does not hold what it promises."""

    def __str__(self) -> str:
        return escaped(super().__str__())


class AudioNotFoundError(FileNotFoundError, AudioError):  # in this order it can be made anew when unpickled
    """A recording that is not there."""

    def __str__(self) -> str:
        return escaped(super().__str__())


class NotInDatasetError(ParameterError, IndexError):
    """A row or a recording that a dataset does not hold."""


#: Faults of the machine or its network, not of a file: they pass.
PASSING = frozenset(
    getattr(errno, name)
    for name in (
        "EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "ENOLCK", "ESTALE", "ETIMEDOUT", "ENOTCONN", "ENETDOWN",
        "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ECONNRESET", "ECONNABORTED",
    )
    if hasattr(errno, name)
)  # fmt: skip


def passes(error: BaseException) -> bool:
    """Whether `error` is a fault of the machine that passes: too few open files, too little memory."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING)


def shown(value: Any) -> str:
    """`value` as a message shows it: arrays by shape and dtype, the rest by a bounded `repr`."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and hasattr(value, "dtype"):
        return f"<array of shape {tuple(shape)}, {value.dtype}>"
    text = repr(value)
    return text if len(text) <= 240 else f"{text[:150]}...{text[-80:]}"  # the end of a path says most


def reject(name: str, value: Any, problem: str, remedy: str) -> NoReturn:
    """Raise the error for argument `name`."""
    raise ParameterError(f"{name}={shown(value)}: {problem}; {remedy}")


def path_text(name: str, value: Any) -> str:
    """`value` as the text of a path."""
    if not isinstance(value, str | os.PathLike):
        reject(name, value, "must be a path", "give a text or a pathlib.Path")
    return os.fsdecode(value)


def whole(name: str, value: Any, least: int = 1, unit: str = "", remedy: str = "") -> int:
    """`value` as an int that is at least `least`."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        kind = "positive whole number" if least == 1 else f"whole number, {least} or more"
        of = f" of {unit}" if unit else ""
        reject(name, value, f"must be a {kind}{of}", remedy or f"give an int of {least} or more")
    return number


def real(
    name: str,
    value: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    unit: str = "",
    remedy: str = "",
) -> float:
    """`value` as a finite float with low <= value <= high and value > above."""
    fits = isinstance(value, numbers.Real) and not isinstance(value, bool)
    number = float(value) if fits else 0.0
    fits = fits and number - number == 0.0  # neither NaN nor infinite
    bounds = []
    if low is not None:
        bounds.append(f"at least {low:g}")
        fits = fits and number >= low
    if above is not None:
        bounds.append(f"above {above:g}")
        fits = fits and number > above
    if high is not None:
        bounds.append(f"at most {high:g}")
        fits = fits and number <= high
    if not fits:
        what = " ".join(["a finite number", *([f"of {unit}"] if unit else [])])
        wanted = f"{what}{', ' if bounds else ''}{' and '.join(bounds)}"
        reject(name, value, f"must be {wanted}", remedy or f"give {wanted}")
    return number


def one_of(name: str, value: Any, allowed: Iterable[Any]) -> Any:
    """`value`, which must be among `allowed`; the nearest name is suggested."""
    choices = list(allowed)
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return value
    near = difflib.get_close_matches(str(value), [str(c) for c in choices], n=1)
    listed = ", ".join(repr(c) for c in choices)
    hint = f"did you mean {near[0]!r}? " if near else ""
    reject(name, value, "is not known here", f"{hint}choose one of {listed}")


def float_type(name: str, value: Any) -> np.dtype[Any]:
    """`value` as one of the two types of numbers, float32 or float64."""
    try:
        kind = np.dtype(value)
    except TypeError:
        kind = np.dtype(object)
    if value is None or kind not in (np.float32, np.float64):
        reject(name, value, "must be a floating-point type", "give numpy.float32 or numpy.float64")
    return kind

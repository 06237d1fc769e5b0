"""The exceptions of voicefeat, and one checker for each kind of argument.

Every message has the same three parts: the argument with its value, what is wrong with it, and a
remedy: ``n_fft=0: must be a positive whole number of samples; try n_fft=2048``.
"""

from __future__ import annotations

import difflib
import errno
import math
import numbers
import operator
import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

import numpy as np

__all__ = ["AudioError", "ParameterError"]

#: The largest count of samples, bins, filters and the like. No larger array would fit into memory.
MOST = 2**31 - 1
#: The bound of settings that have no bound of their own. It keeps formulas within their precision.
HUGE = 1e30
#: The longest frame or window in samples: six minutes at 44.1 kHz.
LONGEST = 1 << 24
#: The most weights of a filter bank (half a gigabyte in float32), and its most rows.
MOST_WEIGHTS, MOST_ROWS = 1 << 27, 1 << 17
_WIDTHS = {"f": (2, 4, 8), "c": (8, 16)}
#: The most names that an error lists.
MOST_NEAR = 10
_Kind = TypeVar("_Kind")


def escape(text: str) -> str:
    """`text` on one line; escapes like ``\\x1b`` replace characters that move the cursor or hide text.

    Examples
    --------
    >>> print(escape("red\\x1b[31m name.wav"))
    red\\x1b[31m name.wav
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class ParameterError(ValueError):
    """An argument that cannot be used; raised before any work is done.

    Further arguments are lines below the first, which list what can be used instead.
    """

    def __str__(self) -> str:
        return "\n".join(escape(str(line)) for line in self.args)  # file names may hold any character


class AudioError(ValueError):
    """A recording that cannot be read, or that does not hold what its header says."""

    def __str__(self) -> str:
        return escape(super().__str__())


class AudioNotFoundError(FileNotFoundError, AudioError):  # unpickling needs this order
    """A recording that does not exist."""

    def __str__(self) -> str:
        return escape(super().__str__())


class NotInDatasetError(ParameterError, IndexError):
    """A row or a recording that a dataset does not hold."""


#: Faults of the machine or its network, not of a file: a later attempt may succeed.
PASSING = frozenset(
    getattr(errno, name)
    for name in (
        "EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "ENOLCK", "ESTALE", "ETIMEDOUT", "ENOTCONN", "ENETDOWN",
        "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ECONNRESET", "ECONNABORTED",
    )
    if hasattr(errno, name)
)  # fmt: skip


def is_transient(error: BaseException) -> bool:
    """Whether `error` is a passing fault of the machine: too many open files, too little memory."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING)


def format_value(value: Any) -> str:
    """`value` as messages show it: an array by shape and dtype, anything else by a shortened `repr`."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and hasattr(value, "dtype"):
        return f"<array of shape {tuple(shape)}, {value.dtype}>"
    try:
        text = repr(value)
    except Exception:  # an int with more digits than Python prints, or a class of the caller
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 240 else f"{text[:150]}...{text[-80:]}"  # the end of a path matters most


def fail(name: str, value: Any, problem: str, remedy: str) -> NoReturn:
    """Raise the error for argument `name`."""
    raise ParameterError(f"{name}={format_value(value)}: {problem}; {remedy}")


def check_path(name: str, value: Any) -> str:
    """`value` as the text of a path; the file need not exist."""
    try:
        text = os.fsdecode(value) if isinstance(value, str | os.PathLike) else "\0"
        os.fsencode(text)
    except UnicodeError:
        text = "\0"
    if "\0" in text:
        fail(name, value, "must be a path", "give a str or a pathlib.Path")
    return text


def check_int(
    name: str, value: Any, least: int = 1, unit: str = "", remedy: str = "", most: int | None = MOST
) -> int:
    """`value` as an int from `least` to `most`; a `most` of None sets no upper bound."""
    try:
        if isinstance(value, bool | np.timedelta64):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        kind = "positive whole number" if least == 1 else f"whole number, {least} or more"
        of = f" of {unit}" if unit else ""
        fail(name, value, f"must be a {kind}{of}", remedy or f"give an int of {least} or more")
    if most is not None and number > most:
        fail(name, value, f"is more than {most:,}", remedy or "give a smaller number")
    return number


def check_bank(name: str, rows: Any, n_fft: Any, bins: Any = None) -> None:
    """Refuse a bank that would fill the memory, before it is built; the bank makes its other checks itself.

    The number of columns is `bins`, or by default the number of bins of an FFT of `n_fft` samples.
    """
    if isinstance(n_fft, int) and n_fft > LONGEST:
        fail("n_fft", n_fft, f"a frame has at most {LONGEST} samples", "try n_fft=2048")
    bins = 1 + n_fft // 2 if bins is None and isinstance(n_fft, int) else bins
    if not isinstance(rows, int) or not isinstance(bins, int):
        return
    most = min(MOST_ROWS, MOST_WEIGHTS // max(bins, 1))
    if rows > most:
        problem = f"a bank of this many rows and {bins} bins is too large"
        fail(name, rows, problem, f"give at most {most}")


def check_float(
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
    fits = isinstance(value, numbers.Real) and not isinstance(value, bool | np.timedelta64)
    try:
        number = float(value) if fits else 0.0
    except OverflowError:  # an int or a fraction beyond the range of floats
        number = math.inf
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
    if fits and high is None and abs(number) > HUGE:
        fail(name, value, f"is beyond {HUGE:g}, too large for a setting", remedy or "give a smaller number")
    if not fits:
        what = " ".join(["a finite number", *([f"of {unit}"] if unit else [])])
        wanted = f"{what}{', ' if bounds else ''}{' and '.join(bounds)}"
        fail(name, value, f"must be {wanted}", remedy or f"give {wanted}")
    return number


def check_divisor(name: str, value: Any, low: float | None = None, **rest: Any) -> float:
    """`value` checked by `check_float`, and not so close to 0 that a quotient would be infinite."""
    number = check_float(name, value, low, **rest)
    if 0 < abs(number) < 1e-9:
        fail(name, value, "is too close to 0", rest.get("remedy") or "give 1e-9 or more")
    return number


def check_rate(name: str, value: Any, remedy: str = "") -> float:
    """`value` as a sampling rate in Hz, within the range in which all formulas keep double precision."""
    remedy = remedy or "give it in hertz, such as 16000"
    rate = check_float(name, value, above=0, unit="hertz", remedy=remedy)
    if not 1e-6 <= rate <= 1e12:
        fail(name, value, "is not a sampling rate", remedy)
    return rate


def near_names(name: str, known: Iterable[str], about: Callable[[str], str] | None = None) -> list[str]:
    """The names that a user may mean: those that contain all words of `name`, or else the most alike.

    `about` gives more words of a name, which are looked at where no name contains them. A number at the end
    of a word is left out where it is in no name: "lfcc2" finds all that "lfcc" finds.
    """
    known, words = list(known), re.findall(r"[^\W_]+", name.casefold())
    if words:
        found = [one for one in known if all(word in one.casefold() for word in words)]
        bare = [word.rstrip("0123456789") or word for word in words]
        if not found and bare != words:
            found = [one for one in known if all(word in one.casefold() for word in bare)]
        if not found and about is not None:
            found = [one for one in known if all(word in about(one).casefold() for word in words)]
        if found:
            return found
    return difflib.get_close_matches(name, known, n=1)


def check_choice(name: str, value: Any, allowed: Iterable[Any]) -> Any:
    """`value`, which must be one of `allowed`; the error suggests the nearest name."""
    choices = list(allowed)
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return value
    near = difflib.get_close_matches(format_value(value).strip("'"), [str(c) for c in choices], n=1)
    listed = ", ".join(repr(c) for c in choices)
    hint = f"did you mean {near[0]!r}? " if near else ""
    fail(name, value, "is not known here", f"{hint}choose one of {listed}")


def check_float_dtype(name: str, value: Any) -> np.dtype[Any]:
    """`value` as a floating-point dtype, float32 or float64."""
    try:
        kind = np.dtype(value)
    except Exception:  # numpy raises many kinds of errors here
        kind = np.dtype(object)
    if value is None or kind not in (np.float32, np.float64):
        fail(name, value, "must be a floating-point type", "give numpy.float32 or numpy.float64")
    return kind


def check_complex_dtype(name: str, value: Any) -> np.dtype[Any]:
    """`value` as a complex dtype, complex64 or complex128."""
    try:
        kind = np.dtype(value)
    except Exception:
        kind = np.dtype(object)
    if value is None or kind not in (np.complex64, np.complex128):
        fail(name, value, "must be a complex type", "give numpy.complex64 or numpy.complex128")
    return kind


def check_bool(name: str, value: Any) -> bool:
    """`value` as True or False."""
    if not isinstance(value, bool | np.bool_):
        fail(name, value, "must be True or False", f"give {name}=True or {name}=False")
    return bool(value)


def check_type(name: str, value: Any, kind: type[_Kind], remedy: str) -> _Kind:
    """`value`, which must be a `kind`."""
    if not isinstance(value, kind):
        fail(name, value, f"is not of type {kind.__name__}", remedy)
    return value


def check_texts(name: str, values: Any) -> list[str]:
    """`values` as a list of strings."""
    try:
        texts = list(values)
    except TypeError:
        fail(name, values, "must be a sequence of strings", "give a list of str")
    for number, value in enumerate(texts):
        if not isinstance(value, str):
            problem = f"must be a sequence of strings, and has {format_value(value)} at {number}"
            fail(name, values, problem, "give a list of str")
    return [str(value) for value in texts]


def has_masked(values: Any) -> bool:
    """Whether an array has masked values. Nothing has where `numpy.ma`, which loads slowly, is not loaded."""
    ma = sys.modules.get("numpy.ma")
    kind = getattr(ma, "MaskedArray", None)  # not there yet while another thread imports it
    return ma is not None and kind is not None and isinstance(values, kind) and bool(ma.is_masked(values))


def to_array(name: str, values: Any, remedy: str = "give an array of numbers") -> np.ndarray:
    """`values` as an array of any type."""
    if has_masked(values):
        fail(name, values, "has masked values", f"fill them, {name}.filled(0)")
    try:
        return np.asanyarray(values)
    except (ValueError, TypeError, OverflowError):  # rows of different lengths, or not a sequence
        fail(name, values, "is not an array of numbers", remedy)


def check_numeric(
    name: str,
    values: Any,
    kinds: str = "fiu",
    remedy: str = "give real numbers",
    what: str = "are not numbers",
) -> np.ndarray:
    """`values` as an array of numbers whose numpy dtype is of one of the `kinds`."""
    array = to_array(name, values, remedy)
    if array.dtype.kind not in kinds:
        problem = "are complex" if array.dtype.kind == "c" else what
        fail(name, values, f"{array.dtype} values {problem}", remedy)
    if array.dtype.kind in "fc" and array.dtype.itemsize not in _WIDTHS[array.dtype.kind]:
        fail(name, values, f"{array.dtype} is wider than the precision here", f"pass {name}.astype(float)")
    return array

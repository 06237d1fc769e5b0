"""Any callable as a front end of a corpus: what it declares of itself, and checks of what it returns."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterable, Set
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np

from ...errors import ParameterError, check_int, fail, has_masked

__all__ = ["CallableFault", "CallableFrontEnd", "Declared", "check_sendable", "declared", "values_of"]

#: What a callable has to declare.
NEEDED = ("name", "rows", "version")
#: The most rows: each has a name in the metadata.
MOST_ROWS = 1_000_000


class CallableFrontEnd(Protocol):
    """What `voicefeat.extract_corpus` takes in place of a front end: any callable with three attributes.

    It may have a fourth, ``sample_rate``: the rate in Hz that it is defined at. Recordings at another rate
    are then refused, as for a front end with a fixed rate; without it, or with None, any rate is accepted.

    Several threads call it at a time; give ``workers=1`` if it cannot be called so. For processes and
    clusters it is pickled, again for every few recordings: keep what is large, such as weights, out of the
    instance, and load it by a function with a cache, as ``examples/adapters/embedding_extractor.py`` does.

    Examples
    --------
    >>> import voicefeat as vf
    >>> class Level:
    ...     name = "level"
    ...     rows = ("rms", "peak")
    ...     version = "1"
    ...
    ...     def __call__(self, y, sr):
    ...         return np.array([[np.sqrt(np.mean(y**2))], [np.abs(y).max()]])
    >>> done = vf.extract_corpus("examples/audio", "levels", frontend=Level())
    >>> vf.open_dataset("levels", frontend=Level())
    <Dataset levels: 8 rows of level, 2 values per frame>
    """

    @property
    def name(self) -> str:
        """The name in the column ``feature``; of several in one run, also that of the folder."""
        ...

    @property
    def rows(self) -> int | Iterable[str]:
        """The number of rows that every result has, or a name for each."""
        ...

    @property
    def version(self) -> str:
        """A text that changes whenever the values may: of weights, settings and code.

        A dataset of another version is not continued.
        """
        ...

    def __call__(self, y: np.ndarray, sr: int, /) -> np.ndarray:
        """The features of a recording, or of a part or channel of one.

        Parameters
        ----------
        y : array of shape (n,)
            Samples, a copy that may be changed; float32, or float64 for a dataset of that type.
        sr : int
            Sampling rate in Hz.

        Returns
        -------
        array of shape (rows, frames)
            float32, float64 or float16; (rows, 1) for one vector.
        """
        ...


class CallableFault(ParameterError):
    """A callable that does not return what it declares: the run stops, because no recording is at fault."""


@dataclass(frozen=True)
class Declared:
    """The checked attributes of a callable, as they were when the run began."""

    name: str
    rows: tuple[str, ...]
    version: str
    rate: int | None

    @property
    def digest(self) -> str:
        """A hash of all of them."""
        facts = [self.name, self.rows, self.version, self.rate]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def declared(given: Any) -> Declared:
    """The attributes of a callable.

    Raises
    ------
    ParameterError
        If one of them is missing, or cannot be used.
    """
    if isinstance(given, type):
        fail("frontend", given, "is a class", "give an instance of it")
    if missing := [name for name in NEEDED if not hasattr(given, name)]:
        remedy = "a callable declares name, rows and version: see voicefeat.corpus.CallableFrontEnd"
        fail("frontend", given, f"has no {' and no '.join(missing)}", remedy)
    name, version = _text(given, "name"), _text(given, "version")
    rate = getattr(given, "sample_rate", None)
    if rate is not None:
        rate = check_int(f"{name}.sample_rate", rate, unit="Hz", remedy="give it in Hz, or None for any rate")
    return Declared(name, _rows(given, name), version, rate)


def _text(given: Any, attribute: str) -> str:
    value = getattr(given, attribute)
    if not isinstance(value, str) or not value.strip():
        fail(f"frontend.{attribute}", value, "must be a text that is not empty", "declare one")
    return value


def _rows(given: Any, name: str) -> tuple[str, ...]:
    """A name for each row; those of a number are made from the callable's name."""
    rows = given.rows
    if isinstance(rows, Set):
        fail(f"{name}.rows", rows, "has no order", "give the names in a list")
    if isinstance(rows, Iterable) and not isinstance(rows, str) and getattr(rows, "ndim", 1) != 0:
        names = tuple(islice(rows, MOST_ROWS + 1))
        if len(names) > MOST_ROWS:
            fail(f"{name}.rows", rows, f"has more than {MOST_ROWS:,} names", "declare fewer rows")
        if names and all(isinstance(row, str) for row in names) and len(set(names)) == len(names):
            return names
        fail(f"{name}.rows", rows, "must be a number, or different names", "declare a number")
    remedy = f"declare a number up to {MOST_ROWS:,}, or a name for each row"
    count = check_int(f"{name}.rows", rows, most=MOST_ROWS, unit="rows", remedy=remedy)
    return tuple(f"{name}_{index}" for index in range(count))


def check_sendable(given: Any, executor: Executor | None) -> None:
    """Refuse a callable that cannot be sent to the processes of `executor`."""
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.dumps(given)
        except Exception as error:  # libraries raise anything here
            why = " ".join(str(error).split()) or type(error).__name__
            remedy = "define it in a module, and keep in it what can be pickled; or leave executor out"
            fail("frontend", given, f"cannot be sent to other processes ({why})", remedy)


def values_of(given: CallableFrontEnd, due: Declared, y: np.ndarray, rate: int) -> np.ndarray:
    """What a callable returns for the signal `y`, checked and copied: (rows, frames) of the type of `y`.

    Raises
    ------
    CallableFault
        If it is not what the callable declares.
    ParameterError
        If a value is not finite, or there is no frame.
    """
    values: Any = given(y.copy(), rate)
    if not isinstance(values, np.ndarray) or has_masked(values):
        kind = f"{type(values).__module__}.{type(values).__qualname__}".removeprefix("builtins.")
        _fault(due, f"returned a {kind}", "return a numpy array of shape (rows, frames)")
    if values.ndim != 2:
        _fault(due, f"returned shape {values.shape}", "return (rows, frames), or (rows, 1) for one vector")
    if values.dtype.kind != "f" or values.dtype.itemsize > 8:
        _fault(due, f"returned values of type {values.dtype}", "return float32, float64 or float16")
    rows, frames = values.shape
    if rows != len(due.rows):
        problem = f"returned {rows} rows, and declares {len(due.rows)}"
        _fault(due, problem, "return the same number for every recording")
    if not frames:
        what = f"returned no frame for {y.size:,} samples"
        raise ParameterError(f"{due.name}: {what}; leave out recordings that are so short")
    with np.errstate(over="ignore"):
        stored = np.array(values, y.dtype, order="C")  # the callable may use its memory again
    if not (finite := np.isfinite(stored)).all():
        row, frame = np.argwhere(~finite)[0].tolist()
        value = values[row, frame]
        what = f"is too large for {y.dtype}" if np.isfinite(value) else "is not finite"
        remedy = "mend the callable, or leave this recording out"
        raise ParameterError(f"{due.name}: row {row} of frame {frame} {what} ({value:.6g}); {remedy}")
    return stored


def _fault(due: Declared, problem: str, remedy: str) -> None:
    raise CallableFault(f"frontend={due.name!r}: {problem}; {remedy}")

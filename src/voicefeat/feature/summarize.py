"""Statistics of features over a clip, or over windows of frames."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from .._typing import Float64Array, StatisticName
from ..errors import ParameterError, check_int, fail, to_array
from .extract import Stacked

__all__ = ["summarize"]

Statistic = Callable[[np.ndarray], np.ndarray]

#: What each name computes over the last axis.
_STATISTICS: dict[str, Statistic] = {
    "mean": lambda x: np.mean(x, axis=-1),
    "std": lambda x: np.std(x, axis=-1),
    "median": lambda x: np.median(x, axis=-1),
    "min": lambda x: np.min(x, axis=-1),
    "max": lambda x: np.max(x, axis=-1),
}
_QUANTILE = re.compile(r"q(0(\.\d+)?|1(\.0+)?|\.\d+)")
_CHOICES = f"choose among {', '.join(map(repr, _STATISTICS))} and quantiles like 'q0.05'"
#: Number of values copied to double precision at a time.
_AT_ONCE = 1 << 18


def summarize(
    features: Mapping[str, ArrayLike] | Stacked | ArrayLike,
    statistics: StatisticName | str | Sequence[StatisticName | str] = ("mean", "std"),
    *,
    frames: int | None = None,
    step: int | None = None,
    partial: bool = True,
    name: str | None = None,
) -> dict[str, np.float64 | Float64Array]:
    """Statistics of each row over all frames, or over windows of frames, as columns of a table.

    Parameters
    ----------
    features : mapping of str to real array of shape (..., rows, frames), Stacked, or one such array
        Result of `extract`, stacked or not, or of any feature. The arrays of a mapping must have the same
        leading dimensions and, with `frames`, the same number of frames.
    statistics : str or sequence of str
        "mean", "std", "median", "min", "max", and quantiles: "q" with a fraction from 0 to 1, "q0.05".
    frames : int, optional
        Length of a window in frames; by default one window holds them all.
    step : int, optional
        Hop from one window to the next in frames; by default `frames`.
    partial : bool
        Whether the frames after the last full window make a shorter one. Otherwise they are left out, and a
        clip shorter than one window gives empty columns.
    name : str, optional
        Prefix of the columns of an array that has no name; by default "feature".

    Returns
    -------
    dict of str to float64 number or array
        ``{name}_{row}_{statistic}`` for every row, row by row (``mfcc_0_mean``); rows are counted from 0. A
        value is one number, or an array of shape (windows, ...): windows first, if `frames` is given, then
        the leading dimensions of the features.

    Raises
    ------
    ParameterError
        If a statistic is not known or named twice, a feature is complex, has no rows or no frames, or does
        not fit the others, or a length cannot be used.

    Notes
    -----
    Definitions are numpy's: ``std`` divides by the number of frames (``ddof=0``), quantiles interpolate
    linearly, and the statistics of NaN are NaN. Everything is computed in double precision, and a value does
    not depend on the rest of the batch.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> row = vf.summarize({"mfcc": vf.mfcc(y, n_mfcc=2)}, ["mean", "q0.9"])
    >>> list(row)
    ['mfcc_0_mean', 'mfcc_0_q0.9', 'mfcc_1_mean', 'mfcc_1_q0.9']
    >>> by_window = vf.summarize(vf.mfcc(y), "mean", frames=20, name="mfcc")
    >>> by_window["mfcc_0_mean"].shape  # 44 frames: two windows of 20, one of 4
    (3,)
    """
    chosen = _chosen(statistics)
    length, hop = _lengths(frames, step, partial)
    arrays = _arrays(features, name)
    names = features.rows if _stacked(features) else None
    columns: dict[str, Any] = {}
    shared: tuple[str, tuple[int, ...], int] | None = None
    for key, values in arrays.items():
        windows = 1 if length is None else sum(1 for _ in _windows(values.shape[-1], length, hop, partial))
        shared = shared or (key, values.shape[:-2], windows)
        if (values.shape[:-2], windows) != shared[1:]:
            what = f"does not fit features[{shared[0]!r}] in leading dimensions or windows"
            fail(f"features[{key!r}]", values, what, "summarize them one by one")
    for key, values in arrays.items():
        results = _over_windows(values, list(chosen.values()), length, hop, partial)
        for row in range(values.shape[-2]):
            for label, result in zip(chosen, results, strict=True):
                column = result[..., row]
                of = names[row] if names else f"{key}_{row}"
                columns[f"{of}_{label}"] = column[0] if length is None else column
    return columns


def _chosen(statistics: Any) -> dict[str, Statistic]:
    """The statistics by their names in the columns."""
    names = [statistics] if isinstance(statistics, str) else statistics
    if not isinstance(names, Sequence) or isinstance(names, bytes) or not names:
        fail("statistics", statistics, "must be a name or a list of names", _CHOICES)
    chosen: dict[str, Statistic] = {}
    for name in names:
        if not isinstance(name, str):
            near = f"did you mean 'q{name:g}'? " if isinstance(name, float) and 0 <= name <= 1 else ""
            fail("statistics", name, "is not a statistic", near + _CHOICES)
        label, function = name, _STATISTICS.get(name)
        if function is None and _QUANTILE.fullmatch(name):
            fraction = float(name[1:])
            label, function = f"q{fraction:g}", _quantile(fraction)
        if function is None:
            fail("statistics", name, "is not known here", _CHOICES)
        if label in chosen:
            fail("statistics", name, "is named twice", "name it once")
        chosen[label] = function
    return chosen


def _quantile(fraction: float) -> Statistic:
    return lambda x: np.quantile(x, fraction, axis=-1)


def _lengths(frames: Any, step: Any, partial: Any) -> tuple[int | None, int]:
    if not isinstance(partial, bool):
        fail("partial", partial, "must be True or False", "give one of them")
    if frames is None:
        if step is not None:
            fail("step", step, "needs the length of the windows", "give frames too")
        return None, 1
    length = check_int("frames", frames, unit="frames")
    return length, length if step is None else check_int("step", step, unit="frames")


def _arrays(features: Any, name: Any) -> dict[str, np.ndarray]:
    """The features by name, checked."""
    if isinstance(features, Mapping):
        if name is not None:
            fail("name", name, "is for one array, and features is a mapping with names", "leave it out")
        if not features:
            raise ParameterError("features={}: holds no feature; give what vf.extract returns")
        return {str(key): _array(f"features[{key!r}]", value) for key, value in features.items()}
    if _stacked(features):
        if name is not None:
            fail("name", name, "is for one array, and these features have names", "leave it out")
        return {"stacked": _array("features", features.values)}
    if name is not None and not isinstance(name, str):
        fail("name", name, "is not a text", 'give one like "mfcc"')
    return {name or "feature": _array("features", features)}


def _stacked(features: object) -> TypeGuard[Stacked]:
    """Whether it is a `Stacked` of `extract`; importing that class would load the engine."""
    return getattr(features, "_fields", None) == ("values", "rows")


def _array(label: str, given: Any) -> np.ndarray:
    values = np.asarray(to_array("features", given))
    if values.dtype.kind == "c":
        fail(label, values, "is complex", "use magnitudes: abs(...), or spectrogram in place of stft")
    if values.dtype.kind not in "fiub":
        fail(label, given, "holds no real numbers", "give a feature, (..., rows, frames)")
    if values.ndim < 2:
        fail(label, values, "has no rows", "give (..., rows, frames); x[None] makes one row of frames")
    if not values.size:
        fail(label, values, "holds no frames", "give one frame or more")
    return values


def _windows(frames: int, length: int, hop: int, partial: bool) -> Iterator[tuple[int, int]]:
    """(first frame, frames) of every window; only the last can be shorter."""
    first = 0
    while first + length <= frames:
        yield first, length
        first += hop
    left = first < frames and (first == 0 or first - hop + length < frames)
    if partial and left:
        yield first, frames - first


def _over_windows(
    values: np.ndarray, functions: list[Statistic], length: int | None, hop: int, partial: bool
) -> list[np.ndarray]:
    """Each function's results, shape (windows, ..., rows)."""
    frames = values.shape[-1]
    spans = [(0, frames)] if length is None else list(_windows(frames, length, hop, partial))
    flat = values.reshape(-1, frames)
    results = [np.empty((len(spans), len(flat))) for _ in functions]
    place = 0
    for size, group in itertools.groupby(spans, key=lambda span: span[1]):
        starts = [first for first, _ in group]
        views = np.lib.stride_tricks.sliding_window_view(flat, size, axis=-1)
        _fill(views[:, starts[0] : starts[-1] + 1 : hop], functions, [r[place:] for r in results])
        place += len(starts)
    return [result.reshape(len(spans), *values.shape[:-1]) for result in results]


def _fill(views: np.ndarray, functions: list[Statistic], results: list[np.ndarray]) -> None:
    """results[k][window, row] = functions[k] of views[row, window], a bounded copy at a time.

    In a copy the frames of one window are contiguous, so that numpy adds them in the same order for every
    batch and memory layout.
    """
    rows, windows, size = views.shape
    some = max(1, min(windows, _AT_ONCE // size))
    many = max(1, _AT_ONCE // (size * some))
    with np.errstate(all="ignore"):
        for i in range(0, rows, many):
            for j in range(0, windows, some):
                x = np.array(views[i : i + many, j : j + some], np.float64, order="C")
                for function, result in zip(functions, results, strict=True):
                    result[j : j + some, i : i + many] = function(x).T

"""Filters without a bin: one way to say so; and warnings at the line that called the package."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType

import numpy as np

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
#: Files of the standard library that stand between a caller and a value that is made.
_BETWEEN = (dataclasses.__file__, functools.__file__, contextlib.__file__)

#: What is told where it is collected; None where it is said at once.
_told: ContextVar[list[str] | None] = ContextVar("told", default=None)


@contextlib.contextmanager
def collected() -> Iterator[list[str]]:
    """What would be said meanwhile, as a list: for whoever builds a bank on behalf of somebody else."""
    told: list[str] = []
    before = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(before)


def tell(message: str) -> None:
    """Say it once a line, as a UserWarning of the first line outside the package; or to who collects."""
    told = _told.get()
    if told is not None:
        told.append(message)
    else:
        warn(message)


def warn(message: str) -> None:
    """A UserWarning of the first line outside the package, however many features stand between."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_back is not None and _inside(frame):
        frame = frame.f_back
    assert frame is not None
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    module = frame.f_globals.get("__name__", "<unknown>")
    warnings.warn_explicit(
        message, UserWarning, frame.f_code.co_filename, frame.f_lineno, module=module, registry=registry
    )


def _inside(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    made = name == "<string>" and frame.f_code.co_name == "__init__"  # the one that a dataclass writes
    return name.startswith(_PACKAGE) or name in _BETWEEN or made


def check_filters(
    weights: np.ndarray, edges: np.ndarray, apart: float, count: str, first_edge: int = 0
) -> None:
    """Say how many rows of a bank hold no bin, and which is the first.

    Row i lies between ``edges[i - first_edge]`` and the edge after the next; bins are `apart` Hz apart, and
    `count` is the argument that says how many filters there are.
    """
    empty = np.flatnonzero(~(weights.max(axis=1) > 0))
    if not empty.size:
        return
    first = int(empty[0])
    low, high = edges[first - first_edge], edges[first - first_edge + 2]
    tell(
        f"{empty.size} of {len(weights)} filters are empty, the first is filter {first} at "
        f"{low:.4g} to {high:.4g} Hz, between two bins {apart:.4g} Hz apart; "
        f"use fewer filters ({count}) or a longer n_fft."
    )

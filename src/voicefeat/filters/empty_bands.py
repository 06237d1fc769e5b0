"""Warnings about filters without a bin, shown at the line that called the package."""

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
#: Files of the standard library that may stand in the call stack between the caller and the package.
_BETWEEN = (dataclasses.__file__, functools.__file__, contextlib.__file__)

#: The messages collected so far; None where messages are shown at once.
_messages: ContextVar[list[str] | None] = ContextVar("messages", default=None)


@contextlib.contextmanager
def collected() -> Iterator[list[str]]:
    """Collect messages in a list in place of showing them, for code that builds a bank for a later call."""
    messages: list[str] = []
    token = _messages.set(messages)
    try:
        yield messages
    finally:
        _messages.reset(token)


def tell(message: str) -> None:
    """Collect the message inside `collected`; otherwise warn of it, once per line of the caller."""
    messages = _messages.get()
    if messages is not None:
        messages.append(message)
    else:
        warn(message)


def warn(message: str) -> None:
    """Give a UserWarning at the innermost line outside the package."""
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
    generated = name == "<string>" and frame.f_code.co_name == "__init__"  # written by `dataclass`
    return name.startswith(_PACKAGE) or name in _BETWEEN or generated


def check_filters(
    weights: np.ndarray, edges: np.ndarray, apart: float, count: str, first_edge: int = 0
) -> None:
    """Warn if rows of a bank have no bin; the message gives their number and the first of them.

    Row i lies between ``edges[i - first_edge]`` and the edge after the next; bins are `apart` Hz apart, and
    `count` is the argument of the number of filters.
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

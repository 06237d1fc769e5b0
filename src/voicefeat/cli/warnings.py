"""Warnings on the command line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import escape
from .messages import tell

__all__ = ["warnings_as_lines"]


@contextmanager
def warnings_as_lines(command: str) -> Iterator[None]:
    """In this context our own warnings are printed in one line each, like other messages of `command`."""
    with warnings.catch_warnings():
        before = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if category is UserWarning:
                tell(f"{command}: {escape(str(message))}")
            else:
                before(message, category, *where, **more)

        warnings.showwarning = show
        yield

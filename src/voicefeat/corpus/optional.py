"""Modules of the optional extras, and Arrow arrays made of buffers.

`pyarrow.array` would import pandas, which takes a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

__all__ = ["array", "need", "numbers", "pandas", "texts"]


def need(module: str, extra: str = "corpus") -> Any:
    """Import a module of an extra; the error says how to install it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != module.split(".")[0]:
            raise
        package = module.split(".")[0]
        raise ModuleNotFoundError(
            f"{package} is not installed, and a dataset needs it: "
            f"pip install {package} (it is in voicefeat's extra {extra})",
            name=error.name,
        ) from None


def pandas() -> Any:
    """The module pandas; the error says how to install it."""
    try:
        return import_module("pandas")
    except ModuleNotFoundError:
        message = "pandas is not installed, and a data frame needs it: pip install pandas"
        raise ModuleNotFoundError(message, name="pandas") from None


def array(kind: Any, length: int, buffers: list[Any], children: list[Any] | None = None) -> Any:
    """An array of Arrow type `kind` without missing values."""
    pa = need("pyarrow")
    arrow_buffers = [None, *(pa.py_buffer(buffer) for buffer in buffers)]
    return pa.Array.from_buffers(kind, length, arrow_buffers, children=children)


def numbers(kind: Any, values: Any) -> Any:
    """An array of numbers of Arrow type `kind`."""
    return array(kind, len(values), [np.asarray(values, kind.to_pandas_dtype())])


def texts(values: Sequence[str]) -> Any:
    """An array of strings."""
    encoded = [text.encode() for text in values]
    offsets = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    return array(need("pyarrow").string(), len(values), [offsets, b"".join(encoded)])

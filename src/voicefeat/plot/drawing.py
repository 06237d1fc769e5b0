"""Drawing: reduction of frames to columns, axes and ticks."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from ..errors import check_float, escape, fail
from ..units.hertz import hz_to_mel, mel_to_hz
from .rows import Rows

#: Values that are reduced at a time.
_BLOCK = 1 << 20


def axes(ax: Any, square: bool = False) -> Any:
    """`ax`, or the axes of a new figure."""
    if ax is not None:
        if not hasattr(ax, "get_window_extent") or not hasattr(ax, "plot"):
            fail("ax", ax, "is not a matplotlib Axes", "give plt.gca(), or None for a new figure")
        return ax
    return pyplot().subplots(figsize=(4.8, 4.8) if square else (8, 3.2), layout="constrained")[1]


def pyplot() -> Any:
    """The module `matplotlib.pyplot`; the error says how to install it."""
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != "matplotlib":
            raise
        message = "matplotlib is not installed, and drawing needs it: pip install matplotlib"
        raise ModuleNotFoundError(message, name="matplotlib") from None
    return pyplot


def colours(cmap: Any, **limits: Any) -> dict[str, Any]:
    """The checked colour map, and the values of its lowest and highest colour."""
    from matplotlib import colormaps
    from matplotlib.colors import Colormap

    if not (cmap is None or isinstance(cmap, Colormap) or (isinstance(cmap, str) and cmap in colormaps)):
        fail("cmap", cmap, "is not a matplotlib colour map", "give a Colormap or its name, such as 'magma'")
    return {"cmap": cmap, **{k: None if v is None else check_float(k, v) for k, v in limits.items()}}


def titled(ax: Any, text: str) -> None:
    """Set `text` as title without interpreting it: it may contain names of files."""
    ax.set_title(escape(text), fontsize=10, parse_math=False)


def drawable(style: dict[str, Any]) -> dict[str, Any]:
    """The properties of a line, with a label that matplotlib can draw.

    matplotlib reads text between dollar signs as a formula. A formula that it cannot parse would stop the
    drawing of the whole figure, and is drawn as plain text.
    """
    label = style.get("label")
    if not isinstance(label, str):
        return style
    from matplotlib.cbook import is_math_text
    from matplotlib.mathtext import MathTextParser

    label = "".join(c if c == "\n" else escape(c) for c in label)
    if is_math_text(label) is True:
        try:
            MathTextParser("path").parse(label)
        except ValueError:
            label = label.replace("$", "\\$")
    return {**style, "label": label}


def pixels(ax: Any) -> int:
    """The width of an axis in pixels."""
    return max(1, math.ceil(ax.get_window_extent().width))


def maxima(S: np.ndarray, most: int) -> tuple[np.ndarray, int]:
    """At most `most` columns, each the maxima of several frames, and the number of frames per column.

    Complex numbers are replaced by their magnitudes; NaN is ignored unless all values are NaN.
    """
    rows, frames = S.shape
    step = -(-frames // most)
    kind = np.abs(S[:1, :1]).dtype
    out = np.empty((rows, -(-frames // step)), kind)
    block = max(1, _BLOCK // (rows * step))
    for first in range(0, out.shape[1], block):
        part = (
            np.abs(S[:, first * step : (first + block) * step])
            if S.dtype.kind == "c"
            else S[:, first * step : (first + block) * step]
        )
        starts = np.arange(0, part.shape[1], step)
        out[:, first : first + block] = np.fmax.reduceat(part, starts, axis=1) if step > 1 else part
    return out, step


def lowest_and_highest(y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, int]:
    """The minima and maxima of at most `most` segments of equal length, and that length."""
    step = -(-y.size // most)
    starts = np.arange(0, y.size, step)
    return np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts), step


def draw_rows(
    ax: Any,
    values: np.ndarray,
    rows: Rows,
    edges: np.ndarray,
    ends: tuple[float, float],
    style: dict[str, Any],
) -> Any:
    """Draw rows; columns lie between `edges` in seconds, and the axis shows the range `ends`."""
    if rows.scale == "linear":
        extent = (edges[0], edges[-1], rows.edges[0], rows.edges[-1])
        artist = ax.imshow(values, origin="lower", aspect="auto", extent=extent, **style)
    else:
        artist = ax.pcolormesh(edges, rows.edges, values, shading="flat", rasterized=True, **style)
        if rows.scale == "mel":
            functions = (partial(hz_to_mel, htk=rows.htk), partial(mel_to_hz, htk=rows.htk))
            ax.set_yscale("function", functions=functions)
        else:
            ax.set_yscale("log")
    if rows.ticks is not None:
        ax.set_yticks(rows.ticks[0], [escape(name) for name in rows.ticks[1]], parse_math=False)
        ax.set_yticks([], minor=True)
    elif rows.whole:
        ax.yaxis.get_major_locator().set_params(integer=True)
    ax.set(xlim=ends, ylim=rows.limits, xlabel="Time (s)", ylabel=rows.label)
    return artist

"""Plots of detectors: ROC, DET and the distribution of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import check_int
from ..metrics.costs import dcf_weights, least_cost
from ..metrics.eer import equal_error
from ..metrics.inputs import check_scores, curve_of
from ..metrics.thresholds import check_threshold, detection_trade_off
from .drawing import axes, drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
else:  # for those who read types at run time
    Axes = Line2D = Any

__all__ = ["det", "roc", "scores"]

#: Rates with a tick on the axes of a DET plot.
_TICKS = (0.0001, 0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99)
#: The smallest and the largest range of rates in a DET plot.
_LOW, _HIGH = 0.005, (0.5, 0.95)


def roc(bonafide: ArrayLike, spoof: ArrayLike, *, ax: Axes | None = None, **style: Any) -> Line2D:
    """Draw the receiver operating characteristic: accepted bona fide utterances over accepted spoofs.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default.
    **style
        Colour, label and other properties that matplotlib accepts for a line.

    Returns
    -------
    matplotlib.lines.Line2D
        The curve. A dot marks the equal error rate.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> import voicefeat as vf
    >>> import matplotlib.pyplot as plt
    >>> line = vf.plot.roc([1.0, 3.0, 4.0], [0.0, 2.0])
    >>> line.axes.get_xlabel()
    'Spoofs accepted (%)'
    >>> plt.close("all")
    """
    curve = curve_of(bonafide, spoof)
    ax = axes(ax, square=True)
    (line,) = ax.plot(100 * curve.false_alarm, 100 - 100 * curve.miss, **drawable(style))
    equal = equal_error(curve)
    ax.plot(100 * equal.false_alarm, 100 - 100 * equal.miss, "o", color=line.get_color())
    ax.plot([0, 100], [0, 100], color="0.75", linewidth=0.8, zorder=0)  # scores without information
    ax.set(xlim=(0, 100), ylim=(0, 100), xlabel="Spoofs accepted (%)", ylabel="Bona fide accepted (%)")
    ax.set_aspect("equal")
    return line


def det(bonafide: ArrayLike, spoof: ArrayLike, *, ax: Axes | None = None, **style: Any) -> Line2D:
    """Draw the detection error trade-off, a straight line if the scores of both classes are Gaussian.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default. Several detectors can be drawn on the same axes.
    **style
        Colour, label and other properties that matplotlib accepts for a line.

    Returns
    -------
    matplotlib.lines.Line2D
        The curve, in normal quantiles. A dot marks the equal error rate, a cross the minimum detection cost
        with the costs of ASVspoof 5.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite.
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> import matplotlib.pyplot as plt
    >>> rng = np.random.default_rng(1)
    >>> line = vf.plot.det(rng.normal(2, 1, 300), rng.normal(0, 1, 900), label="a detector")
    >>> line.axes.get_ylabel()
    'Bona fide rejected (%)'
    >>> plt.close("all")
    """
    from scipy.special import ndtri

    curve = curve_of(bonafide, spoof)
    found = detection_trade_off(curve)
    ax = axes(ax, square=True)
    (line,) = ax.plot(found.false_alarm_deviate, found.miss_deviate, **drawable(style))
    for point, sign in ((equal_error(curve), "o"), (least_cost(curve, *dcf_weights()), "x")):
        k = int(np.searchsorted(curve.thresholds, point.threshold))
        ax.plot(found.false_alarm_deviate[k], found.miss_deviate[k], sign, color=line.get_color())
    ticks = ndtri(np.array(_TICKS))
    names = [f"{100 * rate:g}" for rate in _TICKS]
    ax.set_xticks(ticks, names)
    ax.set_yticks(ticks, names)
    low = min(ndtri(_LOW), *ax.dataLim.min)  # of all lines on this axis
    marked = [np.asarray(line.get_xydata()).max() for line in ax.lines if line.get_marker() in ("o", "x")]
    high = np.clip(max(marked) + 0.3, *ndtri(_HIGH))
    ends = low, high
    ax.set(xlim=ends, ylim=ends, xlabel="Spoofs accepted (%)", ylabel="Bona fide rejected (%)")
    ax.set_aspect("equal")
    ax.grid(color="0.9", linewidth=0.6)
    return line


def scores(
    bonafide: ArrayLike,
    spoof: ArrayLike,
    *,
    threshold: float | None = None,
    bins: int = 60,
    ax: Axes | None = None,
) -> Line2D:
    """Draw histograms of the scores of both classes.

    Parameters
    ----------
    bonafide, spoof : array of shape (n,)
        Scores of either class; a higher score means bona fide.
    threshold : float, optional
        Position of the vertical line: utterances to its right are accepted. By default the equal error rate.
    bins : int
        Number of bars over the range of all scores.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default.

    Returns
    -------
    matplotlib.lines.Line2D
        The line of the threshold.

    Raises
    ------
    ParameterError
        If a vector is empty or has values that are not finite, or a setting cannot be used.
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> import voicefeat as vf
    >>> import matplotlib.pyplot as plt
    >>> line = vf.plot.scores([1.0, 3.0, 4.0], [0.0, 2.0], threshold=1.5)
    >>> [text.get_text() for text in line.axes.get_legend().get_texts()]
    ['spoof (2)', 'bona fide (3)']
    >>> plt.close("all")
    """
    bonafide, spoof = check_scores("bonafide", bonafide), check_scores("spoof", spoof)
    bins = check_int("bins", bins)
    if threshold is None:
        threshold = equal_error(curve_of(bonafide, spoof)).threshold
    threshold = check_threshold("threshold", threshold)
    ax = axes(ax)
    edges = np.histogram_bin_edges(np.concatenate([bonafide, spoof]), bins)
    for values, name, colour in ((spoof, "spoof", "C3"), (bonafide, "bona fide", "C0")):
        share = np.full(values.size, 100 / values.size)
        label = f"{name} ({values.size:,})"
        ax.hist(values, edges.tolist(), weights=share, color=colour, alpha=0.5, label=label)
    line = ax.axvline(threshold, color="0.2", linewidth=1)
    ax.set(xlabel="Score (higher: bona fide)", ylabel="Utterances (%)", xlim=(edges[0], edges[-1]))
    ax.legend(frameon=False)
    return line

"""Pictures of features, signals and detectors, with axes in seconds and in what the rows are.

Needs matplotlib, the ``plot`` extra, which is loaded when something is first drawn. Nothing is ever shown:
``matplotlib.pyplot.show()`` does that, and a notebook by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.limits import not_finite, usable
from ..audio.signals import signal
from ..errors import ParameterError, check_bool, check_int, check_rate, fail
from ..feature.registry import find
from ..units.decibels import power_to_db
from .detectors import det, roc, scores
from .drawing import axes, colours, draw_rows, drawable, lowest_and_highest, maxima, pixels, pyplot
from .rows import frame_times, rows_of, settings_of

__all__ = ["spectrogram", "waveform", "det", "roc", "scores"]

#: Rows that hold magnitudes or powers, of which decibels can be made.
_POWERS = ("frequency bin", "mel band", "linear band")


def spectrogram(
    S: Any,
    sr: float = 22050,
    *,
    feature: str = "spectrogram",
    ax: Any = None,
    db: bool = False,
    top_db: float | None = 80.0,
    y_axis: str | None = None,
    cmap: Any = "magma",
    vmin: float | None = None,
    vmax: float | None = None,
    columns: int | None = None,
    **settings: Any,
) -> Any:
    """Draw a feature over time.

    Parameters
    ----------
    S : array of shape (rows, frames)
        The feature's values; of complex spectra the magnitudes are drawn.
    sr : float
        Sampling rate in Hz of the signal it was made of.
    feature : str
        Which feature it is, by the name of its function. It tells what the rows are: hertz, coefficients,
        pitch classes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    db : bool
        Draw magnitudes or powers in decibels below the largest. Otherwise values are drawn as they are.
    top_db : float or None
        With `db`, how far below the largest the lowest colour is; None for as far as values go.
    y_axis : {None, "linear", "mel", "log"}
        Spacing of rows in hertz. By default that of the feature: mel for `melspectrogram`, even for spectra.
    cmap : str or matplotlib.colors.Colormap
        Colours.
    vmin, vmax : float, optional
        Values of the lowest and of the highest colour; the data's own by default.
    columns : int, optional
        Most columns to draw. Longer features are drawn as the maxima of as many neighbouring frames as it
        takes; two columns a pixel by default.
    **settings
        What the feature was made with: `hop_length`, `n_fft`, `fmin`, `fmax`, `htk` and so on, as its
        function takes them and with its defaults.

    Returns
    -------
    matplotlib.image.AxesImage or matplotlib.collections.QuadMesh
        What was drawn, the latter where rows are not evenly spaced; for ``figure.colorbar`` and the like.

    Raises
    ------
    ParameterError
        If `S` is no such array, or a setting is not the feature's or cannot be used.
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> import matplotlib.pyplot as plt
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> c = vf.mfcc(y, 22050, n_mfcc=13)
    >>> image = vf.plot.spectrogram(c, 22050, feature="mfcc")
    >>> image.axes.get_xlabel(), image.axes.get_ylabel()
    ('Time (s)', 'Coefficient')
    >>> plt.close("all")
    """
    sr = check_rate("sr", sr)
    made, db = find(feature), check_bool("db", db)
    S = _values(S)
    chosen = settings_of(made, settings)
    rows = rows_of(made, S.shape[0], sr, chosen, settings, y_axis)
    start, period = frame_times(made, S.shape[0], sr, chosen)
    if columns is not None:
        columns = check_int("columns", columns)
    if db:
        _check_powers(made.name, made.row, S)
    pyplot()
    style = colours(cmap, vmin=vmin, vmax=vmax)
    ax = axes(ax)
    drawn, step = maxima(S, columns or 2 * pixels(ax))
    if db:
        drawn = power_to_db(drawn ** (2 / (chosen.get("power") or 1)), ref=np.max, amin=1e-30, top_db=top_db)
    edges = start + (step * np.arange(drawn.shape[1] + 1) - 0.5) * period
    ends = edges[0], start + (S.shape[1] - 0.5) * period
    return draw_rows(ax, drawn[rows.first :], rows, edges, ends, style)


def _values(S: Any) -> np.ndarray:
    S = np.asarray(S)
    if S.dtype.kind not in "fiuc":
        fail("S", S, "holds no numbers", "pass what a feature returned")
    if S.ndim != 2:
        remedy = "draw one channel at a time, S[0]" if S.ndim > 2 else "pass S[numpy.newaxis]"
        fail("S", S, "must have shape (rows, frames)", remedy)
    if 0 in S.shape:
        fail("S", S, "holds nothing", "pass one frame at least")
    return S


def _check_powers(name: str, row: str, S: np.ndarray) -> None:
    if row not in _POWERS and "bin" not in row:
        raise ParameterError(f"db=True: {name} holds no magnitudes or powers; leave db out")
    if S.dtype.kind != "c" and np.nanmin(S) < 0:
        fail("S", S, "holds negative values, so that it is in decibels already", "leave db out")


def waveform(y: Any, sr: float = 22050, *, ax: Any = None, columns: int | None = None, **style: Any) -> Any:
    """Draw a signal over time.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    columns : int, optional
        Most points to draw as a line. A longer signal is drawn as the band between the lowest and the highest
        of as many neighbouring samples as it takes; two points a pixel by default.
    **style
        Colour, label and whatever else matplotlib takes for a line (or a filled band).

    Returns
    -------
    matplotlib.lines.Line2D or matplotlib.collections.PolyCollection
        What was drawn.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or has several channels, or `sr` is not above 0.
    ModuleNotFoundError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> import matplotlib.pyplot as plt
    >>> band = vf.plot.waveform(np.sin(np.arange(16000) / 20), 16000)
    >>> band.axes.get_xlabel(), float(band.axes.get_xlim()[1])
    ('Time (s)', 1.0)
    >>> plt.close("all")
    """
    sr = check_rate("sr", sr)
    y = signal(y)
    if y.ndim != 1:
        fail("y", y, "has several channels", "draw one at a time, y[0], or their mean, to_mono(y)")
    if columns is not None:
        columns = check_int("columns", columns)
    if not usable(y):
        not_finite(y)
    ax, style = axes(ax), drawable(style)
    most = columns or 2 * pixels(ax)
    if y.size <= most:
        (artist,) = ax.plot(np.arange(y.size) / sr, y, **{"linewidth": 0.8, **style})
    else:
        low, high, step = lowest_and_highest(y, most)
        middles = (np.arange(low.size) + 0.5) * step / sr
        artist = ax.fill_between(middles, low, high, **{"linewidth": 0.4, **style})
    ax.set(xlim=(0, y.size / sr), xlabel="Time (s)", ylabel="Amplitude")
    return artist

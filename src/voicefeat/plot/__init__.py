"""Plots of features, signals and detectors, with axes in seconds and in the units of the rows.

Needs matplotlib, the ``plot`` extra, which is loaded by the first drawing. Figures are not shown: call
``matplotlib.pyplot.show()``, or use a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .._typing import SignalLike
from ..audio.limits import not_finite, usable
from ..audio.signals import signal
from ..errors import ParameterError, check_bool, check_int, check_rate, fail
from ..feature.names import FeatureName
from ..presets.front_end import FrontEnd
from ..presets.names import FrontEndName
from ..units.decibels import power_to_db
from .detectors import det, roc, scores
from .drawing import axes, colours, draw_rows, drawable, lowest_and_highest, maxima, pixels, pyplot
from .source import Source, source_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection, QuadMesh
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
else:  # for those who read types at run time
    Axes = PolyCollection = QuadMesh = Colormap = AxesImage = Line2D = Any

__all__ = ["spectrogram", "waveform", "det", "roc", "scores"]


def spectrogram(
    S: ArrayLike,
    sr: float | None = None,
    *,
    feature: FeatureName | FrontEndName | str | FrontEnd | None = None,
    ax: Axes | None = None,
    db: bool | None = None,
    top_db: float | None = 80.0,
    y_axis: Literal["linear", "mel", "log"] | None = None,
    cmap: str | Colormap | None = "magma",
    vmin: float | None = None,
    vmax: float | None = None,
    columns: int | None = None,
    **settings: Any,
) -> AxesImage | QuadMesh:
    """Draw a feature over time.

    Parameters
    ----------
    S : array of shape (rows, frames)
        The values of the feature; for complex spectra the magnitudes are drawn.
    sr : float, optional
        Sampling rate in Hz of the signal; by default that of the front end, or 22050.
    feature : str or FrontEnd, optional
        What `S` is: the name of a feature, or a front end or its name. It decides what the rows are
        (frequencies, coefficients or pitch classes), and with the settings when the frames are. By default a
        spectrogram, whose `hop_length` or `n_fft` must be given.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default.
    db : bool, optional
        Whether values are drawn in decibels below the peak. By default magnitudes and powers are, unless
        there are values below zero, which are decibels already. All else is drawn unchanged.
    top_db : float or None
        The distance of the lowest colour from the peak in decibels, where they are drawn; None for
        the full range.
    y_axis : {None, "linear", "mel", "log"}
        Scale of the frequency axis. By default that of the feature: mel for `melspectrogram`, linear for
        spectra.
    cmap : str or matplotlib.colors.Colormap
        Colour map.
    vmin, vmax : float, optional
        Values of the lowest and of the highest colour; by default those of the data.
    columns : int, optional
        Largest number of columns to draw; two per pixel by default. In longer features, each column is the
        maximum of neighbouring frames.
    **settings
        Settings with which the feature was computed: `hop_length`, `n_fft`, `fmin`, `fmax`, `htk` and so on,
        with the defaults of its function. A front end has its own.

    Returns
    -------
    matplotlib.image.AxesImage or matplotlib.collections.QuadMesh
        The drawn image, the latter if rows are not evenly spaced; for ``figure.colorbar`` and the like.

    Raises
    ------
    ParameterError
        If `S` is not such an array, has more rows than the feature, or its hop is not known; if a
        setting is unknown to the feature or cannot be used.
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
    >>> fbank = vf.frontend("kaldi-fbank-40")
    >>> image = vf.plot.spectrogram(fbank(y[:16000], 16000), feature=fbank)
    >>> image.axes.get_ylabel(), [round(float(t), 2) for t in image.axes.get_xlim()]
    ('Frequency (Hz)', [0.01, 0.99])
    >>> plt.close("all")
    """
    if db is not None:
        db = check_bool("db", db)
    if sr is not None:
        check_rate("sr", sr)
    if columns is not None:
        columns = check_int("columns", columns)
    S = _values(S)
    source = source_of(feature, S, sr, settings, y_axis)
    power = source.power if db is None else _power(source, S) if db else None
    if db is None and S.dtype.kind != "c" and np.nanmin(S) < 0:
        power = None  # powers in decibels already
    pyplot()
    style = colours(cmap, vmin=vmin, vmax=vmax)
    ax = axes(ax)
    drawn, step = maxima(S, columns or 2 * pixels(ax))
    if power is not None:
        drawn = power_to_db(drawn ** (2 / power), ref=np.max, amin=1e-30, top_db=top_db)
    edges = source.start + (step * np.arange(drawn.shape[1] + 1) - 0.5) * source.period
    ends = edges[0], source.start + (S.shape[1] - 0.5) * source.period
    return draw_rows(ax, drawn[source.rows.first :], source.rows, edges, ends, style)


def _values(S: Any) -> np.ndarray:
    S = np.asarray(S)
    if S.dtype.kind not in "fiuc":
        fail("S", S, "holds no numbers", "pass the result of a feature")
    if S.ndim != 2:
        remedy = "draw one channel at a time, S[0]" if S.ndim > 2 else "pass S[numpy.newaxis]"
        fail("S", S, "must have shape (rows, frames)", remedy)
    if 0 in S.shape:
        fail("S", S, "is empty", "pass at least one frame")
    return S


def _power(source: Source, S: np.ndarray) -> float:
    """The power of the magnitudes in `S`, which the caller wants to be drawn in decibels."""
    if source.power is None:
        raise ParameterError(f"db=True: {source.name} holds no magnitudes or powers; leave db out")
    if S.dtype.kind != "c" and np.nanmin(S) < 0:
        fail("S", S, "has negative values, so it is in decibels already", "leave db out")
    return source.power


def waveform(
    y: SignalLike, sr: float = 22050, *, ax: Axes | None = None, columns: int | None = None, **style: Any
) -> Line2D | PolyCollection:
    """Draw a signal over time.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default.
    columns : int, optional
        Largest number of points to draw as a line; two per pixel by default. A longer signal is drawn as a
        band between the minima and maxima of neighbouring samples.
    **style
        Colour, label and other properties that matplotlib accepts for a line (or a filled band).

    Returns
    -------
    matplotlib.lines.Line2D or matplotlib.collections.PolyCollection
        The drawn line or band.

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

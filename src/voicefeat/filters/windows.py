"""Analysis windows: common ones from a formula, the rest from scipy."""

from __future__ import annotations

import difflib
import numbers
import warnings
from typing import Any

import numpy as np

from .._typing import FloatArray, Window
from ..errors import LONGEST, check_int, fail

__all__ = ["get_window", "window_bandwidth"]

# Sums of cosines, a0 + a1 cos(x) + a2 cos(2x) over -π..π; Kaldi's "povey" is a power of Hann.
_HANN = (0.5, 0.5)
_COSINES = {
    "boxcar": (1.0,),
    "hann": _HANN,
    "povey": _HANN,
    "hamming": (0.54, 1.0 - 0.54),
    "blackman": (0.42, 0.50, 0.08),
}
_ALIASES = {
    "box": "boxcar", "ones": "boxcar", "rect": "boxcar", "rectangular": "boxcar",
    "han": "hann",
    "ham": "hamming", "hamm": "hamming",
    "black": "blackman", "blk": "blackman",
}  # fmt: skip
#: The largest value of a window.
LARGEST = 1e6
#: Kaldi's default window is a Hann window to the power of this.
_POVEY = 0.85
#: Windows without parameters whose bandwidth librosa keeps in a table, computed from 8193 symmetric samples.
_TABULATED = frozenset(
    """
    bart barthann bartlett bkh black blackharr blackman blackmanharris blk bman bmn bohman box boxcar brt
    brthan bth cosine flat flattop flt halfcosine ham hamm hamming han hann nut nutl nuttall ones par parz
    parzen rect rectangular tri triang triangle
    """.split()  # noqa: SIM905
)


def get_window(window: Window, Nx: int, *, fftbins: bool = True) -> FloatArray:
    """A window of `Nx` samples.

    Parameters
    ----------
    window : str, tuple, float, callable or array_like
        A name known to `scipy.signal.get_window`, or ``"povey"`` (Hann to the power of 0.85, Kaldi's
        default); a tuple of a name and its parameters; a number, the beta of a Kaiser window; a function
        that is called with `Nx`; or `Nx` values.
    Nx : int > 0
        Length in samples; 2^24 at most.
    fftbins : bool
        True for a periodic window, for spectra; False for a symmetric one. Ignored for functions and values.

    Returns
    -------
    numpy.ndarray, shape (Nx,), float64 (given float32 values stay float32)
        The window.

    Raises
    ------
    ParameterError
        If the name is unknown, parameters are missing, or the values are not `Nx` finite numbers.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.get_window``; SciPy 1.17; Kaldi's ``feature-window.cc`` for
    ``"povey"``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.filters.get_window("hann", 4))
    [0.  0.5 1.  0.5]
    """
    Nx = check_int("Nx", Nx, unit="samples", most=LONGEST)
    if isinstance(window, str):
        known = _cosine(window, Nx, fftbins)
        return _scipy(window, Nx, fftbins) if known is None else known
    if isinstance(window, tuple):
        return _scipy(window, Nx, fftbins)
    if callable(window):
        return _values(window, window(Nx), Nx)
    one = isinstance(window, np.ndarray) and not window.ndim
    if one or window is None or isinstance(window, numbers.Number):
        if np.asarray(window).dtype.kind not in "fiu":
            fail("window", window, "is not a window", 'give a name such as "hann", a function or an array')
        return _scipy(float(np.asarray(window)), Nx, fftbins)
    return _values(window, window, Nx)


def window_bandwidth(window: Window, n: int | None = None) -> float:
    """Equivalent noise bandwidth of a window, in bins of an FFT as long as the window.

    Parameters
    ----------
    window : str, tuple, float or callable
        As for `get_window`.
    n : int > 0 or None
        Length of the window that is measured. None is as in librosa: 8193 for common windows without
        parameters, by name or as functions of scipy (librosa has a table of them), and 1000 for others.

    Returns
    -------
    float
        ``n * sum(w ** 2) / sum(w) ** 2``.

    Raises
    ------
    ParameterError
        If the window is not known.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.filters.window_bandwidth``, which ignores `n` for windows of its table.
    Those are symmetric here, as in the table; others are periodic, as from `get_window`.

    Examples
    --------
    >>> import voicefeat as vf
    >>> round(vf.filters.window_bandwidth("hann"), 4), round(vf.filters.window_bandwidth("hann", n=1000), 4)
    (1.5002, 1.5015)
    """
    name = window
    if callable(window) and str(getattr(window, "__module__", "")).startswith("scipy.signal.windows"):
        name = window.__name__
    known = isinstance(name, str) and name in _TABULATED
    n = (8193 if known else 1000) if n is None else check_int("n", n, unit="samples", most=LONGEST)
    values = get_window(name, n, fftbins=False) if known else get_window(window, n)
    return float(n * np.sum(values**2) / (np.sum(values) ** 2 + np.finfo(float).tiny))


def _cosine(name: str, n: int, periodic: bool) -> np.ndarray | None:
    """The window `name`, or None if it is not a sum of cosines."""
    if name.endswith("_symmetric"):
        name, periodic = name.removesuffix("_symmetric"), False
    elif name.endswith("_periodic"):
        name, periodic = name.removesuffix("_periodic"), True
    name = _ALIASES.get(name, name)
    if name not in _COSINES:
        return None
    if n == 1:
        return np.ones(1)
    # A periodic window is a symmetric one with one more sample, dropped.
    angle = np.linspace(-np.pi, np.pi, n + periodic)
    total = np.zeros(n + periodic)
    for k, a in enumerate(_COSINES[name]):
        total += a * np.cos(k * angle)
    if name == "povey":
        total **= _POVEY
    return total[:n]


def _scipy(window: Any, n: int, periodic: bool) -> np.ndarray:
    from scipy.signal import get_window as window_of

    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = np.asarray(window_of(window, n, fftbins=bool(periodic)))
    except Exception as problem:  # scipy does not check parameters, so numpy may raise anything
        name = window[0] if isinstance(window, tuple) and window else window
        hint = _nearest(name) if isinstance(name, str) else "give (name, parameters), or values as an array"
        if isinstance(window, tuple) and hint.startswith(_AS_TUPLE):
            hint = f"give other parameters, as scipy's {name} takes them"
        fail("window", window, str(problem).rstrip("."), hint)
    return _check_finite(window, values)


def _check_finite(window: Any, values: np.ndarray) -> np.ndarray:
    """The values, which must be finite and not too large for a spectrum."""
    if not (np.isfinite(values).all() and np.abs(values).max() <= LARGEST):
        fail(
            "window", window, f"has values that are not finite or above {LARGEST:g}", "give other parameters"
        )
    return values


_AS_TUPLE = "parameters go into a tuple"


def _nearest(name: str) -> str:
    from scipy.signal import windows

    names = {n for n in windows.__all__ if n != "get_window"} | set(_COSINES) | set(_ALIASES)
    if name in names:
        return f"{_AS_TUPLE}, such as ({name!r}, parameter)"
    near = difflib.get_close_matches(name.lower(), sorted(names), n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(sorted(names))}"


def _values(window: Any, values: Any, n: int) -> np.ndarray:
    """Given values of a window, checked."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "fiu":
        fail("window", window, "must hold real numbers", f"give {n} of them")
    if array.shape != (n,):
        fail("window", window, f"holds {array.shape} values where {n} are needed", f"give {n} values")
    if not np.isfinite(array).all():
        fail("window", window, "has values that are not finite", "give finite numbers")
    return _check_finite(
        window, array if array.dtype.kind == "f" and array.itemsize in (4, 8) else array.astype(float)
    )

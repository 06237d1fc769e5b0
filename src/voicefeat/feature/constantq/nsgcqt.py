"""The constant-Q transform of a whole signal by non-stationary Gabor frames, and its inverse."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import ComplexArray, FloatArray, SignalLike
from ...audio.signals import signal
from ...cache import memoised
from ...chain.constantq import slices
from ...chain.constantq.gabor import Channels, Layout, edges, invert, transformed
from ...errors import check_choice, check_int, check_numeric, fail

__all__ = ["insgcqt", "nsgcqt", "nsgcqt_frequencies", "nsgcqt_times"]


@memoised
def _channels(sr: Any, fmin: Any, fmax: Any, bins_per_octave: Any, gamma: Any) -> Channels:
    return Channels.make(sr, fmin, fmax, bins_per_octave, gamma)


@overload
def nsgcqt(
    y: SignalLike,
    sr: float = ...,
    *,
    bins_per_octave: int = ...,
    fmin: float | None = ...,
    fmax: float | None = ...,
    gamma: float | None = ...,
    ends: Literal[False] = ...,
    block: float | None = ...,
) -> ComplexArray: ...


@overload
def nsgcqt(
    y: SignalLike,
    sr: float = ...,
    *,
    bins_per_octave: int = ...,
    fmin: float | None = ...,
    fmax: float | None = ...,
    gamma: float | None = ...,
    ends: Literal[True],
    block: float | None = ...,
) -> tuple[ComplexArray, ComplexArray, ComplexArray]: ...


@overload
def nsgcqt(
    y: SignalLike,
    sr: float = ...,
    *,
    bins_per_octave: int = ...,
    fmin: float | None = ...,
    fmax: float | None = ...,
    gamma: float | None = ...,
    ends: bool,
    block: float | None = ...,
) -> ComplexArray | tuple[ComplexArray, ComplexArray, ComplexArray]: ...
def nsgcqt(
    y: SignalLike,
    sr: float = 22050,
    *,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
    ends: bool = False,
    block: float | None = None,
) -> ComplexArray | tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Constant-Q transform of the whole clip by non-stationary Gabor frames, at common times.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    bins_per_octave : int
        Channels per octave.
    fmin, fmax : float
        Centres of the first and the last channel in Hz. By default `fmax` is half of `sr` and `fmin` is nine
        octaves below `fmax`. Channels that reach beyond half of `sr` are left out.
    gamma : float, 0 or more
        Constant in Hz added to the bandwidth that constant Q gives to each channel. By default it follows
        hearing, ``228.7 * (2**(1/B) - 2**(-1/B))`` for B bins per octave.
    ends : bool
        Whether to return the channels at 0 Hz and half of `sr`, which the inverse needs.
    block : float, optional
        Hop in seconds of the overlapping slices into which a long recording is cut. By default the whole
        recording is transformed at once.

    Returns
    -------
    C : complex array of shape (..., channels, frames)
        complex64 for float32, else complex128. A sine of amplitude 1 at the centre of a channel has magnitude
        1 there; phases refer to the time of the signal.
    dc, nyquist : complex arrays of shape (..., 1, m)
        Channels at 0 Hz and half of `sr`, each with its own number of samples; only with ``ends=True``.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    References
    ----------
    G. Velasco, N. Holighaus, M. Doerfler, T. Grill, "Constructing an invertible constant-Q transform with
    non-stationary Gabor frames", DAFx 2011. C. Schoerkhuber, A. Klapuri, N. Holighaus, M. Doerfler, "A Matlab
    toolbox for efficient perfect reconstruction time-frequency transforms with log-frequency resolution", AES
    53rd conference, 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> C = vf.nsgcqt(y, 16000, bins_per_octave=12, fmin=62.5)
    >>> C.shape, int(abs(C[:, 400]).argmax()), round(float(abs(C[48, 400])), 3)
    ((83, 850), 48, 1.0)
    """
    channels = _channels(sr, fmin, fmax, bins_per_octave, gamma)
    if check_choice("ends", ends, (True, False)) and block is not None:
        fail("ends", ends, "the channels at 0 Hz and half of sr need the whole signal", "leave block out")
    y = signal(y)
    plan = slices.slice_plan(channels, y, y.shape[-1], block)
    kind = np.result_type(y.dtype, np.complex64)
    C = slices.computed(plan, y, plan.layout.bins, kind, slices.bins)
    if not ends:
        return C
    signals = y.reshape(-1, y.shape[-1])
    dc, nyquist = (
        np.stack([end.analyse(transformed(x)) for x in signals]).reshape(*y.shape[:-1], 1, -1).astype(kind)
        for end in edges(channels, plan.layout)
    )
    return C, dc, nyquist


def _checked(C: Any, dc: Any, nyquist: Any, layout: Layout, lengths: list[int]) -> list[np.ndarray]:
    """The three parts as complex arrays of one precision, with the leading dimensions merged."""
    shapes = [(layout.bins, layout.points), (1, lengths[0]), (1, lengths[1])]
    parts: list[np.ndarray] = []
    for name, given, shape in zip(("C", "dc", "nyquist"), (C, dc, nyquist), shapes, strict=True):
        part = check_numeric(name, given, "fc", "give the result of nsgcqt with ends=True")
        if part.dtype.kind not in "fc" or part.shape[-2:] != shape:
            problem = f"does not have the shape (..., {shape[0]}, {shape[1]}) for length={layout.n}"
            fail(name, given, problem, "give the result of nsgcqt with ends=True, and its settings")
        if parts and part.shape[:-2] != parts[0].shape[:-2]:
            fail(
                name,
                given,
                f"has other leading dimensions than C, of shape {parts[0].shape}",
                "give the results of one call",
            )
        if not np.isfinite(part).all():
            fail(name, given, "holds numbers that are not finite", "leave the recording out")
        parts.append(part)
    kind = np.complex64 if parts[0].dtype.itemsize <= 8 and parts[0].dtype != np.float64 else np.complex128
    return [part.reshape(-1, *part.shape[-2:]).astype(kind, copy=False) for part in parts]


def insgcqt(
    C: ArrayLike,
    dc: ArrayLike,
    nyquist: ArrayLike,
    sr: float = 22050,
    *,
    length: int,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
) -> FloatArray:
    """Inverse of `nsgcqt`, exact.

    Parameters
    ----------
    C, dc, nyquist : complex arrays of shape (..., channels, frames), (..., 1, m)
        Result of `nsgcqt` with ``ends=True``.
    sr : float
        Sampling rate in Hz.
    length : int
        Length of the signal in samples.
    bins_per_octave, fmin, fmax, gamma
        The arguments with which `nsgcqt` was called.

    Returns
    -------
    array of shape (..., length)
        float32 for complex64, else float64.

    Raises
    ------
    ParameterError
        If shapes do not fit the settings, numbers are not finite, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000)
    >>> back = vf.insgcqt(*vf.nsgcqt(y, 16000, ends=True), sr=16000, length=16000)
    >>> bool(np.allclose(back, y))
    True
    """
    channels = _channels(sr, fmin, fmax, bins_per_octave, gamma)
    if (n := check_int("length", length, unit="samples")) < channels.least:
        fail("length", length, f"one frame needs {channels.least} samples", "give the signal's own length")
    layout = channels.layout(n)
    outer = edges(channels, layout)
    parts = _checked(C, dc, nyquist, layout, [end.length for end in outer])
    out = np.stack([invert(c, low, high, layout, outer) for c, low, high in zip(*parts, strict=True)])
    return out.reshape(*np.shape(C)[:-2], n).astype(parts[0].real.dtype, copy=False)


def nsgcqt_frequencies(
    sr: float = 22050,
    *,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
) -> FloatArray:
    """Centre frequencies of the channels of `nsgcqt`.

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    bins_per_octave, fmin, fmax, gamma
        As in `nsgcqt`.

    Returns
    -------
    float64 array
        Frequencies in Hz, ``fmin * 2**(k / bins_per_octave)``.

    Raises
    ------
    ParameterError
        If a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> f = vf.nsgcqt_frequencies(16000)
    >>> f.size, f[0].item()
    (863, 15.625)
    """
    return _channels(sr, fmin, fmax, bins_per_octave, gamma).frequencies()


def nsgcqt_times(
    n: int,
    sr: float = 22050,
    *,
    bins_per_octave: int = 96,
    fmin: float | None = None,
    fmax: float | None = None,
    gamma: float | None = None,
    block: float | None = None,
) -> FloatArray:
    """Times of the frames of `nsgcqt`, `cqcc` and `cqcc_spectrum`, as in the constant-Q toolbox.

    Parameters
    ----------
    n : int
        Length of the signal in samples.
    sr : float
        Sampling rate in Hz.
    bins_per_octave, fmin, fmax, gamma, block
        As in `nsgcqt`.

    Returns
    -------
    float64 array of shape (frames,)
        Times in seconds: ``(1 + t) * n / (frames * sr)`` for frame t, without `block`. The toolbox counts
        frames from 1; the true centre of frame t is one hop earlier.

    Raises
    ------
    ParameterError
        If `n` is too small, or a setting cannot be used.

    Examples
    --------
    >>> import voicefeat as vf
    >>> times = vf.nsgcqt_times(64600, 16000)
    >>> times.size, round(float(times[0]), 5)
    (473, 0.00854)
    """
    channels = _channels(sr, fmin, fmax, bins_per_octave, gamma)
    n = check_int("n", n, unit="samples")
    plan = slices.slice_plan(channels, n, n, block, name="n")
    return np.arange(1, plan.frames + 1) * plan.period / channels.sr

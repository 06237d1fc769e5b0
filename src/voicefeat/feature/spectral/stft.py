"""Short-time Fourier transform and spectrogram."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..._typing import ComplexArray, FloatArray, PadMode, SignalLike, Window
from ...audio.limits import not_finite
from ...audio.signals import signal
from ...cache import memoised
from ...chain.block_loop import run
from ...chain.frames import Frames
from ...chain.jobs import Rows
from ...chain.stages import Chain, Spectrum
from ...chain.tables import usable
from ...errors import check_complex_dtype, check_numeric, fail
from ..recipe import computed_by

__all__ = ["magphase", "spectrogram", "stft"]


@memoised
def stft_chain(
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
) -> Chain:
    """Frames, complex spectrum."""
    return Chain(Frames.make(n_fft, hop_length, win_length, window, center, pad_mode), Spectrum(None))


@memoised
def spectrogram_chain(
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: Window,
    center: bool,
    pad_mode: PadMode,
    power: float,
) -> Chain:
    """Frames, magnitudes to a power."""
    frames = Frames.make(n_fft, hop_length, win_length, window, center, pad_mode)
    return Chain(frames, Spectrum.make(power))


def stft_job(
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: Window,
    center: bool,
    dtype: Any,
    pad_mode: PadMode,
) -> Rows:
    """The job of `stft_chain`, with a result of type `dtype`."""
    chain = stft_chain(n_fft, hop_length, win_length, window, center, pad_mode)
    return Rows(chain, dtype=None if dtype is None else check_complex_dtype("dtype", dtype))


@computed_by(stft_job)
def stft(
    y: SignalLike,
    *,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    dtype: DTypeLike | None = None,
    pad_mode: PadMode = "constant",
    out: np.ndarray | None = None,
) -> ComplexArray:
    """Short-time Fourier transform, as ``librosa.stft``.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_fft : int
        Frame length in samples.
    hop_length : int, optional
        Hop in samples; a quarter of `win_length` by default.
    win_length : int, optional
        Length of the window in samples, centred in the frame; `n_fft` by default.
    window : str, tuple, float, callable or array of shape (win_length,)
        As in ``scipy.signal.get_window``, periodic.
    center : bool
        Pad so that frame t is centred on sample ``t * hop_length``.
    dtype : complex dtype, optional
        By default complex64 for float32 and complex128 for float64. With complex128, float32 is transformed
        in double precision.
    pad_mode : str or callable
        As in ``numpy.pad``: "constant", "edge", "linear_ramp", "reflect", "symmetric" or a function.
    out : complex array of shape (..., 1 + n_fft // 2, frames or more), optional
        Array to write to. It is returned, or, if it has more frames than the result, a view of the result.

    Returns
    -------
    complex array of shape (..., 1 + n_fft // 2, frames)
        One row per frequency, ``k * sr / n_fft`` Hz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Notes
    -----
    float32 is transformed in single precision, where librosa uses double and rounds the result.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> D = vf.stft(y)
    >>> D.shape, D.dtype
    ((1025, 44), dtype('complex128'))
    >>> int(np.abs(D[:, 20]).argmax() * 22050 / 2048)
    441
    """
    job = stft_job(n_fft, hop_length, win_length, window, center, dtype, pad_mode)
    return run(job, y) if out is None else _run_into(job, y, out)


def _run_into(job: Rows, y: Any, out: Any) -> np.ndarray:
    """Write the transform to the array `out`, which is unchanged when the signal is refused."""
    assert job.chain.frames is not None
    y = signal(y)
    if job.double:
        y = y.astype(np.float64, copy=False)
    target = _target(out, job.chain.frames, y)
    if target.dtype == np.result_type(y.dtype, np.complex64) and target.flags.c_contiguous:
        if not usable(y):
            not_finite(y)
        run(Rows(job.chain, target), y)
    else:
        target[...] = run(job.chain, y)
    return out if out.shape == target.shape else target


def _target(out: Any, frames: Frames, y: np.ndarray) -> np.ndarray:
    """The part of `out` that the transform fills."""
    frames.check_length(y.shape[-1])
    count = frames.count(y.shape[-1])
    shape = (*y.shape[:-1], 1 + frames.n_fft // 2)
    if not isinstance(out, np.ndarray) or out.dtype.kind != "c":
        fail("out", out, "must be a complex array", f"give np.empty({(*shape, count)}, np.complex64)")
    if out.shape[:-1] != shape or out.shape[-1] < count:
        fail("out", out, f"must have shape {(*shape, count)}, or more frames", "give an array of that shape")
    if not out.flags.writeable:
        fail("out", out, "is read-only", "give a writable array, or None")
    return out[..., :count]


@computed_by(spectrogram_chain)
def spectrogram(
    y: SignalLike,
    *,
    n_fft: int = 2048,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Window = "hann",
    center: bool = True,
    pad_mode: PadMode = "constant",
    power: float = 1.0,
) -> FloatArray:
    """Magnitude or power spectrogram, ``abs(stft(y)) ** power``, without a complex array.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    n_fft, hop_length, win_length, window, center, pad_mode
        As in `stft`.
    power : float above 0
        1.0 for magnitude, 2.0 for power.

    Returns
    -------
    float32 or float64 array of shape (..., 1 + n_fft // 2, frames)
        One row per frequency, ``k * sr / n_fft`` Hz.

    Raises
    ------
    ParameterError
        If the signal is empty, not finite or too short, or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> S = vf.spectrogram(y, n_fft=512, hop_length=160, power=2.0)
    >>> S.shape, S.dtype
    ((257, 101), dtype('float32'))
    """
    return run(spectrogram_chain(n_fft, hop_length, win_length, window, center, pad_mode, power), y)


def magphase(D: ArrayLike, *, power: float = 1) -> tuple[FloatArray, ComplexArray]:
    """Magnitude and phase, ``D = S * P`` with ``S = abs(D)``, as ``librosa.magphase``.

    Parameters
    ----------
    D : complex array
        Any shape.
    power : float
        Exponent of the magnitude.

    Returns
    -------
    S : float array of D's shape
        ``abs(D) ** power``.
    P : complex array of D's shape
        ``exp(1j * angle(D))``; 1 where D is 0.

    Raises
    ------
    ParameterError
        If `power` is not a number above 0.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> S, P = vf.magphase(np.array([3 + 4j, 0j]))
    >>> S.tolist(), P.tolist()
    ([5.0, 0.0], [(0.6+0.8j), (1+0j)])
    """
    checked = Spectrum.make(power).power
    exponent: Any = power if isinstance(power, int) else checked
    D = check_numeric("D", D, "fiuc", "give the result of stft")
    with np.errstate(all="ignore"):
        S = np.abs(D)
        try:
            raised = S**exponent
        except OverflowError:  # Python integers have no infinity
            raised = np.array(np.inf)
    if not np.isfinite(raised).all():
        fail("D", D, "holds values that are not finite or too large", "pass stft(y), and a power of 1 or 2")
    zero = S == 0
    P = np.empty_like(D, dtype=np.result_type(D.dtype, np.complex64))
    P.real = np.where(zero, 1, D.real / np.where(zero, 1, S))
    P.imag = np.where(zero, 0, D.imag / np.where(zero, 1, S))
    return raised, P

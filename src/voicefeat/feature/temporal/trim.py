"""Removal of silence, by the energy of frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..._typing import FloatArray, IntArray, SignalLike
from ...audio.signals import signal
from ...engine.squares import root_mean_squares
from ...errors import check_float, fail
from ...units.decibels import amplitude_to_db
from .frames import by_frames, sample_frames

__all__ = ["split", "trim"]


def trim(
    y: SignalLike,
    *,
    top_db: float = 60,
    ref: float | Callable[..., ArrayLike] = np.max,
    frame_length: int = 2048,
    hop_length: int = 512,
    aggregate: Callable[..., ArrayLike] = np.max,
) -> tuple[FloatArray, IntArray]:
    """Trim silence from both ends of a signal, as ``librosa.effects.trim``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; all channels are cut at the same samples.
    top_db : float
        Frames more than this many decibels below `ref` are silent. A negative value sets a threshold above
        `ref`.
    ref : float or callable
        The `rms` of 0 dB, or a function that computes it from the `rms` of all frames of all channels.
    frame_length, hop_length : int
        Frame length and hop in samples; frames are centred on samples 0, hop_length, ...
    aggregate : callable
        Function with an argument `axis` that combines the levels of several channels.

    Returns
    -------
    y_trimmed : array of shape (..., m)
        Part from the first frame that is not silent to the end of the last one's hop, of y's type; a view if
        `y` is an array.
    index : integer array of shape (2,)
        First sample of that part and the sample after its last; 0 and 0 if all frames are silent.

    Raises
    ------
    ParameterError
        If the input cannot be used.

    Notes
    -----
    Digital silence has no frame below its peak: with a `ref` computed from the frames, all of it is kept.

    Source: librosa 0.11.0, ``librosa.effects.trim``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.zeros(8192)
    >>> y[4096:5120] = 0.5
    >>> part, index = vf.trim(y, frame_length=512, hop_length=128)
    >>> print(part.shape, index)
    (1408,) [3968 5376]
    """
    heard = np.flatnonzero(_heard(y, top_db, ref, frame_length, hop_length, aggregate))
    y, hop = np.asarray(y), int(hop_length)
    start, end = 0, 0
    if heard.size:
        start, end = int(heard[0]) * hop, min(y.shape[-1], (int(heard[-1]) + 1) * hop)
    return y[..., start:end], np.asarray([start, end])


def split(
    y: SignalLike,
    *,
    top_db: float = 60,
    ref: float | Callable[..., ArrayLike] = np.max,
    frame_length: int = 2048,
    hop_length: int = 512,
    aggregate: Callable[..., ArrayLike] = np.max,
) -> IntArray:
    """Split a signal at silences, as ``librosa.effects.split``.

    Parameters
    ----------
    y : float array of shape (..., n)
        Signal; all channels are cut at the same samples.
    top_db, ref, frame_length, hop_length, aggregate
        Definition of silence, as in `trim`.

    Returns
    -------
    integer array of shape (parts, 2)
        First sample of each part and the sample after its last.

    Raises
    ------
    ParameterError
        If the input cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.effects.split``.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.zeros(8192)
    >>> y[1024:2048] = y[4096:5120] = 0.5
    >>> print(vf.split(y, frame_length=512, hop_length=128))
    [[ 896 2304]
     [3968 5376]]
    """
    heard = _heard(y, top_db, ref, frame_length, hop_length, aggregate)
    turns = np.flatnonzero(np.diff(heard.astype(np.int8), prepend=0, append=0))
    return np.minimum(turns * hop_length, np.shape(y)[-1]).reshape(-1, 2)


def _heard(y: Any, top_db: Any, ref: Any, frame_length: Any, hop_length: Any, aggregate: Any) -> np.ndarray:
    """Which frames are not silent."""
    frames = sample_frames(frame_length, hop_length, True, "constant")
    top_db = check_float("top_db", top_db, unit="decibels", remedy="the default is 60")
    if not callable(ref):
        check_float("ref", ref, low=0, remedy="give ref=numpy.max for the peak")
    if not callable(aggregate):
        fail("aggregate", aggregate, "must be a function with an argument axis", "give numpy.max")
    y = signal(y)
    levels = by_frames(y, frames, y.dtype, root_mean_squares)[..., 0, :]
    loudest = np.asarray(ref(levels) if callable(ref) else ref)
    if loudest.size != 1 or loudest.dtype.kind not in "fiu":
        fail("ref", ref, "must return one level", "give numpy.max or a number")
    db = amplitude_to_db(levels, ref=loudest.item(), top_db=None)
    if db.ndim > 1:
        db = np.apply_over_axes(aggregate, db, range(db.ndim - 1)).reshape(-1)
    return np.asarray(db > -top_db)

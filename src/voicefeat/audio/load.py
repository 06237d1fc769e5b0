"""Loading recordings: decoding, mixing down to one channel, resampling."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from .._typing import FloatArray, ResType, SignalLike
from ..errors import AudioError, check_choice, check_float, check_float_dtype, check_rate
from .decoding import check_room, printable_name, read, sample_at
from .limits import not_finite, usable
from .resample import MOST_TIMES, WAYS, resample
from .signals import signal

if TYPE_CHECKING:
    from soundfile import SoundFile
else:
    SoundFile = Any  # for those who read types at run time

__all__ = ["load", "to_mono"]


def load(
    path: str | os.PathLike[str] | IO[bytes] | SoundFile,
    *,
    sr: float | None = 22050,
    mono: bool = True,
    offset: float = 0.0,
    duration: float | None = None,
    dtype: DTypeLike = np.float32,
    res_type: ResType | None = "soxr_hq",
) -> tuple[FloatArray, float]:
    """Read a recording, resampled and mixed down to mono by default.

    Parameters
    ----------
    path : path, file open for reading bytes, or soundfile.SoundFile
        WAV, FLAC, OGG, MP3 or any other format of libsndfile. A file is read from its beginning, whatever its
        position; a SoundFile from its current position unless `offset` is given. It stays open.
    sr : float > 0 or None
        The sampling rate to resample to, in Hz; None keeps that of the recording.
    mono : bool
        True to average all channels.
    offset, duration : float
        The part to read, in seconds, each rounded to the nearest sample; a `duration` of None reads to the
        end of the recording.
    dtype : float32 or float64
        Data type of the samples; integer PCM is scaled to [-1, 1).
    res_type : str or None
        Method of resampling, as in `resample`.

    Returns
    -------
    y : numpy.ndarray, shape (n,) or (channels, n)
        The samples.
    sr : float
        Sampling rate in Hz.

    Raises
    ------
    AudioError
        If the file is missing (the error is then also a `FileNotFoundError`), not audio or damaged; if it
        holds no samples, fewer than its header says or one that is not finite; if its samples would take more
        than 512 MiB and 300 times its size; or if it holds a second recording of another rate or number of
        channels.
    ParameterError
        If an argument cannot be used.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.load``. A recording that ends early is an error here; librosa returns
    the samples that exist. All samples of a file are read, even if the header says fewer or if recordings
    were joined. A header without a length, or an Ogg file without an end-of-stream mark, gives one warning.

    Examples
    --------
    >>> import io, numpy as np, soundfile, voicefeat as vf
    >>> file = io.BytesIO()
    >>> soundfile.write(file, np.zeros((16000, 2)), 16000, format="WAV")
    >>> _ = file.seek(0)
    >>> y, sr = vf.load(file, sr=None)
    >>> y.shape, y.dtype, sr
    ((16000,), dtype('float32'), 16000)
    """
    if sr is not None:
        check_rate("sr", sr, remedy="give None to keep the recording's own")
    offset = check_float("offset", offset, low=0, unit="seconds")
    if duration is not None:
        duration = check_float(
            "duration", duration, above=0, unit="seconds", remedy="give None to read to the end"
        )
    if res_type is not None:
        check_choice("res_type", res_type, WAYS)

    def part(rate: int) -> tuple[int, int | None]:
        count = None if duration is None else sample_at(duration, rate)
        if count == 0:
            problem = f"duration={duration:g} is less than one sample at {rate} Hz"
            raise AudioError(f"{printable_name(path)}: {problem}; give more")
        return sample_at(offset, rate), count

    frames, rate, *_ = read(path, part, check_float_dtype("dtype", dtype))
    if frames.shape[1] == 1:
        y = frames[:, 0]
    elif mono:
        y = frames.mean(axis=1)
    else:
        y = np.ascontiguousarray(frames.T)
    if sr is None:
        return y, rate
    target = float(sr)
    if target > MOST_TIMES * rate or rate > MOST_TIMES * target:
        problem = f"its rate, {rate} Hz, and sr={target:g} differ by more than a factor of {MOST_TIMES}"
        raise AudioError(
            f"{printable_name(path)}: {problem}; give sr=None to keep its own rate, or repair it"
        )
    check_room(printable_name(path), y.nbytes, int(y.nbytes * target / rate))
    return resample(y, orig_sr=rate, target_sr=sr, res_type=res_type), sr


def to_mono(y: SignalLike) -> FloatArray:
    """The mean of all channels.

    Parameters
    ----------
    y : array_like, shape (..., n)
        A signal; int16 and int32 PCM is scaled to [-1, 1).

    Returns
    -------
    numpy.ndarray, shape (n,), float32 or float64
        One channel. A signal with one axis is returned unchanged.

    Raises
    ------
    ParameterError
        If `y` is not a signal.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.to_mono``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> print(vf.to_mono([[1.0, 0.0, 0.5], [0.0, 0.0, 0.5]]))
    [0.5 0.  0.5]
    """
    y = signal(y)
    mono = y if y.ndim == 1 else np.mean(y, axis=tuple(range(y.ndim - 1)))
    if not usable(mono):
        not_finite(y)
    return mono

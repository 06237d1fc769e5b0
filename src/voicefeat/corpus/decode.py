"""From a file to samples: one channel, float32, at the file's own rate or resampled."""

from __future__ import annotations

import os
import stat

import numpy as np

from ..audio import load
from ..errors import AudioError

__all__ = ["CHANNELS", "decode", "openable", "versions"]

#: What becomes of several channels, as the dataset's metadata says it.
CHANNELS = "averaged"


def decode(path: str, sr: int | None = None) -> tuple[np.ndarray, int]:
    """Decode `path` as ``(y, rate)``: float32 in [-1, 1], channels averaged.

    Parameters
    ----------
    path : str
        A file that libsndfile reads.
    sr : int, optional
        The rate to resample to (soxr HQ, as :func:`voicefeat.load` does it); by default the file's own.

    Returns
    -------
    y : ndarray of shape (samples,), float32
    rate : int
        The rate of `y` in Hz.

    Raises
    ------
    AudioError
        If the file cannot be read as :func:`voicefeat.load` would, or is no regular file.
    """
    y, rate = load(openable(path), sr=sr)
    return y, int(rate)


def openable(path: str) -> str | bytes:
    """`path` as libsndfile takes it, or an error if opening it could wait for ever."""
    if _waits(path):
        raise AudioError(f"{path}: is a pipe or a device, no regular file; copy what it holds into a file")
    return _encodable(path)


def _waits(path: str) -> bool:
    """Whether opening `path` could wait for ever."""
    try:
        kind = os.stat(path).st_mode
    except OSError:
        return False  # `load` says what is wrong
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def _encodable(path: str) -> str | bytes:
    """`path`, as bytes if it has some that are no text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def versions() -> dict[str, str]:
    """The versions of everything that has a say in the numbers of a dataset."""
    import soundfile
    import soxr

    from .. import __version__

    return {
        "voicefeat": __version__,
        "numpy": np.__version__,
        "soxr": soxr.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
    }

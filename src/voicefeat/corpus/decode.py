"""What can be opened, and the versions of everything that has a say in the samples."""

from __future__ import annotations

import os
import stat

import numpy as np

from ..errors import AudioError

__all__ = ["openable", "versions"]

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

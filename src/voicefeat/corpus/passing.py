"""Faults of the machine that pass: a run stops at them and goes on later, for no recording is to blame."""

from __future__ import annotations

import errno
import os

from .storing import GOES_ON

__all__ = ["stop_if_passing"]

_FEWER = "close programs, or give fewer workers"
_NETWORK = "see to the network or the server that holds the recordings"
#: What mends each fault.
REMEDIES = {
    errno.EMFILE: "allow more open files (ulimit -n), or give fewer workers",
    errno.ENFILE: _FEWER,
    errno.ENOMEM: f"{_FEWER}, or shorter parts (part_seconds)",
    errno.ENOBUFS: _FEWER,
    errno.ENOLCK: _FEWER,
    errno.ESTALE: _NETWORK,
    errno.ETIMEDOUT: _NETWORK,
    errno.ENOTCONN: _NETWORK,
    errno.ENETDOWN: _NETWORK,
    errno.ENETUNREACH: _NETWORK,
    errno.EHOSTUNREACH: _NETWORK,
    errno.ECONNRESET: _NETWORK,
    errno.ECONNABORTED: _NETWORK,
}


def stop_if_passing(path: str, error: BaseException) -> None:
    """Raise what stops a run if `error`, met while `path` was read or analysed, is no fault of the recording.

    Raises
    ------
    OSError
        Of the number and kind of the fault, with what to do.
    """
    number = errno.ENOMEM if isinstance(error, MemoryError) else getattr(error, "errno", None)
    if isinstance(error, MemoryError | OSError) and number in REMEDIES:
        told = f"{os.strerror(number)}, no fault of this recording; {REMEDIES[number]}, {GOES_ON}"
        raise OSError(number, told, path) from error

"""Temporary faults of the machine: they stop a run, which can be continued; no recording is at fault."""

from __future__ import annotations

import errno
import os

from ...errors import is_transient
from ..output.disk_errors import GOES_ON

__all__ = ["stop_if_passing"]

_FEWER = "close programs, or give fewer workers"
#: The remedies; all other faults are those of a network.
_REMEDIES = {
    errno.EMFILE: "allow more open files (ulimit -n), or give fewer workers",
    errno.ENFILE: _FEWER,
    errno.ENOMEM: f"{_FEWER}, or shorter parts (part_seconds)",
    errno.ENOBUFS: _FEWER,
    errno.ENOLCK: _FEWER,
}
_NETWORK = "check the network or the server that holds the recordings"


def stop_if_passing(path: str, error: BaseException) -> None:
    """Stop the run if `error`, raised while `path` was read or analysed, is not a fault of the recording.

    Raises
    ------
    OSError
        With the number of the fault, and a remedy.
    """
    if is_transient(error):
        number = error.errno if isinstance(error, OSError) and error.errno else errno.ENOMEM
        remedy = _REMEDIES.get(number, _NETWORK)
        message = f"{os.strerror(number)}, not a fault of this recording; {remedy}, {GOES_ON}"
        raise OSError(number, message, path) from error

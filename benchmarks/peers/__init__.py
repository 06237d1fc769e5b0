"""The other libraries, each as it is meant to be used: what a user builds once is built once.

A factory ``make(sr, **settings)`` takes librosa's settings and returns ``call(y)``, or None where the
library cannot do that row. Values are compared with librosa's, and with those of the libraries that a row
calls alike (asrfront, AFX, torchaudio: the same definitions); the rest have their own (pre-emphasis, frame
counts and scales differ a little): the same work, not the same numbers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

__all__ = ["LIBRARIES", "Call", "available"]

#: Distribution by module.
LIBRARIES = {
    "librosa": "librosa",
    "torch": "torch",
    "torchaudio": "torchaudio",
    "asrfront": "asrfront",
    "afx_audio": "afx-audio",
    "audioflux": "audioflux",
    "kaldi_native_fbank": "kaldi-native-fbank",
    "spafe": "spafe",
    "python_speech_features": "python_speech_features",
}

Call = Callable[[np.ndarray], Any]


def available(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Which of the libraries can be imported, and why the others cannot."""
    found, missing = [], {}
    for name in names:
        try:
            importlib.import_module(name)
            found.append(name)
        except Exception as problem:  # a broken install raises anything: it is named, not fatal
            missing[LIBRARIES[name]] = str(problem).splitlines()[0] if str(problem) else repr(problem)
    return found, missing

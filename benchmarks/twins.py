"""librosa's side of each row, and what librosa lacks made of its pieces.

A factory ``make(sr, **settings)`` returns ``call(y)``. The linear bank is made once, outside the timing;
what librosa makes at every call (the mel and chroma banks) is inside, as it is for its users.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft

import voicefeat as vf

Call = Callable[[np.ndarray], Any]


def triangles(sr: int, n_fft: int, n_filters: int) -> np.ndarray:
    """Triangles linear in Hz with peaks of one, (n_filters, 1 + n_fft // 2)."""
    edges = np.linspace(0, sr / 2, n_filters + 2)
    bins = np.linspace(0, sr / 2, 1 + n_fft // 2)
    rows = [np.interp(bins, edges[i : i + 3], [0, 1, 0]) for i in range(n_filters)]
    return np.array(rows, dtype=np.float32)


def librosa_function(name: str) -> Callable[..., Any] | None:
    """librosa's function of that name, in whichever of its modules it is; None where it has none."""
    import librosa

    homes = (librosa.feature, librosa, librosa.effects, librosa.feature.inverse)
    return next((getattr(home, name) for home in homes if hasattr(home, name)), None)


def librosa_call(name: str, sr: int, **settings: Any) -> Call:
    """librosa's function `name` with its settings, and `sr` if it takes one."""
    function = librosa_function(name)
    if function is None:
        raise LookupError(f"librosa has no {name}: a row of it names its twin among its peers")
    parameters = inspect.signature(function).parameters
    if "sr" in parameters:
        settings = {"sr": sr, **settings}
    first = next(iter(parameters.values()))
    if first.kind is first.KEYWORD_ONLY:
        return lambda y: function(y=y, **settings)
    return lambda y: function(y, **settings)


def reference_call(name: str, sr: int, **settings: Any) -> Call:
    """The reference that the parity table compares the feature `name` with, made of librosa's pieces."""
    tests = str(Path(__file__).resolve().parents[1] / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    reference = import_module("reference").REFERENCES[name]
    if "sr" in inspect.signature(getattr(vf, name)).parameters:
        settings = {"sr": sr, **settings}
    return lambda y: reference(y, **settings)


def librosa_power(sr: int, *, power: float, **settings: Any) -> Call:
    import librosa

    return lambda y: np.abs(librosa.stft(y, **settings)) ** power


def librosa_linear(sr: int, *, n_filters: int, **settings: Any) -> Call:
    import librosa

    bank = triangles(sr, settings["n_fft"], n_filters)
    return lambda y: bank @ np.abs(librosa.stft(y, **settings)) ** 2


def librosa_lfcc(sr: int, *, n_lfcc: int, log: str, **settings: Any) -> Call:
    import librosa

    bands = librosa_linear(sr, **settings)

    def call(y):
        logs = np.log(np.maximum(bands(y), 1e-10))
        c = scipy.fft.dct(logs, axis=-2, norm="ortho")[..., :n_lfcc, :]
        return np.concatenate([c, librosa.feature.delta(c), librosa.feature.delta(c, order=2)], axis=-2)

    return call


def librosa_to_audio(source: str, sr: int, *, random_state: int) -> Call:
    """librosa's ``mel_to_audio`` or ``mfcc_to_audio``, step by step: by themselves they take no seed."""
    import librosa

    inverse = librosa.feature.inverse

    def call(x):
        bands = inverse.mfcc_to_mel(x) if source == "mfcc" else x
        return librosa.griffinlim(inverse.mel_to_stft(bands, sr=sr), random_state=random_state)

    return call

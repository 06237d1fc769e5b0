"""Several features in one pass, against librosa's separate calls and against our own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.corpus.table.recipes import RECIPES

from ..row import Own, Row, bound
from ..twins import librosa_call
from .harmony import peaks

#: The features of the 26 columns of DEEP-VOICE.
_FEATURES: dict[str, dict[str, Any]] = {n: dict(own) for n, own in RECIPES["deep-voice"].features.items()}
_TUNED = {**_FEATURES, "chroma_stft": {"tuning": 0.0}}


def _extract(y: np.ndarray, sr: int, features: Mapping[str, Mapping[str, Any]]) -> dict[str, np.ndarray]:
    return vf.extract(y, sr, features)


def _librosa(sr: int, *, features: Mapping[str, Mapping[str, Any]]):
    calls = {name: librosa_call(name, sr, **own) for name, own in features.items()}
    return lambda y: {name: call(y) for name, call in calls.items()}


def _calls(features: Mapping[str, Mapping[str, Any]], *names: str):
    """Our own single calls of these features."""

    def call(y: np.ndarray, sr: int) -> None:
        for name in names or features:
            bound(getattr(vf, name), sr, features[name])(y)

    return call


def _row(
    label: str, features: Mapping[str, Mapping[str, Any]], targets: Mapping[str, float], **more: Any
) -> Row:
    most = {"60s": 1.6} if targets else {}
    own = (
        Own("mfcc and chroma_stft", _calls(features, "mfcc", "chroma_stft"), most),
        Own("each of the seven by a call of its own", _calls(features)),
    )
    return Row("extract", label, {"features": features}, targets=targets, recipe=_extract, own=own,
               peers={"librosa": _librosa}, **more)  # fmt: skip


def _kept(y: np.ndarray, sr: int) -> float:
    """Bytes a frame: 128 mel bands until the loudest is known, and the peaks of the tuning."""
    return 128 * 4.0 + peaks(y, sr)


ROWS = [
    _row("extract, the 26 of DEEP-VOICE", _FEATURES, {"60s": 15}, kept=_kept, headline=True),
    _row("extract, the 26 of DEEP-VOICE, tuning given", _TUNED, {}, kept=128 * 4.0),
]

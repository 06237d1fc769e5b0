"""Streams: four seconds pushed in pieces, beside kaldi-native-fbank's online interface."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import voicefeat as vf

from ..peers.with_speech import kaldi_online
from ..row import Row


def _alone(sr: int, **settings: Any) -> None:
    """librosa has no streams."""


def _pushed(fe: vf.FrontEnd, size: int) -> Callable[..., list[np.ndarray]]:
    def recipe(y: np.ndarray, sr: int) -> list[np.ndarray]:
        stream = fe.stream(sr)
        frames = [stream.push(y[at : at + size]) for at in range(0, y.size, size)]
        return [*frames, stream.finish()]

    return recipe


def _row(name: str, milliseconds: int, least: float | None) -> Row:
    size = 16 * milliseconds
    beside = {} if least is None else {"kaldi_native_fbank": {"4s": least}}
    return Row(
        "stream",
        f"stream of {name}, pieces of {milliseconds} ms",
        rate=16000,
        recipe=_pushed(vf.frontend(name), size),
        peers={"librosa": _alone, "kaldi_native_fbank": partial(kaldi_online, name, size)},
        signals=("4s",),
        beside=beside,
        kept=None,
    )


ROWS = [
    _row(name, milliseconds, None if name == "asvspoof2019-lfcc" else least)
    for name in ("kaldi-fbank-80", "kaldi-mfcc-c0", "kaldi-mfcc", "asvspoof2019-lfcc")
    for milliseconds, least in ((10, 1.0), (100, 3.0))
]

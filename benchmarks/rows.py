"""The rows: which calls are timed, with which settings, and how many times librosa they should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

import numpy as np

import voicefeat as vf

from .peers import PEERS

__all__ = ["ROWS", "Row", "select"]

Array = np.ndarray


@dataclass(frozen=True)
class Row:
    """One call, ours and the peers'."""

    #: Name in the registry of features.
    feature: str
    label: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Rate of the long signals; clips are at 16 kHz.
    rate: int = 22050
    dtype: str = "float32"
    #: Least times librosa, by signal.
    targets: Mapping[str, float] = field(default_factory=dict)
    #: Most of the FFT floor (of the framed signal in memory), by signal.
    floor: Mapping[str, float] = field(default_factory=dict)
    #: Largest difference from librosa, relative to the peak, that counts as equal.
    tolerance: float = 1e-5
    #: What is called when it is more than the feature alone.
    recipe: Callable[..., Array] | None = None
    #: Which peers do this row.
    kind: str = ""
    #: Whether the README shows it.
    headline: bool = True

    def ours(self, y: Array, sr: int) -> Array:
        if self.recipe is not None:
            return self.recipe(y, sr, **self.settings)
        function = getattr(vf, self.feature)
        if self.feature in ("stft", "spectrogram"):
            return function(y, **self.settings)
        return function(y, sr, **self.settings)

    @property
    def peers(self) -> Mapping[str, Callable[..., Any]]:
        """By library: a factory ``make(sr, **settings)`` of ``call(y)``, or of None where it cannot."""
        return PEERS[self.kind or self.feature]

    @property
    def frames(self) -> tuple[int, int]:
        """n_fft and hop_length."""
        n_fft = self.settings.get("n_fft", 2048)
        return n_fft, self.settings.get("hop_length") or (n_fft // 4)


def _lfcc_deltas(y: Array, sr: int, **settings: Any) -> Array:
    c = vf.lfcc(y, sr, **settings)
    return np.concatenate([c, vf.delta(c), vf.delta(c, order=2)], axis=-2)


def _times(minute: float, clip: float, long: float | None = None) -> dict[str, float]:
    return {"3s": clip, "60s": minute, "10min": long or minute, "batch": minute}


_FRAMES = {"n_fft": 512, "hop_length": 160}
_SPEECH = {**_FRAMES, "win_length": 400}
_LFCC = {**_FRAMES, "win_length": 320, "n_filters": 20, "n_lfcc": 20, "log": "ln"}

ROWS = [
    Row("melspectrogram", "melspectrogram, defaults", targets=_times(12, 20)),
    Row("mfcc", "mfcc, defaults", targets=_times(11, 17), floor={"60s": 0.5}),
    Row("melspectrogram", "melspectrogram, 80 mels, 512/160/400", {**_SPEECH, "n_mels": 80}, 16000,
        targets=_times(18, 22)),
    Row("mfcc", "mfcc, 13 of 40 mels, 512/160/400", {**_SPEECH, "n_mels": 40, "n_mfcc": 13}, 16000,
        targets=_times(13, 16)),
    Row("linear_spectrogram", "linear_spectrogram, 20 filters, 512/160/320",
        {**_FRAMES, "win_length": 320, "n_filters": 20}, 16000),
    Row("lfcc", "lfcc, 20 filters, with Δ and ΔΔ, 512/160/320", _LFCC, 16000,
        targets=_times(12, 16), recipe=_lfcc_deltas),
    Row("spectrogram", "spectrogram, power, 2048/512", {"power": 2.0}, targets=_times(7, 8, long=5)),
    Row("spectrogram", "spectrogram, power, 512/160", {**_FRAMES, "power": 2.0}, 16000,
        targets=_times(10, 12, long=7)),
    Row("stft", "stft, 2048/512", targets=_times(3.5, 6, long=2.5)),
    Row("stft", "stft, 512/160", dict(_FRAMES), 16000, targets=_times(3.5, 6, long=2.5)),
    Row("chroma_stft", "chroma_stft, tuning given", {"tuning": 0.0}, targets=_times(8, 8)),
    Row("chroma_stft", "chroma_stft, tuning estimated", targets=_times(8, 8), kind="chroma_stft estimated"),
    *(
        Row("mfcc", f"mfcc, 13 of 40 mels, {n}/{n // 4}",
            {"n_fft": n, "hop_length": n // 4, "n_mels": 40, "n_mfcc": 13}, 16000, targets=_times(6, 6),
            headline=False)
        for n in (400, 480, 640, 960, 1200)
    ),
    *(
        Row("spectrogram", f"spectrogram, power, {n}/{n // 4}",
            {"n_fft": n, "hop_length": n // 4, "power": 2.0}, 16000, targets=_times(6, 6, long=5),
            headline=False)
        for n in (400, 480, 640, 960, 1200)
    ),
    Row("mfcc", "mfcc, defaults, float64", dtype="float64", targets=_times(4, 5), tolerance=1e-6,
        kind="mfcc float64"),
]


def select(pattern: str | None) -> list[Row]:
    """The rows whose label holds `pattern` or matches it as a file pattern does."""
    if not pattern:
        return list(ROWS)
    wanted = pattern.lower()
    return [r for r in ROWS if wanted in r.label.lower() or fnmatch(r.label.lower(), wanted)]

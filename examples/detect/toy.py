"""A corpus that is generated: it shows that every command runs, and nothing about detection."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import wave
from pathlib import Path

import numpy as np

from .corpus import Clip, Corpus

RATE = 16000
NOTE = "TOY DATA: buzzes with and without an echo, generated with a fixed seed. No figure means anything."
#: Speakers of each split; each has two clips of either class.
SPEAKERS = {"train": 6, "dev": 3, "eval": 3}


def toy(folder: Path | None = None) -> Corpus:
    """48 clips of 1.2 to 2 s by 12 made-up speakers, written to a temporary folder unless one is named."""
    folder = folder or temporary("toy")
    rng = np.random.default_rng(20240229)
    clips, speaker = [], 0
    for split, count in SPEAKERS.items():
        for _ in range(count):
            pitch = rng.uniform(90, 240)
            for take in range(4):
                real = take % 2 == 0
                attack = "-" if real else f"T{take // 2 + 1:02d}"
                utt = f"toy_{split}_{speaker}_{take}"
                path = folder / f"{utt}.wav"
                put(path, _clip(rng, pitch, real))
                clips.append(Clip(utt, real, path, f"toy{speaker}", attack=attack, split=split))
            speaker += 1
    return Corpus("toy", folder, tuple(clips), (NOTE,))


def _clip(rng: np.random.Generator, pitch: float, real: bool) -> np.ndarray:
    """Harmonics of a drifting pitch with noise; a spoof has a comb in its spectrum."""
    n = int(RATE * rng.uniform(1.2, 2.0))
    t = np.arange(n) / RATE
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.05 * np.sin(2 * np.pi * rng.uniform(1, 4) * t))) / RATE
    y = sum(np.sin(k * phase) / k for k in range(1, 20)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))
    y = y + 0.1 * rng.standard_normal(n)
    if not real:
        y[40:] += 0.7 * y[:-40]
    return 0.3 * y / np.abs(y).max()


def temporary(name: str) -> Path:
    """A folder that is removed when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"voicefeat-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def put(path: Path, y: np.ndarray) -> None:
    """Write samples of -1 to 1 as a WAV of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((y * 32767).astype("<i2").tobytes())

"""What can be told without listening: how well lengths, silences, bandwidth and level alone do.

A corpus in which these separate the classes rewards detectors that learnt the corpus. The probe is a
logistic regression, learnt, chosen and scored on the same rows as the detector.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import voicefeat as vf

from .config import Data
from .corpus import Clip
from .features import Say, fingerprint, samples
from .logbook import shared

RATE = 16000
CUES = (
    "duration", "leading_silence", "trailing_silence", "activity", "level", "noise_floor", "peak",
    "above_3400", "above_7200",
)  # fmt: skip
#: Decibels below the loudest frame at which a frame counts as silent.
SILENT = 40.0


def cues(row: Clip, augment: str) -> list[float]:
    """The numbers of `CUES`: seconds, shares and decibels."""
    y = samples(row, RATE, augment)
    power = vf.spectrogram(y, n_fft=512, hop_length=160, power=2.0)
    energy = power.sum(0)
    level = 10 * np.log10(energy + 1e-12)
    active = np.nonzero(level > level.max() - SILENT)[0]
    hertz = np.arange(len(power)) * RATE / 512
    total = power.sum() + 1e-12
    share = [10 * np.log10(power[hertz > edge].sum() / total + 1e-9) for edge in (3400, 7200)]
    return [
        len(y) / RATE, active[0] * 0.01, (len(level) - 1 - active[-1]) * 0.01, len(active) / len(level),
        10 * np.log10(np.mean(y**2) + 1e-12), float(np.quantile(level, 0.05) - level.max()),
        20 * np.log10(np.abs(y).max() + 1e-9), *share,
    ]  # fmt: skip


def probe(
    rows: Sequence[Clip], places: dict[str, np.ndarray], y: np.ndarray, data: Data, cache: Path, say: Say
) -> dict[str, np.ndarray]:
    """The probe's scores of dev and eval, higher for bona fide."""
    from sklearn.linear_model import LogisticRegression

    x = _all_cues(rows, data, cache, say)
    learn = places["train"]
    mean, deviation = x[learn].mean(0), np.maximum(x[learn].std(0), 1e-9)
    x = (x - mean) / deviation
    model = LogisticRegression(class_weight="balanced", max_iter=2000).fit(x[learn], y[learn].astype(int))
    return {name: model.decision_function(x[places[name]]) for name in ("dev", "eval")}


def _all_cues(rows: Sequence[Clip], data: Data, cache: Path, say: Say) -> np.ndarray:
    file = cache / f"cues-{fingerprint(['cues', ' '.join(CUES)], rows, data)}.json"
    if not file.is_file():
        say("cues of the shortcut probe: duration, silences, bandwidth, level")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda row: cues(row, data.augment), rows))
        cache.mkdir(parents=True, exist_ok=True)
        with shared(file) as stream:
            stream.write(json.dumps([[round(float(v), 6) for v in c] for c in found]).encode())
    return np.array(json.loads(file.read_text()))

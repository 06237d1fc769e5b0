"""The signals that tests use, made from formulas, and the folder of real recordings where there is one."""

import os
from functools import cache
from pathlib import Path

import numpy as np

RATES = (8000, 16000, 22050, 44100, 48000)
SECONDS = 3.0

#: Formants of five vowels in hertz, one after the other.
_VOWELS = [(730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (570, 840, 2410), (300, 870, 2240)]


def data_dir():
    """The folder of recordings and reference arrays, or None: $VOICEFEAT_DATA, or beside the repository."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("VOICEFEAT_DATA") or beside)
    return folder if folder.is_dir() else None


@cache
def _speech(sr, seconds):
    n = int(sr * seconds)
    t = np.arange(n) / sr
    rng = np.random.default_rng(20240229)
    # A voice that drifts around 120 Hz, with vibrato; the phase is the integral of its pitch.
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.4 * t) + 4 * np.sin(2 * np.pi * 5.3 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / sr
    # Formants glide from vowel to vowel, 0.3 s each.
    place = t / 0.3
    vowels = np.array([_VOWELS[k % len(_VOWELS)] for k in range(int(place[-1]) + 3)], dtype=float)
    formants = [np.interp(place, np.arange(len(vowels)), vowels[:, f]) for f in range(3)]
    voiced = np.zeros(n)
    for h in range(1, int(min(sr / 2, 5000) / 90)):
        hz = h * pitch
        gain = sum(1 / (1 + ((hz - f) / (60 + 40 * k)) ** 2) / (1 + k) for k, f in enumerate(formants))
        voiced += np.where(hz < 0.48 * sr, gain / h**0.3 * np.sin(h * phase), 0)
    # Syllables with pauses between some, hissing at the end of every second one.
    syllable = np.maximum(np.sin(2 * np.pi * 1.7 * t), 0) ** 0.5 * (np.sin(2 * np.pi * 0.37 * t + 0.6) > -0.7)
    hiss = np.diff(rng.standard_normal(n + 1)) * (np.sin(2 * np.pi * 0.85 * t) > 0.93)
    y = voiced * syllable / np.abs(voiced).max() + 0.05 * hiss + 1e-4 * rng.standard_normal(n)
    y = (0.5 * y / np.abs(y).max()).astype(np.float32)
    y.flags.writeable = False
    return y


def speech(sr, seconds=SECONDS):
    """Like speech: drifting harmonics under moving formants, hiss, pauses; float32, always the same."""
    return _speech(sr, seconds).copy()


def signals(sr, seconds=SECONDS):
    """Signals by name, float32, all of the same length."""
    n = int(sr * seconds)
    impulse = np.zeros(n, np.float32)
    impulse[n // 3] = 1
    return {
        "speech": speech(sr, seconds),
        "noise": (0.1 * np.random.default_rng(7).standard_normal(n)).astype(np.float32),
        "tone": (0.5 * np.sin(2 * np.pi * 440 * np.arange(n) / sr)).astype(np.float32),
        "silence": np.zeros(n, np.float32),
        "dc": np.full(n, 0.25, np.float32),
        "impulse": impulse,
    }

"""Harmonic and percussive parts, and torchaudio's pitch tracker."""

import math
from importlib import import_module

import numpy as np
from parity_row import LEAST, each, row


def librosa():
    return import_module("librosa")


def pitch(y, sr=22050, frame_time=0.01, win_length=30, freq_low=85, freq_high=3400):
    """torchaudio's definition, frame by frame and lag by lag, in double precision."""
    kind, y = y.dtype, y.astype(np.float64)
    if y.ndim > 1:
        made = [pitch(each, sr, frame_time, win_length, freq_low, freq_high) for each in y]
        return np.stack(made).astype(kind)
    size, lags, least = math.ceil(sr * frame_time), math.ceil(sr / freq_low), math.ceil(sr / freq_high)
    frames = math.ceil(len(y) / size)
    y = np.append(y, np.zeros(frames * size + lags - len(y)))
    found = []
    for t in range(frames):
        s = y[t * size : (t + 1) * size]
        scores = []
        for lag in range(1, lags + 1):
            u = y[t * size + lag : (t + 1) * size + lag]
            scores.append((s @ u) / (1e-9 + math.sqrt(s @ s)) ** 2 / (1e-9 + math.sqrt(u @ u)) ** 2)
        best = max(range(least, lags), key=lambda i: scores[i])
        half = max(range(least, lags // 2), key=lambda i: scores[i])
        found.append(1 + (half if scores[half] > 0.99 * scores[best] else best))
    before = (win_length - 1) // 2
    found = [found[0]] * before + found
    middles = [sorted(found[t : t + win_length])[before] for t in range(len(found) - win_length + 1)]
    return (sr / (1e-9 + np.array(middles, float))).astype(kind)


REFERENCES = {
    "hpss": lambda S, **options: librosa().decompose.hpss(S, **options),
    "harmonic": lambda y, **options: librosa().effects.harmonic(y, **options),
    "percussive": lambda y, **options: librosa().effects.percussive(y, **options),
    "softmask": lambda X, X_ref, **options: librosa().util.softmask(X, X_ref, **options),
    "detect_pitch_frequency": pitch,
}


def magnitudes(y):
    return np.ascontiguousarray(np.abs(librosa().stft(y, n_fft=512, hop_length=128)))


GIVEN = {
    "two magnitudes": lambda y, sr: ((magnitudes(y), magnitudes(y[::-1])), {}),
    "small spectrum": lambda y, sr: ((librosa().stft(y, n_fft=512, hop_length=128),), {}),
    "small magnitude": lambda y, sr: ((magnitudes(y),), {}),
    "small of two": lambda y, sr: ((np.stack([magnitudes(y), magnitudes(y[::-1])]),), {}),
}
FRAMES = [{"n_fft": 512}, {"n_fft": 512, "hop_length": 160, "win_length": 400}, {"kernel_size": 5}]
SETTINGS = [{}, *FRAMES, {"power": 4.0}, {"margin": 2.0}]
MASKS = [
    {"kernel_size": 7}, {"kernel_size": (13, 31)}, {"kernel_size": [8, 4]}, {"power": 1.0},
    {"margin": 3.0}, {"margin": (1.0, 5.0)}, {"kernel_size": 1}, {"mask": True},
    {"mask": True, "power": np.inf},
]  # fmt: skip
#: The run of the original that each reference of this table stands for.
ORIGINALS = {
    "detect_pitch_frequency": "test_tracking.py",
}
ROWS = [
    row("hpss", 2e-15, 2e-6, {}, "small spectrum", changes=False),
    *each("hpss", *LEAST, MASKS, "small magnitude", changes=False),
    row("hpss", *LEAST, {"margin": 2.0}, "small of two", changes=False),
    *each("harmonic", 1e-14, 6e-6, SETTINGS),
    *each("percussive", 1e-14, 6e-6, SETTINGS),
    # A constant leaves the other part nothing but rounding.
    *each("harmonic", 1e-14, 6e-6, [{"window": "hann"}, {"pad_mode": "reflect"}], changes=False, full=True),
    *each("percussive", 1e-14, 6e-6, [{"window": "hann"}, {"pad_mode": "reflect"}], changes=False, full=True),
    # Windows that nothing overlaps are divided by next to nothing at the ends.
    row("harmonic", 1e-13, 5e-5, {"center": False}, full=True),
    row("percussive", 1e-13, 5e-5, {"center": False}, full=True),
    row("softmask", *LEAST, {}, "two magnitudes"),
    *each("softmask", *LEAST, [{"power": 2.0}, {"split_zeros": True}], "two magnitudes", changes=False),
    row("softmask", *LEAST, {"power": np.inf}, "two magnitudes", changes=False),
    *each(
        "detect_pitch_frequency", *LEAST,
        [{}, {"frame_time": 0.02}, {"win_length": 5}, {"freq_low": 60}, {"freq_high": 1000}],
        changes=False, rates=(8000, 16000),
    ),
]  # fmt: skip

RATED = ["detect_pitch_frequency"]
SIGNALS = ["detect_pitch_frequency", "harmonic", "percussive"]
PARTS = ["harmonic", "percussive"]
FAULTS = [
    *((PARTS, {"kernel_size": v}, "kernel_size") for v in (0, 2.5, "31", (3, 4, 5))),
    *((PARTS, {"power": v}, "power") for v in (0, -1.0, np.nan, None)),
    *((PARTS, {"margin": v}, "margin") for v in (0.5, np.nan, "1", (1, 2, 3))),
    *((PARTS, {"hop_length": v}, "hop_length") for v in (0, 160.5)),
    (["detect_pitch_frequency"], {"frame_time": 0.0}, "frame_time"),
    (["detect_pitch_frequency"], {"win_length": 0}, "win_length"),
    (["detect_pitch_frequency"], {"freq_low": 3000.0}, "freq_low"),
    (["detect_pitch_frequency"], {"freq_high": -1.0}, "freq_high"),
]
S = np.ones((257, 20), np.float32)
OTHERS = [
    ("hpss", (-S,), {}, "S"),
    ("hpss", (S[0],), {}, "S"),
    ("hpss", (S * np.complex64(np.nan),), {}, "S"),
    ("hpss", (S,), {"kernel_size": 0}, "kernel_size"),
    ("softmask", (S,), {"X_ref": S[:3]}, "X_ref"),
    ("softmask", (-S,), {"X_ref": S}, "X"),
    ("softmask", (S,), {"X_ref": S, "power": 0}, "power"),
]

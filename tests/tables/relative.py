"""Residual harmonics and relative phase shift: the definitions, frame by frame, in numpy and scipy."""

import numpy as np
from parity_row import each, row
from scipy import fft, linalg, signal

PITCH = {"fmin": 80, "fmax": 500, "win_length": 1600, "hop_length": 160}


def residual(y, sr, order):
    """The residual, and which samples lie in a frame of nothing but zeros."""
    length, hop = int(0.025 * sr), int(0.005 * sr)
    total, nothing = np.zeros(len(y)), np.zeros(len(y), bool)
    window = signal.windows.hann(length + 2)[1:-1]
    for start in range(0, len(y) - length + 1, hop):
        x = y[start : start + length] * window
        if not x.any():
            nothing[start : start + length] = True
            continue
        r = np.correlate(x, x, "full")[length - 1 :][: order + 1]
        e = signal.lfilter(np.append(1, linalg.solve_toeplitz(r[:-1], -r[1:])), 1, x)
        total[start : start + length] += e * np.sqrt((x @ x) / (e @ e))
    return total, nothing


def followed(y, sr, fmin, fmax, win_length, hop_length, order=12, threshold=None, shift=0):
    """f0, strength and voicing of a signal."""
    e, nothing = residual(y, sr, order)
    length = win_length if win_length % 2 else win_length - 1
    pitches = np.arange(fmin, fmax + 1)
    sums = []
    for start in range(0, len(y) - win_length + 1, hop_length):
        if nothing[start : start + length].any():
            sums.append(None)
            continue
        x = e[start : start + length] * signal.windows.blackman(length)
        E = np.abs(np.fft.fft(x - x.mean(), sr))[: sr // 2]
        E /= np.sqrt(E @ E)
        f = pitches
        between = [(2 * k * f - f + 1) // 2 for k in (2, 3, 4, 5)]
        harmonics = [E[k * f - shift] for k in (1, 2, 3, 4, 5)]
        sums.append(sum(harmonics) - sum(E[b - shift] for b in between))
    heard = np.array([s for s in sums if s is not None])
    low, high = fmin, fmax
    sure = [pitches[s.argmax()] for s in heard if s.max() > 0.1]
    if sure:
        low, high = max(low, round(np.median(sure) / 2)), min(high, round(np.median(sure) * 2))
    f0, strength = np.zeros(len(sums)), np.zeros(len(sums))
    for t, s in enumerate(sums):
        if s is not None:
            within = np.array(s)[low - fmin : high - fmin + 1]
            strength[t] = max(within.max(), 0)
            f0[t] = low + within.argmax() if strength[t] else 0
    if threshold is None:
        threshold = 0.085 if len(heard) == len(sums) and strength.std() > 0.05 else 0.07
    return f0, strength, strength > threshold


def srh_pitch(y, sr, **options):
    y = np.asarray(y)
    options = {**PITCH, **options}
    parts = [followed(item.astype(float), sr, **options) for item in y.reshape(-1, y.shape[-1])]
    return tuple(np.stack(p).reshape(*y.shape[:-1], -1) for p in zip(*parts, strict=True))


def harmonic_phases(y, sr, middle, f0):
    """Of each harmonic below half the rate the phase at the nearest peak of the spectrum of three periods."""
    half = int(1.5 * sr / f0)
    points = 4096
    spectrum = np.zeros(points)
    for n, w in zip(range(-half, half + 1), signal.windows.blackman(2 * half + 1), strict=True):
        if 0 <= middle + n < len(y):
            spectrum[n] += w * y[middle + n]
    X = np.fft.fft(spectrum)[: points // 2 + 1]
    A = np.log(np.abs(X))
    peaks = []
    for j in range(1, len(A) - 1):
        if A[j - 1] < A[j] >= A[j + 1]:
            top = np.polyfit([-1, 0, 1], A[j - 1 : j + 2], 2)
            peaks.append((j, -top[1] / (2 * top[0])))
    found = []
    k = 1
    while k * f0 < sr / 2:
        place = k * f0 * points / sr
        j, aside = min(peaks, key=lambda p: abs(p[0] + p[1] - place))
        if abs(j + aside - place) <= f0 / 2 * points / sr:
            beside = X[j + 1] if aside > 0 else X[j - 1]
            found.append(np.angle(X[j] + abs(aside) * (beside - X[j])))
        else:
            found.append(np.angle(X[round(place)]))
        k += 1
    return np.array(found)


def steps(y, sr, middle, f0, n_fft):
    """From each frequency to the next."""
    phases = harmonic_phases(y, sr, middle, f0) + np.pi
    values, before = [-np.pi], -np.pi
    for k, phase in enumerate(phases, 1):
        step = np.remainder(phase - k * phases[0] + np.pi, 2 * np.pi) - np.pi - before
        turns = np.round(step / (2 * np.pi)) if abs(step) > np.pi else 0
        before += step - 2 * np.pi * turns
        values.append(before)
    places = [0.95 * f0, *(k * f0 for k in range(1, len(values) + 1))]
    at = np.interp(np.arange(n_fft // 2 + 1) * sr / n_fft, places, [0, *values])
    return np.append(0, at[1:] - at[:-1])


def triangles(n_filters, n_fft, sr):
    """Up to sr, on bins that count twice."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + sr / 700), n_filters + 2) / 2595) - 1)
    bins = 2 * np.arange(n_fft // 2 + 1) * sr / n_fft
    return np.array([np.interp(bins, edges[i : i + 3], [0, 1, 0]) for i in range(n_filters)])


def of_one(y, sr, n_rps=20, n_filters=20, norm="ortho", differences=0, voiced_only=False, n_fft=512, **pitch):
    pitch = {**PITCH, **pitch}
    f0, _, voiced = followed(y, sr, **pitch, shift=1)
    found = np.flatnonzero(voiced)
    middles = found * pitch["hop_length"] + pitch["win_length"] // 2
    bank = triangles(n_filters, n_fft, sr)
    made = [bank @ steps(y, sr, m, f, n_fft) for m, f in zip(middles, f0[found], strict=True)]
    x = fft.dct(np.reshape(made, (-1, n_filters)), norm=norm)[:, :n_rps].T
    parts = [x]
    for _ in range(differences):
        t = np.arange(len(found))
        x = x[:, np.minimum(t + 1, len(t) - 1)] - x[:, np.maximum(t - 1, 0)] if len(t) else x
        parts.append(x)
    x = np.concatenate(parts)
    if voiced_only:
        return x
    out = np.zeros((len(x), len(voiced)))
    out[:, found] = x
    return out


def rps(y, sr, **options):
    y = np.asarray(y)
    items = [of_one(item.astype(float), sr, **options) for item in y.reshape(-1, y.shape[-1])]
    return np.stack(items).reshape(*y.shape[:-1], *items[0].shape).astype(y.dtype)


REFERENCES = {"srh_pitch": srh_pitch, "rps": rps}
TRACKS = [
    {"fmin": 100}, {"fmax": 300}, {"win_length": 1001}, {"hop_length": 137}, {"order": 8},
    {"threshold": 0.12}, {"shift": 1},
]  # fmt: skip
SHIFTS = [
    {"n_rps": 13}, {"n_filters": 24}, {"norm": None}, {"differences": 2},
    {"differences": 1, "voiced_only": True},
    {"fmin": 115}, {"fmax": 110}, {"win_length": 1001}, {"hop_length": 137}, {"n_fft": 1000},
]  # fmt: skip
#: The run of the original that each reference of this table stands for.
ORIGINALS = {
    "srh_pitch": "test_levels.py",
    "rps": "sahidullah2015_matlab__rps",
}
ROWS = [
    row("srh_pitch", 1e-8, 1e-8, full=True),
    *each("srh_pitch", 1e-8, 1e-8, TRACKS, full=True),
    row("srh_pitch", 1e-8, 1e-8, {"fmax": 300}, "batch", full=True),
    row("rps", 8e-12, 5e-7, full=True),
    *each("rps", 8e-12, 5e-7, SHIFTS, full=True),
    row("rps", 8e-12, 5e-7, {"fmax": 300}, "batch", full=True),
]
SIGNALS = RATED = ["srh_pitch", "rps"]
FAULTS = [
    *((SIGNALS, {"sr": v}, "sr") for v in (0, -16000, np.inf, None)),
    *((SIGNALS, {"fmin": v}, "fmin") for v in (0, 80.0, 500, None)),
    *((SIGNALS, {"fmax": v}, "fmax") for v in (0, 500.5, 1600)),
    *((SIGNALS, {"win_length": v}, "win_length") for v in (1, 1600.0, 16001)),
    *((SIGNALS, {"hop_length": v}, "hop_length") for v in (0, 160.0, None)),
    *((["srh_pitch"], {"order": v}, "order") for v in (0, 400, 12.0)),
    *((["srh_pitch"], {"threshold": v}, "threshold") for v in (np.nan, "0.07")),
    *((["srh_pitch"], {"shift": v}, "shift") for v in (-1, 0.5)),
    *((["rps"], {"n_rps": v}, "n_rps") for v in (0, 21, 13.0)),
    *((["rps"], {"n_filters": v}, "n_filters") for v in (0, 20.0)),
    *((["rps"], {"norm": v}, "norm") for v in ("slaney", 2)),
    *((["rps"], {"differences": v}, "differences") for v in (-1, 1.0)),
    *((["rps"], {"voiced_only": v}, "voiced_only") for v in (None, 1)),
    *((["rps"], {"n_fft": v}, "n_fft") for v in (0, 3, 512.0)),
]
OTHERS = [
    ("rps", (np.zeros((2, 4000), np.float32), 16000), {"voiced_only": True}, "y"),
    ("rps", (np.zeros(1599, np.float32), 16000), {"win_length": 1600}, "win_length"),
    ("srh_pitch", (np.zeros(1599, np.float32), 16000), {"win_length": 1600}, "win_length"),
]

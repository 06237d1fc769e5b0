"""The rows of a feature: their positions on an axis, and its label and ticks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import check_choice, check_float, check_int, fail
from ..feature.registry import Feature
from ..units.hertz import fft_frequencies, hz_to_mel, mel_to_hz

#: Frequencies in Hz with ticks on axes that are not linear.
TICKS = (0.0, 31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0, 32000.0)
C1 = 440.0 * 2 ** (-45 / 12)
NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
HERTZ = "Frequency (Hz)"


@dataclass(frozen=True)
class Rows:
    """The edges of rows on an axis, one more than rows."""

    label: str
    edges: np.ndarray
    limits: tuple[float, float]
    scale: str = "linear"
    #: Positions and labels of ticks; None leaves them to matplotlib.
    ticks: tuple[list[float], list[str]] | None = None
    whole: bool = False
    htk: bool = False
    #: The first row that is drawn: a logarithmic axis has no place for 0 Hz.
    first: int = 0


def settings_of(feature: Feature, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of `feature`: its defaults, updated by those `given`."""
    known = feature.settings
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            fail(name, value, f"is not a setting of {feature.name}", f"{hint}it has {', '.join(known)}")
    return {**known, **given}


def frame_times(feature: Feature, n_rows: int, sr: float, settings: Mapping[str, Any]) -> tuple[float, float]:
    """The time of the first frame and the hop, in seconds."""
    length = settings.get(feature.frame or "n_fft") or 2048
    if feature.row == "frequency bin":
        length = bins_frame(n_rows, settings, given=False)
    hop = settings.get("hop_length")
    if hop is None:
        hop = max((settings.get("win_length") or length) // 4, 1)
    hop = check_int("hop_length", hop, unit="samples")
    return 0.0 if settings.get("center", True) else length // 2 / sr, hop / sr


def bins_frame(n: int, settings: Mapping[str, Any], given: bool) -> int:
    """The frame length of a spectrum with `n` bins; `n_fft` if it fits. If it is `given`, it must fit."""
    n_fft = settings["n_fft"]
    if n == 1 + n_fft // 2:
        return n_fft
    if given:
        fail("n_fft", n_fft, f"has {1 + n_fft // 2} bins, but S has {n}", f"give n_fft={2 * (n - 1)}")
    return max(2 * (n - 1), 1)


def rows_of(
    feature: Feature, n: int, sr: float, settings: Mapping[str, Any], given: Mapping[str, Any], y_axis: Any
) -> Rows:
    """The axis of a feature with `n` rows."""
    for count in ("n_mels", "n_filters", "n_bins", "n_chroma"):
        size = settings.get(count) if count in given and "coefficient" not in feature.row else n
        if size != n:
            fail(count, size, f"S has {n} rows", f"give {count}={n}, or nothing")
    if feature.row == "frequency bin":
        return of_bins(n, sr, settings, "n_fft" in given, y_axis)
    if feature.row in ("mel band", "linear band") and "fmin" in settings:
        return of_bands(n, sr, settings, feature.row == "mel band", y_axis)
    if "bins_per_octave" in settings and "fmin" in settings and feature.row != "pitch class":
        return _constant_q(n, settings, y_axis)
    if y_axis is not None:
        fail("y_axis", y_axis, f"rows of {feature.name} are not frequencies", "leave it out")
    if feature.row == "pitch class" and n % 12 == 0:
        first = 0 if settings.get("base_c", True) else 9
        names = [NOTES[(first + i) % 12] for i in range(12)]
        places = [float(i * n // 12) for i in range(12)]
        return numbered(n, "Pitch class", (places, names))
    return numbered(n, feature.row.capitalize())


def numbered(n: int, label: str, ticks: tuple[list[float], list[str]] | None = None) -> Rows:
    """Rows by number."""
    return Rows(label, np.arange(n + 1) - 0.5, (-0.5, n - 0.5), ticks=ticks, whole=ticks is None)


def of_bins(n: int, sr: float, settings: Mapping[str, Any], given: bool, y_axis: Any) -> Rows:
    """The bins of a transform on an axis in hertz; `given` says whether `n_fft` must fit."""
    return _hertz(_bins(n, sr, settings, given), "linear" if y_axis is None else y_axis, settings)


def of_bands(n: int, sr: float, settings: Mapping[str, Any], mel: bool, y_axis: Any) -> Rows:
    """Bands that are equally spaced in mel, or in hertz, on an axis in hertz."""
    usual = ("mel" if mel else "linear") if y_axis is None else y_axis
    return _hertz(_bands(n, sr, settings, mel), usual, settings)


def _hertz(edges: np.ndarray, y_axis: Any, settings: Mapping[str, Any]) -> Rows:
    check_choice("y_axis", y_axis, ("linear", "mel", "log"))
    top = float(edges[-1])
    if y_axis == "linear":
        return Rows(HERTZ, edges, (max(float(edges[0]), 0.0), top))
    first = int(edges[0] <= 0) if y_axis == "log" else 0
    if first == len(edges) - 1:
        fail("y_axis", y_axis, "the only row is that of 0 Hz", "use y_axis='linear'")
    edges = edges[first:] if y_axis == "log" else np.maximum(edges, 0)
    low = float(edges[0])
    places = [hz for hz in TICKS if low <= hz <= top and (y_axis == "log" or hz == 0 or hz >= 250)]
    ticks = (places, [f"{hz:.0f}" for hz in places])
    return Rows(HERTZ, edges, (low, top), y_axis, ticks, htk=bool(settings.get("htk")), first=first)


def _bins(n: int, sr: float, settings: Mapping[str, Any], given: bool) -> np.ndarray:
    n_fft = bins_frame(n, settings, given)
    centres = fft_frequencies(sr=sr, n_fft=n_fft)
    edges = (np.arange(n + 1) - 0.5) * sr / n_fft
    edges[-1] = min(edges[-1], max(sr / 2, centres[-1]))
    return edges


def _bands(n: int, sr: float, settings: Mapping[str, Any], mel: bool) -> np.ndarray:
    """Edges halfway between the centres of triangles that are equally spaced in mel or in Hz."""
    low = check_float("fmin", settings["fmin"], low=0.0, unit="Hz")
    high = sr / 2 if settings["fmax"] is None else check_float("fmax", settings["fmax"], above=low, unit="Hz")
    htk = bool(settings.get("htk"))
    ends = hz_to_mel(np.array([low, high]), htk=htk) if mel else (low, high)
    edges = ends[0] + (np.arange(n + 1) + 0.5) * (ends[1] - ends[0]) / (n + 1)
    return np.asarray(mel_to_hz(edges, htk=htk) if mel else edges)


def _constant_q(n: int, settings: Mapping[str, Any], y_axis: Any) -> Rows:
    """Rows a fraction of an octave apart on an axis in Hz, with a tick at the C of each octave."""
    check_choice("y_axis", "log" if y_axis is None else y_axis, ("log",))
    per_octave = check_int("bins_per_octave", settings["bins_per_octave"], unit="bins")
    tuning = 2 ** ((settings.get("tuning") or 0.0) / per_octave)
    fmin = C1 if settings["fmin"] is None else check_float("fmin", settings["fmin"], above=0.0, unit="Hz")
    edges = fmin * tuning * 2 ** ((np.arange(n + 1) - 0.5) / per_octave)
    octaves = [k for k in range(-2, 12) if edges[0] <= C1 * tuning * 2**k <= edges[-1]]
    ticks = ([C1 * tuning * 2**k for k in octaves], [f"C{k + 1}" for k in octaves])
    return Rows("Note", edges, (float(edges[0]), float(edges[-1])), "log", ticks)

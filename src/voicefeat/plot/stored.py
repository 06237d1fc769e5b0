"""Plots written to a file: one row of a dataset, or waveform and mel spectrogram of a recording."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..audio.load import load
from ..corpus.dataset.batches import Entry
from ..corpus.dataset.dataset import Dataset
from ..corpus.dataset.expected import kind_of
from ..corpus.dataset.rebuild import restored
from ..feature.registry import FEATURES
from ..feature.spectral.mel import melspectrogram
from . import spectrogram, waveform
from .drawing import axes, draw_rows, maxima, pixels, titled
from .rows import Rows

__all__ = ["draw_entry", "draw_recording"]

#: The longest part of a recording that is drawn, in seconds.
LONGEST = 600.0
#: The largest number of rows whose names are shown.
NAMED = 14
#: Features of powers, which are drawn in decibels.
POWERS = ("spectrogram", "melspectrogram", "linear_spectrogram")


def draw_entry(dataset: Dataset, entry: Entry, file: str) -> None:
    """Write a plot of one row of a dataset."""
    ax = axes(None)
    part = f", part {entry.part}" if entry.part else ""
    titled(ax, f"{entry.id}{part}: {dataset.feature}")
    about = dataset.about
    if kind_of(about) == "feature" and dataset.feature in FEATURES and not about.get("summary"):
        settings = restored(dataset.feature, about["settings"])
        image = spectrogram(
            entry.values, entry.sr, feature=dataset.feature, ax=ax, db=dataset.feature in POWERS, **settings
        )
    else:
        image = _rows(dataset, entry, ax)
    ax.figure.colorbar(image, ax=ax, label="dB" if dataset.feature in POWERS else "")
    _save(ax, file)


def _rows(dataset: Dataset, entry: Entry, ax: Any) -> Any:
    """Draw rows by number or name over time in seconds; the colours span the 1st to 99th percentile."""
    values = np.asarray(entry.values, np.float64)
    count = values.shape[0]
    names = dataset.row_names
    ticks = (list(map(float, range(count))), names) if count <= NAMED and len(names) == count else None
    places = np.arange(count + 1) - 0.5
    rows = Rows("" if ticks else "Row", places, (-0.5, count - 0.5), ticks=ticks, whole=True)
    drawn, _ = maxima(values, 2 * pixels(ax))
    edges = np.linspace(0.0, entry.duration, drawn.shape[1] + 1)
    low, high = np.nanpercentile(values, [1, 99])
    colours = {"cmap": "magma", "vmin": low, "vmax": high}
    return draw_rows(ax, drawn, rows, edges, (0.0, entry.duration), colours)


def draw_recording(path: str, file: str) -> None:
    """Write a plot of the first ten minutes of a recording: waveform above, mel spectrogram below."""
    y, sr = load(path, sr=None, duration=LONGEST)
    sr = int(sr)
    y = y.mean(axis=0) if y.ndim > 1 else y
    upper = axes(None)
    figure = upper.figure
    figure.set_size_inches(8, 5.5)
    upper.remove()
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    titled(upper, os.path.basename(path))
    waveform(y, sr, ax=upper)
    upper.set_xlabel("")
    n_fft = 512 if sr < 32000 else 1024
    framing: dict[str, Any] = {"n_fft": n_fft, "hop_length": n_fft // 4}
    mels = melspectrogram(y, sr=sr, n_mels=64, **framing)
    image = spectrogram(mels, sr, feature="melspectrogram", ax=lower, db=True, **framing)
    figure.colorbar(image, ax=lower, label="dB")
    _save(lower, file)


def _save(ax: Any, file: str) -> None:
    from matplotlib import pyplot

    ax.figure.savefig(file, dpi=150)
    pyplot.close(ax.figure)

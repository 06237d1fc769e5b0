"""Pictures of the course that are drawn from what its scripts found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import voicefeat as vf

from .course import RATE, axes, save

REAL, FORGED, LINE, FAINT = "#1b6ca8", "#c8553d", "#333333", "#b8c4cf"


def bars(rates: dict[str, Sequence[float]], parts: Sequence[str], path: str) -> None:
    """Equal error rates side by side: a bar for each part of every name."""
    grid, at = axes(1, 1, 8, 4.5), np.arange(len(rates))
    for k, (part, color) in enumerate(zip(parts, (FAINT, REAL), strict=False)):
        grid[0, 0].barh(
            at + 0.4 * k, [100 * rate[k] for rate in rates.values()], 0.38, label=part, color=color
        )
    grid[0, 0].set(yticks=at + 0.2, yticklabels=list(rates), xlabel="EER, %", xlim=(0, None))
    grid[0, 0].axvline(50, color=LINE, ls=":", lw=1, label="chance")
    grid[0, 0].invert_yaxis()
    grid[0, 0].legend(frameon=False)
    save(grid, path)


def spectra(signals: dict[str, np.ndarray], columns: int, path: str) -> None:
    """Spectra of signals over time, each below its name."""
    lines = -(-len(signals) // columns)
    grid = axes(lines, columns, 3.2 * columns, 3 * lines)
    for k, (name, y) in enumerate(signals.items()):
        ax = grid.ravel()[k]
        S = vf.stft(y, n_fft=512, hop_length=128)
        vf.plot.spectrogram(S, RATE, ax=ax, db=True, hop_length=128)
        ax.set_title(name)
        if k % columns:
            ax.set_ylabel("")
    for ax in grid.ravel()[len(signals) :]:
        ax.set_axis_off()
    save(grid, path)


def call(heard: Sequence[Any], threshold: float, path: str) -> None:
    """Scores over the time of a call, and where alarms were raised."""
    grid, at = axes(1, 1, 11, 4), [h.seconds for h in heard]
    ax = grid[0, 0]
    ax.plot(at, [h.score for h in heard], ".", color=FAINT, label="window")
    ax.plot(at, [h.mean for h in heard], color=REAL, label="mean")
    ax.axhline(threshold, color=LINE, ls="--", lw=1, label="threshold")
    ax.vlines([h.seconds for h in heard if h.alarm], *ax.get_ylim(), color=FORGED, label="alarm")
    ax.set(xlabel="seconds", ylabel="score, nats (lower: forged)")
    ax.legend(frameon=False, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.12))
    save(grid, path)


def tandem(trials: Any, gate: dict[str, np.ndarray], thresholds: tuple[float, float], path: str) -> None:
    """Two scores of every trial: who is let in lies above both lines."""
    grid = axes(1, 1, 7, 5)
    ax = grid[0, 0]
    for kind, mark, color in (("nontarget", ".", FAINT), ("spoof", "x", FORGED), ("target", "o", REAL)):
        ax.plot(getattr(trials, kind), gate[kind], mark, label=kind, color=color, alpha=0.7)
    ax.axvline(thresholds[0], color=LINE, ls="--", lw=1)
    ax.axhline(thresholds[1], color=LINE, ls="--", lw=1)
    ax.set(xlabel="verifier: this speaker (nats a frame)", ylabel="gate: bona fide (nats)")
    ax.legend(frameon=False)
    save(grid, path)

"""Recipes: how a window of a recording becomes one row of a published table.

``deep-voice`` makes the columns of DEEP-VOICE's ``DATASET-balanced.csv``; the manual, ``docs/table.md``,
gives the evidence for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...audio.load import to_mono
from ...chain.threads import single
from ...errors import AudioError, check_choice
from ...feature.extract import extract
from ...feature.registry import find
from ..run.settings import as_json, complete

__all__ = ["RECIPES", "Column", "Recipe", "find_recipe"]


@dataclass(frozen=True)
class Column:
    """One number of a row: a mean over the frames of a window."""

    name: str
    feature: str
    #: The row of the feature; None for all of its rows together.
    row: int | None = None
    #: Whether the mean is rounded to single precision, as `numpy.mean` rounds it for float32 values.
    rounded: bool = False

    def value(self, means: Mapping[str, np.ndarray]) -> float:
        """The number, from the means of all rows of all features."""
        rows = means[self.feature]
        mean = rows.mean() if self.row is None else rows[self.row]
        return float(np.float32(mean) if self.rounded else mean)


@dataclass(frozen=True)
class Recipe:
    """The measurements in each window of a recording, and the names of the columns."""

    name: str
    #: Length of a window in seconds.
    seconds: float
    columns: tuple[Column, ...]
    #: The settings of each feature that are not defaults.
    features: Mapping[str, Mapping[str, Any]]
    #: The column of the classes.
    label: str = "LABEL"
    decimals: int = 6
    #: Length of a frame in samples: shorter windows give no warning.
    frame: int = field(default=2048)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of numbers."""
        return tuple(column.name for column in self.columns)

    def arrange(self, window: np.ndarray, mono: bool = False) -> np.ndarray:
        """The samples to be measured, from a window of shape (n, channels).

        Two channels become one signal, the right one appended to the left; a single channel counts as two
        equal ones. With `mono`, channels are averaged.
        """
        if mono:
            return to_mono(window.T)
        channels = window.shape[1]
        if channels > 2:
            raise AudioError(
                f"has {channels} channels, but the recipe takes at most two; mix it down, or average "
                "all with --mono"
            )
        return np.ascontiguousarray(window.T).reshape(-1) if channels == 2 else np.tile(window[:, 0], 2)

    def measure(self, y: np.ndarray, sr: int) -> np.ndarray:
        """The numbers of a row, in the order of the columns, from the samples returned by `arrange`.

        Numbers are not rounded. Only the calling thread is used.

        Examples
        --------
        >>> import numpy as np
        >>> y = np.sin(2 * np.pi * 440 * np.arange(88200) / 44100).astype(np.float32)
        >>> recipe = RECIPES["deep-voice"]
        >>> row = dict(zip(recipe.names, recipe.measure(y, 44100)))
        >>> len(row), round(float(row["rms"]), 1)  # of a sine
        (26, 0.7)
        """
        with single():
            features = extract(y, sr, self.features)
        means = {name: values.mean(axis=-1, dtype=np.float64) for name, values in features.items()}
        return np.array([column.value(means) for column in self.columns])

    def describe(self, mono: bool) -> dict[str, Any]:
        """The metadata of a table."""
        settings = {name: complete(find(name), given) for name, given in self.features.items()}
        return {
            "recipe": self.name,
            "window_seconds": self.seconds,
            "channels": "averaged" if mono else "the right one appended to the left",
            "statistic": "mean over the frames of a window",
            "settings": as_json(settings),
        }


def find_recipe(name: Any) -> Recipe:
    """The recipe of that name, or an error that lists them."""
    return RECIPES[check_choice("recipe", name, RECIPES)]


_DEEP_VOICE = Recipe(
    name="deep-voice",
    seconds=1.0,
    columns=(
        Column("chroma_stft", "chroma_stft", rounded=True),
        Column("rms", "rms", rounded=True),
        Column("spectral_centroid", "spectral_centroid"),
        Column("spectral_bandwidth", "spectral_bandwidth"),
        Column("rolloff", "spectral_rolloff"),
        Column("zero_crossing_rate", "zero_crossing_rate"),
        *(Column(f"mfcc{k + 1}", "mfcc", k, rounded=True) for k in range(20)),
    ),
    features={
        "chroma_stft": {},
        "rms": {},
        "spectral_centroid": {},
        "spectral_bandwidth": {},
        "spectral_rolloff": {},
        "zero_crossing_rate": {},
        "mfcc": {"n_mfcc": 20},
    },
)

#: Recipes by name.
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (_DEEP_VOICE,)}

"""What is computed of samples: a feature with its settings, and what it has in common with a front end."""

from __future__ import annotations

import hashlib
import inspect
import json
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..chain.threads import single
from ..errors import ParameterError, reject, whole
from ..feature.registry import Feature, find
from .settings import as_json, complete

__all__ = ["Task", "Work", "bounded"]

#: The rates of the trial when recordings keep their own, of which one has to do: high, so that no band that
#: some recording could hold is refused, and low, for bands that need narrow bins.
TRIAL_RATES = (192000, 48000, 16000, 8000)
#: Length of the trial of a feature without frames of one length.
SECONDS = 3
#: What offsets of 32 bits can address in one recording.
MOST_VALUES = 2**31 - 1
#: Features that no dataset can hold, and what would do in their place.
COMPLEX = {
    "stft": "'spectrogram' (power=1 for magnitudes, power=2 for power)",
    "cqt": "'hybrid_cqt', constant-Q magnitudes",
    "vqt": "'chroma_vqt', or 'hybrid_cqt' for constant-Q magnitudes",
}


def bounded(values: np.ndarray) -> np.ndarray:
    """`values`, if a row of a dataset can hold so many.

    Raises
    ------
    ParameterError
        If it cannot.
    """
    if values.size > MOST_VALUES:
        raise ParameterError(
            f"y: gives {values.size} values, but a row can hold {MOST_VALUES}; cut the recording in parts"
        )
    return values


class Work(ABC):
    """What a feature and a front end share."""

    #: Hz, or None for the recording's own rate.
    sr: int | None

    @property
    @abstractmethod
    def name(self) -> str:
        """What the column ``feature`` holds."""

    @abstractmethod
    def values(self, y: np.ndarray, rate: int) -> np.ndarray:
        """The feature of `y`, (rows, frames)."""

    @abstractmethod
    def settings(self, n_rows: int) -> dict[str, Any]:
        """What the dataset says of the feature: its settings, their digest, its rows."""

    @abstractmethod
    def hop(self, rate: int) -> float:
        """Seconds from frame to frame; a ParameterError where there is no such number."""

    def trial(self, rate: int) -> int:
        """How many rows noise gives at `rate`."""
        y = np.random.default_rng(0).standard_normal(SECONDS * rate).astype(np.float32)
        return self.compute(y, rate).shape[0]

    def compute(self, y: np.ndarray, rate: int) -> np.ndarray:
        """The feature of `y`, (rows, frames), on the calling thread alone."""
        with single():
            return bounded(self.values(y, rate))

    def probe(self) -> int:
        """Try the settings on noise before any recording is opened; returns the number of rows.

        Raises
        ------
        ParameterError
            What the feature says of a setting.
        """
        with warnings.catch_warnings():  # each recording says the same, and no recording may have such a rate
            warnings.simplefilter("ignore")
            if self.sr is not None:
                return self.trial(self.sr)
            refused = []
            for rate in TRIAL_RATES:
                try:
                    return self.trial(rate)
                except ParameterError as error:
                    refused.append(error)
        raise refused[0]


@dataclass(frozen=True)
class Task(Work):
    """A feature with its settings."""

    feature: Feature
    sr: int | None
    #: What was given, over the feature's defaults.
    given: Mapping[str, Any]
    function: Callable[..., np.ndarray]
    #: Whether the function takes the rate (a spectrogram does not).
    has_rate: bool

    @classmethod
    def of(cls, feature: str, sr: int | None, settings: Mapping[str, Any] | None) -> Task:
        """Check the names; `probe` checks the values."""
        found = find(feature)
        if found.name in COMPLEX:
            raise ParameterError(
                f"feature={found.name!r}: is complex, and a dataset holds real numbers; use "
                f"feature={COMPLEX[found.name]}"
            )
        if sr is not None:
            sr = whole("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        complete(found, settings)
        function = found.function
        return cls(found, sr, dict(settings or {}), function, "sr" in inspect.signature(function).parameters)

    @property
    def name(self) -> str:
        return self.feature.name

    def values(self, y: np.ndarray, rate: int) -> np.ndarray:
        return self.function(y, **({"sr": rate, **self.given} if self.has_rate else self.given))

    def hop(self, rate: int) -> float:
        settings = complete(self.feature, self.given)
        if "hop_length" not in settings:
            reject("windows", "given", f"{self.name} has no hop_length", "leave it out")
        hop = settings["hop_length"]
        if hop is None:  # a quarter of the window, as the function has it
            hop = (settings.get("win_length") or settings[self.feature.frame or "n_fft"]) // 4
        return hop / rate

    def trial(self, rate: int) -> int:
        if self.feature.frame is None:
            return super().trial(rate)
        frame = self.given.get(self.feature.frame, 2048)
        frame = frame if isinstance(frame, int) and 0 < frame <= 1 << 22 else 2048
        y = np.random.default_rng(0).standard_normal(4 * frame).astype(np.float32)
        return self.compute(y, rate).shape[0]

    def settings(self, n_rows: int) -> dict[str, Any]:
        return {
            "feature": self.name,
            "settings": as_json(complete(self.feature, self.given)),
            "digest": self.digest,
            "rows": [f"{self.name}_{index}" for index in range(n_rows)],
            "row": self.feature.row,
        }

    @property
    def digest(self) -> str:
        """A fingerprint of the settings that are not defaults: a new setting changes no fingerprint."""
        defaults = as_json(self.feature.settings)
        given = as_json(complete(self.feature, self.given))
        told = {key: value for key, value in given.items() if value != defaults[key]}
        return hashlib.sha256(json.dumps([self.name, told], sort_keys=True).encode()).hexdigest()[:16]

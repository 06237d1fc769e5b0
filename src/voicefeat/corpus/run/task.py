"""What is computed of samples: a feature with its settings, and what it has in common with a front end."""

from __future__ import annotations

import hashlib
import inspect
import json
import tomllib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...chain.threads import get_num_threads, single
from ...errors import ParameterError, check_int, fail
from ...feature.registry import Feature, find
from ...files.text import open_text
from ...presets.catalogue import frontend as published
from ...presets.front_end import FrontEnd
from .settings import as_json, complete

__all__ = [
    "FrontEndTask",
    "Task",
    "Work",
    "bounded",
    "executor_of",
    "mapping",
    "names",
    "threads",
    "works_of",
]


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
            sr = check_int("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
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
            fail("windows", "given", f"{self.name} has no hop_length", "leave it out")
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


#: More workers than any machine or cluster has processors for: a slip, which would start them all.
MOST_WORKERS = 1 << 14


def names(name: str, value: Any) -> tuple[str, ...]:
    """The argument `name` as texts, of which it must be a sequence."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        fail(name, value, "must be a sequence of names", "give a list of texts")
    found = tuple(value)
    for each in found:
        if not isinstance(each, str):
            fail(name, each, "is no name", "give a list of texts")
    return found


def mapping(name: str, value: Any) -> Mapping[str, Any] | None:
    """The argument `name`, which must be a mapping or None."""
    if value is not None and not isinstance(value, Mapping):
        fail(name, value, "must be a mapping", "give a dict, {'n_fft': 512} say, or nothing")
    for key in value or {}:
        if not isinstance(key, str):
            fail(name, key, "is no name", "give a dict whose keys are texts")
    return value


def threads(workers: Any) -> int:
    """How many recordings are worked on at a time; None is voicefeat's thread budget."""
    if workers is None:
        return get_num_threads()
    return check_int("workers", workers, unit="workers", most=MOST_WORKERS)


def executor_of(value: Any) -> Executor | None:
    """What runs recordings in place of threads: anything with a method ``submit``; None for threads."""
    if value is not None and (isinstance(value, type) or not callable(getattr(value, "submit", None))):
        remedy = "give a concurrent.futures.Executor, or None for threads; workers= is how many"
        fail("executor", value, "is nothing that work can be submitted to", remedy)
    return value


def works_of(
    feature: str | Sequence[str] | None,
    frontend: str | FrontEnd | Sequence[str | FrontEnd] | None,
    sr: int | None,
    settings: Mapping[str, Any] | None,
) -> tuple[Work, ...]:
    """What is computed of each recording: features with settings that fit them all, or front ends."""
    if frontend is None:
        given = ["mfcc"] if feature is None else [feature] if isinstance(feature, str) else feature
        chosen = names("feature", given)
        if not chosen:
            raise ParameterError("feature=[]: names no feature; give one, for example 'mfcc'")
        return tuple(Task.of(name, sr, settings) for name in chosen)
    if feature is not None:
        raise ParameterError(
            f"feature={feature!r} and frontend={frontend!r}: exclude each other; give one of them"
        )
    if settings:
        raise ParameterError(
            f"settings={dict(settings)!r}: a front end has its own; give one that is changed, "
            "frontend=vf.frontend(name).replace(...), or a TOML file of it"
        )
    fronts = [frontend] if isinstance(frontend, str | FrontEnd) else frontend
    if not isinstance(fronts, Sequence) or not fronts:
        return (FrontEndTask.of(fronts, sr),)  # type: ignore[arg-type]  # which refuses it
    return tuple(FrontEndTask.of(each, sr) for each in fronts)


@dataclass(frozen=True)
class FrontEndTask(Work):
    """A front end at its rate."""

    called: str
    front_end: FrontEnd
    sr: int | None

    @classmethod
    def of(cls, front_end: str | FrontEnd, sr: int | None) -> FrontEndTask:
        """Find the front end; a rate that is not its own is refused."""
        called, value = _found(front_end)
        if sr is not None:
            sr = check_int("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        task = cls(called, value, sr)
        if sr is not None:
            task.check_rate(sr)
        return task

    @property
    def name(self) -> str:
        return self.called

    def check_rate(self, rate: int) -> None:
        """Refuse another rate than the one that the system used."""
        defined = self.front_end.signal.rate
        if defined is not None and rate != defined:
            fail("sr", rate, f"the front end is defined at {defined} Hz", f"resample: give sr={defined}")

    def values(self, y: np.ndarray, rate: int) -> np.ndarray:
        self.check_rate(rate)
        return self.front_end(y, rate)

    def hop(self, rate: int) -> float:
        framing = self.front_end.framing
        if framing is not None:
            return framing.hop_length / rate
        if self.front_end.method is None:
            fail("windows", "given", f"{self.name} has no frames", "leave it out")
        return float(np.diff(self.front_end.times(4 * rate)[:2])[0])

    def probe(self) -> int:
        rate = self.front_end.signal.rate
        return super().probe() if rate is None else self.trial(rate)

    def settings(self, n_rows: int) -> dict[str, Any]:
        text = self.front_end.to_toml()
        rate = self.front_end.signal.rate
        named = self.front_end.rows if rate is not None or self.front_end.method is None else []
        return {
            "feature": self.name,
            "settings": tomllib.loads(text),
            "front_end": text,
            "digest": self.front_end.digest,
            "rows": named if len(named) == n_rows else [f"{self.name}_{index}" for index in range(n_rows)],
            "row": self.front_end.row,
        }


def _found(front_end: str | FrontEnd) -> tuple[str, FrontEnd]:
    """What the dataset calls it, and the value."""
    if isinstance(front_end, FrontEnd):
        return front_end.row or "frontend", front_end
    if not isinstance(front_end, str):
        fail("frontend", front_end, "is neither a name nor a FrontEnd", "give one of voicefeat.frontends()")
    if not front_end.endswith(".toml"):
        return front_end, published(front_end)
    try:
        with open_text("frontend", front_end) as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ParameterError(
            f"frontend={front_end!r}: cannot be read ({why}); give what 'voicefeat presets NAME' prints"
        ) from None
    return Path(front_end).stem, FrontEnd.from_toml(text)
